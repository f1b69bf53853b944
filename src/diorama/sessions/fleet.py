"""What somebody is shown of workers: everything to the operator, counts to other accounts."""

from diorama.protocol.views import Workers
from diorama.sessions.show_workers import pool_views, worker_view
from diorama.sessions.work import Work


def workers_for(work: Work, account_id: str, *, operates: bool) -> Workers:
    """Return what an account may see of workers.

    Args:
        work: the unit.
        account_id: whose projects say which pools it uses, and whose sessions are its own.
        operates: whether every worker is the account's to see, with the sessions on it.
    """
    slots = work.stores.slots.of_workers()
    workers = work.stores.workers.all()
    own = {holder.session_id for holder in work.stores.sessions.holders(account_id)}
    projects = [p for p in work.stores.projects.all() if p.account_id == account_id]
    used = None
    if not operates:
        used = frozenset(
            (project.pool, region) for project in projects for region in project.regions
        )
    return Workers(
        workers=tuple(worker_view(w, slots.get(w.id, []), work.now_us) for w in workers)
        if operates
        else (),
        pools=pool_views(workers, slots, work.now_us, used=used, own=own),
    )
