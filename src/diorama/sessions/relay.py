"""Signals between a viewer and a worker whose sockets are at two gateways. Use cases.

A signal is left in the store by the gateway that has it, and taken by the gateway whose socket is
the newest of the recipient. It is bounded in size (by the wire), in count for a session and in age,
in order for a session, and taken at most once: one that is lost is repaired by a new offer.
Source: docs/design/many-gateways.md.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from diorama.kernel.units import SECOND_US
from diorama.protocol.media import ForPeer, FromPeer
from diorama.protocol.states import FINAL
from diorama.sessions.fleet_store import Signalled
from diorama.sessions.work import Work

MOST_WAITING: Final = 100
"""Signals that may wait for one session: a set-up has fewer than forty."""
KEPT_US: Final = 15 * SECOND_US
"""How long a signal waits for a socket: who comes later than that starts with a new offer."""

_FROM_WORKER: Final[msgspec.json.Decoder[FromPeer]] = msgspec.json.Decoder(FromPeer)
_FROM_VIEWER: Final[msgspec.json.Decoder[ForPeer]] = msgspec.json.Decoder(ForPeer)


def socket_for(
    work: Work, session_id: str, signal: FromPeer, *, sender: tuple[str, int]
) -> int | None:
    """Return the number of the socket that a worker's signal is for; None where it is for none.

    Args:
        work: the unit.
        session_id: of the viewer.
        signal: what is to be passed.
        sender: the worker, and the term under which it has the session. Late and foreign signals
            are for nobody.
    """
    session = work.stores.sessions.get(session_id)
    if session is None or session.state in FINAL or (session.worker_id, session.term) != sender:
        return None
    return session.socket if signal.attachment == session.attachment else None


def leave_for_viewer(
    work: Work, session_id: str, signal: FromPeer, *, sender: tuple[str, int]
) -> bool:
    """Leave a worker's signal to the gateway that has the viewer's newest socket."""
    if socket_for(work, session_id, signal, sender=sender) is None:
        return False
    return _leave(work, session_id, None, sender[1], signal)


def leave_for_worker(work: Work, session_id: str, signal: ForPeer, *, socket: int) -> str | None:
    """Leave a viewer's signal to the gateway that has its worker; return that worker's id.

    What comes from a socket that is not the viewer's newest, or is about an older peer connection,
    is for nobody.
    """
    session = work.stores.sessions.get(session_id)
    if session is None or session.state in FINAL or session.worker_id is None:
        return None
    if session.socket != socket or session.attachment != signal.attachment:
        return None
    left = _leave(work, session_id, session.worker_id, session.term, signal)
    return session.worker_id if left else None


def take_signals(
    work: Work, viewers: Mapping[str, int], workers: Mapping[str, int]
) -> list[Signalled]:
    """Take what waits for these sockets, by session and worker with their numbers, in order."""
    return work.stores.fleet.take_signals(viewers, workers)


def forget_signals(work: Work) -> int:
    """Drop signals that nobody came for, and return how many."""
    return work.stores.fleet.forget_signals(work.now_us - KEPT_US)


def for_viewer(left: Signalled) -> FromPeer:
    """Return the signal that was left for a viewer."""
    return _FROM_WORKER.decode(left.body)


def for_worker(left: Signalled) -> ForPeer:
    """Return the signal that was left for a worker."""
    return _FROM_VIEWER.decode(left.body)


def _leave(
    work: Work,
    session_id: str,
    worker_id: str | None,
    term: int,
    signal: FromPeer | ForPeer,
) -> bool:
    left = Signalled(
        session_id=session_id,
        worker_id=worker_id,
        term=term,
        attachment=signal.attachment,
        body=msgspec.json.encode(signal).decode(),
    )
    return work.stores.fleet.put_signal(left, work.now_us, most=MOST_WAITING)
