"""What a worker should be told, given what its slots should hold and what it last said. Pure.

Level-triggered: it is computed anew from the store each time something changed and after each beat,
so a message that was lost is sent again and one that came twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diorama.leases.slots import Slot, SlotState
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.worker import Assign, Attach, SlotReport, Stop
from diorama.sessions.lifecycle import Session


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a slot should hold: the slot, its session, and the project's world where one is due."""

    slot: Slot
    session: Session | None
    assign: Assign | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWanted:
    """What a slot should hold that names a run of a simulation.

    Attributes:
        slot: the slot.
        holds: whether the run has it.
        assign: what starts it; None where its worker says that it has it.
    """

    slot: Slot
    holds: bool
    assign: Assign | None = None


def to_tell(
    wanted: Sequence[Wanted | RunWanted],
    reports: Mapping[int, SlotReport],
) -> list[Assign | Attach | Stop]:
    """Return the messages that bring a worker from what it reported to what its slots should hold.

    Args:
        wanted: what each slot should hold.
        reports: what the worker last said of each slot, by index.
    """
    told: list[Assign | Attach | Stop] = []
    for want in wanted:
        has = reports.get(want.slot.index)
        if isinstance(want, RunWanted):
            told += _of_run(want, has)
        elif want.assign is not None and want.session is not None:
            told += _to_start(want.assign, want.session, has)
        elif has is not None:
            told += _to_stop(want, has)
    return told


def _to_start(
    assign: Assign, session: Session, has: SlotReport | None
) -> list[Assign | Attach | Stop]:
    told: list[Assign | Attach | Stop] = []
    if has is None or has.term < assign.term:
        told.append(assign)
    shown = has.attachment if has is not None and has.session == session.id else 0
    if session.attachment > shown and session.detached_us is None:
        told.append(
            Attach(
                session=session.id,
                term=assign.term,
                attachment=session.attachment,
                codecs=tuple(filter(None, session.codecs.split(","))),
                dialect=session.dialect,
            )
        )
    return told


def _of_run(want: RunWanted, has: SlotReport | None) -> list[Assign | Attach | Stop]:
    if want.holds:
        is_new = want.assign is not None and (has is None or has.term < want.assign.term)
        return [want.assign] if want.assign is not None and is_new else []
    return [] if has is None else _stop(want.slot, has, End(EndCode.NORMAL, "world_ended"))


def _to_stop(want: Wanted, has: SlotReport) -> list[Assign | Attach | Stop]:
    ended = None if want.session is None else want.session.end
    return _stop(want.slot, has, ended or End(EndCode.NORMAL, "viewer_left"))


def _stop(slot: Slot, has: SlotReport, ended: End) -> list[Assign | Attach | Stop]:
    """Return what ends what a slot runs that should run nothing, or something else."""
    if slot.state is SlotState.FENCING and slot.session_id is not None:
        return [
            Stop(
                index=slot.index,
                session=slot.session_id,
                term=slot.term,
                code=int(ended.code),
                reason=ended.reason,
            )
        ]
    if has.session is not None:
        return [
            Stop(
                index=slot.index,
                session=has.session,
                term=slot.term,
                code=int(EndCode.APP_CRASHED),
                reason="worker_lost",
            )
        ]
    return []
