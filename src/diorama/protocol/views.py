"""What Diorama shows of its things: the same JSON over REST and WebSocket.

Times are UTC, ISO 8601 with a `Z`; a `version` only grows, so a reader keeps the newest it has.

`gc=False` where a gateway keeps one for each viewer: no cycle can be made of such, and the garbage
collector need not look at ten thousand of them.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.states import SessionState

HealthWord = Literal["good", "failing", "unheard", "lost"]
Instant = Annotated[datetime, Meta(tz=True)]
"""Aware, so that what goes out says which time zone it is in."""


class QueueView(msgspec.Struct, frozen=True, gc=False):
    """A waiter's place: `position` 1 is next.

    An ETA is the wait from now that half, or nine tenths, of such waits stay under; None while
    there is not enough data for one. `reason` goes with a position that may have risen: somebody of
    a higher class came (`higher_priority`), or somebody returned to an earlier place (`put_back`).
    """

    position: int
    length: int
    eta_p50_s: float | None = None
    eta_p90_s: float | None = None
    reason: Literal["higher_priority", "put_back"] | None = None


class EndView(msgspec.Struct, frozen=True, gc=False):
    """Why a session ended: the registry's row and the reason."""

    code: int
    name: str
    reason: str
    doing: str
    retry: str
    retry_limit: int | None
    message: str


class SessionView(msgspec.Struct, frozen=True, gc=False):
    """One session, as its viewer and its account may see it.

    What ends it if nothing else does: `runs_until`, from the first frame on, `afk_ends_at`, while
    it is idle, `hours_end_at`, where the account's stream hours of this month are used up within 5
    minutes, and `drains_at`, where its machine goes out of service. A countdown counts down to
    them, also on a page that was reloaded.

    `recorded` says that what is shown and done is kept, from the world's first picture to the end:
    who shows the stream has to say so too.

    Only its account is shown its class in line (`priority`), what it was asked for with (`source`:
    `ticket:<id>`, `link:<id>`, `key:<id>`, `member:<id>`, `viewer` for a visitor), the name of the
    `worker` it is on, or was on last, and the id of its `recording`, once there is one.
    """

    id: str
    project: str
    region: str
    state: SessionState
    version: int
    attached: bool
    attachment: int
    created_at: Instant
    state_entered_at: Instant
    first_frame_at: Instant | None = None
    runs_until: Instant | None = None
    afk_ends_at: Instant | None = None
    hours_end_at: Instant | None = None
    drains_at: Instant | None = None
    ended_at: Instant | None = None
    end_user: str | None = None
    device: str | None = None
    queue: QueueView | None = None
    end: EndView | None = None
    priority: str | None = None
    source: str | None = None
    worker: str | None = None
    recorded: bool = False
    recording: str | None = None
    spectators: int = 0


class EndResult(msgspec.Struct, frozen=True):
    """What came of ending one session: its end, also where it had ended before, or a `problem`."""

    session: str
    state: SessionState | None = None
    end: EndView | None = None
    problem: str | None = None


class EndedSessions(msgspec.Struct, frozen=True):
    """What came of ending many sessions, in the order in which they were named."""

    results: tuple[EndResult, ...]


class OpenedSession(msgspec.Struct, frozen=True):
    """The answer to a request for a session: `token` opens the viewer's WebSocket, nothing else."""

    session: SessionView
    token: str
    continued: bool
    """Whether this is a session that the same client already had."""

    def __repr__(self) -> str:
        """Show it without its token: what is printed is kept."""
        return f"OpenedSession({self.session.id}, continued={self.continued})"


class HolderView(msgspec.Struct, frozen=True):
    """One session that holds what a limit counts; `end` is where DELETE ends it."""

    session: str
    project: str
    state: SessionState
    age_s: float
    last_heard_s: float | None
    device: str | None
    end: str


class ProjectView(msgspec.Struct, frozen=True):
    """One project, as a visitor may see it."""

    id: str
    name: str
    description: str
    enabled: bool
    regions: tuple[str, ...]
    world: str
    prompts: tuple[str, ...] = ()
    title: str = ""


class CoverageView(msgspec.Struct, frozen=True):
    """What waiters were told against how long they waited, of the newest `count` that were told.

    An estimate that is right has half of the waits under its p50 and nine tenths under its p90.
    """

    count: int
    under_p50: float | None
    under_p90: float | None


class LaneView(msgspec.Struct, frozen=True):
    """The queue of a project in one region.

    `eta_p50_s` and `eta_p90_s` are what somebody would be told who came now, without a priority;
    `session_p50_s` is how long the middle session holds its slot. Each is None while unknown.
    """

    region: str
    length: int
    eta_p50_s: float | None
    eta_p90_s: float | None
    session_p50_s: float | None
    coverage: CoverageView


class ProjectQueue(msgspec.Struct, frozen=True):
    """The queues of a project, one for each of its regions."""

    project: str
    regions: tuple[LaneView, ...]


class SlotView(msgspec.Struct, frozen=True):
    """One slot of a worker; `term` rises with each reservation.

    Either a `session` has it, or had it while it is fenced, or a `run` of a simulation. `failures`
    are worlds that failed on it in a row; `until` is when a slot comes back by itself that is being
    fenced or is quarantined.
    """

    index: int
    state: str
    term: int
    session: str | None = None
    failures: int = 0
    until: Instant | None = None
    run: str | None = None


class LoadView(msgspec.Struct, frozen=True):
    """How many slots a worker offers, and what they do."""

    slots: int
    held: int
    free: int
    fencing: int
    quarantined: int


class WorkerView(msgspec.Struct, frozen=True):
    """One worker: `ready`, `draining`, `suspect` (unheard for a while) or `lost`.

    `health` is `failing` where worlds fail on it; `drains_at` is when what still runs on it ends,
    while it drains, and `drained_by` who asked for that: None is the worker itself, which stops.
    """

    id: str
    name: str
    region: str
    pool: str
    state: str
    heard_at: Instant
    slots: tuple[SlotView, ...]
    kinds: tuple[str, ...]
    encoders: tuple[str, ...]
    version: str
    load: LoadView
    health: HealthWord
    registered_at: Instant
    host: str = ""
    drains_at: Instant | None = None
    drained_by: str | None = None


class Page(msgspec.Struct, frozen=True):
    """A page of a list: ask again with `cursor` for the next; None is the end."""

    sessions: tuple[SessionView, ...]
    cursor: str | None = None


class Projects(msgspec.Struct, frozen=True):
    """A page of the projects that a caller may see, by name: `cursor` asks for the next."""

    projects: tuple[ProjectView, ...]
    cursor: str | None = None


class PoolView(msgspec.Struct, frozen=True):
    """The workers of a pool in a region, counted, without those that are lost.

    `held` and `free` are slots, whoever's sessions hold them; `own` are the slots that the asking
    account's sessions hold.
    """

    pool: str
    region: str
    workers: int
    ready: int
    slots: int
    held: int
    free: int
    own: int


class Pools(msgspec.Struct, frozen=True):
    """The pools that an account's projects use."""

    pools: tuple[PoolView, ...]


class Workers(msgspec.Struct, frozen=True):
    """The workers, for the operator; for other accounts, the pools that they use, and no worker."""

    workers: tuple[WorkerView, ...]
    pools: tuple[PoolView, ...] = ()


class Health(msgspec.Struct, frozen=True):
    """A process that lives."""

    status: str
    version: str


class Readiness(msgspec.Struct, frozen=True):
    """A gateway that serves, with the number of workers connected to it."""

    status: str
    workers: int
