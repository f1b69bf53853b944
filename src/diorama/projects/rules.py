"""What a project is: a world and the rules of its sessions, with bounds. Pure.

Every number has its bounds in its type, so a rule that is out of them is refused where it is read.
Source: DESIGN sections 3 and 5.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from diorama.protocol.requests import AskedAfk
from diorama.protocol.worker import VideoSpec, WorldSpec

Seconds = Annotated[float, Meta(ge=1, le=7_200)]
ClassName = Annotated[str, Meta(min_length=1, max_length=64)]
PriorityClass = Annotated[int, Meta(ge=-100, le=100)]
Origin = Annotated[
    str,
    Meta(
        max_length=255,
        pattern=r"^[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?$",
    ),
]
"""As browsers write it: `https://app.example.com`, lower case, with no slash behind it."""
EmbedOrigin = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^(\*|https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:([0-9]{1,5}|\*))?)$(?!\n)",
    ),
]
"""`https://app.example`, `https://*.example`, `http://localhost:*`, or `*`, which is any page."""


class OnLimit(StrEnum):
    """What becomes of a request that a concurrency limit stands in the way of."""

    REJECT = "reject"
    QUEUE = "queue"
    TAKE_OVER = "take_over"


class QueueRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How waiting goes.

    Attributes:
        enabled: whether there is a queue at all.
        max_length: waiters in one region; the next is refused with 4001 `queue_full`.
        max_wait_s: after which a waiter is told 4001 `waited_too_long`; None waits for ever.
        accept_s: how long a slot waits for a promoted viewer that is not there, before others pass.
        priorities: the classes that may be asked for with an API key, by name; the higher is
            served first, and who asks for none is of class 0.
    """

    enabled: bool = True
    max_length: Annotated[int, Meta(ge=0, le=100_000)] = 1_000
    max_wait_s: Annotated[float, Meta(ge=1, le=86_400)] | None = None
    accept_s: Annotated[float, Meta(ge=1, le=600)] = 30.0
    priorities: Annotated[Mapping[ClassName, PriorityClass], Meta(max_length=32)] = msgspec.field(
        default_factory=dict
    )

    def __hash__(self) -> int:
        """Rules are looked up by their value; the classes are never changed in place."""
        classes = tuple(sorted(self.priorities.items()))
        return hash((self.enabled, self.max_length, self.max_wait_s, self.accept_s, classes))


class AfkRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a viewer who does nothing is warned, and how much later the session ends.

    Attributes:
        hold_off_budget_s: for how long in all a world may put the warning off in one session; 0 is
            not at all.
    """

    enabled: bool = True
    warn_after_s: Seconds = 120.0
    disconnect_after_s: Seconds = 30.0
    hold_off_budget_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0

    def shortened(self, asked: AskedAfk) -> "AfkRules":
        """Return the rules for a viewer who asks for shorter times; longer ones are cut to these.

        Where the project ends nobody for doing nothing, any time is shorter than that.
        """
        warn_s, disconnect_s = asked.warn_after_s, asked.disconnect_after_s
        if warn_s is None and disconnect_s is None:
            return self
        warn_s = self.warn_after_s if warn_s is None else warn_s
        disconnect_s = self.disconnect_after_s if disconnect_s is None else disconnect_s
        if self.enabled:
            warn_s = min(warn_s, self.warn_after_s)
            disconnect_s = min(disconnect_s, self.disconnect_after_s)
        return msgspec.structs.replace(
            self, enabled=True, warn_after_s=warn_s, disconnect_after_s=disconnect_s
        )


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of a project's sessions.

    Attributes:
        worker_count: sessions that may hold a slot at once in one region; None is no cap.
        end_user_limit: sessions one end user may hold at once; None is no limit.
        on_limit: what becomes of a request over a limit.
        max_runtime_s: 1 to 1,440 minutes, from the first frame.
        connect_timeout_s: from a reserved slot to the first frame.
        resume_window_s: how long world and slot are kept for a viewer who dropped.
        origins: whose pages may open sessions, beside the gateway's own; see `projects.origins`.
        embed_origins: whose pages may show `/embed/{name}` in a frame, beside the gateway's own.
    """

    worker_count: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    end_user_limit: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    on_limit: OnLimit = OnLimit.QUEUE
    queue: QueueRules = QueueRules()
    afk: AfkRules = AfkRules()
    max_runtime_s: Annotated[float, Meta(ge=60, le=86_400)] = 1_800.0
    connect_timeout_s: Annotated[float, Meta(ge=5, le=600)] = 60.0
    resume_window_s: Annotated[float, Meta(ge=0, le=600)] = 60.0
    origins: Annotated[tuple[Origin, ...], Meta(max_length=64)] = ()
    embed_origins: Annotated[tuple[EmbedOrigin, ...], Meta(max_length=64)] = ()


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be streamed.

    Attributes:
        name: unique in Diorama; the last part of `/play/{name}`.
        public: whether anyone who reaches the gateway may ask for a session.
        regions: where it may run, the usual one first.
        prompts: starters the player offers for a world that takes prompts.
    """

    id: str
    account_id: str
    name: str
    title: str
    description: str
    enabled: bool
    public: bool
    pool: str
    regions: tuple[str, ...]
    world: WorldSpec
    video: VideoSpec
    rules: Rules
    prompts: tuple[str, ...]
    version: int
