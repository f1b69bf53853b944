"""The projects that ship with Diorama, for a gateway whose operator has named none. Data.

They name their worlds by entry only: this package knows no world.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A project that ships."""

    name: str
    title: str
    description: str
    entry: str
    prompts: tuple[str, ...] = ()
    images: bool = False


SHIPPED: Final = (
    Shipped(
        name="cove",
        title="The cove",
        description="A bay at golden hour. Walk with W A S D or the arrow keys, drag to look "
        "around, click to throw a stone into the water.",
        entry="diorama.world.demos.cove:Cove",
    ),
    Shipped(
        name="dreamer",
        title="The dreamer",
        description="A landscape that follows your words. Type what you would like to see, and "
        "watch the scene become it.",
        entry="diorama.world.demos.dreamer:Dreamer",
        prompts=(
            "pink sunset, mountains by a quiet lake, three balloons",
            "hills by the sea, a storm at night, a lighthouse",
            "hills on a winter night, northern lights, a village in the snow",
            "a golden autumn forest at sunset with a castle",
            "a spring meadow at noon, a rainbow and two windmills",
        ),
        images=True,
    ),
)
