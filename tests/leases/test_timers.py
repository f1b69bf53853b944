"""The orders between timers that safety rests on: each holds at its edge, and not beyond it."""

import pytest

from diorama.kernel.errors import Invalid
from diorama.leases.timers import CLOCK_RATE_ERROR, DEFAULTS, SCHEDULING_DELAY_S, Timers


def test_the_defaults_are_those_of_the_design() -> None:
    assert (DEFAULTS.heartbeat_s, DEFAULTS.detached_after_s, DEFAULTS.stale_after_s) == (5, 10, 15)
    assert (DEFAULTS.suspect_after_s, DEFAULTS.self_fence_s, DEFAULTS.slot_reuse_s) == (15, 60, 75)
    assert (DEFAULTS.claim_s, DEFAULTS.accept_assignment_s, DEFAULTS.confirm_stop_s) == (60, 20, 10)


def test_a_slot_comes_back_only_after_its_worker_must_have_fenced_itself() -> None:
    fenced_s = DEFAULTS.self_fence_s * (1 + CLOCK_RATE_ERROR) + SCHEDULING_DELAY_S

    with pytest.raises(Invalid, match="slot_reuse_s"):
        Timers(slot_reuse_s=fenced_s)
    assert Timers(slot_reuse_s=fenced_s + 0.1).slot_reuse_s > fenced_s


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ({"heartbeat_s": 5.0}, {"heartbeat_s": 5.1}),
        ({"detached_after_s": 15.0}, {"detached_after_s": 15.1}),
        ({"suspect_after_s": 10.0}, {"suspect_after_s": 9.9}),
        ({"suspect_after_s": 60.0}, {"suspect_after_s": 60.1}),
    ],
)
def test_each_order_holds_at_its_edge_and_not_beyond(
    allowed: dict[str, float], refused: dict[str, float]
) -> None:
    Timers(**allowed)
    with pytest.raises(Invalid) as error:
        Timers(**refused)
    assert error.value.code == "timers"
    assert next(iter(refused)) in str(error.value)
