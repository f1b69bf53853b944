"""Simulations in a terminal: submitted, watched, listed and cancelled."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest

from diorama.cli.simulation_commands import facts, row, run_row
from diorama.protocol import worker as wire
from diorama.protocol.simulation_views import (
    RunView,
    SimulationErrorView,
    SimulationProgress,
    SimulationQueueView,
    SimulationView,
)
from diorama.protocol.states import SimulationState
from diorama.protocol.worker import Frame
from tests.cli.typing_commands import Typist
from tests.cli.viewing import NOON


def a_simulation(**more: object) -> SimulationView:
    """Return a simulation that renders, but for what is said."""
    fields: dict[str, object] = {
        "id": "sim_1",
        "project": "cove",
        "region": "local",
        "name": None,
        "state": SimulationState.PROCESSING,
        "created_at": NOON,
        "dispatched_at": NOON,
        "started_at": NOON,
        "ended_at": None,
        "seed": 7,
        "frame": Frame(width=640, height=360),
        "scripts": 2,
        "progress": SimulationProgress(frames=30, frames_total=120, runs_done=1, runs=2),
        "queue": None,
        "retries": 0,
        "error": None,
        "end_user": None,
        "simulation_us": 1_500_000,
        "runs": (),
    }
    return msgspec.convert({**fields, **more}, SimulationView)


async def test_a_script_is_submitted_listed_shown_and_cancelled(typist: Typist) -> None:
    asked = await typist.types(
        *("simulate", "cove", "--prompt", "rain@1", "--length", "2", "--name", "a night"),
        *("--size", "640x360", "--fps", "30", "--seed", "7", "--detach"),
    )
    simulation = asked.out.strip()
    listed = await typist.types("simulations", "ls", "--active", "--project", "cove")
    shown = await typist.types("simulations", "show", simulation)
    ended = await typist.types("simulations", "cancel", simulation)
    watched = await typist.types("simulations", "watch", simulation)
    left = await typist.types("simulations", "ls", "--active")

    assert asked.code == 0
    assert listed.rows[0][:2] == [simulation, "cove"]
    assert "640x360" in shown.out
    assert shown.out.splitlines()[-1].split()[:2] == ["1", "pending"]
    assert ended.rows == [[simulation, "cancelled"]]
    assert watched.code == 1
    assert watched.err.splitlines()[-1] == f"diorama: {simulation} is cancelled"
    assert left.err == "diorama: there is no simulation: `diorama simulate PROJECT` runs one\n"


async def test_who_waits_is_told_each_step_and_why_it_failed(typist: Typist) -> None:
    worker = await typist.place.worker()
    typing = asyncio.create_task(typist.types("simulate", "cove", "--length", "1"))
    assign = await worker.next(wire.Assign)
    about = {"session": assign.session, "term": assign.term}
    await worker.send(type="accepted", **about)
    await worker.send(type="world_started", **about)
    await worker.send(type="run_ended", **about, reason="world_crashed")

    said = await typing

    assert said.code == 1
    assert said.out == ""
    assert said.err.endswith("is failed: The world ended before its script did.\n")


async def test_nothing_is_asked_for_that_cannot_be_saved(typist: Typist, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    said = await typist.types("simulate", "cove", "--out", str(tmp_path / "file" / "rain"))
    left = await typist.types("simulations", "ls")

    assert said.code == 2
    assert "name a folder that can be made" in said.err
    assert left.err.startswith("diorama: there is no simulation")


async def test_scripts_of_files_are_run_together(typist: Typist, tmp_path: Path) -> None:
    one = tmp_path / "one.jsonl"
    one.write_text('{"at_ms": 0, "prompt": "rain"}\n{"at_ms": 1000, "end": true}\n')
    two = tmp_path / "two.json"
    two.write_text(json.dumps([[{"at_ms": 900, "end": True}], [{"at_ms": 800, "end": True}]]))

    asked = await typist.types(
        "simulate", "cove", "--script", str(one), "--script", str(two), "--detach", "--json"
    )

    assert asked.json["scripts"] == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--size", "big"), "big: write it as 1280x720"),
        (("--script", "{file}"), "it is no list of cues"),
        (("--prompt", " @3"), "is no prompt"),
    ],
)
async def test_what_was_written_wrongly_is_exit_code_2(
    typist: Typist, tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    file = tmp_path / "script.json"
    file.write_text("{}")

    said = await typist.types("simulate", "cove", *(one.format(file=file) for one in words))

    assert said.code == 2
    assert why in said.err


async def test_what_is_no_script_is_one_line(typist: Typist, tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text('[{"at_ms": 0, "prompt": "a", "end": true}]')

    said = await typist.types("simulate", "cove", "--script", str(file))

    assert said.code == 1
    assert "exactly one is wanted" in said.err


def test_a_line_says_how_far_it_is_and_what_it_waits_for() -> None:
    renders = row(a_simulation(), NOON)
    waits = row(a_simulation(state="pending", queue=SimulationQueueView(3)), NOON)

    assert renders[3:] == ("processing", "25 %", "1/2", "0 s", None)
    assert waits[-1] == "number 3 in line"


def test_facts_and_runs_say_why_it_failed() -> None:
    error = SimulationErrorView("worker_lost", "The worker was lost while the script ran.")
    run = RunView("run_1", 0, SimulationState.FAILED, 30, 60, 2, "gpu-1", None, NOON, NOON, error)

    known = dict(facts(a_simulation(state="failed", error=error, runs=(run,))))

    assert known["error"] == "worker_lost: The worker was lost while the script ran."
    assert (known["frames"], known["size"], known["metered"]) == (
        "30 of 120",
        "640x360",
        "0:00:01.5",
    )
    assert run_row(run) == (1, "failed", "50 %", 2, "gpu-1", None, error.message)
