"""`diorama recordings`: what was kept of sessions and simulations, and its files."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast
from urllib.parse import urljoin

import typer

from diorama.cli.asking import Asking, asks, complete_project, complete_session
from diorama.cli.saying import refuse

if TYPE_CHECKING:
    from diorama.client.simulation_questions import WhichRecordings
    from diorama.protocol.recording_views import FileName, RecordingView

recordings: Final = typer.Typer(help="What was kept, and its files.", no_args_is_help=True)
RecordingId = Annotated[str, typer.Argument(metavar="RECORDING", help="Its id.")]
FILES: Final = ("video.mp4", "preview.mp4", "thumbnail.jpg", "events.jsonl")
SECOND_US: Final = 1_000_000
KIBIBYTE: Final = 1_024
MEBIBYTE: Final = 1_048_576


def _names(incomplete: str) -> list[str]:
    return [name for name in FILES if name.startswith(incomplete)]


@recordings.command("ls")
@asks
def ls(  # noqa: PLR0913 - each is an option
    asking: Asking,
    *,
    project: Annotated[
        str | None, typer.Option(autocompletion=complete_project, help="Of one project.")
    ] = None,
    session: Annotated[
        str | None, typer.Option(autocompletion=complete_session, help="Of one session.")
    ] = None,
    simulation: Annotated[str | None, typer.Option(help="Of one simulation.")] = None,
    source: Annotated[
        Literal["session", "simulation"] | None, typer.Option(help="Of one or the other.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List the recordings, the newest first."""
    which: WhichRecordings = {}
    if project is not None:
        which["project"] = project
    if session is not None:
        which["session"] = session
    if simulation is not None:
        which["simulation"] = simulation
    if source is not None:
        which["source"] = source
    listed = list(islice(asking.diorama.recordings(**which), limit))
    titles = ("ID", "PROJECT", "OF", "STATE", "LENGTH", "SIZE", "MADE", "KEPT UNTIL", "REMARK")
    asking.show_all(listed, titles, row, spare=("OF", "KEPT UNTIL", "REMARK", "SIZE"))
    if not listed:
        asking.say("there is no recording")


@recordings.command("show")
@asks
def show(asking: Asking, recording: RecordingId) -> None:
    """Show one recording with its files; the links open them for some minutes."""
    from diorama.cli import tables

    found = asking.diorama.recording(recording)
    asking.show(found, facts)
    if not asking.as_json and found.files:
        typer.echo()
        server = f"{asking.diorama.server}/"
        rows = [(one.name, weight(one.bytes), urljoin(server, one.url)) for one in found.files]
        tables.print_lines(("FILE", "SIZE", "LINK"), rows)


@recordings.command("download")
@asks
def download(
    asking: Asking,
    recording: RecordingId,
    file: Annotated[
        list[str] | None,
        typer.Option(autocompletion=_names, help="Which; several times. All, without."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="The folder; without it, one of the recording's id.")
    ] = None,
) -> None:
    """Save the files of a recording; where they are goes to standard output."""
    from diorama.cli import rendering, tables

    for name in file or ():
        if name not in FILES:
            refuse(f"{name}: a recording has {', '.join(FILES)}")
    names = cast("list[FileName] | None", file or None)
    places = rendering.saved(asking.diorama, recording, to or Path(recording), names)
    saved = [str(place) for place in places]  # told once no bar is in the way
    if asking.as_json:
        tables.print_json(saved)
    else:
        typer.echo("\n".join(saved))


@recordings.command("rm")
@asks
def rm(
    asking: Asking,
    named: Annotated[list[str], typer.Argument(metavar="RECORDING...", help="Their ids.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002 - a command's option
) -> None:
    """Delete recordings and their files, for good."""
    if not yes:
        files = "its files" if len(named) == 1 else f"the files of {len(named)} recordings"
        typer.confirm(f"Delete {files} for good?", abort=True, err=True)
    for one in named:
        asking.diorama.delete_recording(one)
        asking.say(f"{one} is deleted")


def row(view: "RecordingView") -> tuple[object, ...]:
    """Return a recording's line of the table."""
    from diorama.cli import tables

    script = "" if view.source.script is None else f" script {view.source.script + 1}"
    return (
        view.id,
        view.project,
        f"{view.source.id}{script}",
        view.state,
        view.duration_us and tables.duration(view.duration_us / SECOND_US),
        view.bytes and weight(view.bytes),
        view.created_at,
        view.expires_at,
        view.error,
    )


def facts(view: "RecordingView") -> Iterator[tuple[str, object]]:
    """Yield what is known of a recording, by name."""
    for name in view.__struct_fields__:
        value = getattr(view, name)
        if name == "source":
            yield view.source.kind, view.source.id
            yield "script", None if view.source.script is None else view.source.script + 1
        elif name == "duration_us":
            yield "seconds", None if value is None else f"{value / SECOND_US:g}"
        elif name == "bytes":
            yield "size", weight(view.bytes)
        elif name != "files":
            yield name.replace("_", " "), value


def weight(size: int) -> str:
    """Return a number of bytes as a person says it."""
    if size < KIBIBYTE:
        return f"{size} B"
    if size < MEBIBYTE:
        return f"{size / KIBIBYTE:.0f} KiB"
    return f"{size / MEBIBYTE:.1f} MiB"
