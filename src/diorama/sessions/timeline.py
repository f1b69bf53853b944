"""A session's timeline: what happened, with cause, actor and a sentence each. Pure.

The log says what happened; why it did follows from what stood before it. Nothing here is stored,
so an old session is told as well as a new one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diorama.kernel.units import SECOND_US
from diorama.protocol.states import METERED, SessionState
from diorama.protocol.timeline_views import Fact, TimelineEntry
from diorama.sessions.lifecycle import Event
from diorama.sessions.show import time_of
from diorama.sessions.timeline_store import Logged, Note, NoteKind
from diorama.sessions.why import Story, capital, duration, sentence

LATE_US: Final = SECOND_US
"""What was written so much after it took effect says so."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one row: why, in a sentence, with what numbers."""

    cause: str
    text: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class _Step:
    """One row of the log, with what came before it."""

    story: Story
    row: Logged
    earlier: Sequence[Logged]

    @property
    def before(self) -> Logged | None:
        return self.earlier[-1] if self.earlier else None

    @property
    def worker(self) -> str:
        return self.story.worker(self.row.worker_id)

    @property
    def who(self) -> str:
        return capital(self.story.who(self.row.actor))

    def last(self, *kinds: Event) -> Logged | None:
        return next((row for row in reversed(self.earlier) if row.kind in kinds), None)

    def count(self, kind: Event) -> int:
        return sum(row.kind is kind for row in self.earlier)

    def since_us(self, *kinds: Event) -> int:
        """Return the time since the last of these events, or since the session was asked for."""
        last = self.last(*kinds) or (self.earlier[0] if self.earlier else self.row)
        return max(self.row.at_us - last.at_us, 0)


def entries(story: Story) -> tuple[TimelineEntry, ...]:
    """Return what happened in a session, in the order in which it was written down."""
    placed = [
        (row.recorded_us, 0, _entry(_Step(story, row, story.log[:at])))
        for at, row in enumerate(story.log)
    ]
    placed += [(note.at_us, 1, _noted(story, note)) for note in story.notes]
    return tuple(entry for _, _, entry in sorted(placed, key=lambda one: one[:2]))


def _entry(step: _Step) -> TimelineEntry:
    row = step.row
    told = _TELLERS[row.kind](step)
    facts = dict(told.facts)
    if row.recorded_us - row.at_us >= LATE_US:
        facts["noticed_after_s"] = _s(row.recorded_us - row.at_us)
    return TimelineEntry(
        at=time_of(row.at_us),
        kind=row.kind.value,
        state=row.state,
        actor=row.actor,
        cause=told.cause,
        text=told.text,
        facts=facts,
    )


def _noted(story: Story, note: Note) -> TimelineEntry:
    told = _NOTES[note.kind](story, note)
    before = [row for row in story.log if row.recorded_us <= note.at_us]
    return TimelineEntry(
        at=time_of(note.at_us),
        kind=note.kind.value,
        state=before[-1].state if before else SessionState.REQUESTING,
        actor=note.actor,
        cause=told.cause,
        text=told.text,
        facts=told.facts,
        note=True,
    )


def _requested(step: _Step) -> Told:
    session = step.story.session
    named = {"region": session.region, "device": session.device, "end_user": session.end_user}
    facts = {name: value for name, value in named.items() if value is not None}
    what = f"{step.who} asked for a session of {step.story.project} in {session.region}"
    if session.ticket_id is not None:
        return Told("with_ticket", f"{what}, with a ticket.", facts)
    if session.link_id is None:
        return Told("asked", f"{what}.", facts)
    link = step.story.names.get(f"link:{session.link_id}", session.link_id)
    return Told("with_share_link", f'{what}, by share link "{link}".', {**facts, "link": link})


def _queued(step: _Step) -> Told:
    if step.last(Event.QUEUED, Event.RESERVED) is not None:
        text = f"Worker {step.worker} failed it, so it is tried elsewhere."
        return Told("slot_failed", text, {"worker": step.worker})
    told_s = step.story.session.told_p50_s
    facts: dict[str, Fact] = {} if told_s is None else {"told_p50_s": round(told_s, 1)}
    return Told("no_slot_free", "No slot was free for it, so it was put in line.", facts)


def _reserved(step: _Step) -> Told:
    before = step.before
    index = (step.row.slot_id or "").rpartition(".")[2]
    facts: dict[str, Fact] = {"worker": step.worker, "slot": index, "term": step.row.term}
    where = f"slot {index} of worker {step.worker}"
    if before is None or before.state is not SessionState.QUEUED:
        return Told("slot_free", f"It was given {where}, which was free.", facts)
    if before.kind is Event.QUEUED and step.last(Event.RESERVED) is not None:
        return Told("tried_elsewhere", f"It was given {where} in place of the one before.", facts)
    waited_us = step.since_us(Event.QUEUED, Event.PUT_ASIDE)
    facts["waited_s"] = _s(waited_us)
    return Told("promoted", f"Its turn came after {duration(waited_us)}: {where}.", facts)


def _put_aside(step: _Step) -> Told:
    accept_s = step.story.session.rules.queue.accept_s
    text = f"The viewer did not answer its promotion within {accept_s:g} s, so others may pass."
    return Told("not_answered", text, {"accept_s": accept_s})


def _accepted(step: _Step) -> Told:
    after_us = step.since_us(Event.RESERVED)
    return Told("assigned", f"Worker {step.worker} took it up.", {"after_s": _s(after_us)})


def _world_started(step: _Step) -> Told:
    after_us = step.since_us(Event.ACCEPTED, Event.RESERVED)
    text = f"The world made its first picture after {duration(after_us)}."
    return Told("started", text, {"after_s": _s(after_us)})


def _attached(step: _Step) -> Told:
    number = step.count(Event.ATTACHED) + 1
    facts: dict[str, Fact] = {"attachment": number}
    if number == 1:
        return Told("first", "The viewer came.", facts)
    away = step.last(Event.ATTACHED, Event.REJOINED, Event.DETACHED, Event.SOCKET_CLOSED)
    if away is not None and away.kind in {Event.DETACHED, Event.SOCKET_CLOSED}:
        facts["away_s"] = _s(step.row.at_us - away.at_us)
        text = f"The viewer came back after {duration(step.row.at_us - away.at_us)}."
        return Told("came_back", text, facts)
    return Told("new_peer_connection", "The viewer is given a new peer connection.", facts)


def _rejoined(_step: _Step) -> Told:
    return Told("socket_replaced", "The viewer has a new socket; its picture never stopped.", {})


def _continued(_step: _Step) -> Told:
    return Told("same_client", "The same client asked again, and goes on with this session.", {})


def _socket_closed(step: _Step) -> Told:
    if step.row.state in METERED:
        return Told("socket_closed", "The viewer's socket closed; its picture still flows.", {})
    return Told("socket_closed", "The viewer's socket closed.", {})


def _leaving(_step: _Step) -> Told:
    return Told("page_leaving", "The page says that it is being left; it may be a reload.", {})


def _detached(step: _Step) -> Told:
    quiet_us = max(step.row.recorded_us - step.row.at_us, 0)
    missed = round(quiet_us / SECOND_US / step.story.timers.heartbeat_s)
    if missed == 0:
        return Told("unheard", "The viewer is not heard any more.", {})
    times = "heartbeat" if missed == 1 else "heartbeats"
    text = f"The viewer was not heard for {duration(quiet_us)}: {missed} {times} missed."
    return Told("unheard", text, {"unheard_s": _s(quiet_us), "heartbeats_missed": missed})


def _frames(step: _Step) -> Told:
    if step.count(Event.FRAMES) == 0:
        after_us = step.since_us(Event.REQUESTED)
        text = f"The first picture reached the viewer {duration(after_us)} after it was asked for."
        return Told("first_picture", text, {"after_s": _s(after_us)})
    after_us = step.since_us(Event.DETACHED, Event.MEDIA_LOST, Event.ATTACHED)
    text = f"The picture reaches the viewer again, after {duration(after_us)}."
    return Told("picture_back", text, {"after_s": _s(after_us)})


def _media_lost(step: _Step) -> Told:
    return Told("media_lost", f"Worker {step.worker} lost the viewer's peer connection.", {})


def _silence(step: _Step) -> Told:
    afk = step.story.session.rules.afk
    text = (
        f"No input for {afk.warn_after_s:g} s: the viewer is warned, and has"
        f" {afk.disconnect_after_s:g} s left."
    )
    return Told("no_input", text, {"warn_after_s": afk.warn_after_s})


def _input(_step: _Step) -> Told:
    return Told("input", "The viewer did something again.", {})


def _held_off(step: _Step) -> Told:
    until_us = step.row.until_us
    left_us = 0 if until_us is None else max(until_us - step.row.at_us, 0)
    if left_us == 0:
        return Told("let_go", "The world no longer holds the warning for idle viewers off.", {})
    text = f"The world holds the warning for idle viewers off for {duration(left_us)}."
    return Told("held_off", text, {"for_s": _s(left_us)})


def _extended(step: _Step) -> Told:
    if step.row.until_us is None:
        return Told("asked", f"{step.who} gave it more time.", {})
    left_us = max(step.row.until_us - step.row.at_us, 0)
    text = f"{step.who} gave it more time: {duration(left_us)} are left."
    return Told("asked", text, {"left_s": _s(left_us)})


def _ended(step: _Step) -> Told:
    end = step.row.end
    if end is None:
        raise AssertionError("a session never ends without a code")
    facts: dict[str, Fact] = {"code": int(end.code), "name": end.entry.name}
    return Told(end.reason, sentence(step.story), facts)


_TELLERS: Final[Mapping[Event, Callable[[_Step], Told]]] = {
    Event.REQUESTED: _requested,
    Event.QUEUED: _queued,
    Event.RESERVED: _reserved,
    Event.PUT_ASIDE: _put_aside,
    Event.ACCEPTED: _accepted,
    Event.WORLD_STARTED: _world_started,
    Event.ATTACHED: _attached,
    Event.REJOINED: _rejoined,
    Event.CONTINUED: _continued,
    Event.SOCKET_CLOSED: _socket_closed,
    Event.LEAVING: _leaving,
    Event.DETACHED: _detached,
    Event.FRAMES: _frames,
    Event.MEDIA_LOST: _media_lost,
    Event.SILENCE: _silence,
    Event.INPUT: _input,
    Event.HELD_OFF: _held_off,
    Event.EXTENDED: _extended,
    Event.ENDED: _ended,
}


def _heartbeats_missed(story: Story, note: Note) -> Told:
    quiet = note.facts.get("unheard_s", 0)
    missed = note.facts.get("heartbeats_missed", 0)
    times = "heartbeat" if missed == 1 else "heartbeats"
    who = capital(story.who(note.actor))
    text = f"{who} was heard again after {quiet} s: {missed} {times} missed."
    return Told("unheard", text, note.facts)


def _media_path(_story: Story, note: Note) -> Told:
    path = {name: note.facts.get(name, "unknown") for name in ("local", "remote", "protocol")}
    path["protocol"] = str(path["protocol"]).upper()
    relayed = "relay" in {path["local"], path["remote"]}
    how = "through a relay" if relayed else "directly"
    text = "The picture flows {how} over {protocol}: viewer {local}, worker {remote}.".format(
        how=how, **path
    )
    return Told("relayed" if relayed else "direct", text, note.facts)


_MEASURES: Final = {
    "fps": "{} frames/s",
    "bitrate_kbps": "{} kbit/s",
    "rtt_ms": "{} ms round trip",
    "loss_percent": "{} % lost",
}


def _quality(story: Story, note: Note) -> Told:
    found = [
        how.format(_figure(note.facts[name]))
        for name, how in _MEASURES.items()
        if name in note.facts
    ]
    text = f"As {story.who(note.actor)} measures it: {', '.join(found) or 'nothing'}."
    return Told("sampled", text, note.facts)


def _figure(fact: Fact) -> str:
    return str(fact) if isinstance(fact, str) else f"{fact:g}"


def _queue_moved(_story: Story, note: Note) -> Told:
    position, length = note.facts.get("position", "?"), note.facts.get("length", "?")
    text = f"It stands at place {position} of {length} in line."
    reason = note.facts.get("reason")
    return Told("moved" if reason is None else str(reason), text, note.facts)


_NOTES: Final[Mapping[NoteKind, Callable[[Story, Note], Told]]] = {
    NoteKind.HEARTBEATS_MISSED: _heartbeats_missed,
    NoteKind.MEDIA_PATH: _media_path,
    NoteKind.QUALITY: _quality,
    NoteKind.QUEUE_MOVED: _queue_moved,
}


def _s(us: int) -> float:
    return round(us / SECOND_US, 1)
