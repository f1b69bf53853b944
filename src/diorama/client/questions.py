"""What can be asked of a gateway over REST: each question once, for both clients.

A question is a value: how it is sent is for `diorama` and `async_diorama`, what its answer means
for `answers`, and whether it may be asked again for `retries`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, Literal, Protocol, TypedDict, TypeVar
from urllib.parse import quote

import msgspec

from diorama.protocol.project_views import Worlds
from diorama.protocol.requests import (
    AskedAfk,
    DrainWorker,
    EndSessions,
    ExtendSession,
    LeavePage,
    OpenSession,
)
from diorama.protocol.rule_views import RuleCatalogue
from diorama.protocol.states import SessionState
from diorama.protocol.timeline_views import Timeline
from diorama.protocol.views import (
    EndedSessions,
    Health,
    OpenedSession,
    Page,
    ProjectQueue,
    Projects,
    ProjectView,
    Readiness,
    SessionView,
    Workers,
    WorkerView,
)
from diorama.protocol.worker import WorldKind

T = TypeVar("T")
_QUERY: Final = {"since": "from", "until": "to"}
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Asking(TypedDict, total=False):
    """What may be said of a session that is asked for, beside its project.

    Attributes:
        region: where, if the project has several.
        client_id: 16 to 64 letters, digits, `_` or `-`, kept secret: who asks again under the same
            name continues the session it has.
        end_user: whose session it is, for limits and usage; with an API key only.
        device: what a list of sessions calls the viewer's device.
        priority: a class of the project's `queue.priorities`; with an API key only.
        afk: shorter times than the project's for a viewer who does nothing.
        ticket: from a backend, for a project that is not public.
        share: the secret of a share link.
    """

    region: str
    client_id: str
    end_user: str
    device: str
    priority: str
    afk: AskedAfk
    ticket: str
    share: str


class ProjectChange(TypedDict, total=False):
    """What changes of a project; what is left out stays.

    Attributes:
        enabled: whether it may be played; switching it off ends its sessions with 4000.
        rules: the rules that change, by name; those of `queue` and `afk` one by one too.
    """

    enabled: bool
    title: str
    description: str
    rules: Mapping[str, object]


class Which(TypedDict, total=False):
    """Which sessions are asked for: each narrows the list, several of one kind widen it.

    Attributes:
        state: in any of these states.
        code: ended with any of these end codes.
        project: of this project, by its name.
        worker: on this worker now, or at their end.
        since: asked for then or later.
        until: asked for before then.
    """

    state: Sequence[SessionState]
    code: Sequence[int]
    project: str
    region: str
    end_user: str
    worker: str
    since: datetime
    until: datetime


class NewProject(TypedDict, total=False):
    """What may be said of a project that is made, beside its name and world.

    Attributes:
        kind: of the program that `world` is, where it is none of the catalogue: the operator's.
        regions: where it may run, the usual one first.
        public: whether anyone who reaches the gateway may ask for a session.
        rules: those that are not as they are by default.
    """

    kind: WorldKind
    title: str
    description: str
    enabled: bool
    public: bool
    pool: str
    regions: Sequence[str]
    rules: Mapping[str, object]


class Project(ProjectView, frozen=True, kw_only=True):
    """A project; `version`, `public` and `rules` are there for its own account, else None."""

    version: int | None = None
    public: bool | None = None
    rules: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """One request.

    Attributes:
        answer: what a 2xx is read as; bytes are taken as they come.
        repeatable: whether asking twice does no more than asking once.
        token: a session's own token, in place of the client's key.
    """

    method: Method
    path: str
    answer: type[T]
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = True
    token: str | None = field(default=None, repr=False)


class Paged(Protocol):
    """A page of a list: ask again with `cursor` for the next; None is the end."""

    @property
    def cursor(self) -> str | None:
        """Where the next begins."""


def new_key() -> str:
    """Return a key that nobody can guess: an answer kept under it holds a session's token."""
    return secrets.token_urlsafe(24)


def open_session(
    project: str, asking: Asking, idempotency_key: str | None
) -> Question[OpenedSession]:
    """Ask for a session; however often this question is sent, it is one session."""
    return Question(
        method="POST",
        path="/v1/sessions",
        body=as_json(OpenSession(project, **asking)),
        headers={IDEMPOTENCY_KEY: idempotency_key or new_key()},
        answer=OpenedSession,
    )


def list_sessions(
    *, live: bool, limit: int, cursor: str | None, which: Which | None = None
) -> Question[Page]:
    """Ask for a page of the sessions that fit, newest first."""
    query: dict[str, str | Sequence[str]] = {"live": str(live).lower(), "limit": str(limit)}
    if cursor is not None:
        query["cursor"] = cursor
    for name, value in (which or {}).items():
        query[_QUERY.get(name, name)] = _worded(value)
    return Question(method="GET", path="/v1/sessions", query=query, answer=Page)


def get_timeline(session: str) -> Question[Timeline]:
    """Ask how a session went."""
    return Question(method="GET", path=path_of("sessions", session) + "/timeline", answer=Timeline)


def get_session(session: str) -> Question[SessionView]:
    """Ask for one session."""
    return Question(method="GET", path=path_of("sessions", session), answer=SessionView)


def end_session(session: str) -> Question[SessionView]:
    """Ask for the end of a session; one that has ended stays as it is."""
    return Question(method="DELETE", path=path_of("sessions", session), answer=SessionView)


def end_sessions(sessions: Sequence[str] | None, project: str | None) -> Question[EndedSessions]:
    """Ask for the end of many sessions; those that have ended stay as they are."""
    named = None if sessions is None else tuple(sessions)
    return Question(
        method="POST",
        path="/v1/sessions/end",
        body=as_json(EndSessions(sessions=named, project=project)),
        answer=EndedSessions,
    )


def extend_session(
    session: str, seconds: float, idempotency_key: str | None
) -> Question[SessionView]:
    """Ask for more runtime; however often this question is sent, it is given once."""
    return Question(
        method="POST",
        path=path_of("sessions", session) + "/extend",
        body=as_json(ExtendSession(seconds=seconds)),
        headers={IDEMPOTENCY_KEY: idempotency_key or new_key()},
        answer=SessionView,
    )


def say_bye(session: str, token: str, code: Literal[1000, 1001]) -> Question[SessionView]:
    """Say for a viewer that it leaves."""
    return Question(
        method="POST",
        path=path_of("sessions", session) + "/bye",
        body=as_json(LeavePage(code=code)),
        answer=SessionView,
        token=token,
    )


def list_projects(cursor: str | None = None) -> Question[Projects]:
    """Ask for a page of the public projects and one's own, by name."""
    query = {} if cursor is None else {"cursor": cursor}
    return Question(method="GET", path="/v1/projects", query=query, answer=Projects)


def get_project(name: str) -> Question[Project]:
    """Ask for one project."""
    return Question(method="GET", path=path_of("projects", name), answer=Project)


def create_project(name: str, world: str, more: NewProject) -> Question[Project]:
    """Ask for a new project; its name is taken the second time."""
    return Question(
        method="POST",
        path="/v1/projects",
        body=as_json({"name": name, "world": world, **more}),
        answer=Project,
        repeatable=False,
    )


def delete_project(name: str) -> Question[bytes]:
    """Ask for the end of a project that has no sessions."""
    return Question(method="DELETE", path=path_of("projects", name), answer=bytes, repeatable=False)


def list_worlds() -> Question[Worlds]:
    """Ask for the worlds that projects may be made from."""
    return Question(method="GET", path="/v1/worlds", answer=Worlds)


def list_rules() -> Question[RuleCatalogue]:
    """Ask for every rule that a project has."""
    return Question(method="GET", path="/v1/rules", answer=RuleCatalogue)


def change_project(name: str, change: ProjectChange, if_version: int | None) -> Question[Project]:
    """Ask for a change of a project; held to a version it is asked for once, as it may pass."""
    return Question(
        method="PATCH",
        path=path_of("projects", name),
        body=as_json(change),
        headers={} if if_version is None else {"If-Match": f'"{if_version}"'},
        answer=Project,
        repeatable=if_version is None,
    )


def get_queue(project: str) -> Question[ProjectQueue]:
    """Ask for the queues of a project, one for each of its regions."""
    return Question(method="GET", path=path_of("projects", project) + "/queue", answer=ProjectQueue)


def list_workers() -> Question[Workers]:
    """Ask for the workers and what their slots hold."""
    return Question(method="GET", path="/v1/workers", answer=Workers)


def drain_worker(worker: str, within_s: float) -> Question[WorkerView]:
    """Ask that a worker takes no new sessions; asked again, the countdown starts anew."""
    return Question(
        method="POST",
        path=path_of("workers", worker) + "/drain",
        body=as_json(DrainWorker(within_s=within_s)),
        answer=WorkerView,
    )


def resume_worker(worker: str) -> Question[WorkerView]:
    """Ask that a worker takes sessions again."""
    return Question(
        method="POST",
        path=path_of("workers", worker) + "/resume",
        answer=WorkerView,
        repeatable=False,
    )


def get_health() -> Question[Health]:
    """Ask whether the gateway's process lives."""
    return Question(method="GET", path="/healthz", answer=Health)


def get_readiness() -> Question[Readiness]:
    """Ask whether the gateway serves, and with how many workers."""
    return Question(method="GET", path="/readyz", answer=Readiness)


def path_of(kind: str, name: str) -> str:
    """Return the address of one thing; no name leaves its place in it."""
    return f"/v1/{kind}/{quote(name, safe='')}"


def as_json(body: object) -> bytes:
    """Return the body of a request."""
    return msgspec.json.encode(body)


def _worded(value: object) -> str | list[str]:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | int):
        return str(value)
    assert isinstance(value, Sequence), "several of one kind"
    return [str(one) for one in value]
