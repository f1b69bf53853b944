"""What simulations need from a database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from diorama.protocol.scripts import Script
from diorama.protocol.states import SimulationState
from diorama.simulations.lifecycle import Run, RunEvent, Simulation
from diorama.simulations.line import Line, Waiting

NO_STATES: frozenset[SimulationState] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """What a row of a run's log says beside the run itself."""

    kind: RunEvent
    at_us: int
    recorded_us: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A simulation that is new.

    Attributes:
        runs: one for each script.
        scripts: by run.
        request_key: what the caller repeats the same request with.
        fingerprint: of the request, to tell a repeat from another one.
    """

    simulation: Simulation
    runs: Sequence[Run]
    scripts: Mapping[str, Script]
    request_key: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationFilter:
    """Which of an account's simulations are meant."""

    states: frozenset[SimulationState] = NO_STATES
    active: bool = False
    project_id: str | None = None


EVERY_ONE: Final = SimulationFilter()


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How many runs wait for a slot, and how many have one."""

    waiting: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRunEvent:
    """One row of a run's log, as far as its meter is concerned."""

    version: int
    kind: RunEvent
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """What is kept of a run's meter, and its log, by version."""

    account_id: str
    run_id: str
    metered_us: int
    since_us: int | None
    log: Sequence[LoggedRunEvent]


class SimulationStore(Protocol):
    """Simulations, their runs, scripts and log at rest."""

    def add(self, submitted: Submitted, row: RunRow, *, deadline_us: int | None) -> None:
        """Store a simulation that is new, with its runs, scripts and the first rows of their log.

        Args:
            submitted: all of it.
            row: the first row of each run's log.
            deadline_us: of each run.
        """

    def save_run(self, before: Run, after: Run, row: RunRow, *, deadline_us: int | None) -> None:
        """Replace a locked run by its next version, with its row of the log."""

    def get_on(self, run: Run, *, deadline_us: int | None) -> None:
        """Write how far a locked run is, which is no event."""

    def save(self, before: Simulation, after: Simulation) -> None:
        """Replace a locked simulation by its next version."""

    def get(self, simulation_id: str, *, lock: bool = False) -> Simulation | None:
        """Return a simulation."""

    def run(self, run_id: str, *, lock: bool = False) -> Run | None:
        """Return a run."""

    def runs_of(self, simulation_ids: Collection[str]) -> list[Run]:
        """Return the runs of simulations, by simulation and index."""

    def script(self, run_id: str) -> Script:
        """Return the script of a run."""

    def answered(self, account_id: str, key: str, *, since_us: int) -> tuple[str, str] | None:
        """Return (fingerprint, simulation) of what a key was answered with since; forget older."""

    def listed(
        self, account_id: str, wanted: SimulationFilter, *, after: str | None, limit: int
    ) -> list[Simulation]:
        """Return simulations of an account that fit, the newest first, older than `after`."""

    def next_tickets(self, line: Line, count: int) -> int:
        """Return the first of so many new tickets of a line, which is locked from then on."""

    def lock_line(self, line: Line) -> None:
        """Let nobody else give slots to a line meanwhile."""

    def waiting_lines(self, *, limit: int) -> list[Line]:
        """Return the lines in which somebody waits."""

    def waiting(self, line: Line) -> list[Waiting]:
        """Return the first run of each account that waits in a line."""

    def position(self, line: Line, ticket: int) -> int:
        """Return where one stands in line: 1 is first come."""

    def waiting_of(self, account_id: str) -> int:
        """Return how many runs of an account wait."""

    def waited_for(self, pool: str, region: str, *, limit: int) -> dict[str, str]:
        """Return whose projects have a viewer, not aside, in line for a slot of a pool in a region.

        The accounts, by the ids of the projects, in their order.
        """

    def counts(self, account_id: str) -> RunCounts:
        """Return how many runs of an account wait, and run."""

    def on_worker(self, worker_id: str) -> list[Run]:
        """Return the runs that hold a slot of a worker, in the order in which they are locked."""

    def live_of_account(self, account_id: str, *, limit: int) -> list[Run]:
        """Return runs of an account that are not over, in the order in which they are locked."""

    def live_of_project(self, project_id: str) -> list[Run]:
        """Return the runs of a project that are not over, in the order in which they are locked."""

    def due(self, now_us: int, *, limit: int) -> list[str]:
        """Return the ids of runs whose deadline is at or before `now_us`, the oldest first."""

    def used_us(self, account_id: str, from_us: int, until_us: int, now_us: int) -> int:
        """Return the metered time of an account's runs between two instants."""

    def kept(self, account_id: str | None, *, after: str, limit: int) -> list[KeptRun]:
        """Return what is kept of the runs past this id, of an account or of all (None)."""

    def accounts_with_hours(self, *, limit: int) -> list[str]:
        """Return accounts with a limit of simulation hours and a run that is not over."""
