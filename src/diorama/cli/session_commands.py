"""`diorama sessions`: what holds the slots, how each came to its state, and how to end it."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from diorama.cli.asking import Asking, asks, complete_project, complete_session
from diorama.cli.saying import fail, refuse, say
from diorama.protocol.states import FINAL, SessionState

if TYPE_CHECKING:
    from diorama.client.questions import Which
    from diorama.protocol.timeline_views import TimelineEntry
    from diorama.protocol.views import SessionView

sessions: Final = typer.Typer(help="What holds the slots, and what did.", no_args_is_help=True)
TITLES: Final = (
    *("SESSION", "PROJECT", "REGION", "STATE", "VIEWER", "END USER", "DEVICE", "AGE"),
    "REMARK",
)
SPARE: Final = ("DEVICE", "REGION", "END USER", "VIEWER")
SessionId = Annotated[
    str, typer.Argument(metavar="SESSION", autocompletion=complete_session, help="Its id.")
]
ProjectName = Annotated[
    str | None, typer.Option("--project", autocompletion=complete_project, help="Of one project.")
]


@sessions.command("ls")
@asks
def ls(  # noqa: PLR0913 - each is an option
    asking: Asking,
    *,
    project: ProjectName = None,
    state: Annotated[
        list[SessionState] | None, typer.Option(help="In this state; several times.")
    ] = None,
    code: Annotated[
        list[int] | None, typer.Option(help="Ended with this code; several times.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="In this region.")] = None,
    end_user: Annotated[str | None, typer.Option(help="Of this end user.")] = None,
    worker: Annotated[str | None, typer.Option(help="On this worker.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="Asked for since, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Asked for before, UTC.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    everything: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
) -> None:
    """List the sessions that have not ended, newest first; with --all or --code, past ones too."""
    given: dict[str, object] = {
        "project": project,
        "state": state,
        "code": code,
        "region": region,
        "end_user": end_user,
        "worker": worker,
        "since": since and since.replace(tzinfo=UTC),
        "until": until and until.replace(tzinfo=UTC),
    }
    which = cast("Which", {name: value for name, value in given.items() if value})
    everything = everything or bool(code) or not FINAL.isdisjoint(state or ())
    listed = list(islice(asking.diorama.sessions(live=not everything, **which), limit))
    now = datetime.now(UTC)
    asking.show_all(listed, TITLES, lambda session: row(session, now), spare=SPARE)
    if not listed:
        asking.say("no session is live" if not everything else "there was no session yet")


@sessions.command("show")
@asks
def show(
    asking: Asking,
    session: SessionId,
    *,
    measured: Annotated[
        bool, typer.Option("--measured", help="Also what its viewer measured on the way.")
    ] = False,
) -> None:
    """Show one session, live or ended: what it is, how it went, and why it ended."""
    from diorama.cli import tables

    found = asking.diorama.timeline(session)
    asking.show(found, lambda timeline: facts(timeline.session))
    if asking.as_json:
        return
    typer.echo(f"\n{tables.printable(found.sentence)}\n")
    if found.hint is not None:
        typer.echo(f"What may help: {tables.printable(found.hint)}\n")
    told = [one for one in found.entries if measured or one.kind != "quality"]
    tables.print_table(("AT", "STATE", "BY", "WHAT"), [line(one) for one in told], ("STATE",))
    if not found.complete:
        asking.say("there is more; what came later is left out")


@sessions.command("end")
@asks
def end(
    asking: Asking,
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="SESSION...", autocompletion=complete_session, help="Their ids."),
    ] = None,
    *,
    project: ProjectName = None,
    away: Annotated[
        bool, typer.Option("--away", help="All live ones whose viewer is away just now.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before ending many.")
    ] = False,
) -> None:
    """End sessions: those named, all of a project, or all whose viewer is away."""
    if bool(named) == bool(project or away):
        refuse("name sessions, or choose them by --project and --away")
    wanted = named or [
        one.id
        for one in asking.diorama.sessions(live=True)
        if project in {None, one.project} and not (away and one.attached)
    ]
    if not wanted:
        asking.say("there is nothing to end")
    if not named and wanted and not yes:
        typer.confirm(f"End {len(wanted)} sessions?", abort=True, err=True)
    _end(asking, wanted)


@sessions.command("watch")
@asks
def watch(
    asking: Asking,
    project: ProjectName = None,
    every: Annotated[float, typer.Option(min=0.2, max=60, help="Seconds between looks.")] = 1.0,
) -> None:
    """Show the live sessions as they change, until Ctrl-C; with --json, a line for each change."""
    from diorama.cli import tables

    def look() -> "list[SessionView]":
        return [s for s in asking.diorama.sessions(live=True) if project in {None, s.project}]

    if not asking.as_json and tables.console().is_terminal:
        _watch_live(look_every(look, every))
    else:
        _watch_lines(asking, look_every(look, every))


def look_every(
    look: "Callable[[], list[SessionView]]", every_s: float
) -> "Iterator[list[SessionView]]":
    """Yield what is seen, again and again."""
    while True:
        yield look()
        time.sleep(every_s)


def changes(before: "dict[str, SessionView]", now: "Iterable[SessionView]") -> "list[SessionView]":
    """Return the sessions that are new or have moved since, the oldest first."""
    moved = [one for one in now if one != before.get(one.id)]
    return sorted(moved, key=lambda session: session.created_at)


def row(session: "SessionView", now: datetime) -> tuple[object, ...]:
    """Return a session's line of the table."""
    from diorama.cli import tables

    live = session.state not in FINAL
    return (
        session.id,
        session.project,
        session.region,
        session.state,
        ("here" if session.attached else "away") if live else None,
        session.end_user,
        session.device,
        tables.age(session.created_at, now),
        remark(session, now),
    )


def remark(session: "SessionView", now: datetime) -> str | None:
    """Return what is to be known of a session in its state, in few words."""
    from diorama.cli import tables

    if session.end is not None:
        return f"{session.end.code} {session.end.reason}"
    if session.queue is not None:
        eta = session.queue.eta_p50_s
        soon = "" if eta is None else f", about {tables.duration(eta)} to go"
        return f"number {session.queue.position} of {session.queue.length}{soon}"
    ends = min(
        (at for at in (session.runs_until, session.afk_ends_at, session.drains_at) if at),
        default=None,
    )
    if ends is None:
        return None
    return f"ends in {tables.duration((ends - now).total_seconds())}"


def facts(session: "SessionView") -> Iterator[tuple[str, object]]:
    """Yield what is known of a session, by name."""
    for name in session.__struct_fields__:
        value = getattr(session, name)
        if name == "end" and session.end is not None:
            yield "end", f"{session.end.code} {session.end.name}: {session.end.reason}"
            yield "by", session.end.doing
            yield "why", session.end.message
        elif name == "queue" and session.queue is not None:
            yield "queue", remark(session, datetime.now(UTC))
        elif name not in {"attachment", "version"}:
            yield name.replace("_", " "), value


def line(entry: "TimelineEntry") -> tuple[object, ...]:
    """Return one thing that happened, as a line of the table."""
    from diorama.cli import tables

    return tables.stamp(entry.at).partition(" ")[2], entry.state, entry.actor, entry.text


def _end(asking: Asking, wanted: list[str]) -> None:
    results = [
        result
        for at in range(0, len(wanted), 1_000)
        for result in asking.diorama.end_sessions(sessions=wanted[at : at + 1_000])
    ]
    asking.show_all(
        results,
        ("SESSION", "STATE", "END"),
        lambda one: (one.session, one.state, one.problem or (one.end and one.end.reason)),
    )
    failed = [one for one in results if one.problem is not None]
    if failed:
        fail(f"{len(failed)} of {len(results)} could not be ended")


def _watch_live(looks: "Iterator[list[SessionView]]") -> None:
    from rich.live import Live

    from diorama.cli import tables

    out = tables.console()
    with Live(console=out, auto_refresh=False) as live:
        for found in looks:
            now = datetime.now(UTC)
            rows = [row(session, now) for session in found]
            live.update(tables.table(TITLES, rows, spare=SPARE, room=out.width), refresh=True)


def _watch_lines(asking: Asking, looks: "Iterator[list[SessionView]]") -> None:
    from diorama.cli import tables

    known: dict[str, SessionView] = {}
    for found in looks:
        gone = [asking.diorama.session(one) for one in known.keys() - {s.id for s in found}]
        for session in changes(known, [*found, *gone]):
            if asking.as_json:
                tables.print_json_line(session)
            else:
                parts = row(session, datetime.now(UTC))
                say(" ".join(tables.cell(part) for part in parts if part is not None))
        known = {session.id: session for session in found}
