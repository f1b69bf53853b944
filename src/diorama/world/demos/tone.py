"""How linear light becomes the bytes of a picture."""

from typing import Final

import numpy as np

from diorama.world.demos.compiled import Bytes

BRIGHTEST: Final = 4.0
TONES: Final = 16384
TONE_STEPS: Final = TONES / BRIGHTEST


def tone_curve() -> Bytes:
    """Return the step from linear light, 0 to `BRIGHTEST` in `TONES` steps, to a pixel's byte.

    Soft in the lights, as film is, so that the sun and its path on the water keep their colour.
    """
    light = np.arange(TONES) / TONE_STEPS
    bent = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14)
    return (np.clip(bent, 0.0, 1.0) ** (1 / 2.2) * 255.0 + 0.5).astype(np.uint8)
