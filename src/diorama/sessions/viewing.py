"""What a viewer does to its session: attach, leave, be away. Use cases: load, decide, save."""

from dataclasses import dataclass

from diorama.accounts.credentials import SessionToken
from diorama.kernel.errors import Refused
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import METERED, SessionState
from diorama.sessions.lifecycle import TRANSITIONS, Event, Happened, Session
from diorama.sessions.store import ViewerLease
from diorama.sessions.work import Work, end, locked, record, required

_LIVE_MEDIA = METERED | {SessionState.CONNECTING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A viewer's `hello`.

    Attributes:
        attachment: the peer connection whose media still flows, if one does.
    """

    token: SessionToken
    attachment: int | None
    codecs: tuple[str, ...]


def attach(work: Work, arrival: Arrival) -> Session:
    """Give the session to this viewer's socket, and return it; one that has ended comes as it is.

    Raises:
        NotFound: there is no such session.
        Refused: with code `superseded`: the same client has asked for it again since.
    """
    session_id = arrival.token.session_id
    seen = required(work.stores.sessions.get(session_id), session_id)
    stops = seen.state in METERED and seen.attachment != arrival.attachment
    session = required(_locked_to_attach(work, seen, meters=stops), session_id)
    if session.is_final:
        return session
    if arrival.token.issue != session.issue:
        raise Refused(f"session {session.id} continues elsewhere", code="superseded")
    flows = arrival.attachment == session.attachment and session.state in METERED
    event = Event.REJOINED if flows else Event.ATTACHED
    happened = Happened(event=event, at_us=work.now_us, codecs=arrival.codecs)
    after = record(work, session, happened, actor="viewer")
    hear(work, session.id)
    return after


def renew_media(work: Work, session_id: str, socket: int) -> Session | None:
    """Ask for a new peer connection for the viewer on this socket, which gets a new number too."""
    session = locked(work, session_id, meters=True)
    if session is None or session.socket != socket or session.state not in _LIVE_MEDIA:
        return session
    return _attach_again(work, session)


def heard_again(work: Work, session_id: str, socket: int) -> Session | None:
    """Attach the viewer that was counted out for its silence, and is heard on this socket again."""
    seen = work.stores.sessions.get(session_id)
    session = None if seen is None else _locked_to_attach(work, seen)
    if session is None or session.socket != socket or session.detached_us is None:
        return session
    return session if session.is_final else _attach_again(work, session)


def _locked_to_attach(work: Work, seen: Session, *, meters: bool = False) -> Session | None:
    """Return a session that nobody else changes, nor its line where it comes back to its place."""
    is_aside = seen.aside_us is not None
    session = locked(work, seen.id, counts=is_aside, meters=meters)
    if session is not None and session.aside_us is not None and not is_aside:
        # Put aside since: the lane is locked late, see `opening._lock_lanes`.
        work.stores.projects.lane(session.project_id, session.region, lock=True)
    return session


def _attach_again(work: Work, session: Session) -> Session:
    codecs = tuple(filter(None, session.codecs.split(",")))
    happened = Happened(event=Event.ATTACHED, at_us=work.now_us, codecs=codecs)
    return record(work, session, happened, actor="viewer")


def socket_closed(work: Work, session_id: str, socket: int) -> Session | None:
    """Note that the viewer's newest socket is gone; an older one's end means nothing."""
    session = locked(work, session_id)
    if session is None or session.socket != socket or session.socket_closed_us is not None:
        return session
    return _record_where_answered(work, session, Event.SOCKET_CLOSED)


def leave(work: Work, session_id: str, code: int, *, reason: str = "viewer_left") -> Session | None:
    """End a session as its viewer asks: 1000 at once; 1001 soon, as the page may be reloading."""
    if code == EndCode.GOING_AWAY:
        session = locked(work, session_id)
        if session is None or session.leaving_us is not None:
            return session
        return _record_where_answered(work, session, Event.LEAVING)
    session = locked(work, session_id, counts=True)
    if session is None:
        return None
    return end(work, session, End(EndCode.NORMAL, reason), actor="viewer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who of an account ends a session, as the log names it, and the reason that goes with it."""

    account_id: str
    actor: str
    reason: str = "ended_by_api"


def end_by_operator(work: Work, session_id: str, *, by: Asker) -> Session:
    """End a session of one's account, and return it.

    Raises:
        NotFound: it is not one of this account's.
    """
    session = locked(work, session_id, counts=True)
    if session is not None and session.account_id != by.account_id:
        session = None
    found = required(session, session_id)
    ended = end(work, found, End(EndCode.ENDED_BY_OPERATOR, by.reason), actor=by.actor)
    if not found.is_final:
        work.stores.audit.add(by.account_id, by.actor, "session.ended", found.id)
    return ended


def hear(work: Work, session_id: str) -> None:
    """Note that a viewer is heard now; its input is left as it was."""
    lease = ViewerLease(session_id=session_id, heard_us=work.now_us, input_us=0)
    work.stores.sessions.hear([lease])


def _record_where_answered(work: Work, session: Session, event: Event) -> Session:
    if event not in TRANSITIONS[session.state]:
        return session
    return record(work, session, Happened(event=event, at_us=work.now_us), actor="viewer")
