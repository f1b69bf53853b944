"""What can be asked of one's account over REST: keys, usage, and who changed what.

Questions are values, as in `questions`.
"""

from collections.abc import Sequence
from typing import Final, Literal, Required, TypedDict

from diorama.client.questions import Question, as_json, path_of
from diorama.protocol.account_views import (
    Accounts,
    AccountView,
    CreateAccount,
    CreatedAccount,
    Plans,
    PlanView,
)
from diorama.protocol.key_views import (
    AuditPage,
    CreatedKey,
    CreateKey,
    Keys,
    KeyView,
    RotateKey,
)
from diorama.protocol.people_views import SetUpLink
from diorama.protocol.usage_views import CostView, Overview, UsageView, VerifiedView

GroupBy = Literal["total", "project", "end_user", "region", "day", "session", "account"]
CSV: Final = "text/csv"
PAGE: Final = 200


class Period(TypedDict, total=False):
    """What usage is asked for.

    Attributes:
        period: a month in UTC, such as `2026-11`; in place of the next two.
        since: a day, or a time of ISO 8601.
        until: before when.
        account: for who operates Diorama: another account's id, or `all`.
    """

    period: str
    since: str
    until: str
    account: str


class AccountChange(TypedDict, total=False):
    """What changes of an account; what is left out stays.

    Attributes:
        concurrent_streams: apart from its plan; None is what the plan says.
        suspended: true ends its sessions at once, and nothing new opens.
    """

    name: str
    plan: str
    concurrent_streams: int | None
    suspended: bool


class PlanLimits(TypedDict, total=False):
    """The limits of a plan; hours a month that are None or left out are no limit."""

    concurrent_streams: Required[int]
    max_runtime_s: float
    stream_hours: float | None
    simulation_hours: float | None
    queued_simulations: int


class WantedKey(TypedDict, total=False):
    """What may be said of a key that is made, beside its name and scopes.

    Attributes:
        kind: `api`, or `worker` for workers, which has no scopes.
        expires_in_s: how long it works; left out, it has no end.
        worker: of a key for workers: the only worker that may register with it.
    """

    kind: Literal["api", "worker"]
    expires_in_s: float
    worker: str


def get_overview() -> Question[Overview]:
    """Ask for the account at a glance."""
    return Question(method="GET", path="/v1/overview", answer=Overview)


def get_usage(group_by: GroupBy, asked: Period, cursor: str | None) -> Question[UsageView]:
    """Ask what was used, in groups, page by page."""
    query = {**_period(asked), "group_by": group_by, "limit": str(PAGE)}
    if cursor is not None:
        query["cursor"] = cursor
    return Question(method="GET", path="/v1/usage", query=query, answer=UsageView)


def get_usage_csv(group_by: GroupBy, asked: Period) -> Question[bytes]:
    """Ask the same as CSV, all groups at once."""
    return Question(
        method="GET",
        path="/v1/usage.csv",
        query={**_period(asked), "group_by": group_by},
        headers={"Accept": CSV},
        answer=bytes,
    )


def get_cost(price_per_gpu_hour: str, asked: Period) -> Question[CostView]:
    """Ask what slots cost at a price."""
    query = {**_period(asked), "price_per_gpu_hour": price_per_gpu_hour}
    return Question(method="GET", path="/v1/usage/cost", query=query, answer=CostView)


def verify_usage(account: str | None, cursor: str | None) -> Question[VerifiedView]:
    """Ask whether what is kept of usage is what the log says, page by page."""
    given = {"account": account, "cursor": cursor}
    query = {name: value for name, value in given.items() if value is not None}
    return Question(method="GET", path="/v1/usage/verify", query=query, answer=VerifiedView)


def list_keys(cursor: str | None) -> Question[Keys]:
    """Ask for a page of keys, newest first."""
    query = {} if cursor is None else {"cursor": cursor}
    return Question(method="GET", path="/v1/keys", query=query, answer=Keys)


def create_key(name: str, scopes: Sequence[str], wanted: WantedKey) -> Question[CreatedKey]:
    """Ask for a new key; asked twice it is two."""
    return Question(
        method="POST",
        path="/v1/keys",
        body=as_json(CreateKey(name=name, scopes=tuple(scopes), **wanted)),
        answer=CreatedKey,
        repeatable=False,
    )


def rotate_key(key: str, overlap_s: float) -> Question[CreatedKey]:
    """Ask for another secret for a key; asked twice it is two."""
    return Question(
        method="POST",
        path=path_of("keys", key) + "/rotate",
        body=as_json(RotateKey(overlap_s=overlap_s)),
        answer=CreatedKey,
        repeatable=False,
    )


def revoke_key(key: str) -> Question[KeyView]:
    """Ask for the end of a key."""
    return Question(method="DELETE", path=path_of("keys", key), answer=KeyView)


def list_audit(actor: str | None, action: str | None, cursor: str | None) -> Question[AuditPage]:
    """Ask for a page of who changed what, newest first."""
    given = {"actor": actor, "action": action, "cursor": cursor}
    query = {name: value for name, value in given.items() if value is not None}
    return Question(method="GET", path="/v1/audit", query=query, answer=AuditPage)


def get_account(account: str | None) -> Question[AccountView]:
    """Ask for one's own account, or, for the operator, for another."""
    path = "/v1/account" if account is None else path_of("accounts", account)
    return Question(method="GET", path=path, answer=AccountView)


def make_set_up_link() -> Question[SetUpLink]:
    """Ask for another link for the first owner; the one before opens nothing any more."""
    return Question(method="POST", path="/v1/set-up/link", answer=SetUpLink, repeatable=False)


def list_accounts(cursor: str | None) -> Question[Accounts]:
    """Ask for a page of every account."""
    query = {} if cursor is None else {"cursor": cursor}
    return Question(method="GET", path="/v1/accounts", query=query, answer=Accounts)


def create_account(name: str, plan: str, owner_email: str | None) -> Question[CreatedAccount]:
    """Ask for a new account; asked twice it is two."""
    return Question(
        method="POST",
        path="/v1/accounts",
        body=as_json(CreateAccount(name=name, plan=plan, owner_email=owner_email)),
        answer=CreatedAccount,
        repeatable=False,
    )


def change_account(account: str, change: AccountChange) -> Question[AccountView]:
    """Ask for a change of an account."""
    return Question(
        method="PATCH",
        path=path_of("accounts", account),
        body=as_json(change),
        answer=AccountView,
    )


def list_plans(cursor: str | None) -> Question[Plans]:
    """Ask for a page of the plans."""
    query = {} if cursor is None else {"cursor": cursor}
    return Question(method="GET", path="/v1/plans", query=query, answer=Plans)


def put_plan(name: str, limits: PlanLimits) -> Question[PlanView]:
    """Ask for a plan with these limits."""
    return Question(
        method="PUT", path=path_of("plans", name), body=as_json(limits), answer=PlanView
    )


def delete_plan(name: str) -> Question[bytes]:
    """Ask for the end of a plan that no account is under."""
    return Question(method="DELETE", path=path_of("plans", name), answer=bytes, repeatable=False)


def _period(asked: Period) -> dict[str, str]:
    names = {"since": "from", "until": "to", "period": "period", "account": "account"}
    return {names[name]: str(value) for name, value in asked.items()}
