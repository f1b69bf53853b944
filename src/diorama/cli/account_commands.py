"""`diorama accounts` and `diorama plans`: who Diorama is run for, and what each may use.

All but `accounts show` without a name are the operator's.
"""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.cli.asking import Asking, asks
from diorama.cli.saying import refuse
from diorama.cli.usage_commands import clock

if TYPE_CHECKING:
    from diorama.client.account_questions import AccountChange
    from diorama.protocol.account_views import AccountView, PlanView

accounts: Final = typer.Typer(help="Who Diorama is run for.", no_args_is_help=True)
plans: Final = typer.Typer(help="What accounts may use.", no_args_is_help=True)
AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its id.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]


@accounts.command("ls")
@asks
def ls(asking: Asking) -> None:
    """List every account: plan, streams against the limit, what was streamed this month."""
    titles = ("ID", "NAME", "PLAN", "STREAMS", "STREAMED", "OF", "STATE")
    asking.show_all(
        list(asking.diorama.accounts()), titles, row, spare=("OF", "STREAMED", "STREAMS")
    )


@accounts.command("show")
@asks
def show(
    asking: Asking,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="Its id; left out, one's own.")
    ] = None,
) -> None:
    """Show an account: its limits, what it holds now, what it has used this month."""
    found = asking.diorama.account() if account is None else asking.diorama.account_of(account)
    asking.show(found, facts)


@accounts.command("create")
@asks
def create(
    asking: Asking,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    plan: Annotated[str, typer.Option(help="One of `diorama plans ls`.")] = "free",
    owner: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Its first owner, for whom a link is made.")
    ] = None,
) -> None:
    """Make an account. The link for its first owner is printed, this once."""
    made = asking.diorama.create_account(name, plan=plan, owner_email=owner)
    if asking.as_json:
        asking.show(made, lambda _: ())
        return
    asking.say(f"{made.account.id} ({made.account.name}, plan {made.account.plan}) is made")
    if made.link is None:
        asking.say("nobody is in it yet; --owner EMAIL makes a link for its first owner")
    else:
        asking.say("its first owner comes in by this link, which is shown this once:")
        typer.echo(made.link)


@accounts.command("set")
@asks
def set_(
    asking: Asking,
    account: AccountId,
    *,
    name: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    plan: Annotated[str | None, typer.Option(help="Put it under this plan.")] = None,
    streams: Annotated[
        str | None,
        typer.Option(metavar="N|plan", help="Streams at once; `plan` is what its plan says."),
    ] = None,
) -> None:
    """Change an account's name, plan or streams at once; a lower limit ends nobody."""
    change: AccountChange = {}
    if name is not None:
        change["name"] = name
    if plan is not None:
        change["plan"] = plan
    if streams is not None:
        change["concurrent_streams"] = _streams(streams)
    if not change:
        refuse("say what changes: --name, --plan or --streams")
    asking.show(asking.diorama.change_account(account, **change), facts)


@accounts.command("suspend")
@asks
def suspend(asking: Asking, account: AccountId, *, yes: Yes = False) -> None:
    """Suspend an account: its sessions end at once, and nothing new opens."""
    if not yes:
        typer.confirm(f"End every session of {account}?", abort=True, err=True)
    asking.show(asking.diorama.change_account(account, suspended=True), facts)


@accounts.command("reinstate")
@asks
def reinstate(asking: Asking, account: AccountId) -> None:
    """Undo `suspend`."""
    asking.show(asking.diorama.change_account(account, suspended=False), facts)


@accounts.command("set-up-link")
@asks
def set_up_link(asking: Asking) -> None:
    """Make another link for the first owner of this Diorama, while it has none."""
    link = asking.diorama.set_up_link()
    if asking.as_json:
        asking.show({"link": link}, lambda _: ())
        return
    asking.say("the first owner comes in by this link, which works once:")
    typer.echo(link)


@plans.command("ls")
@asks
def plans_ls(asking: Asking) -> None:
    """List the plans."""
    titles = ("NAME", "STREAMS", "MAX RUNTIME", "STREAM HOURS", "SIMULATION HOURS", "ACCOUNTS")
    asking.show_all(list(asking.diorama.plans()), titles, plan_row)


@plans.command("set")
@asks
def plans_set(  # noqa: PLR0913 - each is an option
    asking: Asking,
    name: Annotated[str, typer.Argument(help="Of the plan; one that is new is made.")],
    *,
    streams: Annotated[int, typer.Option(min=0, help="Streams at once.")],
    stream_hours: Annotated[
        float | None, typer.Option(min=0, help="A month; left out, no limit.")
    ] = None,
    simulation_hours: Annotated[
        float | None, typer.Option(min=0, help="A month; left out, no limit.")
    ] = None,
    max_runtime: Annotated[
        float, typer.Option(min=60, max=86_400, help="Seconds of one session.")
    ] = 86_400,
) -> None:
    """Make a plan or change it, and the limits of every account under it."""
    put = asking.diorama.put_plan(
        name,
        concurrent_streams=streams,
        stream_hours=stream_hours,
        simulation_hours=simulation_hours,
        max_runtime_s=max_runtime,
    )
    asking.show_all([put], ("NAME", "STREAMS", "MAX RUNTIME", *_HOURS), plan_row)


@plans.command("delete")
@asks
def plans_delete(asking: Asking, name: Annotated[str, typer.Argument(help="Of the plan.")]) -> None:
    """Delete a plan that no account is under."""
    asking.diorama.delete_plan(name)
    asking.say(f"plan {name} is deleted")


_HOURS: Final = ("STREAM HOURS", "SIMULATION HOURS", "ACCOUNTS")


def row(account: "AccountView") -> tuple[object, ...]:
    """Return an account's line of the table."""
    return (
        account.id,
        account.name,
        account.plan,
        f"{account.held} of {account.concurrent_streams}",
        clock(account.stream_us_used),
        hours(account.stream_hours),
        "suspended" if account.suspended else "active",
    )


def plan_row(plan: "PlanView") -> tuple[object, ...]:
    """Return a plan's line of the table."""
    from diorama.cli import tables

    return (
        plan.name,
        plan.concurrent_streams,
        tables.duration(plan.max_runtime_s),
        hours(plan.stream_hours),
        hours(plan.simulation_hours),
        plan.accounts,
    )


def hours(limit: float | None) -> str:
    """Return a limit of hours in words."""
    return "no limit" if limit is None else f"{limit:g} h"


def facts(account: "AccountView") -> tuple[tuple[str, object], ...]:
    """Return what is known of an account, by name."""
    from diorama.cli import tables

    own = ", apart from its plan" if account.own_streams else ""
    return (
        ("id", account.id),
        ("name", account.name),
        ("plan", account.plan),
        ("suspended", account.suspended),
        ("streams", f"{account.held} of {account.concurrent_streams}{own}"),
        ("streamed this month", clock(account.stream_us_used)),
        ("of", hours(account.stream_hours)),
        ("simulation hours", hours(account.simulation_hours)),
        ("max runtime", tables.duration(account.max_runtime_s)),
    )


def _streams(text: str) -> int | None:
    if text == "plan":
        return None
    if not text.isdecimal():
        refuse(f"{text}: write a number of streams, or `plan`")
    return int(text)
