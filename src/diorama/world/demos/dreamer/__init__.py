"""Dreamer: a landscape that prompts change while it runs. `Dreamer` is the world."""

from diorama.world.demos.dreamer.prompts import STARTERS
from diorama.world.demos.dreamer.words import Understood, Wish, understand
from diorama.world.demos.dreamer.world import Dreamer

__all__ = ["STARTERS", "Dreamer", "Understood", "Wish", "understand"]
