"""Submitting simulations, cancelling and finding them. Use cases: load, decide, save.

A simulation is on disk, with every run of it, before anybody is answered; it is given slots by
`run_dispatch`. Locks are taken in one order everywhere: lane, account, line, simulation, run, slot,
audit. Source: DESIGN sections 1 and 3; laws 3 and 8.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec

from diorama.accounts.plans import Account
from diorama.kernel.errors import Invalid, LimitReached, NotFound, Refused
from diorama.kernel.units import SECOND_US
from diorama.projects.rules import Project
from diorama.protocol.scripts import Script, check_script
from diorama.protocol.simulation_views import SubmitSimulation
from diorama.protocol.states import SimulationState
from diorama.protocol.worker import Frame
from diorama.sessions.run_hours import refuse_out_of_hours
from diorama.sessions.running import end_runs, run_deadline_us
from diorama.sessions.simulation_news import tell_of_submission
from diorama.sessions.suspending import refuse_suspended
from diorama.sessions.work import RunStep, Work
from diorama.simulations.lifecycle import CANCELLED, RUN, Run, RunEvent, Simulation
from diorama.simulations.line import Line
from diorama.simulations.store import EVERY_ONE, RunRow, SimulationFilter, Submitted

KEYS_KEPT_US: Final = 24 * 3_600 * SECOND_US
"""For so long a request may be repeated under its Idempotency-Key."""
MAX_SCRIPT_BYTES: Final = 160 * 1024
"""A worker is sent a script in one message."""
START_AT_LEAST_S: Final = 180.0
"""A world may take so long to its first picture whatever its project's viewers would wait."""
RETRY_AFTER_S: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request for a simulation.

    Attributes:
        asked: its body.
        account_id: whose key, or member, asks.
        actor: who, as the log names it.
        idempotency_key: what the caller repeats the same request with; None is not repeatable.
    """

    asked: SubmitSimulation
    account_id: str
    actor: str
    idempotency_key: str | None = None

    @property
    def scripts(self) -> tuple[Script, ...]:
        """What it asks to be run.

        Raises:
            Invalid: it names both a script and scripts, or neither (`schema`).
        """
        one, many = self.asked.script, self.asked.scripts
        if (one is None) == (many is None):
            raise Invalid("either `script` or `scripts` says what to run", code="schema")
        return many if many is not None else () if one is None else (one,)

    @property
    def fingerprint(self) -> str:
        """What tells a repeat from another request."""
        return hashlib.sha256(msgspec.json.encode(self.asked)).hexdigest()


def submit(work: Work, submission: Submission) -> Simulation:
    """Return the simulation for a request: a new one, or what the same request was answered with.

    Raises:
        NotFound: no such project of the account (`project_unknown`), or no such region.
        Invalid: a script is none (`script_invalid`, `schema`), or the idempotency key was used for
            another request (`idempotency_mismatch`).
        Forbidden: the account is suspended (`account_suspended`).
        Refused: the project is disabled (`project_disabled`).
        LimitReached: too many of the account's runs wait (`simulation_limit`), or its simulation
            hours are used up (`hours_exhausted`).
    """
    scripts = submission.scripts
    lengths_ms = [_checked(script, index) for index, script in enumerate(scripts)]
    project = _project(work, submission)
    region = submission.asked.region or project.regions[0]
    if region not in project.regions:
        raise NotFound(
            f"project {project.name} does not run in region {region}", code="region_unknown"
        )
    work.stores.projects.lane(project.id, region, lock=True)
    account = work.stores.accounts.get(submission.account_id, lock=True)
    if account is None:
        raise AssertionError(f"project {project.id} is of no account")
    known = _answered(work, submission)
    if known is not None:
        return known
    project = _project(work, submission)  # as it is now that nobody can change it: see `ruling`
    if not project.enabled:
        raise Refused(f"project {project.name} is disabled", code="project_disabled")
    refuse_suspended(account)
    refuse_out_of_hours(work, account)
    _refuse_crowd(work, account, len(scripts))
    return _add(work, submission, project, region, lengths_ms)


def _checked(script: Script, index: int) -> int:
    """Return how long a script is."""
    if len(msgspec.json.encode(script)) > MAX_SCRIPT_BYTES:
        raise Invalid(
            f"scripts[{index}] has more than {MAX_SCRIPT_BYTES} bytes", code="script_invalid"
        )
    return check_script(script, index=index)


def _project(work: Work, submission: Submission) -> Project:
    project = work.stores.projects.named(submission.asked.project)
    if project is None or project.account_id != submission.account_id:
        raise NotFound(f"there is no project {submission.asked.project}", code="project_unknown")
    return project


def _answered(work: Work, submission: Submission) -> Simulation | None:
    key = submission.idempotency_key
    if key is None:
        return None
    since_us = work.now_us - KEYS_KEPT_US
    known = work.stores.simulations.answered(submission.account_id, key, since_us=since_us)
    if known is None:
        return None
    fingerprint, simulation_id = known
    if fingerprint != submission.fingerprint:
        raise Invalid(
            "this Idempotency-Key was used for another request", code="idempotency_mismatch"
        )
    return work.stores.simulations.get(simulation_id)


def _refuse_crowd(work: Work, account: Account, more: int) -> None:
    """Refuse runs of a locked account beyond those that may wait."""
    queued = work.stores.simulations.waiting_of(account.id)
    if queued + more > account.queued_simulations:
        raise LimitReached(
            f"{queued} scripts wait for a slot, and with {more} more there would be more than the"
            f" {account.queued_simulations} that the plan lets wait",
            code="simulation_limit",
            detail={
                "queued": queued,
                "limit": account.queued_simulations,
                "retry_after_s": RETRY_AFTER_S,
            },
        )


def _add(
    work: Work, submission: Submission, project: Project, region: str, lengths_ms: list[int]
) -> Simulation:
    asked, scripts = submission.asked, submission.scripts
    simulation_id = work.ids.new("sim")
    simulation = Simulation(
        id=simulation_id,
        account_id=submission.account_id,
        project_id=project.id,
        region=region,
        pool=project.pool,
        kind=project.world.kind,
        end_user=asked.end_user,
        name=asked.name,
        seed=_seed(simulation_id) if asked.seed is None else asked.seed,
        frame=asked.frame or Frame(),
        scripts=len(scripts),
        created_us=work.now_us,
    )
    runs = _new_runs(work, simulation, project, lengths_ms)
    row = RunRow(
        kind=RunEvent.REQUESTED,
        at_us=work.now_us,
        recorded_us=work.now_us,
        actor=submission.actor,
    )
    submitted = Submitted(
        simulation=simulation,
        runs=runs,
        scripts={run.id: script for run, script in zip(runs, scripts, strict=True)},
        request_key=submission.idempotency_key,
        fingerprint=submission.fingerprint,
    )
    deadline_us = run_deadline_us(work, runs[0])
    work.stores.simulations.add(submitted, row, deadline_us=deadline_us)
    tell_of_submission(work, simulation, runs)
    work.changes.sessions.add(simulation.id)
    work.changes.run_steps += [RunStep(RunEvent.REQUESTED, None, run) for run in runs]
    work.changes.room = True
    work.stores.audit.add(
        submission.account_id,
        submission.actor,
        "simulation.submitted",
        simulation.id,
        {"project": project.name, "scripts": len(scripts)},
    )
    return simulation


def _new_runs(
    work: Work, simulation: Simulation, project: Project, lengths_ms: list[int]
) -> list[Run]:
    """Return a run for each script, behind all that wait."""
    line = Line(pool=simulation.pool, region=simulation.region, kind=simulation.kind)
    ticket = work.stores.simulations.next_tickets(line, len(lengths_ms))
    fps = simulation.frame.fps
    return [
        Run(
            id=work.ids.new(RUN),
            simulation_id=simulation.id,
            account_id=simulation.account_id,
            project_id=simulation.project_id,
            region=simulation.region,
            pool=simulation.pool,
            kind=simulation.kind,
            end_user=simulation.end_user,
            index=index,
            length_ms=length_ms,
            start_timeout_s=max(project.rules.connect_timeout_s, START_AT_LEAST_S),
            ticket=ticket + index,
            state=SimulationState.PENDING,
            version=1,
            created_us=work.now_us,
            entered_us=work.now_us,
            frames_total=None if fps is None else -(-length_ms * fps // 1_000),
        )
        for index, length_ms in enumerate(lengths_ms)
    ]


def _seed(simulation_id: str) -> int:
    """Return the seed of a simulation that asked for none: the same each time it is looked at."""
    return int.from_bytes(simulation_id.encode()[-6:], "big")


def cancel(work: Work, account_id: str, simulation_id: str, *, actor: str) -> Simulation:
    """End every run of a simulation that is not over, and return it; one that is over stays so.

    Raises:
        NotFound: there is no such simulation of the account (`simulation_unknown`).
    """
    own_simulation(work, account_id, simulation_id)
    simulation = work.stores.simulations.get(simulation_id, lock=True)
    if simulation is None:
        raise AssertionError(f"simulation {simulation_id} is gone")
    if simulation.ended_us is not None:
        return simulation
    runs = sorted(work.stores.simulations.runs_of([simulation_id]), key=lambda run: run.id)
    end_runs(work, runs, CANCELLED, actor=actor)
    work.changes.room = True
    work.stores.audit.add(account_id, actor, "simulation.cancelled", simulation_id)
    return own_simulation(work, account_id, simulation_id)


def own_simulation(work: Work, account_id: str, simulation_id: str) -> Simulation:
    """Return a simulation of an account.

    Raises:
        NotFound: there is none (`simulation_unknown`), or it is somebody else's.
    """
    found = None if "\0" in simulation_id else work.stores.simulations.get(simulation_id)
    if found is None or found.account_id != account_id:
        raise NotFound(f"there is no simulation {simulation_id}", code="simulation_unknown")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationQuestion:
    """What a list is asked for with: `after` is the last of the page before."""

    account_id: str
    fits: SimulationFilter = EVERY_ONE
    project: str | None = None
    after: str | None = None
    limit: int = 50


def simulations_that_fit(work: Work, question: SimulationQuestion) -> list[Simulation]:
    """Return an account's simulations that fit, the newest first; one more than a page."""
    fits = question.fits
    if question.project is not None:
        project = work.stores.projects.named(question.project)
        if project is None or project.account_id != question.account_id:
            return []
        fits = SimulationFilter(states=fits.states, active=fits.active, project_id=project.id)
    return work.stores.simulations.listed(
        question.account_id, fits, after=question.after, limit=question.limit + 1
    )
