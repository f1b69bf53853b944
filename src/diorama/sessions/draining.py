"""Putting a worker out of service, and back in. Use cases: load, decide, save.

It takes no new sessions from the commit on; viewers of what runs are warned with a countdown
(`sessions.warnings`), and what has not ended by then ends with 4014. Out of service is a fact of
the store, not of the worker's process: it acts whichever gateway has its socket, and holds through
restarts of either until somebody resumes the worker. A worker that stops by itself is no matter of
this module. Source: DESIGN section 8.
"""

from dataclasses import dataclass, replace

from diorama.kernel.errors import NotFound, Refused
from diorama.kernel.units import seconds
from diorama.protocol.end_codes import End, EndCode
from diorama.sessions.losing import end_all_of
from diorama.sessions.work import Work
from diorama.workers.capabilities import Worker

BATCH = 50
DRAINED = End(EndCode.DRAINING, "worker_draining")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWhom:
    """Whose account asks, and who of it, for the audit log."""

    account_id: str
    actor: str


def drain(work: Work, worker_id: str, *, within_s: float, by: ByWhom) -> Worker:
    """Put a worker out of service, and return it; who asks again moves the time.

    Args:
        work: the unit.
        worker_id: which.
        within_s: how long what runs on it may go on; where the worker stops by itself sooner, that
            stands.
        by: who asks.

    Raises:
        NotFound: there is no such worker (`worker_unknown`).
    """
    worker = _locked(work, worker_id)
    until_us = work.now_us + seconds(within_s)
    if worker.stopping and worker.drains_until_us is not None:
        until_us = min(until_us, worker.drains_until_us)
    drained = replace(worker, draining=True, drains_until_us=until_us, drained_by=by.actor)
    _put(work, drained, by, "worker.drained")
    return drained


def resume(work: Work, worker_id: str, *, by: ByWhom) -> Worker:
    """Put a worker back in service, and return it; one that is in service stays so.

    Raises:
        NotFound: there is no such worker (`worker_unknown`).
        Refused: its process stops by itself and has to be started anew (`worker_stopping`).
    """
    worker = _locked(work, worker_id)
    if worker.stopping:
        raise Refused(f"worker {worker.name} stops: start it anew", code="worker_stopping")
    if not worker.draining:
        return worker
    resumed = replace(worker, draining=False, drains_until_us=None, drained_by=None)
    _put(work, resumed, by, "worker.resumed")
    work.changes.room = True
    return resumed


def drained_workers(work: Work) -> list[str]:
    """Return the ids of workers out of service whose time is up and that still run something."""
    return work.stores.workers.drained(work.now_us, limit=BATCH)


def end_drained(work: Work, worker_id: str) -> None:
    """End what still runs on a worker whose time is up, if it still is."""
    worker = work.stores.workers.get(worker_id, lock=True)
    if worker is None or worker.drained_by is None or worker.drains_until_us is None:
        return
    if worker.drains_until_us <= work.now_us:
        end_all_of(work, worker, DRAINED, actor="operator")


def _locked(work: Work, worker_id: str) -> Worker:
    worker = None if "\0" in worker_id else work.stores.workers.get(worker_id, lock=True)
    if worker is None:
        raise NotFound(f"there is no worker {worker_id}", code="worker_unknown")
    return worker


def _put(work: Work, worker: Worker, by: ByWhom, action: str) -> None:
    work.stores.workers.put(worker)
    work.changes.workers.add(worker.id)
    work.changes.sessions |= {s.id for s in work.stores.sessions.of_slots(worker.id)}
    work.stores.audit.add(by.account_id, by.actor, action, worker.name)
