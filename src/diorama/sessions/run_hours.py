"""What the simulation hours of a plan mean: who is refused, and what ends. Use cases.

The hours of a month are summed up each time they are asked for: of runs that are over, from what is
settled of them, of others from their log. Source: DESIGN
sections 2 and 7.
"""

from typing import Final

from diorama.accounts.hours import month_end_us, month_start_us
from diorama.accounts.plans import Account
from diorama.kernel.errors import LimitReached
from diorama.kernel.units import HOUR_US, SECOND_US
from diorama.sessions.running import end_runs
from diorama.sessions.show import time_text
from diorama.sessions.work import Work
from diorama.simulations.lifecycle import failed

ACCOUNTS_A_SWEEP: Final = 200
RUNS_AT_ONCE: Final = 100


def used_simulation_us(work: Work, account_id: str) -> int:
    """Return what an account's runs were metered this month."""
    start_us, end_us = month_start_us(work.now_us), month_end_us(work.now_us)
    return work.stores.simulations.used_us(account_id, start_us, end_us, work.now_us)


def is_out_of_hours(work: Work, account_id: str) -> bool:
    """Whether an account has used its simulation hours of this month."""
    account = work.stores.accounts.get(account_id)
    if account is None or account.simulation_us is None:
        return False
    return used_simulation_us(work, account_id) >= account.simulation_us


def refuse_out_of_hours(work: Work, account: Account) -> None:
    """Refuse a new simulation of an account that has used its hours.

    Raises:
        LimitReached: `hours_exhausted`, with when the next month begins.
    """
    limit_us = account.simulation_us
    if limit_us is None:
        return
    used_us = used_simulation_us(work, account.id)
    if used_us < limit_us:
        return
    resets_us = month_end_us(work.now_us)
    raise LimitReached(
        f"the {limit_us / HOUR_US:g} simulation hours of this month are used up",
        code="hours_exhausted",
        detail={
            "used_hours": used_us / HOUR_US,
            "limit_hours": limit_us / HOUR_US,
            "resets_at": time_text(resets_us),
            "retry_after_s": -((work.now_us - resets_us) // SECOND_US),
        },
    )


def accounts_with_hours(work: Work) -> list[str]:
    """Return the accounts whose simulation hours are limited and of which something runs."""
    return work.stores.simulations.accounts_with_hours(limit=ACCOUNTS_A_SWEEP)


def end_runs_out_of_hours(work: Work, account_id: str) -> None:
    """End the runs, waiting ones too, of an account whose hours are used up."""
    if not is_out_of_hours(work, account_id):
        return
    runs = work.stores.simulations.live_of_account(account_id, limit=RUNS_AT_ONCE)
    end_runs(work, runs, failed("hours_exhausted"), actor="gateway")
