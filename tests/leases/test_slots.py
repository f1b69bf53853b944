"""What a slot does, and what is never done to it."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diorama.kernel.errors import Refused
from diorama.kernel.units import SECOND_US
from diorama.leases.slots import (
    FAILURES_TO_QUARANTINE,
    INCARNATION_BITS,
    QUARANTINE_US,
    SLOT_TRANSITIONS,
    Slot,
    SlotEvent,
    SlotState,
    fence,
    offer,
    release,
    reserve,
    withdraw,
)
from tests.clock import NOON_US

FENCED_US = NOON_US + 75 * SECOND_US


def free(*, term: int = 0, failures: int = 0) -> Slot:
    return Slot(
        id="slt_1",
        worker_id="wrk_1",
        index=0,
        pool="default",
        region="local",
        state=SlotState.FREE,
        term=term,
        session_id=None,
        fence_until_us=None,
        failures=failures,
        version=1,
    )


def held(*, failures: int = 0) -> Slot:
    return reserve(free(failures=failures), "ses_1", incarnation=1)


def fencing(*, failed: bool = False, failures: int = 0) -> Slot:
    return release(held(failures=failures), fence_until_us=FENCED_US, failed=failed)


def quarantined() -> Slot:
    return fence(fencing(failed=True, failures=FAILURES_TO_QUARANTINE - 1), now_us=NOON_US)


def retired() -> Slot:
    return withdraw(free())


EVERY_STATE = {
    SlotState.FREE: free(),
    SlotState.HELD: held(),
    SlotState.FENCING: fencing(),
    SlotState.QUARANTINED: quarantined(),
    SlotState.RETIRED: retired(),
}


def test_a_slot_that_goes_well() -> None:
    slot = fence(fencing(), now_us=NOON_US)

    assert slot.state is SlotState.FREE
    assert (slot.session_id, slot.fence_until_us, slot.failures) == (None, None, 0)
    assert slot.version == 4


def test_a_slot_whose_session_ended_waits_for_proof() -> None:
    slot = fencing()

    assert slot.state is SlotState.FENCING
    assert (slot.session_id, slot.fence_until_us) == ("ses_1", FENCED_US)
    with pytest.raises(Refused, match="slt_1 is fencing"):
        reserve(slot, "ses_2", incarnation=1)


@pytest.mark.parametrize("state", set(SlotState) - {SlotState.FREE})
def test_only_a_free_slot_is_given_away(state: SlotState) -> None:
    with pytest.raises(Refused):
        reserve(EVERY_STATE[state], "ses_2", incarnation=9)


def test_a_newly_started_worker_has_nothing_of_the_old_one() -> None:
    slot = offer(fencing(failed=True), pool="big", region="east")

    assert slot.state is SlotState.FREE
    assert (slot.session_id, slot.failures, slot.fence_until_us) == (None, 0, None)
    assert (slot.pool, slot.region) == ("big", "east")


def test_a_held_slot_is_released_before_its_worker_offers_it_again() -> None:
    with pytest.raises(Refused):
        offer(held(), pool="default", region="local")
    with pytest.raises(Refused):
        withdraw(held())


def test_a_slot_its_worker_no_longer_has_is_offered_again_one_day() -> None:
    assert withdraw(retired()).state is SlotState.RETIRED
    assert offer(retired(), pool="default", region="local").state is SlotState.FREE


@pytest.mark.parametrize(
    ("failures", "state", "until_us"),
    [
        (FAILURES_TO_QUARANTINE - 2, SlotState.FREE, None),
        (FAILURES_TO_QUARANTINE - 1, SlotState.QUARANTINED, NOON_US + QUARANTINE_US),
    ],
)
def test_a_slot_on_which_worlds_keep_failing_is_put_aside(
    failures: int, state: SlotState, until_us: int | None
) -> None:
    slot = fence(fencing(failed=True, failures=failures), now_us=NOON_US)

    assert slot.state is state
    assert slot.session_id is None
    assert slot.fence_until_us == until_us


def test_quarantine_ends_and_one_more_failure_brings_it_back() -> None:
    back = fence(quarantined(), now_us=NOON_US + QUARANTINE_US)
    again = reserve(back, "ses_2", incarnation=1)

    assert back.state is SlotState.FREE
    failed = release(again, fence_until_us=FENCED_US, failed=True)
    assert fence(failed, now_us=NOON_US).state is SlotState.QUARANTINED


def test_one_session_that_goes_well_forgives_all_failures() -> None:
    assert fencing(failed=False, failures=2).failures == 0


# Terms


def test_the_first_term_of_an_incarnation_is_above_all_of_the_last() -> None:
    old = reserve(free(term=(1 << INCARNATION_BITS) + 1_000_000), "ses_1", incarnation=1)
    new = reserve(free(term=5), "ses_1", incarnation=2)

    assert new.term > old.term


def test_a_store_restored_from_a_backup_repeats_no_term() -> None:
    """The backup knows of fewer reservations; its next start counts as a new incarnation."""
    backed_up = free(term=(3 << INCARNATION_BITS) + 10)
    after_it = reserve(free(term=(3 << INCARNATION_BITS) + 500), "ses_1", incarnation=3)

    assert reserve(backed_up, "ses_2", incarnation=4).term > after_it.term


def test_a_term_fits_what_browsers_and_json_can_count() -> None:
    last = (1 << INCARNATION_BITS) - 2
    incarnation = (1 << (53 - INCARNATION_BITS)) - 1

    term = reserve(free(term=(incarnation << INCARNATION_BITS) + last), "s", incarnation=1).term
    assert term <= 2**53 - 1


def act(slot: Slot, event: SlotEvent, *, incarnation: int, failed: bool) -> Slot:
    match event:
        case SlotEvent.RESERVED:
            return reserve(slot, "ses_1", incarnation=incarnation)
        case SlotEvent.RELEASED:
            return release(slot, fence_until_us=FENCED_US, failed=failed)
        case SlotEvent.FENCED | SlotEvent.FAILED_TOO_OFTEN:
            return fence(slot, now_us=NOON_US)
        case SlotEvent.OFFERED:
            return offer(slot, pool="default", region="local")
        case SlotEvent.WITHDRAWN:
            return withdraw(slot)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_terms_rise_with_every_reservation_of_every_story(seed: int, length: int) -> None:
    rng, slot, incarnation, terms = random.Random(seed), free(), 1, [0]
    for _ in range(length):
        incarnation += rng.random() < 0.1
        event = rng.choice(list(SLOT_TRANSITIONS[slot.state]))
        was = slot
        slot = act(slot, event, incarnation=incarnation, failed=rng.random() < 0.5)

        assert slot.version == was.version + 1
        if event is SlotEvent.RESERVED:
            assert was.state is SlotState.FREE
            terms.append(slot.term)
        assert slot.term == terms[-1]
        assert (slot.session_id is not None) is (slot.state in {SlotState.HELD, SlotState.FENCING})
        assert (slot.fence_until_us is not None) is (
            slot.state in {SlotState.FENCING, SlotState.QUARANTINED}
        )

    assert all(low < high for low, high in pairwise(terms))


# The table is data

ROWS = [(s, event, to) for s, row in SLOT_TRANSITIONS.items() for event, to in row.items()]


def test_every_state_is_in_the_table() -> None:
    assert set(SLOT_TRANSITIONS) == set(SlotState)


def test_a_slot_is_held_by_reservation_alone_and_let_go_by_the_end_of_its_session_alone() -> None:
    into = {(s, event) for s, event, to in ROWS if to is SlotState.HELD}
    out = {(event, to) for s, event, to in ROWS if s is SlotState.HELD}

    assert into == {(SlotState.FREE, SlotEvent.RESERVED)}
    assert out == {(SlotEvent.RELEASED, SlotState.FENCING)}


def test_a_fencing_slot_comes_back_by_proof_by_time_or_by_a_new_start() -> None:
    back = {event for s, event, to in ROWS if s is SlotState.FENCING and to is SlotState.FREE}

    assert back == {SlotEvent.FENCED, SlotEvent.OFFERED}


@pytest.mark.parametrize("state", SlotState)
@pytest.mark.parametrize("event", set(SlotEvent) - {SlotEvent.FAILED_TOO_OFTEN})
def test_what_the_table_does_not_answer_is_refused(state: SlotState, event: SlotEvent) -> None:
    slot = EVERY_STATE[state]
    answered = event in SLOT_TRANSITIONS[state]

    try:
        after = act(slot, event, incarnation=1, failed=False)
    except Refused:
        assert not answered
    else:
        assert answered
        assert after.state is SLOT_TRANSITIONS[state][event]
