"""Stream hours of a month as sums: both sides of each instant, and equal to what they sum up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.accounts.hours import (
    Months,
    StreamMonth,
    month_end_us,
    month_start_us,
    newest,
    rebuilt,
    rolled,
    started,
    stopped,
)
from diorama.kernel.units import HOUR_US, SECOND_US

Stay = tuple[int, int | None]


def us(year: int, month: int, day: int) -> int:
    return round(datetime(year, month, day, tzinfo=UTC).timestamp()) * SECOND_US


JUNE, JULY, AUGUST = us(2026, 6, 1), us(2026, 7, 1), us(2026, 8, 1)


@pytest.mark.parametrize(
    ("at_us", "start_us", "end_us"),
    [
        (JULY - 1, JUNE, JULY),
        (JULY, JULY, AUGUST),
        (us(2026, 12, 31) + 24 * HOUR_US - 1, us(2026, 12, 1), us(2027, 1, 1)),
        (us(2028, 2, 29), us(2028, 2, 1), us(2028, 3, 1)),
        (us(2026, 1, 31) + 1, us(2026, 1, 1), us(2026, 2, 1)),
    ],
)
def test_a_month_is_that_of_the_calendar(at_us: int, start_us: int, end_us: int) -> None:
    assert (month_start_us(at_us), month_end_us(at_us)) == (start_us, end_us)


def test_streams_that_run_are_used_up_as_they_run() -> None:
    months = started(started({}, JUNE + 10), JUNE + 30)

    assert [newest(months, JUNE + 40).used_us(JUNE + at) for at in (30, 31, 40)] == [20, 22, 40]


def test_a_stream_over_a_month_s_end_is_used_in_both() -> None:
    running = started({}, JULY - 100)
    months = stopped(running, JULY - 100, JULY + 40)

    assert newest(running, JULY + 7).used_us(JULY + 7) == 7
    assert [months[start].used_us(AUGUST) for start in (JUNE, JULY)] == [100, 40]


def test_an_end_that_is_told_late_is_settled_in_the_month_in_which_it_was() -> None:
    both = started(started({}, JULY - 100), JULY - 50)
    rolled = stopped(both, JULY - 50, JULY + 5)
    months = stopped(rolled, JULY - 100, JULY - 20)

    assert [months[start].used_us(AUGUST) for start in (JUNE, JULY)] == [80 + 50, 5]
    assert all(month.running == month.late_us == 0 for month in months.values())


def test_a_stream_over_a_whole_month_is_used_in_three() -> None:
    months = stopped(started({}, JUNE + 1), JUNE + 1, AUGUST + 1)

    used = [months[start].used_us(AUGUST + 1) for start in (JUNE, JULY, AUGUST)]
    assert used == [JULY - JUNE - 1, AUGUST - JULY, 1]


def test_a_limit_is_reached_sooner_with_more_streams() -> None:
    one = started({}, JUNE)
    three = started(started(one, JUNE + 10), JUNE + 10)

    assert newest(one, JUNE).reached_us(100) == JUNE + 100
    assert newest(three, JUNE).reached_us(100) == JUNE + 40
    assert newest(three, JUNE).reached_us(101) == JUNE + 41  # a part of a microsecond is too soon


def test_a_limit_that_this_month_does_not_reach_is_looked_at_when_it_is_over() -> None:
    month = newest(started({}, JULY - 100), JULY - 100)

    assert (month.reached_us(99), month.reached_us(100)) == (JULY - 1, None)
    assert (month.look_us(99), month.look_us(100), month.look_us(None)) == (JULY - 1, JULY, None)


def test_a_limit_that_is_used_up_stays_so_without_a_stream() -> None:
    idle = StreamMonth(start_us=JUNE, settled_us=50)

    assert (idle.reached_us(50), idle.reached_us(51), idle.look_us(50)) == (JUNE, None, JUNE)


INSTANTS = st.integers(min_value=JUNE - 5 * SECOND_US, max_value=us(2026, 9, 2))
UNTIL = us(2026, 9, 5)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Stay], list[int]]:
    """Streams, and the order in which their starts and ends are told: any."""
    drawn = draw(st.lists(st.tuples(INSTANTS, INSTANTS, st.booleans()), max_size=12))
    stays: list[Stay] = [(min(a, b), None if runs else max(a, b)) for a, b, runs in drawn]
    told = [i for i, stay in enumerate(stays) for _ in range(1 if stay[1] is None else 2)]
    return stays, draw(st.permutations(told))


@given(histories())
def test_sums_kept_step_by_step_equal_what_they_sum_up(
    history: tuple[list[Stay], list[int]],
) -> None:
    stays, told = history
    months: Months = {}
    begun: set[int] = set()
    for i in told:
        since_us, until_us = stays[i]
        if i in begun and until_us is not None:
            months = stopped(months, since_us, until_us)
        else:
            months = started(months, since_us)
        begun.add(i)

    for start_us in (us(2026, 5, 1), JUNE, JULY, AUGUST, us(2026, 9, 1)):
        end_us = month_end_us(start_us)
        truth = sum(
            max(min(UNTIL if until is None else until, end_us) - max(since, start_us), 0)
            for since, until in stays
        )
        for known in (rolled(months, UNTIL), rolled(rebuilt(stays), UNTIL)):
            month = known.get(start_us, StreamMonth(start_us=start_us))
            assert month.used_us(UNTIL) == truth
            assert min(month.settled_us, month.running, month.late_us) >= 0
