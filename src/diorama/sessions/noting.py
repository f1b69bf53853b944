"""When something seen of a session is worth a note. Pure.

A note costs a row, so what is measured all the time is noted now and then: the longer a session
has gone on, the longer the pauses, which keeps a day's session to some hundred rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from diorama.protocol.media import MediaPath
from diorama.protocol.timeline_views import Fact
from diorama.protocol.viewer import Quality
from diorama.protocol.views import QueueView
from diorama.protocol.worker import Beat
from diorama.sessions.timeline_store import NoteKind

QUALITY_EVERY_S: Final = 30.0
STRETCHED_BY: Final = 100
"""The pause is a hundredth of the session's age where that is longer."""
UNLESS_VIEWER_S: Final = 90.0
"""A worker's sample is left out where there was one of the viewer so shortly before."""
PATH_EVERY_S: Final = 5.0
PLACE_EVERY_S: Final = 30.0
MISSED_FROM: Final = 2.0
"""Heartbeats: who was silent for as long as two has missed one, and not only been late."""
_NEVER: Final = float("-inf")


def pause_s(age_s: float) -> float:
    """Return the pause between two samples of a session's quality."""
    return max(QUALITY_EVERY_S, age_s / STRETCHED_BY)


def missed_beats(silent_s: float, heartbeat_s: float) -> int:
    """Return how many heartbeats somebody missed who was silent for so long."""
    if silent_s < MISSED_FROM * heartbeat_s:
        return 0
    return max(round(silent_s / heartbeat_s) - 1, 1)


@dataclass(slots=True)
class Noted:
    """What was noted last of one viewer's session. Times are a loop's."""

    path: MediaPath | None = None
    _path_s: float = _NEVER
    _quality_s: float = _NEVER
    _since_s: float | None = None
    _position: int = 0
    _place_s: float = _NEVER

    def news_of_path(self, seen: Quality, now_s: float) -> Mapping[str, Fact] | None:
        """Return what to note of the media's path, where it is another one."""
        if seen.path is None or seen.path == self.path or now_s - self._path_s < PATH_EVERY_S:
            return None
        self.path, self._path_s = seen.path, now_s
        return _facts(seen.path)

    def news_of_quality(self, seen: Quality, now_s: float) -> Mapping[str, Fact] | None:
        """Return what to note of the quality, where it is time."""
        facts = _facts(seen, without=("attachment", "path"))
        if self._since_s is None:
            self._since_s = now_s
        if not facts or now_s - self._quality_s < pause_s(now_s - self._since_s):
            return None
        self._quality_s = now_s
        return facts

    def news_of_place(self, place: QueueView, now_s: float) -> Mapping[str, Fact] | None:
        """Return what to note of a place in line; moves that come soon are one."""
        if place.position == self._position or now_s - self._place_s < PLACE_EVERY_S:
            return None
        self._position, self._place_s = place.position, now_s
        facts = _facts(place)
        return {
            name: round(value) if isinstance(value, float) else value
            for name, value in facts.items()
        }


@dataclass(slots=True)
class NotedWorker:
    """What was noted last of what one worker runs. Times are a loop's."""

    _heard_s: float
    _since_s: dict[str, float] = field(default_factory=dict)
    _quality_s: dict[str, float] = field(default_factory=dict)

    def news(
        self, beat: Beat, now_s: float, heartbeat_s: float
    ) -> list[tuple[str, NoteKind, Mapping[str, Fact]]]:
        """Return what to note of a beat, by session."""
        silent_s, self._heard_s = now_s - self._heard_s, now_s
        missed = missed_beats(silent_s, heartbeat_s)
        running = {slot.session: slot for slot in beat.slots if slot.session is not None}
        for known in (self._since_s, self._quality_s):
            for gone in known.keys() - running.keys():
                del known[gone]
        found: list[tuple[str, NoteKind, Mapping[str, Fact]]] = []
        for session_id, slot in running.items():
            if missed:
                facts = {"unheard_s": round(silent_s, 1), "heartbeats_missed": missed}
                found.append((session_id, NoteKind.HEARTBEATS_MISSED, facts))
            if slot.media == "connected" and self._is_due(session_id, now_s):
                sent = {"fps": slot.fps, "bitrate_kbps": slot.bitrate_kbps}
                known_facts = {name: round(v, 1) for name, v in sent.items() if v is not None}
                if known_facts:
                    self._quality_s[session_id] = now_s
                    found.append((session_id, NoteKind.QUALITY, known_facts))
        return found

    def _is_due(self, session_id: str, now_s: float) -> bool:
        since_s = self._since_s.setdefault(session_id, now_s)
        last_s = self._quality_s.get(session_id, since_s)
        return now_s - last_s >= pause_s(now_s - since_s)


def _facts(seen: msgspec.Struct, *, without: tuple[str, ...] = ()) -> dict[str, Fact]:
    """Return what is known of what was seen."""
    found = msgspec.structs.asdict(seen)
    return {n: v for n, v in found.items() if v is not None and n not in without}
