"""One slot, as data: who has it under which term, and what precedes giving it away again. Pure.

A slot is given away only from `free`. The end of a session puts it in `fencing`: it comes back by
proof (the worker confirmed that the world's process group is gone, or a newer `boot_id` of the
worker registered), or, without proof, once the worker must have fenced itself (`fence_until_us`).
The term rises with each reservation, so whoever still acts under a lower one is refused. It carries
the store's incarnation in its upper bits: a store restored from a backup never repeats a term.
Source: DESIGN section 4; laws 1 and 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from diorama.kernel.errors import Refused
from diorama.kernel.units import SECOND_US

INCARNATION_BITS: Final = 24
"""Bits below the incarnation in a term: 16 million reservations of one slot between two starts."""
FAILURES_TO_QUARANTINE: Final = 3
QUARANTINE_US: Final = 60 * SECOND_US


class SlotState(StrEnum):
    """Where a slot is. The values are stored."""

    FREE = "free"
    HELD = "held"  # a session has it
    FENCING = "fencing"  # its session ended, its world may not have
    QUARANTINED = "quarantined"  # worlds kept failing on it; free again at `fence_until_us`
    RETIRED = "retired"  # its worker no longer offers it


class SlotEvent(StrEnum):
    """What can happen to a slot."""

    RESERVED = "reserved"
    RELEASED = "released"  # the session ended
    FENCED = "fenced"  # proof, or the fence ran out
    FAILED_TOO_OFTEN = "failed_too_often"
    OFFERED = "offered"  # its worker registered with it, newly started
    WITHDRAWN = "withdrawn"  # its worker registered without it, newly started


_S, _E = SlotState, SlotEvent
SLOT_TRANSITIONS: Final[Mapping[SlotState, Mapping[SlotEvent, SlotState]]] = {
    _S.FREE: {_E.RESERVED: _S.HELD, _E.OFFERED: _S.FREE, _E.WITHDRAWN: _S.RETIRED},
    _S.HELD: {_E.RELEASED: _S.FENCING},
    _S.FENCING: {
        _E.FENCED: _S.FREE,
        _E.FAILED_TOO_OFTEN: _S.QUARANTINED,
        _E.OFFERED: _S.FREE,
        _E.WITHDRAWN: _S.RETIRED,
    },
    _S.QUARANTINED: {_E.FENCED: _S.FREE, _E.OFFERED: _S.FREE, _E.WITHDRAWN: _S.RETIRED},
    _S.RETIRED: {_E.OFFERED: _S.FREE, _E.WITHDRAWN: _S.RETIRED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Room for one session on a worker.

    Attributes:
        session_id: who has it, or had it while it is `fencing`.
        fence_until_us: when a `fencing` or `quarantined` slot comes back without proof.
        failures: worlds that failed to start or crashed on it, in a row.
    """

    id: str
    worker_id: str
    index: int
    pool: str
    region: str
    state: SlotState
    term: int
    session_id: str | None
    fence_until_us: int | None
    failures: int
    version: int


def reserve(slot: Slot, session_id: str, *, incarnation: int) -> Slot:
    """Return the slot in the hands of a session, under a term higher than any before."""
    term = max(slot.term + 1, (incarnation << INCARNATION_BITS) + 1)
    held = _moved(slot, SlotEvent.RESERVED)
    return replace(held, term=term, session_id=session_id, fence_until_us=None)


def release(slot: Slot, *, fence_until_us: int, failed: bool) -> Slot:
    """Return the slot after its session's end, waiting for proof until `fence_until_us`."""
    failures = slot.failures + 1 if failed else 0
    fencing = _moved(slot, SlotEvent.RELEASED)
    return replace(fencing, fence_until_us=fence_until_us, failures=failures)


def fence(slot: Slot, *, now_us: int) -> Slot:
    """Return the slot once its last world is proven or bound to be gone."""
    if slot.state is SlotState.FENCING and slot.failures >= FAILURES_TO_QUARANTINE:
        until_us = now_us + QUARANTINE_US
        kept = _moved(slot, SlotEvent.FAILED_TOO_OFTEN)
        return replace(kept, session_id=None, fence_until_us=until_us)
    return replace(_moved(slot, SlotEvent.FENCED), session_id=None, fence_until_us=None)


def keep_fencing(slot: Slot, *, until_us: int) -> Slot:
    """Return a fencing slot that waits on, as its worker was heard since and has not fenced."""
    return replace(slot, fence_until_us=until_us, version=slot.version + 1)


def offer(slot: Slot, *, pool: str, region: str) -> Slot:
    """Return the slot as a newly started worker offers it: nothing of the old process lives."""
    free = _moved(slot, SlotEvent.OFFERED)
    return replace(free, pool=pool, region=region, session_id=None, fence_until_us=None, failures=0)


def withdraw(slot: Slot) -> Slot:
    """Return the slot after its newly started worker came back without it."""
    return replace(_moved(slot, SlotEvent.WITHDRAWN), session_id=None, fence_until_us=None)


def _moved(slot: Slot, event: SlotEvent) -> Slot:
    state = SLOT_TRANSITIONS[slot.state].get(event)
    if state is None:
        raise Refused(f"slot {slot.id} is {slot.state}: {event} changes nothing")
    return replace(slot, state=state, version=slot.version + 1)
