"""Accounts and plans, as the operator makes and changes them. Use cases: load, decide, save.

A plan that changes changes the limits of every account under it; what was set apart for one account
stays. A lower limit ends nobody. What the operator does to an account stands in both logs, without
a name in the account's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from diorama.accounts.permissions import OPERATOR
from diorama.accounts.plans import PLANS, Account, Plan
from diorama.accounts.unit import Unit
from diorama.kernel.errors import Detail, NotFound, Refused

MAX_PLANS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What the operator changes of an account; None leaves it.

    Attributes:
        own_streams: concurrent streams apart from the plan; `follow_plan` takes them back.
    """

    name: str | None = None
    plan: str | None = None
    own_streams: int | None = None
    follow_plan: bool = False


def make_account(unit: Unit, actor: str, name: str, plan_name: str) -> Account:
    """Return a new account under a plan.

    Raises:
        NotFound: there is no such plan (`plan_unknown`).
    """
    plan = _plan(unit, plan_name)
    account = Account.under(plan, account_id=unit.ids.new("acc"), name=name)
    unit.stores.accounts.add(account)
    note(unit, account.id, actor, "account.created", {"name": name, "plan": plan.name})
    return account


def change_account(unit: Unit, actor: str, account_id: str, change: AccountChange) -> Account:
    """Return an account as the operator changed it.

    Raises:
        NotFound: there is no such account (`account_unknown`) or plan (`plan_unknown`).
        Refused: the plan of the operator's own account is a setting (`plan_is_a_setting`).
    """
    if change.plan is not None and account_id == OPERATOR:
        raise Refused(
            "the plan of the operator's account is the setting DIORAMA_PLAN",
            code="plan_is_a_setting",
        )
    plan = None if change.plan is None else _plan(unit, change.plan)
    account = locked_account(unit, account_id)
    own = account.own_streams if change.own_streams is None else change.own_streams
    changed = replace(
        account,
        name=account.name if change.name is None else change.name,
        own_streams=None if change.follow_plan else own,
    )
    limits = plan or _plan(unit, account.plan)
    changed = changed.on(limits)
    unit.stores.accounts.save(changed)
    facts: dict[str, Detail] = {
        "name": changed.name,
        "plan": changed.plan,
        "concurrent_streams": changed.concurrent_streams,
    }
    note(unit, account_id, actor, "account.changed", facts)
    return changed


def rename_account(unit: Unit, actor: str, account_id: str, name: str) -> Account:
    """Return an account under another name, which its own member gave it."""
    account = replace(locked_account(unit, account_id), name=name)
    unit.stores.accounts.save(account)
    unit.stores.audit.add(account_id, actor, "account.changed", account_id, {"name": name})
    return account


def put_plan(unit: Unit, actor: str, plan: Plan) -> Plan:
    """Store a plan, and change the limits of every account under it.

    Raises:
        Refused: there are too many plans (`too_many_plans`).
    """
    plans = unit.stores.plans
    if (
        plans.get(plan.name, lock=True) is None
        and len(plans.listed(after=None, limit=MAX_PLANS)) == MAX_PLANS
    ):
        raise Refused(f"there are {MAX_PLANS} plans already", code="too_many_plans")
    plans.put(plan)
    for account_id in unit.stores.accounts.on_plan(plan.name):
        unit.stores.accounts.save(locked_account(unit, account_id).on(plan))
    facts: dict[str, Detail] = {
        "concurrent_streams": plan.concurrent_streams,
        "max_runtime_s": plan.max_runtime_s,
        "stream_hours": plan.stream_hours,
        "simulation_hours": plan.simulation_hours,
        "queued_simulations": plan.queued_simulations,
    }
    unit.stores.audit.add(OPERATOR, actor, "plan.changed", plan.name, facts)
    return plan


def delete_plan(unit: Unit, actor: str, name: str) -> None:
    """Delete a plan.

    Raises:
        NotFound: there is no such plan (`plan_unknown`).
        Refused: accounts are under it, or Diorama began with it (`plan_in_use`).
    """
    if unit.stores.plans.get(name, lock=True) is None:
        raise _no_plan(name)
    if name in PLANS or unit.stores.accounts.on_plan(name):
        raise Refused(
            f"plan {name} is of every Diorama, or accounts are under it", code="plan_in_use"
        )
    unit.stores.plans.delete(name)
    unit.stores.audit.add(OPERATOR, actor, "plan.deleted", name)


def locked_account(unit: Unit, account_id: str) -> Account:
    """Return an account that nobody else changes meanwhile.

    Raises:
        NotFound: there is none (`account_unknown`).
    """
    account = unit.stores.accounts.get(account_id, lock=True)
    if account is None:
        raise NotFound(f"there is no account {account_id}", code="account_unknown")
    return account


def note(
    unit: Unit, account_id: str, actor: str, action: str, facts: Mapping[str, Detail] = {}
) -> None:
    """Write what the operator did to an account into both logs."""
    unit.stores.audit.add(OPERATOR, actor, action, account_id, facts)
    if account_id != OPERATOR:
        unit.stores.audit.add(account_id, "operator", action, account_id, facts)


def _plan(unit: Unit, name: str) -> Plan:
    plan = unit.stores.plans.get(name, lock=True)
    if plan is None:
        raise _no_plan(name)
    return plan


def _no_plan(name: str) -> NotFound:
    return NotFound(f"there is no plan {name}", code="plan_unknown")
