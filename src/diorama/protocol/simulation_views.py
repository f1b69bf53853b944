"""What REST takes and shows of simulations: jobs of scripts that run without a viewer.

A simulation is one job of one or more scripts; a run is one script of it, on one slot. Both have
the states of `protocol.states.SimulationState`; a simulation's follows from its runs.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.requests import Label, Name
from diorama.protocol.scripts import MAX_SCRIPTS, Script
from diorama.protocol.states import SimulationState
from diorama.protocol.views import Instant
from diorama.protocol.worker import Frame

MAX_SEED: Final = 2**48 - 1
RunReason = Literal[
    "world_failed_to_start",
    "world_unknown",
    "world_crashed",
    "worker_lost",
    "run_timed_out",
    "upload_failed",
    "no_worker",
    "hours_exhausted",
    "account_suspended",
    "project_disabled",
]
REASONS: Final[Mapping[RunReason, str]] = {
    "world_failed_to_start": "The world failed to start.",
    "world_unknown": "The worker does not know this world.",
    "world_crashed": "The world ended before its script did.",
    "worker_lost": "The worker was lost while the script ran.",
    "run_timed_out": "The world rendered nothing for too long.",
    "upload_failed": "What was rendered could not be uploaded.",
    "no_worker": "No worker took the script in time.",
    "hours_exhausted": "The simulation hours of this month are used up.",
    "account_suspended": "The account was suspended.",
    "project_disabled": "The project was disabled.",
}
"""Why runs fail, each with a sentence for whoever submitted it. Codes are stored: never renamed."""


class SubmitSimulation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/simulations.

    Attributes:
        project: the project's name.
        script: what happens, and when: a list of cues, the last of which is the end.
        scripts: many of them, each a run of its own. Either this or `script`.
        region: where; the project's first where it is left out.
        frame: of what size and how often pictures are kept; left out, as the world renders.
        seed: of the world, the same for each script; left out, one is made up, and shown.
        end_user: for whom, in usage.
        name: what lists call it.
    """

    project: Name
    script: Script | None = None
    scripts: Annotated[tuple[Script, ...], Meta(min_length=1, max_length=MAX_SCRIPTS)] | None = None
    region: Name | None = None
    frame: Frame | None = None
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED)] | None = None
    end_user: Label | None = None
    name: Label | None = None


class SimulationErrorView(msgspec.Struct, frozen=True):
    """Why a run failed, or the first of a simulation's runs that did: a stable code, a sentence."""

    reason: RunReason
    message: str


class SimulationProgress(msgspec.Struct, frozen=True):
    """How far a simulation is.

    `frames_total` is None until it is known: it takes the world's own frame rate where none was
    asked for. `runs_done` are the runs that are over, however they ended.
    """

    frames: int
    frames_total: int | None
    runs_done: int
    runs: int


class SimulationQueueView(msgspec.Struct, frozen=True):
    """A place in line: so many runs were asked for before the first of this one that waits, and 1.

    Among accounts the one with the fewest running runs is served first, so who stands behind may be
    served sooner.
    """

    position: int


class RunView(msgspec.Struct, frozen=True):
    """One script of a simulation, on one slot at a time. `index` counts scripts from 0.

    `frames` are those of its newest attempt. `recording` is the id of what it yields.
    """

    id: str
    index: int
    state: SimulationState
    frames: int
    frames_total: int | None
    attempts: int
    worker: str | None = None
    recording: str | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    error: SimulationErrorView | None = None


class SimulationView(msgspec.Struct, frozen=True):
    """One simulation.

    `scripts` is how many it has. `retries` are runs that were given another slot after their first
    failed them. `simulation_us` is what it is metered: from each world's first picture to its last.
    `frame` is as it was asked for.
    """

    id: str
    project: str
    region: str
    name: str | None
    state: SimulationState
    created_at: Instant
    dispatched_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    seed: int
    frame: Frame
    scripts: int
    progress: SimulationProgress
    queue: SimulationQueueView | None
    retries: int
    error: SimulationErrorView | None
    end_user: str | None
    simulation_us: int
    runs: tuple[RunView, ...]


class Simulations(msgspec.Struct, frozen=True):
    """A page of simulations, the newest first: `cursor` asks for the next; None is the end."""

    simulations: tuple[SimulationView, ...]
    cursor: str | None = None
