"""A world that costs next to nothing to draw, for tests that look at it through a browser."""

from typing import Final

import numpy as np

from diorama.world import FrameTime, InputEvent, KeyDown, Picture, World, WorldContext

WIDTH: Final = 320
HEIGHT: Final = 180
COLOURS: Final[dict[str, tuple[int, int, int]]] = {
    "grey": (40, 40, 40),
    "red": (210, 40, 40),
    "green": (40, 190, 60),
    "blue": (40, 70, 220),
    "yellow": (225, 215, 60),
}
"""Far enough apart to be told from each other after any encoder."""


class Painted(World):
    """Grey; each key paints it in the next colour. A prompt that names a colour paints it so."""

    size = (WIDTH, HEIGHT)
    fps = 20

    def start(self, context: WorldContext) -> None:
        """Begin with the first colour, or with the option `colour`."""
        self._names = list(COLOURS)
        first = context.options.get("colour", self._names[0])
        self._at = self._names.index(str(first))
        self._picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)

    def on_input(self, event: InputEvent) -> None:
        """Take the next colour at a key."""
        if isinstance(event, KeyDown):
            self._at = (self._at + 1) % len(self._names)

    def on_prompt(self, text: str) -> None:
        """Take the colour that is named."""
        if text in self._names:
            self._at = self._names.index(text)

    def on_image(self, image: Picture, text: str) -> None:  # noqa: ARG002 - the colour is all
        """Take the colour that an image has in its middle."""
        height, width = image.shape[:2]
        middle = image[height // 2, width // 2].astype(int)
        apart = [int(np.abs(middle - colour).sum()) for colour in COLOURS.values()]
        self._at = apart.index(min(apart))

    def render(self, time: FrameTime) -> Picture:
        """Paint the whole picture, and a clock's hand along its lower edge."""
        self._picture[:] = COLOURS[self._names[self._at]]
        hand = time.number * 4 % WIDTH
        self._picture[-8:, hand : hand + 16] = 255
        return self._picture
