"""What programs of asyncio ask of an account: usage, keys, who changed what, plans and limits."""

from collections.abc import AsyncIterator, Sequence
from typing import Unpack

import msgspec

from diorama.client import account_questions as account
from diorama.client.account_questions import (
    AccountChange,
    GroupBy,
    Period,
    PlanLimits,
    WantedKey,
)
from diorama.client.async_asker import AsyncAsker
from diorama.protocol.account_views import AccountView, CreatedAccount, PlanView
from diorama.protocol.key_views import AuditView, CreatedKey, KeyView
from diorama.protocol.usage_views import CostView, Overview, UsageView, VerifiedView


class AsyncAccountAsker(AsyncAsker):
    """The part of `AsyncDiorama` that is about an account."""

    async def overview(self) -> Overview:
        """Return the account at a glance: streams against the limit, workers, hours."""
        return await self._ask(account.get_overview())

    async def usage(self, group_by: GroupBy = "total", **period: Unpack[Period]) -> UsageView:
        """Return what was used, with all groups; this month unless a period is named.

        Args:
            group_by: `project`, `end_user`, `region`, `day`, `session`; `total` has no groups.
            period: `period`, or `since` and `until`; `account` for the operator.
        """
        whole = await self._ask(account.get_usage(group_by, period, None))
        while whole.cursor is not None:
            page = await self._ask(account.get_usage(group_by, period, whole.cursor))
            groups = (*whole.groups, *page.groups)
            whole = msgspec.structs.replace(whole, groups=groups, cursor=page.cursor)
        return whole

    async def usage_csv(self, group_by: GroupBy = "total", **period: Unpack[Period]) -> str:
        """Return the same as CSV."""
        return (await self._ask(account.get_usage_csv(group_by, period))).decode()

    async def cost(self, price_per_gpu_hour: str, **period: Unpack[Period]) -> CostView:
        """Return what slots cost at a price, such as `"2.50"`, for an hour of a GPU."""
        return await self._ask(account.get_cost(price_per_gpu_hour, period))

    async def verify_usage(self, *, of: str | None = None) -> AsyncIterator[VerifiedView]:
        """Yield, page by page, whether what is kept of usage is what the log alone says.

        Args:
            of: for the operator: whose, or `all`.
        """
        async for page in self._pages(lambda cursor: account.verify_usage(of, cursor)):
            yield page

    async def keys(self) -> AsyncIterator[KeyView]:
        """Yield the account's keys, newest first; no secrets."""
        async for page in self._pages(account.list_keys):
            for one in page.keys:
                yield one

    async def create_key(
        self, name: str, *, scopes: Sequence[str] = (), **wanted: Unpack[WantedKey]
    ) -> CreatedKey:
        """Make a key and return it with its secret, which is told this once.

        Args:
            name: what it is called.
            scopes: what an API key may do, such as `sessions:read`.
            wanted: `kind`, `expires_in_s`, `worker`.

        Raises:
            Forbidden: it would reach beyond whoever makes it.
        """
        return await self._ask(account.create_key(name, scopes, wanted))

    async def rotate_key(self, key: str, *, overlap_s: float = 0.0) -> CreatedKey:
        """Make another secret for a key and return it; the old one works on for the overlap."""
        return await self._ask(account.rotate_key(key, overlap_s))

    async def revoke_key(self, key: str) -> KeyView:
        """Revoke a key: it opens nothing from the next request on."""
        return await self._ask(account.revoke_key(key))

    async def audit(
        self, *, actor: str | None = None, action: str | None = None
    ) -> AsyncIterator[AuditView]:
        """Yield who changed what, newest first."""
        async for page in self._pages(lambda cursor: account.list_audit(actor, action, cursor)):
            for one in page.entries:
                yield one

    async def set_up_link(self) -> str:
        """Return another link for the first owner; Refused once there is one."""
        return (await self._ask(account.make_set_up_link())).link

    async def account(self) -> AccountView:
        """Return one's own account: its limits, what it holds, what it has used this month."""
        return await self._ask(account.get_account(None))

    async def account_of(self, account_id: str) -> AccountView:
        """Return an account by its id; for the operator."""
        return await self._ask(account.get_account(account_id))

    async def accounts(self) -> AsyncIterator[AccountView]:
        """Yield every account; for the operator."""
        async for page in self._pages(account.list_accounts):
            for one in page.accounts:
                yield one

    async def create_account(
        self, name: str, *, plan: str = "free", owner_email: str | None = None
    ) -> CreatedAccount:
        """Make an account and return it, with a link for its first owner; for the operator."""
        return await self._ask(account.create_account(name, plan, owner_email))

    async def change_account(self, account_id: str, **change: Unpack[AccountChange]) -> AccountView:
        """Change an account and return it; for the operator.

        Args:
            account_id: which.
            change: `name`, `plan`, `concurrent_streams`, `suspended`.
        """
        return await self._ask(account.change_account(account_id, change))

    async def plans(self) -> AsyncIterator[PlanView]:
        """Yield the plans; for the operator."""
        async for page in self._pages(account.list_plans):
            for one in page.plans:
                yield one

    async def put_plan(self, name: str, **limits: Unpack[PlanLimits]) -> PlanView:
        """Make a plan or change it, and every account under it; for the operator."""
        return await self._ask(account.put_plan(name, limits))

    async def delete_plan(self, name: str) -> None:
        """Delete a plan that no account is under; for the operator."""
        await self._ask(account.delete_plan(name))
