"""What a project is: a world and the rules of its sessions, with bounds. Pure.

Every number has its bounds in its type, so a rule that is out of them is refused where it is read.
What a rule is called and what it does for people is said here too, once: titles in the types, help
in the docstrings, from which `rule_catalogue` makes forms and docs/rules.md.
Source: DESIGN sections 3, 5 and 9.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from diorama.protocol.requests import AskedAfk
from diorama.protocol.worker import MAX_SPECTATORS, VideoSpec, WorldSpec

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
        enabled: whether there is a queue at all; without one, who finds no slot is refused with
            4001 `queue_off`.
        max_length: waiters in one region; the next is refused with 4001 `queue_full`.
        max_wait_s: after which a waiter is told 4001 `waited_too_long`; none waits for ever.
        accept_s: how long a slot waits for a promoted viewer that is not there, before others pass.
        per_end_user: places in line that one end user may have at once, those not heard for longer
            than the heartbeat time-out left out; the next is refused with `waiting_limit`. None is
            no limit.
        priorities: the classes that may be asked for with an API key or a ticket, by name; the
            higher is served first, and who asks for none is of class 0.
    """

    enabled: Annotated[bool, Meta(title="Queue")] = True
    max_length: Annotated[int, Meta(title="Longest queue", ge=0, le=100_000)] = 1_000
    max_wait_s: Annotated[
        Annotated[float, Meta(ge=1, le=86_400)] | None, Meta(title="Longest wait")
    ] = None
    accept_s: Annotated[float, Meta(title="Time to take a slot", ge=1, le=600)] = 30.0
    per_end_user: Annotated[
        Annotated[int, Meta(ge=1, le=1_000)] | None, Meta(title="Places in line per end user")
    ] = 1
    priorities: Annotated[
        Mapping[ClassName, PriorityClass], Meta(title="Priority classes", max_length=32)
    ] = msgspec.field(default_factory=dict)

    def __hash__(self) -> int:
        """Rules are looked up by their value; the classes are never changed in place."""
        classes = tuple(sorted(self.priorities.items()))
        waits = (self.max_length, self.max_wait_s, self.accept_s, self.per_end_user)
        return hash((self.enabled, waits, classes))


class AfkRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a viewer who does nothing is warned, and how much later the session ends.

    Attributes:
        enabled: whether a session ends with 4004 `afk_timeout` because its viewer does nothing.
        warn_after_s: without any input, after which the viewer is warned and a countdown runs.
        disconnect_after_s: from the warning to the end; any input stops the countdown.
        hold_off_budget_s: for how long in all a world may put the warning off in one session; 0 is
            not at all.
    """

    enabled: Annotated[bool, Meta(title="End idle sessions")] = True
    warn_after_s: Annotated[Seconds, Meta(title="Warn after")] = 120.0
    disconnect_after_s: Annotated[Seconds, Meta(title="End after the warning")] = 30.0
    hold_off_budget_s: Annotated[
        float, Meta(title="Worlds may hold the warning off for", ge=0, le=86_400)
    ] = 0.0

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


class PublicRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What visitors without a credential of their own may take.

    Attributes:
        per_address: sessions and places in line that visitors of one network address may have at
            once, those not heard for longer than the heartbeat time-out left out; the next is
            refused with `address_limit`. Sessions opened with an API key or a ticket do not count,
            nor does the gateway's own machine; an IPv6 address counts with its /64. None is no
            limit.
    """

    per_address: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)] | None, Meta(title="Visitors per address")
    ] = 20


class RecordingRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of sessions.

    Attributes:
        enabled: whether sessions are recorded, from the world's first picture to their end. Viewers
            are told so from the moment they ask.
        keep_days: after which a recording is deleted with its files; the gateway's own limit may be
            shorter. Of simulations too.
        max_height: rows of the video at most; a world that renders more is scaled down.
        fps: pictures a second at most.
    """

    enabled: Annotated[bool, Meta(title="Record sessions")] = False
    keep_days: Annotated[float, Meta(title="Keep for so many days", ge=0.01, le=3_650)] = 30.0
    max_height: Annotated[int, Meta(title="Highest picture", ge=64, le=2_160, multiple_of=2)] = (
        1_080
    )
    fps: Annotated[int, Meta(title="Most pictures a second", ge=1, le=60)] = 30


class SpectatorRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may watch a session beside its viewer.

    Attributes:
        enabled: whether a session may be watched by whoever has a token for it. They see its
            pictures, send nothing, and hold no slot.
        max: who may watch one session at once; the next is refused with `spectator_limit`. The
            worker encodes the picture once for each.
    """

    enabled: Annotated[bool, Meta(title="Spectators may watch")] = False
    max: Annotated[int, Meta(title="Spectators per session", ge=1, le=MAX_SPECTATORS)] = 10


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of a project's sessions.

    Attributes:
        worker_count: sessions that may hold a slot at once in one region; none is no cap.
        end_user_limit: sessions one end user may hold at once; none is no limit.
        on_limit: what becomes of a request over a limit: `reject` refuses it and says what holds
            the slots, `queue` lets it wait, `take_over` ends the requester's own oldest detached
            session.
        queue: how waiting goes.
        afk: when a viewer who does nothing is warned, and how much later the session ends.
        public: what visitors without a credential of their own may take.
        recording: what is kept of sessions.
        spectators: who may watch a session beside its viewer.
        images: whether viewers may give the world images beside prompts; one that has no use for
            them refuses each.
        max_runtime_s: from the first frame on; a plan may allow less.
        connect_timeout_s: from a reserved slot to the first frame.
        resume_window_s: how long world and slot are kept for a viewer who dropped.
        origins: whose pages may open sessions, beside the gateway's own; none is pages of the
            viewer's own machine, while the gateway is reached there too.
        embed_origins: whose pages may show `/embed/{name}` in a frame, beside the gateway's own.
    """

    worker_count: Annotated[
        Annotated[int, Meta(ge=0, le=100_000)] | None, Meta(title="Streams at once, per region")
    ] = None
    end_user_limit: Annotated[
        Annotated[int, Meta(ge=1, le=100_000)] | None, Meta(title="Streams at once, per end user")
    ] = None
    on_limit: Annotated[OnLimit, Meta(title="Over a limit")] = OnLimit.QUEUE
    queue: Annotated[QueueRules, Meta(title="Queue")] = QueueRules()
    afk: Annotated[AfkRules, Meta(title="Idle viewers")] = AfkRules()
    public: Annotated[PublicRules, Meta(title="Visitors")] = PublicRules()
    recording: Annotated[RecordingRules, Meta(title="Recordings")] = RecordingRules()
    spectators: Annotated[SpectatorRules, Meta(title="Spectators")] = SpectatorRules()
    images: Annotated[bool, Meta(title="Viewers may give images")] = False
    max_runtime_s: Annotated[float, Meta(title="Longest session", ge=60, le=86_400)] = 1_800.0
    connect_timeout_s: Annotated[float, Meta(title="Time to the first frame", ge=5, le=600)] = 60.0
    resume_window_s: Annotated[
        float, Meta(title="Time to come back after a drop", ge=0, le=600)
    ] = 60.0
    origins: Annotated[
        tuple[Origin, ...], Meta(title="Pages that may open sessions", max_length=64)
    ] = ()
    embed_origins: Annotated[
        tuple[EmbedOrigin, ...], Meta(title="Pages that may frame the player", max_length=64)
    ] = ()


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be streamed.

    Attributes:
        name: unique in Diorama; the last part of `/play/{name}`.
        public: whether anyone who reaches the gateway may ask for a session.
        regions: where it may run, the usual one first.
        prompts: starters the player offers for a world that takes prompts.
        offered: whether the operator offers its world to other accounts, though it is not public.
        made_from: the name of the operator's project whose world it took.
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
    offered: bool = False
    made_from: str | None = None
