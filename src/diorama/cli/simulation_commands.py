"""`diorama simulate` and `diorama simulations`: scripts that run without a viewer."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.cli.asking import Asking, asks, complete_project
from diorama.cli.saying import fail, refuse
from diorama.kernel.errors import Invalid
from diorama.protocol.states import OVER, SimulationState

if TYPE_CHECKING:
    from diorama.cli.script_files import Cues
    from diorama.client.simulation_questions import Job, WhichSimulations
    from diorama.protocol.simulation_views import RunView, SimulationView

simulations: Final = typer.Typer(help="Scripts that run without a viewer.", no_args_is_help=True)
SimulationId = Annotated[str, typer.Argument(metavar="SIMULATION", help="Its id.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Where the files go; without it, a folder of the simulation's id."),
]
LINES: Final = ".jsonl"


@asks
def simulate(  # noqa: PLR0913 - each is an option
    asking: Asking,
    project: Annotated[str, typer.Argument(autocompletion=complete_project, help="What to run.")],
    *,
    script: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A script, .json or .jsonl; several times."),
    ] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(help="A prompt at a second: 'rain@2.5'; several times.")
    ] = None,
    length: Annotated[
        float | None, typer.Option(min=0.001, max=3_600, help="Seconds, where no script ends.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Of the pictures, such as 1280x720; the world's, without.")
    ] = None,
    fps: Annotated[int | None, typer.Option(min=1, max=120, help="Pictures a second.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same gives the same.")] = None,
    region: Annotated[str | None, typer.Option(help="Where to run it.")] = None,
    end_user: Annotated[str | None, typer.Option(help="For whom, in usage.")] = None,
    name: Annotated[str | None, typer.Option(help="What lists call it.")] = None,
    out: Out = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Do not wait: print the simulation's id.")
    ] = False,
) -> None:
    """Run scripts of a project without a viewer, and save what they show; Ctrl-C lets them run."""
    from diorama.cli.script_files import scripts_with

    try:
        scripts = scripts_with(_read(script or []), prompt or [], length)
    except Invalid as error:
        refuse(str(error))
    job = _job(size, fps=fps, seed=seed, region=region, end_user=end_user, name=name)
    if not detach:
        _check_place(out)
    view = asking.diorama.simulate(project, scripts=scripts, **job)
    if not detach:
        _follow(asking, view, out or Path(view.id))
    elif asking.as_json:
        asking.show(view, facts)
    else:
        typer.echo(view.id)


@simulations.command("ls")
@asks
def ls(
    asking: Asking,
    *,
    project: Annotated[
        str | None, typer.Option(autocompletion=complete_project, help="Of one project.")
    ] = None,
    state: Annotated[
        list[SimulationState] | None, typer.Option(help="In this state; several times.")
    ] = None,
    active: Annotated[bool, typer.Option("--active", help="Only those that are not over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List the simulations, the newest first."""
    which: WhichSimulations = {}
    if project is not None:
        which["project"] = project
    if state:
        which["state"] = state
    if active:
        which["active"] = True
    listed = list(islice(asking.diorama.simulations(**which), limit))
    now = datetime.now(UTC)
    titles = ("ID", "PROJECT", "NAME", "STATE", "PROGRESS", "SCRIPTS", "AGE", "REMARK")
    asking.show_all(listed, titles, lambda view: row(view, now), spare=("SCRIPTS", "REMARK"))
    if not listed:
        asking.say("there is no simulation: `diorama simulate PROJECT` runs one")


@simulations.command("show")
@asks
def show(asking: Asking, simulation: SimulationId) -> None:
    """Show one simulation with its runs: how far each is, where, and why it failed."""
    from diorama.cli import tables

    found = asking.diorama.simulation(simulation)
    asking.show(found, facts)
    if not asking.as_json:
        typer.echo()
        titles = ("SCRIPT", "STATE", "PROGRESS", "TRIES", "WORKER", "RECORDING", "REMARK")
        tables.print_table(titles, [run_row(run) for run in found.runs], ("TRIES", "WORKER"))


@simulations.command("cancel")
@asks
def cancel(
    asking: Asking,
    named: Annotated[list[str], typer.Argument(metavar="SIMULATION...", help="Their ids.")],
) -> None:
    """End simulations; what is over stays as it is."""
    ended = [asking.diorama.cancel_simulation(one) for one in named]
    asking.show_all(ended, ("ID", "STATE"), lambda view: (view.id, view.state))


@simulations.command("watch")
@asks
def watch(asking: Asking, simulation: SimulationId) -> None:
    """Show how a simulation goes on until it is over; exit code 1 unless it is completed."""
    _ended(asking, _watched(asking, simulation))


def row(view: "SimulationView", now: datetime) -> tuple[object, ...]:
    """Return a simulation's line of the table."""
    from diorama.cli import rendering, tables

    remark: str | None = None if view.error is None else view.error.reason
    if view.queue is not None:
        remark = f"number {view.queue.position} in line"
    return (
        view.id,
        view.project,
        view.name,
        view.state,
        rendering.percent(view.progress.frames, view.progress.frames_total),
        f"{view.progress.runs_done}/{view.progress.runs}",
        tables.age(view.created_at, now),
        remark,
    )


def run_row(run: "RunView") -> tuple[object, ...]:
    """Return a run's line of the table."""
    from diorama.cli import rendering

    return (
        run.index + 1,
        run.state,
        rendering.percent(run.frames, run.frames_total),
        run.attempts,
        run.worker,
        run.recording,
        run.error and run.error.message,
    )


def facts(view: "SimulationView") -> Iterator[tuple[str, object]]:
    """Yield what is known of a simulation, by name."""
    from diorama.cli.usage_commands import clock

    for name in view.__struct_fields__:
        value = getattr(view, name)
        if name == "error" and view.error is not None:
            yield "error", f"{view.error.reason}: {view.error.message}"
        elif name == "progress":
            total = view.progress.frames_total
            yield "frames", view.progress.frames if total is None else f"{value.frames} of {total}"
        elif name == "queue":
            yield "in line", view.queue and view.queue.position
        elif name == "frame":
            yield "size", view.frame.width and f"{view.frame.width}x{view.frame.height}"
            yield "fps", view.frame.fps
        elif name == "simulation_us":
            yield "metered", clock(view.simulation_us)
        elif name != "runs":
            yield name.replace("_", " "), value


def _read(files: list[Path]) -> "list[Cues]":
    from diorama.cli.script_files import read_scripts

    found: list[Cues] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
            found += read_scripts(text, lines=file.suffix == LINES)
        except (Invalid, OSError, UnicodeDecodeError) as error:
            refuse(f"{file}: {error}")
    return found


def _job(size: str | None, **more: object) -> "Job":
    from typing import cast

    given = {name: value for name, value in more.items() if value is not None}
    if size is not None:
        width, cross, height = size.lower().partition("x")
        if not (cross and width.isdecimal() and height.isdecimal()):
            refuse(f"{size}: write it as 1280x720")
        given |= {"width": int(width), "height": int(height)}
    return cast("Job", given)


def _check_place(out: Path | None) -> None:
    """Refuse a place that files cannot go to before hours are spent on them."""
    place = out or Path()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"--out {place}: {error.strerror}; name a folder that can be made")
    if not os.access(place, os.W_OK | os.X_OK):
        refuse(f"--out {place.absolute()}: this user may not write there; name another folder")


def _follow(asking: Asking, view: "SimulationView", out: Path) -> None:
    """Watch a simulation that was asked for, and save what it yields."""
    from diorama.cli import rendering

    last = _watched(asking, view.id)
    for run in last.runs:
        if run.recording is None or run.state is not SimulationState.COMPLETED:
            continue
        to = out if len(last.runs) == 1 else out / f"script-{run.index + 1:02}"
        for place in rendering.saved(asking.diorama, run.recording, to):
            if not asking.as_json:
                typer.echo(place)
    _ended(asking, last)


def _watched(asking: Asking, simulation: str) -> "SimulationView":
    from diorama.cli import rendering

    try:
        return rendering.watched(asking.diorama.watch_simulation(simulation))
    except KeyboardInterrupt:
        asking.say(f"it goes on: `diorama simulations watch {simulation}`")
        raise


def _ended(asking: Asking, view: "SimulationView") -> "None":
    assert view.state in OVER, "it is watched to its end"
    if asking.as_json:
        asking.show(view, facts)
    if view.state is not SimulationState.COMPLETED:
        fail(f"{view.id} is {view.state}" + (f": {view.error.message}" if view.error else ""))
    return None
