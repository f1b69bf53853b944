"""Giving a session more runtime. Use case: load, decide, save.

The clock runs from the first frame, whatever was between; what is given moves its end, bounded by
what the account's plan lets one session run in all. Source: DESIGN section 5.
"""

from dataclasses import dataclass

from diorama.kernel.errors import Detail, Invalid, Refused
from diorama.kernel.units import SECOND_US, seconds
from diorama.sessions.lifecycle import Event, Happened, Session, runtime_us
from diorama.sessions.store import Answered
from diorama.sessions.work import Work, locked, record, required


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A request for more runtime.

    Attributes:
        account_id: the account whose key came with it.
        extra_s: how much more; what the plan does not cover is cut off.
        actor: who asks, as the log names it.
        idempotency_key: what the caller repeats the same request with; None is not repeatable.
    """

    session_id: str
    account_id: str
    extra_s: float
    actor: str = "viewer"
    idempotency_key: str | None = None


def extend(work: Work, asked: Extension) -> Session:
    """Give a session more runtime, before its first frame too, and return it.

    Raises:
        NotFound: it is not one of this account's.
        Refused: it has ended (`session_ended`), or has all the plan gives (`plan_runtime`).
        Invalid: the idempotency key was used for another request (`idempotency_mismatch`).
    """
    session = locked(work, asked.session_id)
    account = work.stores.accounts.get(asked.account_id)
    if session is not None and session.account_id != asked.account_id:
        session = None
    session = required(session, asked.session_id)
    if account is None:
        raise AssertionError(f"session {session.id} is of no account")
    if _was_answered(work, asked):
        return session
    if session.is_final:
        raise Refused(f"session {session.id} has ended", code="session_ended")
    room_us = seconds(account.max_runtime_s) - runtime_us(session)
    if room_us < SECOND_US:
        raise Refused(
            f"session {session.id} has all {account.max_runtime_s:g} s that the plan gives one",
            code="plan_runtime",
            detail={"max_runtime_s": account.max_runtime_s},
        )
    happened = Happened(
        event=Event.EXTENDED, at_us=work.now_us, extra_us=min(seconds(asked.extra_s), room_us)
    )
    extended = record(work, session, happened, actor=asked.actor)
    if asked.idempotency_key is not None:
        answered = Answered(fingerprint=_fingerprint(asked), session_id=session.id)
        if not work.stores.sessions.remember(
            asked.account_id, _scoped(asked.idempotency_key), answered, work.now_us
        ):
            raise _mismatch()  # another session's request took the key since we looked
    facts: dict[str, Detail] = {"seconds": asked.extra_s}
    work.stores.audit.add(asked.account_id, asked.actor, "session.extended", session.id, facts)
    return extended


def _was_answered(work: Work, asked: Extension) -> bool:
    if asked.idempotency_key is None:
        return False
    known = work.stores.sessions.answered(asked.account_id, _scoped(asked.idempotency_key))
    if known is not None and known.fingerprint != _fingerprint(asked):
        raise _mismatch()
    return known is not None


def _scoped(key: str) -> str:
    return f"extend:{key}"


def _fingerprint(asked: Extension) -> str:
    return f"{asked.session_id} {asked.extra_s:g}"


def _mismatch() -> Invalid:
    return Invalid("this Idempotency-Key was used for another request", code="idempotency_mismatch")
