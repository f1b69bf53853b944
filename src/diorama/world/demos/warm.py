"""Compile the kernels of the shipped worlds ahead: `python -m diorama.world.demos.warm`.

Half a minute of one core where nothing is compiled yet, half a second where it is. Whoever sets a
machine up runs it as the user who will run the worker, since that is whose cache it fills.
"""

import importlib
import sys
import time

from diorama.world.demos.compiled import cache_folder

WORLDS = ("diorama.world.demos.cove", "diorama.world.demos.dreamer")


def warm() -> float:
    """Compile, or load, every kernel; return how many seconds it took."""
    began_s = time.perf_counter()
    for world in WORLDS:
        importlib.import_module(world)  # a kernel is compiled where it is defined
    return time.perf_counter() - began_s


if __name__ == "__main__":
    sys.stdout.write(f"Compiling the shipped worlds for this machine into {cache_folder()} ...\n")
    sys.stdout.flush()
    sys.stdout.write(f"ready after {warm():.1f} s\n")
