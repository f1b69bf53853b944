"""How a host calls a world, viewer or none: what happened is handed over, then it renders."""

from typing import cast

import numpy as np

from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import InputEvent
from diorama.world.world import FrameTime, Json, Picture, World

Happening = InputEvent | Prompt | Message


def hand_over(world: World, event: Happening) -> None:
    """Tell a world what happened."""
    if isinstance(event, Prompt):
        world.on_prompt(event.text)
    elif isinstance(event, Message):
        world.on_message(cast("Json", event.data))
    else:
        world.on_input(event)


def rendered(world: World, time: FrameTime) -> Picture:
    """Return a world's next picture.

    Raises:
        TypeError: it is no picture.
        ValueError: it is one of another size or kind than the world said.
    """
    picture = world.render(time)
    width, height = world.size
    wanted = (height, width, 3)
    kind = type(world).__name__
    if not isinstance(picture, np.ndarray):
        raise TypeError(f"{kind}.render returned {type(picture).__name__}, not a NumPy array")
    if picture.shape != wanted or picture.dtype != np.uint8:
        raise ValueError(
            f"{kind}.render returned {picture.dtype} of shape {picture.shape}; uint8 of shape "
            f"{wanted} is wanted: height, width, RGB"
        )
    return picture
