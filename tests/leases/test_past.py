"""Which workers are gone for good, and how a name comes back."""

from dataclasses import replace

import pytest

from diorama.kernel.units import SECOND_US
from diorama.leases.past import brought_back, is_gone, put_away
from diorama.leases.slots import Slot, SlotState
from diorama.workers.capabilities import Standing, Worker
from tests.clock import NOON_US

DAY_US = 86_400 * SECOND_US
WORKER = Worker(
    id="wrk_1",
    name="gpu-1",
    region="here",
    pool="default",
    boot_id="the only boot there ever was",
    draining=False,
    kinds=("python",),
    encoders=(),
    version="1",
    registered_us=NOON_US,
    heard_us=NOON_US,
    soft_until_us=NOON_US + 15 * SECOND_US,
    hard_until_us=NOON_US + 75 * SECOND_US,
    socket=3,
)
SLOT = Slot(
    id="wrk_1.0",
    worker_id="wrk_1",
    index=0,
    pool="default",
    region="here",
    state=SlotState.FREE,
    term=41,
    session_id=None,
    fence_until_us=None,
    failures=0,
    version=7,
)


def test_a_worker_is_gone_at_the_instant_at_which_its_time_is_over() -> None:
    assert not is_gone(WORKER, [SLOT], NOON_US + DAY_US - 1, after_us=DAY_US)
    assert is_gone(WORKER, [SLOT], NOON_US + DAY_US, after_us=DAY_US)


def test_a_worker_whose_lease_stands_is_not_gone_whatever_the_time() -> None:
    assert not is_gone(WORKER, [SLOT], WORKER.hard_until_us - 1, after_us=1)
    assert is_gone(WORKER, [SLOT], WORKER.hard_until_us, after_us=1)


@pytest.mark.parametrize("state", sorted(set(SlotState) - {SlotState.FREE, SlotState.RETIRED}))
def test_a_worker_with_a_slot_that_has_something_to_do_is_not_gone(state: SlotState) -> None:
    slots = [SLOT, replace(SLOT, id="wrk_1.1", index=1, state=state)]

    assert not is_gone(WORKER, slots, NOON_US + DAY_US, after_us=DAY_US)


def test_what_comes_back_is_lost_offers_nothing_and_was_given_every_term_before() -> None:
    slots = [SLOT, replace(SLOT, id="wrk_1.4", index=4, term=99)]

    worker, again = brought_back(put_away(WORKER, slots))

    assert worker.standing(NOON_US) is Standing.LOST
    assert (worker.id, worker.boot_id, worker.socket) == ("wrk_1", WORKER.boot_id, 3)
    assert [slot.id for slot in again] == [f"wrk_1.{index}" for index in range(5)]
    assert {(slot.state, slot.term) for slot in again} == {(SlotState.RETIRED, 99)}
