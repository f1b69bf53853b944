"""Sessions to tell stories of: one that was just asked for, and events with what goes with them."""

from typing import Final

from diorama.kernel.units import seconds
from diorama.projects.rules import Rules
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import SessionState
from diorama.sessions.holding import HoldOff
from diorama.sessions.lifecycle import Event, Happened, Reservation, Session
from tests.clock import NOON_US

LEFT: Final = End(EndCode.NORMAL, "viewer_left")


def at(instant_s: float) -> int:
    return NOON_US + seconds(instant_s)


def requested(rules: Rules | None = None) -> Session:
    return Session(
        id="ses_1",
        account_id="acc_1",
        project_id="prj_1",
        region="local",
        pool="default",
        kind="python",
        end_user=None,
        client_id=None,
        device=None,
        rules=rules or Rules(),
        state=SessionState.REQUESTING,
        version=1,
        created_us=NOON_US,
        entered_us=NOON_US,
        wait_since_us=NOON_US,
    )


def happened(session: Session, event: Event, at_us: int, end: End = LEFT) -> Happened:
    """An event with all that goes with it."""
    given_slot = Reservation(worker_id="wrk_1", slot_id="slt_1", term=session.term + 1)
    return Happened(
        event=event,
        at_us=at_us,
        reservation=given_slot if event is Event.RESERVED else None,
        end=end if event is Event.ENDED else None,
        codecs=("H264",) if event is Event.ATTACHED else (),
        ticket=7 if event is Event.QUEUED else None,
        hold=HoldOff(at_us, at_us + seconds(600), 0) if event is Event.HELD_OFF else None,
        extra_us=seconds(300) if event is Event.EXTENDED else 0,
    )
