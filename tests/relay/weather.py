"""What a path does to datagrams: lost, late, or out of turn. Pure, and the same for the same seed.

Whether a datagram is lost depends on the seed and on how many came before it, and on nothing else:
no clock is read, and what is late is late by a number.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How a path is at present.

    Attributes:
        drop_share: of the datagrams that are lost, 0 to 1.
        swap_share: of those that the next one overtakes, 0 to 1.
        delay_ms: how late each one comes.
    """

    drop_share: float = 0.0
    swap_share: float = 0.0
    delay_ms: float = 0.0


FAIR = Weather()
CUT = Weather(drop_share=1.0)


@dataclass(frozen=True, slots=True)
class Out:
    """A datagram that goes out, and how late."""

    data: bytes
    delay_ms: float


class Path:
    """One direction of one path.

    Args:
        seed: of its chance.
    """

    def __init__(self, seed: int | str) -> None:
        self.weather = FAIR
        self._chance = random.Random(seed)
        self._held: bytes | None = None

    def take(self, data: bytes) -> list[Out]:
        """Return what goes out now that this came in; one that is held goes after the next."""
        drop, swap = self._chance.random(), self._chance.random()  # both each time: same fates
        if drop < self.weather.drop_share:
            return []
        out = [Out(data, self.weather.delay_ms)]
        if self._held is not None:
            held, self._held = self._held, None
            return [*out, Out(held, self.weather.delay_ms)]
        if swap < self.weather.swap_share:
            self._held = data
            return []
        return out
