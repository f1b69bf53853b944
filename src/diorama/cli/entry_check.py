"""Loads one world and says whether it can be: `python -m diorama.cli.entry_check FILE[:CLASS]`.

A process of its own, since loading runs whatever stands in the file.
"""

import sys

from diorama.cli.restarts import REFUSED
from diorama.kernel.errors import DioramaError
from diorama.world.loading import load_world


def check(entry: str) -> int:
    """Return 0 if the entry is a world; what its module raises is left to rise."""
    try:
        world = load_world(entry)
    except DioramaError as error:
        print(f"diorama: {error}", file=sys.stderr)  # noqa: T201 - the answer, to who asked
        return REFUSED
    width, height = world.size
    print(f"{world.__name__}: {width}x{height}, {world.fps} frames a second")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(check(sys.argv[1]))
