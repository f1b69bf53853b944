"""When a delivery is tried again."""

import pytest

from diorama.events.retrying import MAX_ASKED_S, TRIES, WAITS_S, Outcome, Verdict, next_try_us
from diorama.kernel.units import SECOND_US

THREE_DAYS_S = 3 * 86_400


def test_ten_tries_reach_over_three_days_and_then_no_more() -> None:
    waits = [next_try_us(n, now_us=0, luck=0.5, asked_s=None) for n in range(1, TRIES)]

    assert [wait and wait // SECOND_US for wait in waits] == list(WAITS_S)
    assert THREE_DAYS_S < sum(WAITS_S) < THREE_DAYS_S + 86_400
    assert next_try_us(TRIES, now_us=0, luck=0.5, asked_s=None) is None


@pytest.mark.parametrize(("luck", "share"), [(0.0, 0.9), (1.0, 1.1)])
def test_a_wait_is_a_tenth_shorter_or_longer_at_most(luck: float, share: float) -> None:
    due_us = next_try_us(2, now_us=7, luck=luck, asked_s=None)

    assert due_us == 7 + round(300 * share * SECOND_US)


@pytest.mark.parametrize(
    ("asked_s", "wait_s"), [(None, 5), (1, 5), (60, 60), (10 * MAX_ASKED_S, MAX_ASKED_S)]
)
def test_a_receiver_that_asks_for_time_gets_it_within_a_day(
    asked_s: float | None, wait_s: float
) -> None:
    assert next_try_us(1, now_us=0, luck=0.5, asked_s=asked_s) == wait_s * SECOND_US


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, Verdict.FAILED),
        (199, Verdict.FAILED),
        (200, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (300, Verdict.FAILED),
        (409, Verdict.FAILED),
        (410, Verdict.GONE),
        (500, Verdict.FAILED),
    ],
)
def test_only_a_2xx_is_delivered_and_410_is_for_good(status: int | None, verdict: Verdict) -> None:
    assert Outcome(status=status).verdict is verdict
