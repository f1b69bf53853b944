"""What becomes of datagrams."""

from tests.relay.weather import CUT, FAIR, Path, Weather

SENT = [bytes([n]) for n in range(200)]


def through(path: Path, sent: list[bytes] = SENT) -> list[bytes]:
    return [out.data for data in sent for out in path.take(data)]


def rough(seed: int) -> Path:
    path = Path(seed)
    path.weather = Weather(drop_share=0.2, swap_share=0.2)
    return path


def test_in_fair_weather_everything_comes_in_order_and_at_once() -> None:
    outs = [out for data in SENT for out in Path(1).take(data)]

    assert [out.data for out in outs] == SENT
    assert {out.delay_ms for out in outs} == {0.0}


def test_the_same_seed_gives_every_datagram_the_same_fate() -> None:
    assert through(rough(7)) == through(rough(7))
    assert through(rough(7)) != through(rough(8))


def test_about_as_much_is_lost_as_was_said() -> None:
    lost = len(SENT) - len(through(rough(7)))

    assert 20 < lost < 60


def test_a_swapped_datagram_comes_right_after_the_next() -> None:
    path = Path(1)
    path.weather = Weather(swap_share=1.0)

    assert through(path, SENT[:4]) == [SENT[1], SENT[0], SENT[3], SENT[2]]


def test_a_cut_path_passes_nothing_and_a_healed_one_everything() -> None:
    path = Path(1)
    path.weather = CUT
    lost = through(path)
    path.weather = FAIR

    assert lost == []
    assert through(path) == SENT


def test_what_is_late_is_late_by_a_number() -> None:
    path = Path(1)
    path.weather = Weather(delay_ms=40)

    assert [out.delay_ms for out in path.take(b"x")] == [40]
