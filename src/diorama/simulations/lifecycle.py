"""The life of a simulation and of its runs, as data. Pure: reads no clock, opens no connection.

A simulation is a job of scripts; a run is one script of it on one slot. `advance` says what a run
is after something happened; `follow` says what its simulation is then: a simulation has no life of
its own. A run whose slot failed it is tried once more, under a new term.

Two times go with each event, as for a session: when it took effect (`at_us`) and when it is
written. What is metered is counted by the first: from the world's first picture to its last, each
attempt. Source: DESIGN sections 1 and 7; laws 2, 3, 5 and 7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from diorama.kernel.errors import Refused
from diorama.protocol.simulation_views import RunReason
from diorama.protocol.states import OVER, SimulationState
from diorama.protocol.worker import Frame

RUN: Final = "run"
"""The first word of a run's id."""
MAX_ATTEMPTS: Final = 2
"""Slots a run is tried on before it fails."""


def is_run(holder_id: str | None) -> bool:
    """Whether what a slot or a worker names is a run of a simulation, rather than a session."""
    return holder_id is not None and holder_id.startswith(f"{RUN}_")


class RunEvent(StrEnum):
    """What can happen to a run, whoever reports it. The values are stored."""

    REQUESTED = "requested"  # the first event of every run
    DISPATCHED = "dispatched"  # given a slot
    ACCEPTED = "accepted"  # the worker took the assignment
    STARTED = "started"  # the world's first picture: the meter runs
    RENDERED = "rendered"  # the world's last picture: the meter stops
    RETRIED = "retried"  # its slot failed it: back in line, where it stood
    ENDED = "ended"


_S, _E = SimulationState, RunEvent
_ANY_END: Final = None  # where an end leads is said with it

TRANSITIONS: Final[Mapping[SimulationState, Mapping[RunEvent, SimulationState | None]]] = {
    _S.PENDING: {_E.DISPATCHED: _S.DISPATCHED, _E.ENDED: _ANY_END},
    _S.DISPATCHED: {
        _E.ACCEPTED: _S.DISPATCHED,
        _E.STARTED: _S.PROCESSING,
        _E.RETRIED: _S.PENDING,
        _E.ENDED: _ANY_END,
    },
    _S.PROCESSING: {
        _E.RENDERED: _S.PROCESSING,
        _E.RETRIED: _S.PENDING,
        _E.ENDED: _ANY_END,
    },
    _S.COMPLETED: {},
    _S.FAILED: {},
    _S.CANCELLED: {},
}
STOPS_METER: Final = frozenset({RunEvent.RENDERED, RunEvent.RETRIED, RunEvent.ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One script of a simulation. Its script is kept apart: it may be long.

    Attributes:
        index: which of the simulation's scripts, from 0.
        length_ms: of the script.
        start_timeout_s: how long its world may take to its first picture.
        ticket: its place in line, kept for life.
        entered_us: when `state` took effect.
        attempt: how many slots it has been given.
        term: the term of its slot; messages about a lower one are late.
        started_us: the first picture of its newest attempt.
        rendered_us: the last picture of its newest attempt.
        first_us: the first picture of all.
        moved_us: when it was last known to get on.
        frames: rendered in the newest attempt.
        frames_total: to render; None is not known yet.
        metered_us: of what is settled.
        metered_since_us: since when its meter runs; None while it does not.
        recording_id: what it yields.
        reason: why it failed.
        detail: what its worker said of that, for the operator.
    """

    id: str
    simulation_id: str
    account_id: str
    project_id: str
    region: str
    pool: str
    kind: str
    end_user: str | None
    index: int
    length_ms: int
    start_timeout_s: float
    ticket: int
    state: SimulationState
    version: int
    created_us: int
    entered_us: int
    attempt: int = 0
    worker_id: str | None = None
    slot_id: str | None = None
    term: int = 0
    dispatched_us: int | None = None
    accepted_us: int | None = None
    started_us: int | None = None
    rendered_us: int | None = None
    first_us: int | None = None
    moved_us: int | None = None
    frames: int = 0
    frames_total: int | None = None
    metered_us: int = 0
    metered_since_us: int | None = None
    recording_id: str | None = None
    ended_us: int | None = None
    reason: RunReason | None = None
    detail: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.state in OVER

    @property
    def may_retry(self) -> bool:
        """Whether another slot may be tried."""
        return self.attempt < MAX_ATTEMPTS

    def used_us(self, now_us: int) -> int:
        """Return what it is metered by `now_us`."""
        since_us = self.metered_since_us
        return self.metered_us + (0 if since_us is None else max(now_us - since_us, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The slot that a run is given."""

    worker_id: str
    slot_id: str
    term: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ends: `reason` where it failed."""

    state: SimulationState
    reason: RunReason | None = None
    detail: str = ""


COMPLETED: Final = Outcome(state=SimulationState.COMPLETED)
CANCELLED: Final = Outcome(state=SimulationState.CANCELLED)


def failed(reason: RunReason, detail: str = "") -> Outcome:
    """Return the end of a run that failed."""
    return Outcome(state=SimulationState.FAILED, reason=reason, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHappened:
    """Something that happened to a run; `at_us` is when it took effect.

    Attributes:
        given: with `dispatched`.
        recording_id: with `dispatched`: what the run yields now.
        outcome: with `ended`.
        frames: with `rendered`.
    """

    event: RunEvent
    at_us: int
    given: Given | None = None
    recording_id: str | None = None
    outcome: Outcome | None = None
    frames: int | None = None


def advance(run: Run, happened: RunHappened) -> Run:
    """Return the run after something happened; never earlier than what happened before.

    Raises:
        Refused: its state has no answer to this.
    """
    table = TRANSITIONS[run.state]
    if happened.event not in table:
        raise Refused(f"run {run.id} is {run.state}: {happened.event} changes nothing")
    at_us = effect_us(run, happened)
    after = replace(run, version=run.version + 1)
    if happened.event in STOPS_METER:
        after = _meter_stopped(after, at_us)
    after = _CHANGES[happened.event](after, happened, at_us)
    state = table[happened.event]
    if state is None:
        if happened.outcome is None or happened.outcome.state not in OVER:
            raise AssertionError(f"run {run.id} ends, and nobody says how")
        state = happened.outcome.state
    return replace(
        after, state=state, entered_us=at_us if state is not run.state else run.entered_us
    )


def effect_us(run: Run, happened: RunHappened) -> int:
    """Return when something takes effect: never before what happened before it."""
    return max(happened.at_us, run.entered_us, run.rendered_us or 0, run.accepted_us or 0)


def _meter_stopped(run: Run, at_us: int) -> Run:
    since_us = run.metered_since_us
    if since_us is None:
        return run
    return replace(run, metered_us=run.metered_us + at_us - since_us, metered_since_us=None)


def _dispatched(run: Run, happened: RunHappened, at_us: int) -> Run:
    given = happened.given
    if given is None:
        raise AssertionError(f"run {run.id} is given no slot")
    return replace(
        run,
        attempt=run.attempt + 1,
        worker_id=given.worker_id,
        slot_id=given.slot_id,
        term=given.term,
        dispatched_us=at_us,
        accepted_us=None,
        started_us=None,
        rendered_us=None,
        moved_us=at_us,
        frames=0,
        recording_id=happened.recording_id,
    )


def _accepted(run: Run, _happened: RunHappened, at_us: int) -> Run:
    return replace(run, accepted_us=at_us, moved_us=at_us)


def _started(run: Run, _happened: RunHappened, at_us: int) -> Run:
    first_us = at_us if run.first_us is None else run.first_us
    return replace(run, started_us=at_us, first_us=first_us, moved_us=at_us, metered_since_us=at_us)


def _rendered(run: Run, happened: RunHappened, at_us: int) -> Run:
    frames = run.frames if happened.frames is None else happened.frames
    return replace(run, rendered_us=at_us, moved_us=at_us, frames=frames, frames_total=frames)


def _retried(run: Run, _happened: RunHappened, _at_us: int) -> Run:
    return replace(
        run, slot_id=None, dispatched_us=None, accepted_us=None, started_us=None, rendered_us=None
    )


def _ended(run: Run, happened: RunHappened, at_us: int) -> Run:
    outcome = happened.outcome or COMPLETED
    return replace(run, ended_us=at_us, reason=outcome.reason, detail=outcome.detail)


_CHANGES: Final = {
    _E.DISPATCHED: _dispatched,
    _E.ACCEPTED: _accepted,
    _E.STARTED: _started,
    _E.RENDERED: _rendered,
    _E.RETRIED: _retried,
    _E.ENDED: _ended,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A job of scripts.

    Attributes:
        state: follows from its runs, as do the times.
        seed: of every run's world.
        frame: as it was asked for.
        scripts: how many it has.
        dispatched_us: when a run of it was first given a slot.
        started_us: when a world of it rendered its first picture.
    """

    id: str
    account_id: str
    project_id: str
    region: str
    pool: str
    kind: str
    end_user: str | None
    name: str | None
    seed: int
    frame: Frame
    scripts: int
    created_us: int
    state: SimulationState = SimulationState.PENDING
    version: int = 1
    dispatched_us: int | None = None
    started_us: int | None = None
    ended_us: int | None = None


def follow(simulation: Simulation, runs: Sequence[Run]) -> Simulation:
    """Return the simulation as it follows from all its runs; the same one where nothing changed."""
    state = state_of(runs)
    known = [run.dispatched_us for run in runs if run.dispatched_us is not None]
    firsts = [run.first_us for run in runs if run.first_us is not None]
    ends = [run.ended_us for run in runs if run.ended_us is not None]
    after = replace(
        simulation,
        state=state,
        dispatched_us=simulation.dispatched_us or min(known, default=None),
        started_us=min(firsts, default=None),
        ended_us=max(ends) if state in OVER else None,
    )
    return simulation if after == simulation else replace(after, version=simulation.version + 1)


def state_of(runs: Sequence[Run]) -> SimulationState:
    """Return the state of a simulation with these runs.

    Once all are over: failed if any failed, else cancelled if any was cancelled, else completed.
    Before that it is as far as the one that got furthest; one that is over got there.
    """
    states = {run.state for run in runs}
    if not states:
        raise AssertionError("a simulation has a run")
    if states <= OVER:
        last = (SimulationState.FAILED, SimulationState.CANCELLED, SimulationState.COMPLETED)
        return next(state for state in last if state in states)
    if states & (OVER | {SimulationState.PROCESSING}):
        return SimulationState.PROCESSING
    if SimulationState.DISPATCHED in states:
        return SimulationState.DISPATCHED
    return SimulationState.PENDING
