"""An account at a glance: what streams, waits and was used, and what there is to stream on.

Use case: load and show. What the account's limit counts is kept with it, and so is the sum of the
month (`accounts.hours`), so that this may be asked for as often as somebody looks.
"""

from diorama.accounts.hours import month_end_us, month_start_us
from diorama.kernel.units import HOUR_US
from diorama.protocol.usage_views import Overview, PeriodView, SlotCounts
from diorama.sessions.run_hours import used_simulation_us
from diorama.sessions.show import time_of
from diorama.sessions.work import Work


def overview(work: Work, account_id: str, *, operates: bool) -> Overview:
    """Return an account at a glance.

    Args:
        work: the unit.
        account_id: whose.
        operates: whether every worker is the account's to see.
    """
    account = work.stores.accounts.get(account_id)
    if account is None:
        raise AssertionError(f"somebody of account {account_id} asks, and it is not there")
    pools = None if operates else _pools(work, account_id)
    capacity = work.stores.usage.capacity(work.now_us, pools)
    month = work.stores.accounts.stream_month(account_id, work.now_us)
    runs = work.stores.simulations.counts(account_id)
    return Overview(
        at=time_of(work.now_us),
        streams=account.held,
        limit=account.concurrent_streams,
        queued=work.stores.usage.queued(account_id),
        workers=capacity.workers,
        slots=SlotCounts(
            free=capacity.free,
            held=capacity.held,
            fencing=capacity.fencing,
            quarantined=capacity.quarantined,
        ),
        stream_us=month.used_us(work.now_us),
        stream_hours=_hours(account.stream_us),
        simulation_us=used_simulation_us(work, account_id),
        simulation_hours=_hours(account.simulation_us),
        runs_running=runs.running,
        runs_queued=runs.waiting,
        period=PeriodView(
            from_=time_of(month_start_us(work.now_us)), to=time_of(month_end_us(work.now_us))
        ),
    )


def _pools(work: Work, account_id: str) -> set[str]:
    return {p.pool for p in work.stores.projects.all() if p.account_id == account_id}


def _hours(us: int | None) -> float | None:
    return None if us is None else us / HOUR_US
