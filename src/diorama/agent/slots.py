"""What a worker does about its slots: which messages it obeys, and what it answers. Pure.

A slot runs at most one world, under the term it was assigned with. Terms only rise: what comes
under a lower one than a slot has seen is refused, what comes twice changes nothing and is answered
again. `stopped` is said only once the process group is gone; a new assignment to a slot whose world
still lives (its gateway has proof we lack) is taken, and started when that one is gone.

Every method returns what is to be done, in order. Source: DESIGN section 4; protocol.worker.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from diorama.kernel.units import MILLISECOND_US
from diorama.protocol.media import MediaState
from diorama.protocol.worker import (
    Accepted,
    Assign,
    Attach,
    FromWorker,
    HoldOff,
    InputSeen,
    MediaChanged,
    Outcome,
    Rejected,
    RunEnded,
    RunProgress,
    RunRendered,
    SignalFromWorker,
    SignalToWorker,
    SlotReport,
    Spectate,
    Spectated,
    SpectatorLeft,
    Stop,
    Stopped,
    StopSpectating,
    ViewerLeft,
    WorldEnded,
    WorldKind,
    WorldStarted,
)

MAX_DETAIL: Final = 2_000
_MAX_WORDS: Final = 8  # of one slot, said when its world is gone; a sane gateway asks for two
FENCED: Final = "the worker was not confirmed for so long that it fenced itself"


@dataclass(frozen=True, slots=True)
class Send:
    """Tell the gateway."""

    message: FromWorker


@dataclass(frozen=True, slots=True)
class StartWorld:
    """Start this world on its slot."""

    assign: Assign


@dataclass(frozen=True, slots=True)
class OpenPeer:
    """Close the slot's peer connection, if it has one, make a new one and offer it."""

    index: int
    attach: Attach


@dataclass(frozen=True, slots=True)
class RepeatOffer:
    """Send the offer of the slot's peer connection again."""

    index: int


@dataclass(frozen=True, slots=True)
class DeliverSignal:
    """Give the viewer's signal to the slot's peer connection."""

    index: int
    signal: SignalToWorker


@dataclass(frozen=True, slots=True)
class EndWorld:
    """End the slot's world and report when its group is gone; `urgent`: kill it, ask nothing."""

    index: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """Answer a spectator of the slot's session."""

    index: int
    spectate: Spectate


@dataclass(frozen=True, slots=True)
class PutOut:
    """Close the connection of a spectator of the slot's session."""

    index: int
    spectator: str


Effect = Send | StartWorld | OpenPeer | RepeatOffer | DeliverSignal | EndWorld | Show | PutOut


LastWord = WorldEnded | RunEnded | Stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot as the worker has it.

    Attributes:
        term: the highest seen; a lower one is refused.
        stopped_term: the highest told to stop: nothing starts under it any more.
        session, run_term: what it runs, or ran: kept until the gateway's `stop` shows it knows.
        media_us: when `media` became what it is, by the worker's clock.
        rendered: how many frames a run's script came to, known at `rendered_us`; None before.
        words: what is said once the world that is `stopping` is gone; then, what was said.
        next: an assignment that waits for that, and `next_attach` its viewer.
    """

    index: int
    term: int = 0
    stopped_term: int = 0
    session: str | None = None
    run_term: int = 0
    attachment: int = 0
    world: Literal["none", "starting", "running", "stopping"] = "none"
    media: MediaState = "none"
    media_us: int = 0
    rendered: int | None = None
    rendered_us: int = 0
    words: tuple[LastWord, ...] = ()
    next: Assign | None = None
    next_attach: Attach | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a process group may live on it."""
        return self.world != "none"

    def report(self) -> SlotReport:
        """Return it as the gateway is told, without ages and rates."""
        return SlotReport(
            index=self.index,
            term=self.run_term if self.session else self.term,
            session=self.session,
            attachment=self.attachment,
            world=self.world,
            media=self.media,
        )


class Slots:
    """The slots of one worker."""

    def __init__(self, count: int, *, kinds: tuple[WorldKind, ...]) -> None:
        self._slots = [Slot(index=index) for index in range(count)]
        self._kinds = kinds
        self._draining = False

    def __iter__(self) -> Iterator[Slot]:
        return iter(self._slots)

    def __getitem__(self, index: int) -> Slot:
        return self._slots[index]

    @property
    def are_idle(self) -> bool:
        """Whether no process group lives on any."""
        return not any(slot.is_busy for slot in self._slots)

    def reports(self) -> tuple[SlotReport, ...]:
        """Return every slot as the gateway is told."""
        return tuple(slot.report() for slot in self._slots)

    def handle_assign(self, assign: Assign, now_us: int) -> list[Effect]:
        """Take, take again, or refuse a world."""
        refusal = self._refusal(assign)
        if refusal:
            return [_rejected(assign, refusal)]
        slot = self._slots[assign.index]
        if (assign.session, assign.term) == (slot.session, slot.run_term):
            return _said_again(slot, now_us)
        if assign == slot.next:
            return [_accepted(assign)]
        if assign.term <= slot.stopped_term:
            return [] if slot.is_busy else [Send(_stopped(assign))]
        if assign.term <= slot.term:
            seen = f"slot {slot.index} has seen term {slot.term}"
            return [_rejected(assign, f"{seen}: {assign.term} is refused")]
        return self._take(slot, assign)

    def handle_attach(self, attach: Attach) -> list[Effect]:
        """Make a peer connection for a viewer, unless that attachment is older than the last."""
        for slot in self._slots:
            waiting = slot.next
            if waiting and (waiting.session, waiting.term) == (attach.session, attach.term):
                if slot.next_attach is None or attach.attachment > slot.next_attach.attachment:
                    self._put(replace(slot, next_attach=attach))
                return []
        found = self._running(attach.session, attach.term)
        if found is None or attach.attachment < found.attachment:
            return []
        if attach.attachment == found.attachment:
            return [RepeatOffer(found.index)]
        self._put(replace(found, attachment=attach.attachment, media="connecting"))
        return [OpenPeer(found.index, attach)]

    def handle_signal(self, signal: SignalToWorker) -> list[Effect]:
        """Pass a signal to the peer connection that it is for."""
        slot = self._running(signal.session, signal.term)
        if slot is None or signal.signal.attachment != slot.attachment:
            return []
        return [DeliverSignal(slot.index, signal)]

    def handle_spectate(self, spectate: Spectate) -> list[Effect]:
        """Let a spectator in where its session is shown here, else say that it is not."""
        slot = self._running(spectate.session, spectate.term)
        if slot is not None:  # its viewer may see the world before it is said to have started
            return [Show(slot.index, spectate)]
        session, term, spectator = spectate.session, spectate.term, spectate.spectator
        return [Send(Spectated(session, term, spectator, reason="session_not_here"))]

    def handle_stop_spectating(self, stop: StopSpectating) -> list[Effect]:
        """Put a spectator out."""
        slot = self._running(stop.session, stop.term)
        return [] if slot is None else [PutOut(slot.index, stop.spectator)]

    def handle_stop(self, stop: Stop) -> list[Effect]:
        """End what runs under the term of `stop` or a lower one; confirm once it is gone."""
        confirmed = _stopped(stop)
        if not 0 <= stop.index < len(self._slots):
            return [Send(confirmed)]
        slot = self._slots[stop.index]
        slot = replace(
            slot,
            term=max(slot.term, stop.term),
            stopped_term=max(slot.stopped_term, stop.term),
        )
        if slot.next is not None and slot.next.term <= stop.term:
            slot = replace(slot, next=None, next_attach=None)
        if not slot.is_busy:
            self._put(_cleared(slot) if slot.run_term <= stop.term else slot)
            return [Send(confirmed)]
        if slot.run_term > stop.term:
            self._put(slot)
            return [Send(confirmed)]
        return self._end(slot, confirmed)

    def world_started(self, index: int, term: int) -> list[Effect]:
        """Take that the world of a slot has drawn its first picture."""
        slot = self._slots[index]
        if slot.run_term != term or slot.world != "starting":
            return []
        self._put(replace(slot, world="running"))
        return [Send(WorldStarted(_session(slot), term))]

    def world_gone(
        self,
        index: int,
        outcome: Outcome = "crashed",
        exit_code: int | None = None,
        detail: str = "",
    ) -> list[Effect]:
        """Take that the process group of a slot is gone; how counts where it was by itself."""
        slot = self._slots[index]
        if not slot.is_busy:
            return []
        session, term = _session(slot), slot.run_term
        return self._gone(slot, WorldEnded(session, term, outcome, exit_code, detail[:MAX_DETAIL]))

    def run_over(self, index: int, reason: str, detail: str = "") -> list[Effect]:
        """Take that a script's run is over, its process group gone; completed without a reason."""
        slot = self._slots[index]
        if not slot.is_busy:
            return []
        session, term = _session(slot), slot.run_term
        return self._gone(slot, RunEnded(session, term, reason, detail[:MAX_DETAIL]))

    def _gone(self, slot: Slot, ended: WorldEnded | RunEnded) -> list[Effect]:
        words = slot.words
        if slot.world != "stopping":
            words = (ended, Stopped(slot.index, ended.session, ended.term))
        said: list[Effect] = [Send(word) for word in words]
        if slot.next is not None:
            return said + self._start(_cleared(slot), slot.next, slot.next_attach)
        if any(isinstance(word, WorldEnded | RunEnded) for word in words):
            self._put(replace(slot, world="none", media="none", words=words))
        else:
            self._put(_cleared(slot))
        return said

    def media_changed(
        self, index: int, term: int, attachment: int, state: MediaState, now_us: int
    ) -> list[Effect]:
        """Take what has just become of the peer connection with this attachment."""
        slot = self._slots[index]
        current = (slot.run_term, slot.attachment) == (term, attachment)
        if not current or slot.world not in {"starting", "running"} or slot.media == state:
            return []
        self._put(replace(slot, media=state, media_us=now_us))
        return [Send(MediaChanged(_session(slot), term, attachment, state))]

    def run_rendered(self, index: int, term: int, frames: int, now_us: int) -> list[Effect]:
        """Take that the last frame of a run has just been rendered."""
        slot = self._slots[index]
        if slot.run_term != term or slot.world != "running" or slot.rendered is not None:
            return []
        self._put(replace(slot, rendered=frames, rendered_us=now_us))
        return [Send(RunRendered(_session(slot), term, frames))]

    def tell(
        self,
        index: int,
        term: int,
        message: InputSeen
        | HoldOff
        | ViewerLeft
        | SignalFromWorker
        | Spectated
        | SpectatorLeft
        | RunProgress,
    ) -> list[Effect]:
        """Pass on what a session has to say, while it is the slot's."""
        slot = self._slots[index]
        current = slot.run_term == term and slot.world in {"starting", "running"}
        return [Send(message)] if current else []

    def drain(self) -> None:
        """Take no new sessions from now on."""
        self._draining = True

    def end_all(self, *, fenced: bool) -> list[Effect]:
        """End every world: as the worker leaves, or (`fenced`) at once, as its lease is over."""
        effects: list[Effect] = []
        for slot in list(self._slots):
            kept = replace(slot, next=None, next_attach=None)
            if not slot.is_busy:
                continue
            if slot.world == "stopping":
                self._put(kept)
                effects += [EndWorld(slot.index, urgent=True)] if fenced else []
                continue
            session, term = _session(slot), slot.run_term
            words: list[LastWord] = [Stopped(slot.index, session, term)]
            if fenced:
                words.insert(0, WorldEnded(session, term, "crashed", None, FENCED))
            self._put(replace(kept, world="stopping", words=tuple(words)))
            effects.append(EndWorld(slot.index, urgent=fenced))
        return effects

    def repeat_all(self, now_us: int) -> list[Effect]:
        """Say again what a new gateway may not have heard, and how long ago it was."""
        return [
            effect
            for slot in self._slots
            if slot.session is not None and slot.world != "stopping"
            for effect in (*_said_again(slot, now_us), *_media_again(slot, now_us))
        ]

    def _refusal(self, assign: Assign) -> str:
        if not 0 <= assign.index < len(self._slots):
            return f"there is no slot {assign.index}: this worker has {len(self._slots)}"
        if assign.world.kind not in self._kinds:
            return f"this worker runs no {assign.world.kind} worlds"
        slot = self._slots[assign.index]
        known = (slot.session, slot.run_term) == (assign.session, assign.term)
        return "this worker is draining" if self._draining and not known else ""

    def _take(self, slot: Slot, assign: Assign) -> list[Effect]:
        slot = replace(slot, term=assign.term)
        if not slot.is_busy:
            return [_accepted(assign), *self._start(_cleared(slot), assign, None)]
        confirmed = Stopped(slot.index, _session(slot), slot.run_term)
        slot = replace(slot, next=assign, next_attach=None)
        return [_accepted(assign), *self._end(slot, confirmed)]

    def _start(self, slot: Slot, assign: Assign, attach: Attach | None) -> list[Effect]:
        slot = replace(slot, session=assign.session, run_term=assign.term, world="starting")
        self._put(slot)
        return [StartWorld(assign), *(self.handle_attach(attach) if attach else [])]

    def _end(self, slot: Slot, word: Stopped) -> list[Effect]:
        words = slot.words if word in slot.words else (*slot.words, word)[-_MAX_WORDS:]
        self._put(replace(slot, world="stopping", media="none", words=words))
        return [] if slot.world == "stopping" else [EndWorld(slot.index)]

    def _running(self, session: str, term: int) -> Slot | None:
        for slot in self._slots:
            if (slot.session, slot.run_term) == (session, term):
                return slot if slot.world in {"starting", "running"} else None
        return None

    def _put(self, slot: Slot) -> None:
        self._slots[slot.index] = slot


def _session(slot: Slot) -> str:
    assert slot.session is not None, f"slot {slot.index} is busy for nobody"
    return slot.session


def _cleared(slot: Slot) -> Slot:
    return Slot(index=slot.index, term=slot.term, stopped_term=slot.stopped_term)


def _accepted(assign: Assign) -> Send:
    return Send(Accepted(assign.session, assign.term))


def _rejected(assign: Assign, reason: str) -> Send:
    return Send(Rejected(assign.session, assign.term, reason))


def _stopped(message: Assign | Stop) -> Stopped:
    return Stopped(message.index, message.session, message.term)


def _said_again(slot: Slot, now_us: int) -> list[Effect]:
    session, term = _session(slot), slot.run_term
    if slot.world == "stopping":
        return []
    said: list[Effect] = [Send(Accepted(session, term))]
    if slot.world == "running" or slot.rendered is not None:
        said.append(Send(WorldStarted(session, term)))
    if slot.rendered is not None:
        age_ms = max(now_us - slot.rendered_us, 0) // MILLISECOND_US
        said.append(Send(RunRendered(session, term, slot.rendered, age_ms)))
    return said + [Send(word) for word in slot.words]


def _media_again(slot: Slot, now_us: int) -> list[Effect]:
    if slot.media not in {"connected", "lost"}:
        return []
    age_ms = max(now_us - slot.media_us, 0) // MILLISECOND_US
    word = MediaChanged(_session(slot), slot.run_term, slot.attachment, slot.media, age_ms)
    return [Send(word)]
