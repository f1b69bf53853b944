"""Why sessions end: the one registry, as data.

From `END_CODES` come the enum below, the TypeScript types (`web/packages/protocol`), the page
docs/end-codes.md and tests. Each session ends with one code and one of its reasons.
Source: DESIGN section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from diorama.protocol.states import SessionState


class Doing(StrEnum):
    """Whose doing an end was."""

    VIEWER = "viewer"
    WORLD = "world"
    OPERATOR = "operator"
    PLATFORM = "platform"
    NETWORK = "network"


class Retry(StrEnum):
    """What a client may do by itself after an end."""

    NEVER = "never"
    NEW_SESSION = "new_session"
    RESUME = "resume"


class EndCode(IntEnum):
    """The number a session ends with; WebSockets close with the same one."""

    NORMAL = 1000
    GOING_AWAY = 1001
    ABNORMAL = 1006
    PROJECT_DISABLED = 4000
    NO_WORKER_AVAILABLE = 4001
    APP_NOT_FOUND = 4002
    APP_UNABLE_TO_LAUNCH = 4003
    TIME_LIMIT = 4004
    STREAMER_NOT_FOUND = 4005
    APP_CRASHED = 4006
    RECONNECTION_FAILED = 4007
    LIMIT_REACHED = 4010
    SUPERSEDED = 4011
    ENDED_BY_OPERATOR = 4012
    UNAUTHORIZED = 4013
    DRAINING = 4014


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCodeEntry:
    """One row of the registry.

    Attributes:
        code: the number.
        name: two or three words, as in DESIGN.
        ends: the final state.
        reasons: the machine-readable reasons this code may come with, the usual one first.
        doing: whose doing it was.
        retry: what a client may do by itself.
        retry_limit: how often it may do so in a row; None is no limit but its backoff.
        viewer: a sentence for the viewer.
        operator: a hint for the operator.
    """

    code: EndCode
    name: str
    ends: SessionState
    reasons: tuple[str, ...]
    doing: Doing
    retry: Retry
    retry_limit: int | None = None
    viewer: str
    operator: str


_D, _F = SessionState.DISCONNECTED, SessionState.FAILED

_ENTRIES: Final = (
    EndCodeEntry(
        code=EndCode.NORMAL,
        name="normal",
        ends=_D,
        reasons=("viewer_left", "client_ended", "world_ended"),
        doing=Doing.VIEWER,
        retry=Retry.NEVER,
        viewer="The session is over.",
        operator="Viewer, SDK or world ended it on purpose. Nothing to do.",
    ),
    EndCodeEntry(
        code=EndCode.GOING_AWAY,
        name="going away",
        ends=_D,
        reasons=("page_left",),
        doing=Doing.VIEWER,
        retry=Retry.NEVER,
        viewer="You left the page, so the session was closed.",
        operator="The tab was closed, the page left or the browser quit. Nothing to do.",
    ),
    EndCodeEntry(
        code=EndCode.ABNORMAL,
        name="abnormal",
        ends=_F,
        reasons=("viewer_lost", "never_attached", "media_lost", "stale_yielded"),
        doing=Doing.NETWORK,
        retry=Retry.RESUME,
        viewer="The connection was lost and did not come back in time.",
        operator="The viewer was not heard within the resume window. Many of these from one "
        "network point at a proxy or firewall: check TURN.",
    ),
    EndCodeEntry(
        code=EndCode.PROJECT_DISABLED,
        name="project disabled",
        ends=_D,
        reasons=("project_disabled",),
        doing=Doing.OPERATOR,
        retry=Retry.NEVER,
        viewer="This world has been switched off by its owner.",
        operator="The project is disabled. Enable it to take sessions again.",
    ),
    EndCodeEntry(
        code=EndCode.NO_WORKER_AVAILABLE,
        name="no worker available",
        ends=_F,
        reasons=("no_worker", "queue_full", "queue_off", "waited_too_long"),
        doing=Doing.PLATFORM,
        retry=Retry.NEW_SESSION,
        viewer="No machine is free to run this world at the moment. Please try again soon.",
        operator="No slot could serve it. Add workers in this region and pool, or raise the "
        "queue's length and wait.",
    ),
    EndCodeEntry(
        code=EndCode.APP_NOT_FOUND,
        name="app not found",
        ends=_F,
        reasons=("project_unknown", "world_unknown"),
        doing=Doing.OPERATOR,
        retry=Retry.NEVER,
        viewer="There is no world at this address.",
        operator="The project does not exist, or its world cannot be found on the worker: check "
        "the entry of its world.",
    ),
    EndCodeEntry(
        code=EndCode.APP_UNABLE_TO_LAUNCH,
        name="app unable to launch",
        ends=_F,
        reasons=("world_failed_to_start", "worker_refused", "assignment_expired"),
        doing=Doing.WORLD,
        retry=Retry.NEW_SESSION,
        retry_limit=1,
        viewer="The world could not be started.",
        operator="The world failed to start, also on a second worker where there was one. Its "
        "output is in the worker's log.",
    ),
    EndCodeEntry(
        code=EndCode.TIME_LIMIT,
        name="time limit",
        ends=_D,
        reasons=("max_runtime", "afk_timeout", "hours_exhausted"),
        doing=Doing.OPERATOR,
        retry=Retry.NEW_SESSION,
        viewer="The time for this session is up.",
        operator="A limit of the project or plan was reached: see the reason.",
    ),
    EndCodeEntry(
        code=EndCode.STREAMER_NOT_FOUND,
        name="streamer not found",
        ends=_F,
        reasons=("no_media_offered", "connect_timeout"),
        doing=Doing.PLATFORM,
        retry=Retry.NEW_SESSION,
        retry_limit=1,
        viewer="The world started, but its picture did not arrive.",
        operator="The world started but no media reached the viewer in time: check encoder, ICE "
        "servers and UDP reachability.",
    ),
    EndCodeEntry(
        code=EndCode.APP_CRASHED,
        name="app crashed",
        ends=_F,
        reasons=("world_crashed", "worker_lost"),
        doing=Doing.WORLD,
        retry=Retry.NEW_SESSION,
        viewer="The world stopped unexpectedly.",
        operator="The world ended by itself or its worker was lost: see the reason and the "
        "worker's log.",
    ),
    EndCodeEntry(
        code=EndCode.RECONNECTION_FAILED,
        name="reconnection failed",
        ends=_F,
        reasons=("gave_up", "resume_refused"),
        doing=Doing.NETWORK,
        retry=Retry.NEW_SESSION,
        viewer="The connection could not be restored.",
        operator="The client gave up reconnecting, or asked too late.",
    ),
    EndCodeEntry(
        code=EndCode.LIMIT_REACHED,
        name="limit reached",
        ends=_F,
        reasons=(
            "account_limit",
            "end_user_limit",
            "project_cap",
            "address_limit",
            "link_limit",
            "waiting_limit",
        ),
        doing=Doing.OPERATOR,
        retry=Retry.NEW_SESSION,
        viewer="All sessions allowed at once are in use.",
        operator="A concurrency limit stands in the way. The refusal lists what holds the slots.",
    ),
    EndCodeEntry(
        code=EndCode.SUPERSEDED,
        name="superseded",
        ends=_D,
        reasons=("continued_elsewhere", "taken_over"),
        doing=Doing.VIEWER,
        retry=Retry.NEVER,
        viewer="This session continues in another tab or window.",
        operator="The same viewer continued elsewhere, or one's own request took its place.",
    ),
    EndCodeEntry(
        code=EndCode.ENDED_BY_OPERATOR,
        name="ended by operator",
        ends=_D,
        reasons=(
            "ended_by_api",
            "ended_in_portal",
            "ended_by_cli",
            "account_suspended",
            "link_revoked",
        ),
        doing=Doing.OPERATOR,
        retry=Retry.NEVER,
        viewer="The session was ended by the operator.",
        operator="Someone ended it through portal, API or CLI, or the account was suspended: see "
        "the reason and the event's actor.",
    ),
    EndCodeEntry(
        code=EndCode.UNAUTHORIZED,
        name="unauthorized",
        ends=_F,
        reasons=("credential_refused", "origin_refused", "hello_missing"),
        doing=Doing.VIEWER,
        retry=Retry.NEVER,
        viewer="You may not open this session. Please start again from the page you came from.",
        operator="Ticket, key, session token or origin was refused.",
    ),
    EndCodeEntry(
        code=EndCode.DRAINING,
        name="draining",
        ends=_D,
        reasons=("worker_draining", "gateway_draining"),
        doing=Doing.OPERATOR,
        retry=Retry.NEW_SESSION,
        viewer="The machine running this world is going out of service. Please start again.",
        operator="Its worker or gateway was drained and the session ran out of time.",
    ),
)

END_CODES: Final[Mapping[EndCode, EndCodeEntry]] = {entry.code: entry for entry in _ENTRIES}


@dataclass(frozen=True, slots=True)
class End:
    """An end: a code and one of its reasons.

    Raises:
        AssertionError: the reason is not one of the code's: a bug of who made it.
    """

    code: EndCode
    reason: str

    def __post_init__(self) -> None:
        """Hold the pair to the registry."""
        entry = END_CODES[self.code]
        if self.reason not in entry.reasons:
            raise AssertionError(f"{self.code.name} has no reason {self.reason!r}")

    @property
    def entry(self) -> EndCodeEntry:
        """The registry's row for this end."""
        return END_CODES[self.code]
