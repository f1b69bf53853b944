"""The world that stands in for those of the pages: as large as they are, and cheap to draw."""

from typing import Final

import numpy as np

from diorama.world import FrameTime, InputEvent, Json, KeyDown, Picture, World, WorldContext

COLOURS: Final = ((40, 90, 160), (200, 60, 40), (50, 170, 70))


class StandIn(World):
    """One plain colour, the next at each key. Answers prompts and messages."""

    size = (1280, 720)
    fps = 12

    def start(self, context: WorldContext) -> None:
        """Begin with the first colour."""
        self._context = context
        self._presses = 0
        self._picture = np.zeros((720, 1280, 3), np.uint8)

    def on_input(self, event: InputEvent) -> None:
        """Take the next colour at a key."""
        self._presses += isinstance(event, KeyDown)

    def on_prompt(self, text: str) -> None:
        """Say which words were heard."""
        self._context.send({"type": "understood", "words": list[Json](text.split()[:8])})

    def on_message(self, data: Json) -> None:
        """Say it back."""
        self._context.send(data)

    def render(self, time: FrameTime) -> Picture:
        """Paint the colour, and a mark that moves along the lower edge."""
        self._picture[:] = COLOURS[self._presses % len(COLOURS)]
        hand = time.number * 16 % 1280
        self._picture[-16:, hand : hand + 64] = 255
        return self._picture
