"""How tests look at frames."""

import asyncio
from typing import Final

import numpy as np

from diorama.client import AsyncViewer, Frame
from tests.browser.worlds import COLOURS

PATIENCE_S: Final = 90.0
NEAR: Final = 12
"""How far an encoder may be off in each of red, green and blue."""


def shows(frame: Frame, colour: str) -> bool:
    """Whether the middle of a frame has a colour of the painted world."""
    height, width = frame.rgb.shape[:2]
    middle = frame.rgb[height // 3 : height // 2, width // 3 : width // 2]
    return bool(np.abs(middle.astype(int) - COLOURS[colour]).max() <= NEAR)


async def until_shown(viewer: AsyncViewer, colour: str) -> Frame:
    """Return the first frame of a colour."""
    async with asyncio.timeout(PATIENCE_S):
        async for frame in viewer.frames():
            if shows(frame, colour):
                return frame
    raise AssertionError(f"over, and never {colour}")
