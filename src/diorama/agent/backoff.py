"""How long to wait before the next try to reach a gateway. Pure."""

import random
from typing import Final

FIRST_S: Final = 0.25
LONGEST_S: Final = 5.0  # so that after 15 s of a gateway's absence each worker has tried thrice


def wait_s(failures: int, rng: random.Random) -> float:
    """Return the wait after so many failures in a row: full jitter, doubled each time, bounded."""
    bound = min(FIRST_S * 2 ** min(failures, 16), LONGEST_S)
    return rng.uniform(0, bound)
