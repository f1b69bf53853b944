"""How a simulation is watched in a terminal: a bar for each run, or a line for each change."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diorama.cli.saying import fail, say
from diorama.protocol.states import OVER, RUNS_ON_SLOT

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from diorama.client import Diorama
    from diorama.protocol.recording_views import FileName
    from diorama.protocol.simulation_views import RunView, SimulationView

BARS: Final = 12
"""Runs of which each has a bar; of more, those that run have one."""


def watched(views: "Iterable[SimulationView]") -> "SimulationView":
    """Show a simulation as it goes on, and return it as it is at last."""
    from rich.console import Console

    console = Console(stderr=True)
    last = None
    for last in _with_bars(views, console) if console.is_terminal else _in_lines(views):  # noqa: B007 - the last is the answer
        pass
    assert last is not None, "a simulation is told at once as it is"
    return last


def saved(
    diorama: "Diorama", recording: str, to: Path, names: "Sequence[FileName] | None" = None
) -> Iterator[Path]:
    """Save the files of a recording, each under a bar where somebody looks; yield where."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TransferSpeedColumn

    console = Console(stderr=True)
    view = diorama.recording(recording)
    there = {file.name: file.bytes for file in view.files}
    if not there:
        fail(f"{recording} is {view.state} and has no files")
    to.mkdir(parents=True, exist_ok=True)
    columns = (*Progress.get_default_columns()[:2], DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as on:
        for name in names or there:
            bar = on.add_task(name, total=there.get(name))

            def tell(done: int, total: int, bar: "TaskID" = bar) -> None:
                on.update(bar, completed=done, total=total)

            yield diorama.download(recording, name, to, progress=tell)


def said(view: "SimulationView") -> str:
    """Return where a simulation is, in a few words."""
    progress = view.progress
    if view.error is not None:
        return f"{view.state}: {view.error.message}"
    if view.queue is not None and view.state not in RUNS_ON_SLOT:
        return f"{view.state}, number {view.queue.position} in line"
    share = percent(progress.frames, progress.frames_total)
    runs = f", {progress.runs_done} of {progress.runs} scripts done" if progress.runs > 1 else ""
    return f"{view.state}{share and f', {share}'}{runs}"


def percent(frames: int, total: int | None) -> str:
    """Return how far something is, as `40 %`; empty where that is not known."""
    return "" if not total else f"{min(100 * frames // total, 100)} %"


def _in_lines(views: "Iterable[SimulationView]") -> "Iterator[SimulationView]":
    before: tuple[object, ...] | None = None
    for view in views:
        now = (view.state, view.progress.runs_done, view.queue)
        if now != before:
            say(f"{view.id} {said(view)}")
        before = now
        yield view


def _with_bars(views: "Iterable[SimulationView]", console: object) -> "Iterator[SimulationView]":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    assert isinstance(console, Console)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[word]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as on:
        bars: dict[str, TaskID] = {}
        for view in views:
            for run in view.runs:
                if run.id not in bars:
                    bars[run.id] = on.add_task(
                        f"script {run.index + 1}", total=None, start=False, word="pending"
                    )
                _move(on, bars[run.id], run, few=len(view.runs) <= BARS)
            yield view


def _move(on: "Progress", bar: "TaskID", run: "RunView", *, few: bool) -> None:
    if run.started_at is not None:
        on.start_task(bar)
    total = run.frames_total
    on.update(
        bar,
        total=total,
        completed=run.frames,
        word=" ".join(part for part in (run.state.value, percent(run.frames, total)) if part),
        visible=few or run.state in RUNS_ON_SLOT,
    )
    if run.state in OVER:
        on.stop_task(bar)
