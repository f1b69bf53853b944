"""What REST takes: the bodies of requests, parsed once at the edge by `strict_json`."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
SessionId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9a-z_]+$")]
Label = Annotated[str, Meta(min_length=1, max_length=120)]
ClientId = Annotated[str, Meta(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class AskedAfk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shorter times than the project's, for a viewer who does nothing; longer ones are cut."""

    warn_after_s: Annotated[float, Meta(ge=1, le=7_200)] | None = None
    disconnect_after_s: Annotated[float, Meta(ge=1, le=7_200)] | None = None


class OpenSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/sessions. `client_id`, the SDK's secret name for one tab, continues its session.

    `priority` names a class of the project's `queue.priorities`, and comes with an API key only.
    `ticket` opens the project it was made for, which need not be named then; `share` is the secret
    of a share link.
    """

    project: Name | None = None
    region: Name | None = None
    client_id: ClientId | None = None
    end_user: Label | None = None
    device: Label | None = None
    priority: Label | None = None
    afk: AskedAfk | None = None
    ticket: Annotated[str, Meta(max_length=4_096)] | None = None
    share: Annotated[str, Meta(max_length=128)] | None = None

    def __repr__(self) -> str:
        """Show it without what opens something: what is printed is kept."""
        return f"OpenSession({self.project!r})"


class ExtendSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/sessions/{id}/extend: so much more runtime, as far as the plan goes."""

    seconds: Annotated[float, Meta(ge=1, le=86_400)]


class EndSessions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/sessions/end: the sessions named, or all of a project that have not ended."""

    sessions: Annotated[tuple[SessionId, ...], Meta(max_length=1_000)] | None = None
    project: Name | None = None


class DrainWorker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/workers/{id}/drain: take no new sessions, and end what still runs after so long."""

    within_s: Annotated[float, Meta(ge=0, le=86_400)] = 600.0


class LeavePage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/sessions/{id}/bye: 1001 the page is being left (it may be a reload), 1000 done.

    `token` is the session's, for a page that has no time for the question (CORS) which a header of
    its own would cost; such a body may call itself `text/plain`.
    """

    code: Literal[1000, 1001] = 1001
    token: Annotated[str, Meta(max_length=512)] | None = None
