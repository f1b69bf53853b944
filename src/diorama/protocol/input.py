"""What a viewer does, as events: one typed union, the same in the browser, the worker and a world.

Coordinates `x`, `y` are fractions of the picture, 0.0 at the left and top, 1.0 at the right and
bottom. `movement_x`, `movement_y` are CSS pixels, and the only thing to read under pointer lock.
`code` and `key` are those of W3C UI Events; buttons are numbered as in W3C Pointer Events.
Events travel as JSON over the data channels `control` (reliable) and `input` (pointer moves only).
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

MAX_TEXT: Final = 4_000
Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
Pixels = Annotated[float, Meta(ge=-100_000.0, le=100_000.0)]
Word = Annotated[str, Meta(max_length=64)]
Button = Annotated[int, Meta(ge=0, le=15)]
TouchId = Annotated[int, Meta(ge=0, le=2**31)]


class _Event(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    """Shared settings: immutable, tagged by `type`, unknown fields refused."""


class KeyDown(_Event, frozen=True, tag="key_down"):
    """A key went down, or repeats while held."""

    code: Word
    key: Word
    repeat: bool = False


class KeyUp(_Event, frozen=True, tag="key_up"):
    """A key went up, or the viewer's window lost focus while it was held."""

    code: Word
    key: Word


class PointerMove(_Event, frozen=True, tag="pointer_move"):
    """A mouse or pen moved; `buttons` is the W3C bit mask of those held."""

    x: Fraction
    y: Fraction
    movement_x: Pixels = 0.0
    movement_y: Pixels = 0.0
    buttons: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0


class PointerDown(_Event, frozen=True, tag="pointer_down"):
    """A button of a mouse or pen went down: 0 left, 1 middle, 2 right."""

    x: Fraction
    y: Fraction
    button: Button = 0


class PointerUp(_Event, frozen=True, tag="pointer_up"):
    """A button of a mouse or pen went up."""

    x: Fraction
    y: Fraction
    button: Button = 0


class Wheel(_Event, frozen=True, tag="wheel"):
    """The wheel turned; CSS pixels, positive down and right."""

    delta_x: Pixels
    delta_y: Pixels
    x: Fraction = 0.5
    y: Fraction = 0.5


class TouchStart(_Event, frozen=True, tag="touch_start"):
    """A finger came down."""

    id: TouchId
    x: Fraction
    y: Fraction


class TouchMove(_Event, frozen=True, tag="touch_move"):
    """A finger moved."""

    id: TouchId
    x: Fraction
    y: Fraction


class TouchEnd(_Event, frozen=True, tag="touch_end"):
    """A finger left, or the system took the touch away."""

    id: TouchId


class Gamepad(_Event, frozen=True, tag="gamepad"):
    """A gamepad in W3C standard mapping: axes -1.0 to 1.0, buttons 0.0 to 1.0."""

    index: Annotated[int, Meta(ge=0, le=7)]
    axes: Annotated[tuple[Annotated[float, Meta(ge=-1.0, le=1.0)], ...], Meta(max_length=8)]
    buttons: Annotated[tuple[Fraction, ...], Meta(max_length=32)]


class Text(_Event, frozen=True, tag="text"):
    """Text typed or composed by an input method, where keys alone do not tell it."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


InputEvent = (
    KeyDown
    | KeyUp
    | PointerMove
    | PointerDown
    | PointerUp
    | Wheel
    | TouchStart
    | TouchMove
    | TouchEnd
    | Gamepad
    | Text
)
