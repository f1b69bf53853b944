"""Whose usage a request asks for, and of when: what the routes of usage have in common.

An account sees its own. The operator sees any account's (`account`), and all together
(`account=all`).
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Query

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Member
from diorama.kernel.errors import Forbidden, NotFound
from diorama.metering.periods import window
from diorama.sessions.usage_store import GroupBy, Window
from diorama.sessions.work import Work

ALL: Final = "all"
MAX_TEXT: Final = 64
Whose = Annotated[
    str | None, Query(max_length=MAX_TEXT, description="for the operator: whose, or `all`")
]
Since = Annotated[
    str | None,
    Query(alias="from", max_length=MAX_TEXT, description="a day, or a time of ISO 8601"),
]
Until = Annotated[str | None, Query(max_length=MAX_TEXT, description="before when")]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Whose usage is asked for, and of when, as it stands in the address."""

    account: str | None
    period: str | None
    since: str | None
    until: str | None

    def window(self, now_us: int) -> Window:
        """Return the window that is meant.

        Raises:
            Invalid: there is none (`period`).
        """
        return window(now_us, period=self.period, since=self.since, until=self.until)


def when_asked(
    since: Since = None,
    to: Until = None,
    period: Annotated[
        str | None, Query(max_length=MAX_TEXT, description="a month: 2026-11")
    ] = None,
    account: Whose = None,
) -> When:
    """Return what a request asks for: a dependency of routes."""
    return When(account=account, period=period, since=since, until=to)


def account_asked(
    work: Work, member: Member, account: str | None, by: GroupBy = GroupBy.TOTAL
) -> str | None:
    """Return whose usage is asked for; None is everybody's.

    Raises:
        Forbidden: accounts are the operator's to compare (`permission_missing`).
        NotFound: there is no such account, or it is another's (`account_unknown`).
    """
    if account in {None, member.account_id} and by is not GroupBy.ACCOUNT:
        return member.account_id
    if account in {None, ALL}:
        if member.operates:
            return None
        raise Forbidden(
            f"this needs the permission {Permission.OPERATE}",
            code="permission_missing",
            detail={"needs": Permission.OPERATE.value},
        )
    account_id = account or ""
    known = member.operates and "\0" not in account_id and work.stores.accounts.get(account_id)
    if not known:
        raise NotFound(f"there is no account {account_id}", code="account_unknown")
    return account_id
