"""Finds the encoders this machine has, by encoding two pictures with each.

FFmpeg lists what it was built with, not what the machine can run: a wheel names `h264_nvenc`
where there is no GPU. Only two access units, the first a key frame, count as proof.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import numpy as np

from diorama.agent.media.av_encoder import RECIPES, AvEncoder, AvRecipe
from diorama.agent.media.encoder import Encoder, EncoderInfo, EncoderSettings
from diorama.agent.media.engine import Codec
from diorama.kernel.errors import Unavailable

PROBE_TIMEOUT_S: Final = 10.0
_SIZE: Final = EncoderSettings(width=320, height=240, bitrate_kbps=500, fps=30)


@dataclass(frozen=True, slots=True)
class Encoders:
    """The encoders of this machine, best first; an `encoder.EncoderFactory`."""

    recipes: tuple[AvRecipe, ...]

    @property
    def infos(self) -> list[EncoderInfo]:
        """Return what they are, best first."""
        return [recipe.info for recipe in self.recipes]

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """Return what can be encoded, best first."""
        return tuple(dict.fromkeys(recipe.info.codec for recipe in self.recipes))

    def open(self, codec: Codec, settings: EncoderSettings) -> Encoder:
        """Return the best encoder of this codec that opens now.

        A hardware encoder may refuse one session more, so the next best is tried. Raises
        Unavailable where none opens.
        """
        failures: list[str] = []
        for recipe in self.recipes:
            if recipe.info.codec == codec:
                try:
                    return AvEncoder(recipe, settings)
                except Unavailable as error:
                    failures.append(str(error))
        raise Unavailable(
            f"no {codec} encoder opens here: {'; '.join(failures) or 'there is none'}",
            code="encoder_unavailable",
        )


async def probe_encoders() -> list[EncoderInfo]:
    """Return the encoders this machine has, best first."""
    return (await find_encoders()).infos


async def find_encoders() -> Encoders:
    """Return the encoders this machine has, ready to open; one that hangs does not count."""
    works = [await _works_in_time(recipe) for recipe in RECIPES]
    return Encoders(tuple(r for r, does in zip(RECIPES, works, strict=True) if does))


async def _works_in_time(recipe: AvRecipe) -> bool:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return await asyncio.to_thread(_works, recipe)
    except TimeoutError:
        return False


def _works(recipe: AvRecipe) -> bool:
    pixels = np.zeros((_SIZE.height, _SIZE.width, 3), dtype=np.uint8)
    try:
        encoder = AvEncoder(recipe, _SIZE)
        units = [encoder.encode(pixels, rendered_us=i * 33_333, key=i == 0) for i in range(2)]
    except Unavailable:
        return False
    encoder.close()
    return units[0].key and all(unit.data for unit in units)
