"""Forgetting workers that are gone for long, and taking one back whose name comes again.

Use cases. The row decides: each worker is locked and looked at again, and one that was heard, or
whose slots have something to do, stays.
"""

from typing import Final

from diorama.kernel.units import seconds
from diorama.leases.past import brought_back, is_gone, put_away
from diorama.sessions.work import Work
from diorama.workers.capabilities import Worker

BATCH: Final = 50


def forget_workers(work: Work) -> None:
    """Forget some of the workers that nobody has heard for `forget_worker_s`."""
    after_us = seconds(work.timers.forget_worker_s)
    past = work.stores.past_workers
    for worker_id in past.unheard(work.now_us - after_us, work.now_us, limit=BATCH):
        worker = work.stores.workers.get(worker_id, lock=True)
        slots = work.stores.slots.of_worker(worker_id, lock=True)
        if worker is None or not is_gone(worker, slots, work.now_us, after_us=after_us):
            continue
        work.stores.slot_time.worker_gone(worker)
        work.stores.feed.unmark(f"worker:{worker_id}")
        past.replace(put_away(worker, slots))
        work.changes.workers.add(worker_id)


def recalled(work: Work, name: str) -> Worker | None:
    """Return a forgotten worker as it stood, lost and with the terms of its slots; None is none.

    Nobody else may be at its name: see `WorkerStore.wait_for_name`.
    """
    past = work.stores.past_workers.take(name)
    if past is None:
        return None
    worker, slots = brought_back(past)
    work.stores.workers.put(worker)
    for slot in slots:
        work.stores.slots.add(slot)
    return worker
