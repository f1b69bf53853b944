"""Prompts to start with: a page may offer them as buttons."""

from typing import Final

STARTERS: Final = (
    "a misty dawn over the mountains, five birds",
    "pink sunset, mountains by a quiet lake, three balloons",
    "hills by the sea, a storm at night, a lighthouse",
    "hills on a winter night, northern lights, a village in the snow",
    "a golden autumn forest at sunset with a castle",
    "a desert at dusk, clear sky, many lanterns",
    "a city by the water at blue hour",
    "a spring meadow at noon, a rainbow and two windmills",
)
