"""When to try again: at once, then after 1, 2, 4, 8 and 15 s. Source: DESIGN section 6. Pure."""

from typing import Final

_DELAYS_S: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
STEPS: Final = len(_DELAYS_S)
"""How many attempts there are before the longest wait repeats itself."""


def delay_s(attempt: int, chance: float) -> float:
    """Return how long to wait before attempt `attempt` (0 is the first).

    `chance`, a draw in [0, 1), cuts it by up to half, so that many viewers of one lost gateway do
    not come back in step.
    """
    return _DELAYS_S[min(attempt, len(_DELAYS_S) - 1)] * (1 - chance / 2)
