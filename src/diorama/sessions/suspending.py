"""Suspending an account: nothing new opens, and what is queued or live ends. Use cases.

The account is marked in one transaction, and from then on admission, which reads it under its lock,
lets nothing in. Its sessions end batch by batch, each in a transaction of its own; a sweep of any
gateway finds what a crash in between left. Source: DESIGN sections 2 and 9.
"""

from dataclasses import replace
from typing import Final

from diorama.accounts.keeping_accounts import locked_account, note
from diorama.accounts.permissions import OPERATOR
from diorama.accounts.plans import Account
from diorama.kernel.errors import Forbidden, Refused
from diorama.protocol.end_codes import End, EndCode
from diorama.sessions.ending import END_AT_ONCE
from diorama.sessions.filters import LIVE
from diorama.sessions.running import end_runs
from diorama.sessions.work import Work, end, lock_counts, locked
from diorama.simulations.lifecycle import failed

SUSPENDED: Final = End(EndCode.ENDED_BY_OPERATOR, "account_suspended")
ACCOUNTS_A_SWEEP: Final = 50


def refuse_suspended(account: Account) -> None:
    """Refuse what a suspended account may not do: open anything new.

    Raises:
        Forbidden: with code `account_suspended`.
    """
    if account.suspended_us is not None:
        raise Forbidden("this account is suspended: nothing new opens", code=SUSPENDED.reason)


def suspend(work: Work, actor: str, account_id: str) -> Account:
    """Mark an account as suspended, and return it; what it has still to end is `end_suspended`'s.

    Raises:
        NotFound: there is no such account (`account_unknown`).
        Refused: it is the operator's own (`operator_account`).
    """
    if account_id == OPERATOR:
        raise Refused("the operator's account cannot be suspended", code="operator_account")
    account = locked_account(work, account_id)
    if account.suspended_us is not None:
        return account
    suspended = replace(account, suspended_us=work.now_us)
    work.stores.accounts.save(suspended)
    note(work, account_id, actor, "account.suspended")
    return suspended


def reinstate(work: Work, actor: str, account_id: str) -> Account:
    """Let a suspended account open sessions again, and return it.

    Raises:
        NotFound: there is no such account (`account_unknown`).
    """
    account = locked_account(work, account_id)
    if account.suspended_us is None:
        return account
    reinstated = replace(account, suspended_us=None)
    work.stores.accounts.save(reinstated)
    note(work, account_id, actor, "account.reinstated")
    return reinstated


def suspended_live(work: Work) -> list[str]:
    """Return suspended accounts of which something has not ended yet."""
    return work.stores.accounts.suspended_live(limit=ACCOUNTS_A_SWEEP)


def end_suspended(work: Work, account_id: str) -> bool:
    """End some sessions and runs of a suspended account, and return whether there may be more.

    One that was reinstated meanwhile keeps what it has.
    """
    seen = work.stores.sessions.listed(account_id, LIVE, after=None, limit=END_AT_ONCE)
    lock_counts(work, seen)
    account = work.stores.accounts.get(account_id, lock=True)
    if account is None or account.suspended_us is None:
        return False
    for one in seen:
        session = locked(work, one.id)
        if session is not None:
            end(work, session, SUSPENDED, actor="operator")
    runs = work.stores.simulations.live_of_account(account_id, limit=END_AT_ONCE)
    end_runs(work, runs, failed("account_suspended"), actor="operator")
    return END_AT_ONCE in {len(seen), len(runs)}
