"""What is written of what happened in a recording: one object for each line of its events. Pure.

`at_ms` is a run's virtual time, or since the start of a live session. Of a pointer that is moved,
a few places a second are told, its last before anything else always.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from diorama.agent.world_link import GiveImage
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import Gamepad, InputEvent, PointerMove, TouchMove, Wheel
from diorama.protocol.scripts import Cue

Line = dict[str, object]
Played = InputEvent | Prompt | Message
Happening = Played | GiveImage
MOVE_EVERY_MS: Final = 100
_MOVES: Final = (PointerMove, TouchMove, Wheel, Gamepad)


def happened(event: Happening, at_ms: int) -> Line:
    """Return the line of what a viewer did."""
    match event:
        case Prompt(text=text):
            return {"type": "prompt", "at_ms": at_ms, "prompt": text}
        case GiveImage(text=text):
            return {"type": "image", "at_ms": at_ms, "prompt": text}
        case Message(data=data):
            return {"type": "message", "at_ms": at_ms, "message": data}
        case _:
            return {"type": "input", "at_ms": at_ms, "input": msgspec.to_builtins(event)}


def event_of(cue: Cue) -> Played:
    """Return what a cue stands for. It is no end."""
    if cue.prompt is not None:
        return Prompt(cue.prompt)
    if cue.input is not None:
        return cue.input
    assert cue.message is not msgspec.UNSET, "a checked cue names one thing"
    return Message(cue.message)


class Moves:
    """Thins out moves; each kind, and each finger or gamepad, by itself."""

    def __init__(self) -> None:
        self._told_ms: dict[tuple[object, ...], int] = {}
        self._kept: dict[tuple[object, ...], Line] = {}

    def take(self, event: Happening, at_ms: int) -> Iterator[Line]:
        """Yield what is to be written now that this happened."""
        line = happened(event, at_ms)
        if not isinstance(event, _MOVES):
            yield from self.flush()
            yield line
            return
        key = _key(event)
        if at_ms - self._told_ms.get(key, -MOVE_EVERY_MS) < MOVE_EVERY_MS:
            self._kept[key] = line
            return
        self._told_ms[key] = at_ms
        self._kept.pop(key, None)
        yield line

    def flush(self) -> Iterator[Line]:
        """Yield the last places of what moved."""
        kept, self._kept = self._kept, {}
        self._told_ms.clear()  # bounded: a viewer may name any number of fingers
        yield from kept.values()


def _key(event: Happening) -> tuple[object, ...]:
    match event:
        case TouchMove(id=number) | Gamepad(index=number):
            return (type(event), number)
        case _:
            return (type(event),)
