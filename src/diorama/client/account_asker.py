"""What programs that wait ask of an account: usage, keys, who changed what, plans and limits."""

from collections.abc import Iterator, Sequence
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
from diorama.client.asker import Asker
from diorama.protocol.account_views import AccountView, CreatedAccount, PlanView
from diorama.protocol.key_views import AuditView, CreatedKey, KeyView
from diorama.protocol.usage_views import CostView, Overview, UsageView, VerifiedView


class AccountAsker(Asker):
    """The part of `Diorama` that is about an account."""

    def overview(self) -> Overview:
        """Return the account at a glance: streams against the limit, workers, hours."""
        return self._ask(account.get_overview())

    def usage(self, group_by: GroupBy = "total", **period: Unpack[Period]) -> UsageView:
        """Return what was used, with all groups; this month unless a period is named.

        Args:
            group_by: `project`, `end_user`, `region`, `day`, `session`; `total` has no groups.
            period: `period`, or `since` and `until`; `account` for the operator.
        """
        whole = self._ask(account.get_usage(group_by, period, None))
        while whole.cursor is not None:
            page = self._ask(account.get_usage(group_by, period, whole.cursor))
            groups = (*whole.groups, *page.groups)
            whole = msgspec.structs.replace(whole, groups=groups, cursor=page.cursor)
        return whole

    def usage_csv(self, group_by: GroupBy = "total", **period: Unpack[Period]) -> str:
        """Return the same as CSV."""
        return self._ask(account.get_usage_csv(group_by, period)).decode()

    def cost(self, price_per_gpu_hour: str, **period: Unpack[Period]) -> CostView:
        """Return what slots cost at a price, such as `"2.50"`, for an hour of a GPU."""
        return self._ask(account.get_cost(price_per_gpu_hour, period))

    def verify_usage(self, *, of: str | None = None) -> Iterator[VerifiedView]:
        """Yield, page by page, whether what is kept of usage is what the log alone says.

        Args:
            of: for the operator: whose, or `all`.
        """
        yield from self._pages(lambda cursor: account.verify_usage(of, cursor))

    def keys(self) -> Iterator[KeyView]:
        """Yield the account's keys, newest first; no secrets."""
        for page in self._pages(account.list_keys):
            yield from page.keys

    def create_key(
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
        return self._ask(account.create_key(name, scopes, wanted))

    def rotate_key(self, key: str, *, overlap_s: float = 0.0) -> CreatedKey:
        """Make another secret for a key and return it; the old one works on for the overlap."""
        return self._ask(account.rotate_key(key, overlap_s))

    def revoke_key(self, key: str) -> KeyView:
        """Revoke a key: it opens nothing from the next request on."""
        return self._ask(account.revoke_key(key))

    def audit(self, *, actor: str | None = None, action: str | None = None) -> Iterator[AuditView]:
        """Yield who changed what, newest first."""
        for page in self._pages(lambda cursor: account.list_audit(actor, action, cursor)):
            yield from page.entries

    def set_up_link(self) -> str:
        """Return another link for the first owner; Refused once there is one."""
        return self._ask(account.make_set_up_link()).link

    def account(self) -> AccountView:
        """Return one's own account: its limits, what it holds, what it has used this month."""
        return self._ask(account.get_account(None))

    def account_of(self, account_id: str) -> AccountView:
        """Return an account by its id; for the operator."""
        return self._ask(account.get_account(account_id))

    def accounts(self) -> Iterator[AccountView]:
        """Yield every account; for the operator."""
        for page in self._pages(account.list_accounts):
            yield from page.accounts

    def create_account(
        self, name: str, *, plan: str = "free", owner_email: str | None = None
    ) -> CreatedAccount:
        """Make an account and return it, with a link for its first owner; for the operator."""
        return self._ask(account.create_account(name, plan, owner_email))

    def change_account(self, account_id: str, **change: Unpack[AccountChange]) -> AccountView:
        """Change an account and return it; for the operator.

        Args:
            account_id: which.
            change: `name`, `plan`, `concurrent_streams`, `suspended`.
        """
        return self._ask(account.change_account(account_id, change))

    def plans(self) -> Iterator[PlanView]:
        """Yield the plans; for the operator."""
        for page in self._pages(account.list_plans):
            yield from page.plans

    def put_plan(self, name: str, **limits: Unpack[PlanLimits]) -> PlanView:
        """Make a plan or change it, and every account under it; for the operator."""
        return self._ask(account.put_plan(name, limits))

    def delete_plan(self, name: str) -> None:
        """Delete a plan that no account is under; for the operator."""
        self._ask(account.delete_plan(name))
