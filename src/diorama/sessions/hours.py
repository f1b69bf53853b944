"""What the stream hours of a plan mean for sessions: who is refused, ended, and told beforehand.

Use cases: load, decide, save. An account's hours of a month are used up at an instant that follows
from what runs; that instant is stored with its sums, and a sweep looks at it then: every session of
the account ends with 4004 `hours_exhausted`, waiters too. One keeps the hours that its account had
when it was asked for: a plan that is lowered ends nobody. Source: DESIGN sections 2, 5 and 7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diorama.accounts.hours import StreamMonth, month_end_us
from diorama.accounts.plans import Account
from diorama.kernel.errors import LimitReached
from diorama.kernel.units import HOUR_US, SECOND_US, seconds
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import FINAL, HOLDS_SLOT
from diorama.sessions.filters import LIVE
from diorama.sessions.lifecycle import Session
from diorama.sessions.publishing import tell_of_hours
from diorama.sessions.show import time_text
from diorama.sessions.warnings import WARNINGS_S
from diorama.sessions.work import Work, end, lock_counts, locked

HOURS_EXHAUSTED: Final = End(EndCode.TIME_LIMIT, "hours_exhausted")
ACCOUNTS_A_SWEEP: Final = 200
SESSIONS_A_SWEEP: Final = 1_000


def refuse_without_hours(work: Work, account: Account) -> None:
    """Refuse a new session of a locked account that has used its hours.

    Raises:
        LimitReached: `hours_exhausted`, with when the next month begins.
    """
    if account.stream_us is None:
        return
    used_us = work.stores.accounts.stream_month(account.id, work.now_us).used_us(work.now_us)
    if used_us < account.stream_us:
        return
    resets_us = month_end_us(work.now_us)
    raise LimitReached(
        f"the {account.stream_us / HOUR_US:g} stream hours of this month are used up",
        code=HOURS_EXHAUSTED.reason,
        detail={
            "end_code": int(HOURS_EXHAUSTED.code),
            "used_hours": used_us / HOUR_US,
            "limit_hours": account.stream_us / HOUR_US,
            "resets_at": time_text(resets_us),
            "retry_after_s": -((work.now_us - resets_us) // SECOND_US),
        },
    )


@dataclass(frozen=True, slots=True)
class HoursLeft:
    """What an account's streams have used, and may use."""

    month: StreamMonth
    stream_us: int | None

    def end_us(self, session: Session) -> int | None:
        """Return when the hours end a session of the account; None is not this month."""
        if session.stream_us is None or self.stream_us is None or session.state in FINAL:
            return None
        return self.month.reached_us(max(session.stream_us, self.stream_us))

    def look_us(self, now_us: int) -> int:
        """Return when to look again for those who are let in until then."""
        reached_us = None if self.stream_us is None else self.month.reached_us(self.stream_us)
        return self.month.end_us if reached_us is None or reached_us <= now_us else reached_us


def hours_left(work: Work, account_id: str) -> HoursLeft | None:
    """Return what is left of an account's hours; None where they have no limit."""
    account = work.stores.accounts.get(account_id)
    if account is None or account.stream_us is None:
        return None
    month = work.stores.accounts.stream_month(account_id, work.now_us)
    return HoursLeft(month, account.stream_us)


def ending_hours(work: Work) -> Mapping[str, HoursLeft]:
    """Return what is left to each account whose hours may end soon enough to warn of."""
    before_us = work.now_us + seconds(max(WARNINGS_S))
    accounts = work.stores.accounts.hours_due(before_us, limit=ACCOUNTS_A_SWEEP)
    found = {account_id: hours_left(work, account_id) for account_id in accounts}
    return {account_id: left for account_id, left in found.items() if left is not None}


def soon_us(work: Work, session: Session) -> int | None:
    """Return when the hours end a session that holds a slot, where that is soon enough to show."""
    if session.state not in HOLDS_SLOT or session.stream_us is None:
        return None
    left = hours_left(work, session.account_id)
    end_us = None if left is None else left.end_us(session)
    is_soon = end_us is not None and end_us - work.now_us <= seconds(max(WARNINGS_S))
    return end_us if is_soon else None


def due_accounts(work: Work) -> Sequence[str]:
    """Return the accounts whose hours are to be looked at now."""
    return work.stores.accounts.hours_due(work.now_us, limit=ACCOUNTS_A_SWEEP)


def end_without_hours(work: Work, account_id: str) -> None:
    """End the sessions of an account whose hours are used up, at the instant at which they were."""
    live = work.stores.sessions.listed(account_id, LIVE, after=None, limit=SESSIONS_A_SWEEP)
    lock_counts(work, live)
    account = work.stores.accounts.get(account_id, lock=True)
    if account is None:
        raise AssertionError(f"hours of an account {account_id} that is not there")
    left = HoursLeft(work.stores.accounts.stream_month(account_id, work.now_us), account.stream_us)
    next_us = left.look_us(work.now_us)
    for seen in live:
        session = locked(work, seen.id)
        end_us = None if session is None else left.end_us(session)
        if session is None or end_us is None:
            continue
        if end_us <= work.now_us:
            end(work, session, HOURS_EXHAUSTED, actor="gateway", at_us=end_us)
        else:
            next_us = min(next_us, end_us)
    if len(live) == SESSIONS_A_SWEEP:
        next_us = work.now_us  # those that were not looked at are next
    limited = account.stream_us is not None
    used_us = left.month.used_us(work.now_us)
    if account.stream_us is not None and used_us >= account.stream_us:
        tell_of_hours(work, account_id, used_us=used_us, limit_us=account.stream_us)
    work.stores.accounts.look_at_hours(
        account_id, work.now_us, next_us=next_us if limited else None
    )
