"""Ending what a worker runs: it was lost, starts anew, or its time is up. Use cases.

Sessions end; runs of simulations are given another slot, as often as they may be.
"""

from diorama.protocol.end_codes import End, EndCode
from diorama.sessions.running import leave_worker
from diorama.sessions.work import Work, end, lock_counts, locked
from diorama.workers.capabilities import Worker

WORKER_LOST = End(EndCode.APP_CRASHED, "worker_lost")


def end_all_of(
    work: Work, worker: Worker, why: End, *, actor: str = "gateway", at_us: int | None = None
) -> None:
    """End what a locked worker runs."""
    running = work.stores.sessions.of_slots(worker.id)
    lock_counts(work, running)
    for seen in running:
        session = locked(work, seen.id, counts=True)
        if session is not None and session.worker_id == worker.id:
            end(work, session, why, actor=actor, at_us=at_us)
    leave_worker(work, worker, actor=actor, at_us=at_us)


def end_with_lost(work: Work, worker: Worker) -> None:
    """End what a locked worker runs that was given up, at the last moment it was heard."""
    end_all_of(work, worker, WORKER_LOST, at_us=worker.heard_us)
