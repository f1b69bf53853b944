"""How a world holds the AFK warning off, told in seconds since the viewer's last input."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.kernel.units import seconds
from diorama.projects.rules import AfkRules
from diorama.sessions.holding import NEVER_HELD, HoldOff
from tests.clock import NOON_US

AFK = AfkRules(warn_after_s=120, disconnect_after_s=30, hold_off_budget_s=600)
NASTY = [math.nan, math.inf, -math.inf, -1.0, -0.0, 1e308, 5e-324, 86_400.1]


def at(count: float) -> int:
    return NOON_US + seconds(count)


def asked(hold: HoldOff, *words: tuple[float, float], budget_s: float = 600) -> HoldOff:
    """Let a world say (when, how long) one after the other."""
    for when_s, how_long_s in words:
        hold = hold.asked(how_long_s, budget_s=budget_s, now_us=at(when_s)) or hold
    return hold


def warned_s(hold: HoldOff) -> float:
    return (hold.warn_us(AFK, at(0)) - NOON_US) / 1_000_000


def test_without_a_hold_off_silence_is_measured_from_the_last_input() -> None:
    assert warned_s(NEVER_HELD) == 120
    assert NEVER_HELD.end_us(AFK, at(0), at(120)) == at(150)


def test_the_clock_goes_on_from_the_end_of_a_hold_off() -> None:
    assert warned_s(asked(NEVER_HELD, (100, 300))) == 100 + 300 + 120


def test_input_after_a_hold_off_counts_from_itself() -> None:
    held = asked(NEVER_HELD, (100, 300))

    assert held.warn_us(AFK, at(450)) == at(450 + 120)


def test_the_budget_is_spent_in_the_seconds_that_were_held() -> None:
    let_go = asked(NEVER_HELD, (0, 500), (100, 0))
    again = asked(let_go, (200, 9_999))

    assert let_go.until_us == at(100)
    assert let_go.spent_by(at(5_000)) == seconds(100)
    assert again.until_us == at(200 + 500)
    assert again.spent_by(at(5_000)) == seconds(600)


def test_words_that_overlap_are_paid_once() -> None:
    held = asked(NEVER_HELD, *((i, 10) for i in range(0, 100, 5)))

    assert held.until_us == at(105)
    assert held.spent_by(at(1_000)) == seconds(105)


def test_a_budget_that_is_spent_holds_nothing_more() -> None:
    spent = asked(NEVER_HELD, (0, 600))

    assert asked(spent, (600, 60)) == spent
    assert asked(spent, (599, 60)) == spent


def test_without_a_budget_nothing_is_held() -> None:
    assert asked(NEVER_HELD, (0, 600), budget_s=0) == NEVER_HELD


@pytest.mark.parametrize(("change_s", "is_written"), [(0.999999, False), (1, True), (-1, True)])
def test_what_moves_the_end_by_less_than_a_second_is_not_written(
    change_s: float, is_written: bool
) -> None:
    held = asked(NEVER_HELD, (0, 60))

    assert (asked(held, (10, 50 + change_s)) != held) is is_written


def test_letting_go_of_nothing_changes_nothing() -> None:
    assert NEVER_HELD.asked(0, budget_s=600, now_us=at(10)) is None


@pytest.mark.parametrize("nasty", NASTY)
def test_nonsense_never_holds_longer_than_the_budget(nasty: float) -> None:
    held = asked(NEVER_HELD, (0, nasty), (1, nasty), (2, nasty))

    assert held.spent_by(at(1e6)) <= seconds(600)
    assert (held.until_us or 0) <= at(2 + 600)


words = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=60),
        st.floats(allow_nan=True, allow_infinity=True) | st.floats(min_value=0, max_value=30),
    ),
    max_size=60,
)


@given(words, st.floats(min_value=0, max_value=600))
def test_no_world_holds_longer_than_its_budget(
    said: list[tuple[float, float]], budget_s: float
) -> None:
    hold, when_s, held_us, last_us = NEVER_HELD, 0.0, 0, at(0)
    for after_s, how_long_s in said:
        when_s += after_s
        held_us += max(min(at(when_s), hold.until_us or 0) - last_us, 0)
        last_us = at(when_s)
        hold = asked(hold, (when_s, how_long_s), budget_s=budget_s)
    held_us += max((hold.until_us or 0) - last_us, 0)

    assert held_us == hold.spent_by(at(1e6)) <= seconds(budget_s)


def test_short_words_of_a_small_budget_do_not_start_the_clock_anew_for_ever() -> None:
    """A second of budget every 100 s would hold a warning of 120 s off for ever."""
    hold, now_s, warned = NEVER_HELD, 0.0, 0
    while hold.warn_us(AFK, at(0)) > at(now_s):
        now_s += 100
        hold = asked(hold, (now_s, 1), budget_s=60)
        warned += 1

    assert warned < 5
    assert hold.warn_us(AFK, at(0)) <= at(120 + 2 * 60)


def test_short_words_during_the_countdown_do_not_start_it_anew_for_ever() -> None:
    hold = asked(NEVER_HELD, *((130 + 20 * i, 1) for i in range(10)), budget_s=10)

    assert hold.end_us(AFK, at(0), at(10_000)) == at(120 + 30 + 2 * 10)
