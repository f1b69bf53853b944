"""`diorama usage`: what was used, by whom and when; and whether it is what the log says."""

import re
import sys
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

import typer

from diorama.cli.asking import Asking, asks
from diorama.cli.saying import fail, refuse, say

if TYPE_CHECKING:
    from diorama.client.account_questions import Period
    from diorama.protocol.usage_views import (
        CostPart,
        CostView,
        Overview,
        UsageGroup,
        UsageSum,
        UsageView,
        VerifiedView,
    )

Grouping = Literal["total", "project", "end_user", "region", "day", "session", "account"]
usage: Final = typer.Typer(help="What was used, by whom and when.", invoke_without_command=True)
HOUR_US: Final = 3_600_000_000
MINUTE_US: Final = 60_000_000
SECOND_US: Final = 1_000_000
PRICE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
TITLES: Final = ("STREAMED", "STREAMING", "IDLE", "SIMULATED", "SESSIONS")
Month = Annotated[str | None, typer.Option("--period", help="A month in UTC, such as 2026-11.")]
Since = Annotated[str | None, typer.Option("--from", help="A day, or a time of ISO 8601.")]
Until = Annotated[str | None, typer.Option("--to", help="Before when.")]
Account = Annotated[
    str | None, typer.Option(help="For the operator: another account's id, or all.")
]


@usage.callback()
@asks
def show(  # noqa: PLR0913 - each is an option
    asking: Asking,
    context: typer.Context,
    *,
    period: Month = None,
    since: Since = None,
    until: Until = None,
    group_by: Annotated[Grouping, typer.Option("--by", help="A line for each of what.")] = "total",
    account: Account = None,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV, with the same numbers.")] = False,
) -> None:
    """Show what was used: this month, unless a period is named."""
    if context.invoked_subcommand is not None:
        return
    asked = _asked(period, since, until, account)
    if csv:
        sys.stdout.write(asking.diorama.usage_csv(group_by, **asked))
        return
    found = asking.diorama.usage(group_by, **asked)
    if asking.as_json:
        from diorama.cli import tables

        tables.print_json(found)
        return
    say(_of(found))
    _print(found, group_by)


@usage.command("cost")
@asks
def cost(  # noqa: PLR0913 - each is an option
    asking: Asking,
    price: Annotated[str, typer.Argument(metavar="PRICE", help="Of a GPU hour, such as 2.50.")],
    *,
    period: Month = None,
    since: Since = None,
    until: Until = None,
    account: Account = None,
) -> None:
    """Show what slots cost at a price: streaming, idle, waiting, and warm for the operator."""
    if not PRICE.fullmatch(price):
        refuse(f"{price}: write the price of a GPU hour as 2.50")
    found = asking.diorama.cost(price, **_asked(period, since, until, account))

    def row(name: str, part: "CostPart") -> tuple[object, ...]:
        return name, clock(part.slot_us), f"{part.gpu_hours:.6f}", part.cost

    if asking.as_json:
        from diorama.cli import tables

        tables.print_json(found)
        return
    parts = {
        "streaming": found.streaming,
        "idle": found.idle,
        "simulation": found.simulation,
        "waiting": found.waiting,
    }
    if found.warm is not None:
        parts["warm"] = found.warm
    rows = [row(name, part) for name, part in parts.items()]
    say(_of(found))
    asking.show_all(
        [*rows, ("total", None, None, found.cost)],
        ("WHAT", "SLOT TIME", "GPU HOURS", "COST"),
        lambda one: one,
    )


@usage.command("verify")
@asks
def verify(asking: Asking, account: Account = None) -> None:
    """Rebuild usage from the log alone, and tell every difference; exit code 1 if there is one."""
    pages = list(asking.diorama.verify_usage(of=account))
    differences = [one for page in pages for one in page.differences]
    if asking.as_json:
        from diorama.cli import tables

        tables.print_json(_together(pages))
    else:
        asking.show_all(
            differences,
            ("WHAT", "ACCOUNT", "SESSION", "PERIOD", "KEPT", "LOG"),
            lambda one: (one.what, one.account, one.session, one.period, one.kept_us, one.log_us),
        )
    sessions, runs, events = (sum(getattr(page, name) for page in pages) for name in _COUNTED)
    held = f"{sessions} sessions, {runs} runs of simulations"
    if differences:
        fail(f"{len(differences)} differences in {held}: the log is the truth")
    asking.say(f"{held} and {events} events of their logs: no difference")


@asks
def overview(asking: Asking) -> None:
    """Show the account at a glance: streams against the limit, queue, workers, hours."""

    def facts(seen: "Overview") -> tuple[tuple[str, object], ...]:
        slots = seen.slots
        return (
            ("streams", f"{seen.streams} of {seen.limit}"),
            ("queued", seen.queued),
            ("workers", seen.workers),
            ("slots", f"{slots.free} free, {slots.held} held, {slots.fencing} fencing"),
            ("simulations", f"{seen.runs_running} running, {seen.runs_queued} waiting"),
            ("streamed this month", of_hours(seen.stream_us, seen.stream_hours)),
            ("simulated this month", of_hours(seen.simulation_us, seen.simulation_hours)),
        )

    def of_hours(length_us: int, hours: float | None) -> str:
        return f"{clock(length_us)} of {'no limit' if hours is None else f'{hours:g} h'}"

    asking.show(asking.diorama.overview(), facts)


_COUNTED: Final = ("sessions", "runs", "events")


def clock(length_us: int) -> str:
    """Return a length of time as `h:mm:ss`, exact: with as many digits as it has."""
    sign = "-" if length_us < 0 else ""
    hours, rest = divmod(abs(length_us), HOUR_US)
    minutes, rest = divmod(rest, MINUTE_US)
    seconds, left = divmod(rest, SECOND_US)
    digits = f".{left:06}".rstrip("0") if left else ""
    return f"{sign}{hours}:{minutes:02}:{seconds:02}{digits}"


def _asked(
    period: str | None, since: str | None, until: str | None, account: str | None
) -> "Period":
    given = {"period": period, "since": since, "until": until, "account": account}
    return cast("Period", {name: text for name, text in given.items() if text is not None})


def _print(found: "UsageView", group_by: str) -> None:
    from diorama.cli import tables

    rows: list[tuple[object, ...]] = [(_key(one), *_figures(one)) for one in found.groups]
    rows.append(("total", *_figures(found.total)))
    titles = (group_by.upper().replace("_", " "), *TITLES)
    tables.print_table(titles, rows, ("STREAMING", "SIMULATED"))


def _key(group: "UsageGroup") -> str:
    return "(none)" if group.key is None else group.key


def _figures(used: "UsageSum") -> tuple[object, ...]:
    return (
        clock(used.stream_us),
        clock(used.streaming_us),
        clock(used.idle_us),
        clock(used.simulation_us),
        used.sessions,
    )


def _of(found: "UsageView | CostView") -> str:
    from diorama.cli import tables

    since, to, until = map(tables.instant, (found.from_, found.to, found.until))
    so_far = f", counted up to {until}" if found.until < found.to else ""
    return f"from {since} to {to}{so_far}; h:mm:ss"


def _together(pages: "list[VerifiedView]") -> "VerifiedView":
    from diorama.protocol.usage_views import VerifiedView

    return VerifiedView(
        sessions=sum(page.sessions for page in pages),
        runs=sum(page.runs for page in pages),
        simulation_us=sum(page.simulation_us for page in pages),
        events=sum(page.events for page in pages),
        stream_us=sum(page.stream_us for page in pages),
        differences=tuple(one for page in pages for one in page.differences),
    )
