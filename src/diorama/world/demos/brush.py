"""How a card, a small picture on an upright sheet, is painted from shapes; once, at the start."""

from typing import Final

import numpy as np
import numpy.typing as npt

from diorama.world.demos.compiled import Pixels

FINER: Final = 4

Mask = npt.NDArray[np.bool_]
Plane = npt.NDArray[np.float64]


class Brush:
    """Paints masks at `FINER` times a card's size, and shrinks the result: edges come out soft."""

    def __init__(self, rows: int, columns: int) -> None:
        self._shape = (rows, FINER, columns, FINER, 5)
        rows, columns = rows * FINER, columns * FINER
        self.card = np.zeros((rows, columns, 5))
        self.side: Plane = ((np.arange(columns) + 0.5) / columns * 2.0 - 1.0)[None, :]
        self.down: Plane = ((np.arange(rows) + 0.5) / rows)[:, None]

    def fill(self, mask: Mask, color: tuple[float, float, float], sun: float) -> None:
        """Paint linear light and a share of sun where the mask is."""
        self.card[mask] = (*np.sqrt(color), 1.0, sun)

    def done(self) -> Pixels:
        """Return the card."""
        blocks = self.card.reshape(self._shape)
        cover = blocks[..., 3:4].sum(axis=(1, 3))
        card = (blocks * blocks[..., 3:4]).sum(axis=(1, 3)) / np.maximum(cover, 1e-6)
        card[..., 3] = cover[..., 0] / FINER**2
        done: Pixels = (np.clip(card, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
        return done
