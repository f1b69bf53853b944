"""Which pictures of a live world are kept."""

from diorama.agent.recording_pace import RecordingPace

SECOND = 1_000_000


def kept(pace: RecordingPace, times_us: list[int]) -> list[tuple[int, int]]:
    """Return number and tick of those that are kept, of pictures that are all seen."""
    return [
        (number, pace.keep(number, at_us))
        for number, at_us in enumerate(times_us)
        if pace.wants(at_us)
    ]


def test_every_picture_of_a_world_at_that_rate_is_kept() -> None:
    pace = RecordingPace(30)
    times = [7_000_000 + n * SECOND // 30 + (-1) ** n * 3_000 for n in range(300)]

    assert len(kept(pace, times)) == 300
    assert pace.dropped == 0


def test_of_a_world_twice_as_fast_every_other_picture_is_kept() -> None:
    pace = RecordingPace(30)

    numbers = [number for number, _ in kept(pace, [n * SECOND // 60 for n in range(240)])]

    assert numbers == list(range(0, 240, 2))
    assert pace.dropped == 0


def test_pictures_are_shown_when_they_were_rendered() -> None:
    pace = RecordingPace(25)

    assert kept(pace, [5 * SECOND, 6 * SECOND, 6 * SECOND + SECOND // 25]) == [
        (0, 0),
        (1, 25_000),
        (2, 26_000),
    ]


def test_what_was_rendered_and_not_seen_is_counted() -> None:
    pace = RecordingPace(30)
    pace.keep(0, SECOND)
    pace.keep(15, SECOND + SECOND // 2)

    assert pace.dropped == 14


def test_a_world_that_was_slow_itself_costs_the_recording_nothing() -> None:
    pace = RecordingPace(30)
    pace.keep(0, SECOND)
    pace.keep(1, 3 * SECOND)

    assert pace.dropped == 0


def test_what_was_shown_before_the_first_picture_is_counted() -> None:
    pace = RecordingPace(30)
    pace.wanted_from(SECOND)
    pace.keep(100, SECOND + SECOND // 2)

    assert pace.dropped == 15


def test_a_picture_that_comes_early_for_a_key_takes_no_place_of_another() -> None:
    pace = RecordingPace(30)
    interval = SECOND // 30
    times = [0, interval // 3, interval, 2 * interval]

    assert [number for number, _ in kept(pace, times)] == [0, 2, 3]
    assert pace.dropped == 0
