"""Prompts to start with: a page may offer them as buttons."""

from typing import Final

STARTERS: Final = (
    "a misty dawn over the mountains, five birds",
    "pink sunset, a quiet lake, three balloons",
    "a storm at night by the sea with a lighthouse",
    "winter night, northern lights, a village in the snow",
    "a golden autumn forest with a castle",
    "a desert at dusk, clear sky, many lanterns",
    "a city by the water at blue hour, rain",
    "a spring meadow at noon, a rainbow and two windmills",
)
