"""What a viewer's hands mean to a world: held keys as a direction, drags as a look, clicks as taps.

Pure: it takes events and is asked once a frame. Whatever comes in, what comes out is finite and
within bounds, and nothing here grows: only keys it knows are kept, and a few fingers.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from diorama.protocol.input import (
    Gamepad,
    InputEvent,
    KeyDown,
    KeyUp,
    PointerDown,
    PointerMove,
    PointerUp,
    TouchEnd,
    TouchMove,
    TouchStart,
    Wheel,
)

MOST_TAPS: Final = 8
MOST_FINGERS: Final = 10
TAP_REACH: Final = 0.015
DEAD_ZONE: Final = 0.12
LOOK_PER_PIXEL: Final = 0.0024
LOOK_PER_PICTURE: Final = 2.2
MOST_LOOK: Final = 1.5

AXES: Final[Mapping[str, tuple[str, float]]] = {
    "KeyW": ("forward", 1.0),
    "ArrowUp": ("forward", 1.0),
    "KeyS": ("forward", -1.0),
    "ArrowDown": ("forward", -1.0),
    "KeyD": ("strafe", 1.0),
    "KeyA": ("strafe", -1.0),
    "ArrowRight": ("turn", 1.0),
    "ArrowLeft": ("turn", -1.0),
    "KeyE": ("lift", 1.0),
    "Space": ("lift", 1.0),
    "KeyQ": ("lift", -1.0),
    "KeyC": ("lift", -1.0),
    "ShiftLeft": ("haste", 1.0),
    "ShiftRight": ("haste", 1.0),
}


@dataclass(frozen=True, slots=True)
class Intent:
    """What the viewer wants in this frame.

    `forward`, `strafe`, `turn`, `lift`: -1 to 1 for as long as it is held. `look_x`, `look_y`:
    radians to look right and down since the last frame. `wheel`: notches down. `taps`: where, as
    fractions of the picture. `hover`: where the pointer is.
    """

    forward: float
    strafe: float
    turn: float
    lift: float
    haste: bool
    look_x: float
    look_y: float
    wheel: float
    taps: tuple[tuple[float, float], ...]
    hover: tuple[float, float]


@dataclass(slots=True)
class _Finger:
    x: float
    y: float
    moved: float = 0.0


@dataclass(slots=True)
class Steering:
    """Gathers events between frames."""

    _held: set[str] = field(default_factory=set)
    _fingers: dict[int, _Finger] = field(default_factory=dict)
    _pressed: _Finger | None = None
    _hover: tuple[float, float] = (0.5, 0.5)
    _sticks: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    _look: tuple[float, float] = (0.0, 0.0)
    _wheel: float = 0.0
    _taps: list[tuple[float, float]] = field(default_factory=list)

    def take(self, event: InputEvent) -> None:
        """Take one event; what means nothing here is left out."""
        match event:
            case KeyDown(code=code) if code in AXES:
                self._held.add(code)
            case KeyUp(code=code):
                self._held.discard(code)
            case PointerMove():
                self._move_pointer(event)
            case PointerDown(x=x, y=y):
                self._pressed = _Finger(_fraction(x), _fraction(y))
            case PointerUp(x=x, y=y):
                self._release(self._pressed, _fraction(x), _fraction(y))
                self._pressed = None
            case Wheel(delta_y=delta):
                self._wheel = _within(self._wheel + _within(delta, 1000.0) / 100.0, 20.0)
            case TouchStart() | TouchMove() | TouchEnd():
                self._touch(event)
            case Gamepad(axes=axes):
                self._sticks = _four(axes)
            case _:
                pass

    def drain(self) -> Intent:
        """Return what is wanted now, and forget what counts only once."""
        intent = Intent(
            forward=_within(self._along("forward") - self._sticks[1] + self._pinch(), 1.0),
            strafe=_within(self._along("strafe") + self._sticks[0], 1.0),
            turn=_within(self._along("turn") + self._sticks[2], 1.0),
            lift=_within(self._along("lift") - self._sticks[3], 1.0),
            haste=self._along("haste") > 0.0,
            look_x=self._look[0],
            look_y=self._look[1],
            wheel=self._wheel,
            taps=tuple(self._taps),
            hover=self._hover,
        )
        self._look = (0.0, 0.0)
        self._wheel = 0.0
        self._taps.clear()
        return intent

    def _along(self, axis: str) -> float:
        return math.fsum(AXES[code][1] for code in self._held if AXES[code][0] == axis)

    def _pinch(self) -> float:
        return 1.0 if len(self._fingers) > 1 else 0.0  # two fingers down walk on

    def _move_pointer(self, event: PointerMove) -> None:
        x, y = _fraction(event.x), _fraction(event.y)
        # Under pointer lock the pointer stands still while the mouse moves.
        locked = (x, y) == self._hover
        if locked or event.buttons:
            self._turn_by(event.movement_x * LOOK_PER_PIXEL, event.movement_y * LOOK_PER_PIXEL)
        if self._pressed is not None:
            self._pressed.moved += abs(x - self._hover[0]) + abs(y - self._hover[1])
        self._hover = (x, y)

    def _touch(self, event: TouchStart | TouchMove | TouchEnd) -> None:
        if isinstance(event, TouchStart):
            if len(self._fingers) < MOST_FINGERS:
                self._fingers[event.id] = _Finger(_fraction(event.x), _fraction(event.y))
            return
        if isinstance(event, TouchEnd):
            finger = self._fingers.pop(event.id, None)
            if finger is not None:
                self._release(finger, finger.x, finger.y)
            return
        finger = self._fingers.get(event.id)
        if finger is None:
            return
        x, y = _fraction(event.x), _fraction(event.y)
        # A finger holds on to the scene: it drags what it touches, so the look goes the other way.
        self._turn_by((finger.x - x) * LOOK_PER_PICTURE, (finger.y - y) * LOOK_PER_PICTURE * 0.6)
        finger.moved += abs(x - finger.x) + abs(y - finger.y)
        finger.x, finger.y = x, y

    def _release(self, finger: _Finger | None, x: float, y: float) -> None:
        if finger is not None and finger.moved < TAP_REACH and len(self._taps) < MOST_TAPS:
            self._taps.append((x, y))

    def _turn_by(self, right: float, down: float) -> None:
        self._look = (
            _within(self._look[0] + _within(right, MOST_LOOK), MOST_LOOK),
            _within(self._look[1] + _within(down, MOST_LOOK), MOST_LOOK),
        )


def _within(value: float, most: float) -> float:
    """Return `value` held between -`most` and `most`; 0 for what is no number."""
    return max(-most, min(most, value)) if math.isfinite(value) else 0.0


def _fraction(value: float) -> float:
    return max(0.0, min(1.0, value)) if math.isfinite(value) else 0.5


def _four(axes: tuple[float, ...]) -> tuple[float, float, float, float]:
    sticks = [_within(axis, 1.0) for axis in axes[:4]] + [0.0] * 4
    still = [axis if abs(axis) > DEAD_ZONE else 0.0 for axis in sticks]
    return still[0], still[1], still[2], still[3]
