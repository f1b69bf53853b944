"""When pictures begin, told in microseconds."""

from hypothesis import given
from hypothesis import strategies as st

from diorama.world.pacing import Pacer, Slowness

PERIOD = 10_000  # of 100 fps


def begun(pacer: Pacer, at_us: int) -> Pacer:
    pacer.begin(at_us)
    return pacer


def test_the_first_picture_is_due_at_once() -> None:
    assert Pacer(fps=100, now_us=5).due_us(input_waits=False) == 5


def test_pictures_that_begin_late_do_not_move_the_grid() -> None:
    pacer = begun(begun(Pacer(fps=100, now_us=0), 300), PERIOD + 900)

    assert pacer.due_us(input_waits=False) == 2 * PERIOD


def test_instants_that_passed_are_skipped() -> None:
    pacer = begun(begun(Pacer(fps=100, now_us=0), 0), 4 * PERIOD + 1)

    assert pacer.due_us(input_waits=False) == 5 * PERIOD


def test_a_rate_that_does_not_divide_a_second_does_not_drift() -> None:
    pacer = Pacer(fps=60, now_us=0)
    for _ in range(60 * 60):
        pacer.begin(pacer.due_us(input_waits=False) + 1)

    assert pacer.due_us(input_waits=False) == 60_000_000


def test_an_input_begins_a_picture_a_quarter_of_a_period_after_the_last() -> None:
    pacer = begun(Pacer(fps=100, now_us=0), 0)

    assert pacer.due_us(input_waits=True) == PERIOD // 4


def test_the_grid_goes_on_from_an_early_picture() -> None:
    pacer = begun(begun(Pacer(fps=100, now_us=0), 0), 4_000)

    assert pacer.due_us(input_waits=False) == 4_000 + PERIOD


def test_an_input_never_delays_a_picture() -> None:
    pacer = begun(Pacer(fps=100, now_us=0), 9_999)

    assert pacer.due_us(input_waits=True) == PERIOD


def test_inputs_without_end_raise_the_rate_by_a_quarter_at_most() -> None:
    pacer, count = Pacer(fps=100, now_us=0), 1_000
    for _ in range(count):
        now = pacer.due_us(input_waits=True)
        pacer.begin(now)

    assert now > count * PERIOD / 1.25


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30_000)), max_size=200))
def test_pictures_are_never_nearer_than_a_quarter_of_a_period_nor_a_period_late(
    story: list[tuple[bool, int]],
) -> None:
    pacer, now = begun(Pacer(fps=100, now_us=0), 0), 0
    for input_waits, late_us in story:
        due = pacer.due_us(input_waits=input_waits)
        assert due <= now + PERIOD
        begins = max(now, due) + late_us
        pacer.begin(begins)
        assert begins < pacer.due_us(input_waits=False) <= begins + PERIOD + 1
        assert pacer.due_us(input_waits=True) >= min(begins + PERIOD // 4, due + PERIOD)
        now = begins


def told_of(slowness: Slowness, *, from_us: int, pictures: int, took_us: int) -> list[str]:
    """Render so many pictures one after the other, and return what is told of them."""
    found = [
        slowness.find(from_us + number * took_us, from_us + (number + 1) * took_us)
        for number in range(pictures)
    ]
    return [one for one in found if one is not None]


def test_a_world_slower_than_it_means_to_be_is_told_after_five_seconds_and_each_minute() -> None:
    slowness = Slowness(fps=30, now_us=0)

    assert told_of(slowness, from_us=0, pictures=49, took_us=100_000) == []
    (told,) = told_of(slowness, from_us=4_900_000, pictures=500, took_us=100_000)
    assert told == (
        "takes 100 ms a frame, and at 30 frames a second there are 33: viewers see 10.0 a second"
    )
    assert len(told_of(slowness, from_us=60_000_000, pictures=100, took_us=100_000)) == 1


def test_a_world_that_keeps_up_is_told_nothing() -> None:
    assert told_of(Slowness(fps=30, now_us=0), from_us=0, pictures=900, took_us=33_000) == []


def test_a_first_picture_that_waits_for_what_is_made_once_is_no_slowness() -> None:
    slowness = Slowness(fps=30, now_us=0)

    assert slowness.find(0, 20_000_000) is None
    assert told_of(slowness, from_us=20_000_000, pictures=300, took_us=10_000) == []


def test_a_world_that_renders_for_seconds_is_told_of_its_third_picture_after_the_first() -> None:
    slowness = Slowness(fps=1, now_us=0)

    assert told_of(slowness, from_us=0, pictures=3, took_us=4_000_000) == []
    assert len(told_of(slowness, from_us=12_000_000, pictures=1, took_us=4_000_000)) == 1
