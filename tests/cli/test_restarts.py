"""When a child that ended is started again."""

import pytest

from diorama.cli.restarts import (
    DELAYS_S,
    MAX_QUICK_ENDS,
    REFUSED,
    STEADY_S,
    GiveUp,
    Restart,
    after_end,
)


def delays(*, ends: int, ran_s: float) -> list[float]:
    found: list[float] = []
    quick_ends = 0
    for _ in range(ends):
        decision = after_end(exit_code=-9, ran_s=ran_s, quick_ends=quick_ends)
        assert isinstance(decision, Restart)
        quick_ends = decision.quick_ends
        found.append(decision.delay_s)
    return found


def test_the_first_end_is_answered_at_once() -> None:
    assert after_end(exit_code=-9, ran_s=1, quick_ends=0) == Restart(0, 1)


def test_ends_in_a_row_wait_longer_and_longer() -> None:
    assert delays(ends=8, ran_s=1) == [0, 1, 2, 4, 8, 15, 15, 15]
    assert list(DELAYS_S) == sorted(DELAYS_S)


@pytest.mark.parametrize(("ran_s", "delay_s"), [(STEADY_S - 0.1, 2), (STEADY_S, 0)])
def test_who_ran_steadily_is_forgiven(ran_s: float, delay_s: float) -> None:
    decision = after_end(exit_code=1, ran_s=ran_s, quick_ends=2)

    assert isinstance(decision, Restart)
    assert decision.delay_s == delay_s


def test_who_was_set_wrongly_is_not_started_again() -> None:
    assert after_end(exit_code=REFUSED, ran_s=1_000, quick_ends=0) == GiveUp(REFUSED)


def test_trying_ends() -> None:
    last = after_end(exit_code=1, ran_s=1, quick_ends=MAX_QUICK_ENDS - 2)
    over = after_end(exit_code=1, ran_s=1, quick_ends=MAX_QUICK_ENDS - 1)

    assert isinstance(last, Restart)
    assert over == GiveUp(1)
