"""The public API for world authors. Guide: docs/worlds.md."""

from diorama.protocol.input import (
    Gamepad,
    InputEvent,
    KeyDown,
    KeyUp,
    PointerDown,
    PointerMove,
    PointerUp,
    Text,
    TouchEnd,
    TouchMove,
    TouchStart,
    Wheel,
)
from diorama.world.world import FrameTime, Json, Picture, World, WorldContext

__all__ = [
    "FrameTime",
    "Gamepad",
    "InputEvent",
    "Json",
    "KeyDown",
    "KeyUp",
    "Picture",
    "PointerDown",
    "PointerMove",
    "PointerUp",
    "Text",
    "TouchEnd",
    "TouchMove",
    "TouchStart",
    "Wheel",
    "World",
    "WorldContext",
]
