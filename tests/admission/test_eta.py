"""What waiters are told of their waits, over values: nothing here waits, and no speed decides."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replay import Replay, Trace

from diorama.admission.eta import (
    ENOUGH,
    Forecast,
    Forecasts,
    Live,
    Observed,
    Stay,
    forecast,
    rounded,
    survival,
)

MINUTE_S = 60.0


STEADY = Observed(
    stays=[Stay(MINUTE_S, has_ended=True)] * 20,
    live=[Live(0.0, None)],
    turning=0,
    excess=0,
    longest_s=3_600.0,
    waiting=5,
    gave_up=0,
    waited_s=0.0,
)
"""Sessions of one minute each, one of which has just begun."""


def found(seen: Observed) -> Forecast:
    known = forecast(seen)
    assert known is not None
    return known


# What is unknown


@pytest.mark.parametrize(("ended", "is_known"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_nothing_is_told_before_enough_sessions_have_ended(ended: int, is_known: bool) -> None:
    stays = [Stay(MINUTE_S, has_ended=True)] * ended + [Stay(5.0, has_ended=False)] * 50

    assert (forecast(replace(STEADY, stays=stays)) is not None) is is_known


def test_nothing_is_told_where_nobody_holds_a_slot() -> None:
    assert forecast(replace(STEADY, live=[])) is None


# Lengths of sessions


def test_who_still_plays_makes_sessions_longer() -> None:
    ended = [Stay(float(s), has_ended=True) for s in range(10, 110, 10)]
    alone = survival(ended)
    with_live = survival([*ended, *([Stay(100.0, has_ended=False)] * 10)])

    assert alone is not None
    assert with_live is not None
    assert alone.ended[-1] == pytest.approx(1.0)
    assert with_live.ended[-1] < 1.0
    assert with_live.tail_s > alone.tail_s


def test_the_estimate_is_that_of_the_textbook() -> None:
    """Six ended, one censored in the middle: S = 5/6 x 4/5 x 2/3 x 1/2 ... by hand."""
    stays = [Stay(s, has_ended=True) for s in (1.0, 2.0, 4.0, 5.0)] + [Stay(3.0, has_ended=False)]
    stays += [Stay(s, has_ended=True) for s in (6.0, 7.0, 8.0, 9.0, 10.0, 11.0)]

    known = survival(stays)

    assert known is not None
    by_hand = [1.0]
    for at_risk in (11, 10, 8, 7, 6, 5, 4, 3, 2, 1):
        by_hand.append(by_hand[-1] * (1 - 1 / at_risk))
    assert (1 - known.ended).tolist() == pytest.approx(by_hand)


# Waits


def test_sessions_of_one_length_come_free_one_after_the_other() -> None:
    live = [Live(10.0, None), Live(40.0, None)]

    known = found(replace(STEADY, live=live))

    assert [known.at(p).p50_s for p in (1, 2, 3, 4)] == pytest.approx([20, 50, 80, 110], abs=4)


def test_a_time_limit_ends_who_would_have_stayed() -> None:
    stays = [Stay(3_000.0, has_ended=True)] * 20

    known = found(replace(STEADY, stays=stays, live=[Live(100.0, 60.0)]))

    assert known.at(1).p90_s == pytest.approx(60, abs=5)


def test_no_session_outlasts_what_the_rules_allow() -> None:
    stays = [Stay(3_000.0, has_ended=True)] * 20

    known = found(replace(STEADY, stays=stays, live=[Live(0.0, None)], longest_s=600))

    assert known.at(1).p50_s == pytest.approx(600, abs=5)
    assert known.at(2).p50_s == pytest.approx(1_200, abs=35)


def test_a_slot_on_its_way_back_serves_the_next() -> None:
    known = found(replace(STEADY, turning=1))

    assert known.at(1).p50_s == 0


def test_a_lowered_limit_lets_some_end_before_anybody_is_served() -> None:
    live = [Live(10.0, None), Live(40.0, None)]

    known = found(replace(STEADY, live=live, excess=1))

    assert known.at(1).p50_s == pytest.approx(50, abs=4)


def test_those_ahead_who_give_up_shorten_the_wait() -> None:
    patient = found(replace(STEADY, waiting=40))
    hasty = found(replace(STEADY, waiting=40, gave_up=100, waited_s=30_000.0))

    assert hasty.at(40).p50_s < patient.at(40).p50_s / 2
    assert hasty.at(1) == patient.at(1)


def test_a_lane_whose_newest_outlast_all_that_ended_is_not_told_at_once() -> None:
    known = found(replace(STEADY, live=[Live(500.0, None)]))

    assert known.at(1).p90_s > MINUTE_S


def test_the_same_is_told_of_the_same() -> None:
    seen = replace(STEADY, live=[Live(7.0, None)] * 3, waiting=30, gave_up=3, waited_s=900)

    assert forecast(seen) == forecast(seen)


LANES = st.builds(
    Observed,
    stays=st.lists(
        st.builds(Stay, st.floats(0, 20_000), st.booleans()), min_size=10, max_size=60
    ).map(lambda stays: [*stays, *([Stay(30.0, has_ended=True)] * ENOUGH)]),
    live=st.lists(
        st.builds(Live, st.floats(0, 50_000), st.none() | st.floats(0, 4_000)),
        min_size=1,
        max_size=30,
    ),
    turning=st.integers(0, 3),
    excess=st.integers(0, 5),
    longest_s=st.floats(60, 90_000),
    waiting=st.integers(0, 10_000),
    gave_up=st.integers(0, 500),
    waited_s=st.floats(0, 1e7),
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(LANES)
def test_a_later_position_is_never_told_a_shorter_wait(seen: Observed) -> None:
    known = found(seen)

    told = [known.at(p) for p in (*range(1, 40), 100, 256, 257, 1_000, 9_999, 10_000, 20_000)]

    assert all(a.p50_s <= b.p50_s and a.p90_s <= b.p90_s for a, b in pairwise(told))
    assert all(0 <= one.p50_s <= one.p90_s and math.isfinite(one.p90_s) for one in told)


def test_every_waiter_of_the_longest_line_is_told_something_of_its_own() -> None:
    known = found(replace(STEADY, live=[Live(float(i), None) for i in range(10)], waiting=10_000))

    assert known.positions[-1] >= 10_000
    assert known.at(10_000).p50_s == pytest.approx(10_000 * MINUTE_S / 10, rel=0.05)
    assert known.at(5_000).p50_s == pytest.approx(5_000 * MINUTE_S / 10, rel=0.05)


@pytest.mark.parametrize(
    ("wait_s", "told_s"), [(0.4, 0), (59.4, 59), (61, 60), (63, 65), (619, 630), (3_650, 3_660)]
)
def test_a_wait_is_told_as_finely_as_it_is_worth(wait_s: float, told_s: float) -> None:
    assert rounded(wait_s) == told_s


def test_a_forecast_is_kept_by_lane_with_its_age() -> None:
    kept = Forecasts()
    kept.put(("a", "here"), None, 1_000)

    assert kept.age_us(("a", "here"), 1_500) == 500
    assert kept.age_us(("b", "here"), 1_500) is None
    assert kept.get(("a", "here")) is None


# How true it is, on a small trace; benchmarks/bench_eta.py measures the same on many

MEAN_S = 300.0
SMALL = Trace(
    name="small",
    slots=4,
    arrivals=700,
    gap_s=lambda rng, _now_s: rng.expovariate(4 / MEAN_S),
    stay_s=lambda rng: rng.expovariate(1 / MEAN_S),
    limit_s=900,
    patience_s=lambda rng: rng.expovariate(1 / 1_200),
)


def test_half_of_the_waits_and_nine_tenths_stay_under_what_was_told() -> None:
    outcome = Replay(SMALL, seed=4, ask_every=3).run()

    assert len(outcome.waits) > 80
    assert 0.35 <= outcome.under("p50") <= 0.65
    assert 0.80 <= outcome.under("p90") <= 0.98


def test_the_judge_of_waits_knows_a_bad_estimate() -> None:
    outcome = Replay(SMALL, seed=4, ask_every=3).run()
    for told, _ in outcome.waits:
        told.p50_s, told.p90_s = told.p50_s / 3, told.p90_s / 3

    assert outcome.under("p50") < 0.35


def test_a_trace_plays_the_same_from_the_same_seed() -> None:
    first, second = (Replay(SMALL, seed=9, ask_every=50).run() for _ in range(2))

    assert first.waits == second.waits
