"""What can be asked of a gateway over REST: each question once, for both clients.

A question is a value: how it is sent is for `diorama` and `async_diorama`, what its answer means
for `answers`, and whether it may be asked again for `retries`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypedDict, TypeVar
from urllib.parse import quote

import msgspec

from diorama.protocol.requests import (
    AskedAfk,
    EndSessions,
    ExtendSession,
    LeavePage,
    OpenSession,
)
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
)

T = TypeVar("T")
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
Method = Literal["GET", "POST", "PATCH", "DELETE"]


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
    """

    region: str
    client_id: str
    end_user: str
    device: str
    priority: str
    afk: AskedAfk


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


class Project(ProjectView, frozen=True, kw_only=True):
    """A project; `version`, `public` and `rules` are there for its own account, else None."""

    version: int | None = None
    public: bool | None = None
    rules: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """One request.

    Attributes:
        answer: what a 2xx is read as.
        repeatable: whether asking twice does no more than asking once.
        token: a session's own token, in place of the client's key.
    """

    method: Method
    path: str
    answer: type[T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = True
    token: str | None = field(default=None, repr=False)


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
        body=_json(OpenSession(project, **asking)),
        headers={IDEMPOTENCY_KEY: idempotency_key or new_key()},
        answer=OpenedSession,
    )


def list_sessions(*, live: bool, limit: int, cursor: str | None) -> Question[Page]:
    """Ask for a page of sessions, newest first."""
    query = {"live": str(live).lower(), "limit": str(limit)}
    if cursor is not None:
        query["cursor"] = cursor
    return Question(method="GET", path="/v1/sessions", query=query, answer=Page)


def get_session(session: str) -> Question[SessionView]:
    """Ask for one session."""
    return Question(method="GET", path=_path("sessions", session), answer=SessionView)


def end_session(session: str) -> Question[SessionView]:
    """Ask for the end of a session; one that has ended stays as it is."""
    return Question(method="DELETE", path=_path("sessions", session), answer=SessionView)


def end_sessions(sessions: Sequence[str] | None, project: str | None) -> Question[EndedSessions]:
    """Ask for the end of many sessions; those that have ended stay as they are."""
    named = None if sessions is None else tuple(sessions)
    return Question(
        method="POST",
        path="/v1/sessions/end",
        body=_json(EndSessions(sessions=named, project=project)),
        answer=EndedSessions,
    )


def extend_session(
    session: str, seconds: float, idempotency_key: str | None
) -> Question[SessionView]:
    """Ask for more runtime; however often this question is sent, it is given once."""
    return Question(
        method="POST",
        path=_path("sessions", session) + "/extend",
        body=_json(ExtendSession(seconds=seconds)),
        headers={IDEMPOTENCY_KEY: idempotency_key or new_key()},
        answer=SessionView,
    )


def say_bye(session: str, token: str, code: Literal[1000, 1001]) -> Question[SessionView]:
    """Say for a viewer that it leaves."""
    return Question(
        method="POST",
        path=_path("sessions", session) + "/bye",
        body=_json(LeavePage(code=code)),
        answer=SessionView,
        token=token,
    )


def list_projects() -> Question[Projects]:
    """Ask for the public projects and one's own."""
    return Question(method="GET", path="/v1/projects", answer=Projects)


def get_project(name: str) -> Question[Project]:
    """Ask for one project."""
    return Question(method="GET", path=_path("projects", name), answer=Project)


def change_project(name: str, change: ProjectChange, if_version: int | None) -> Question[Project]:
    """Ask for a change of a project; held to a version it is asked for once, as it may pass."""
    return Question(
        method="PATCH",
        path=_path("projects", name),
        body=_json(change),
        headers={} if if_version is None else {"If-Match": f'"{if_version}"'},
        answer=Project,
        repeatable=if_version is None,
    )


def get_queue(project: str) -> Question[ProjectQueue]:
    """Ask for the queues of a project, one for each of its regions."""
    return Question(method="GET", path=_path("projects", project) + "/queue", answer=ProjectQueue)


def list_workers() -> Question[Workers]:
    """Ask for the workers and what their slots hold."""
    return Question(method="GET", path="/v1/workers", answer=Workers)


def get_health() -> Question[Health]:
    """Ask whether the gateway's process lives."""
    return Question(method="GET", path="/healthz", answer=Health)


def get_readiness() -> Question[Readiness]:
    """Ask whether the gateway serves, and with how many workers."""
    return Question(method="GET", path="/readyz", answer=Readiness)


def _path(kind: str, name: str) -> str:
    return f"/v1/{kind}/{quote(name, safe='')}"


def _json(body: object) -> bytes:
    return msgspec.json.encode(body)
