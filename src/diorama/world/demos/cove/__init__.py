"""Cove: a bay at the golden hour, drawn on the CPU. `Cove` is the world."""

from diorama.world.demos.cove.world import Cove

__all__ = ["Cove"]
