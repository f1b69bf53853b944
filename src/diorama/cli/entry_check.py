"""Loads one world and says whether it can be: `python -m diorama.cli.entry_check FILE[:CLASS]`.

A process of its own, since loading runs whatever stands in the file.
"""

import inspect
import sys

from diorama.cli.restarts import REFUSED
from diorama.kernel.errors import DioramaError, Invalid
from diorama.world.failing import traceback_of
from diorama.world.loading import load_world
from diorama.world.world import World


def check(entry: str) -> int:
    """Return 0 if the entry is a world that could run; otherwise say why not."""
    try:
        world = load_world(entry)
        _check_to_make(world)
    except DioramaError as error:
        return _refuse(str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the file's own: told to its author
        sys.stderr.write(traceback_of(error))
        return _refuse(f"{entry} does not load{_remedy(error)}")
    width, height = world.size
    print(f"{world.__name__}: {width}x{height}, {world.fps} frames a second")  # noqa: T201 - as above
    return 0


def _check_to_make(world: type[World]) -> None:
    """Raise Invalid for what is found only once there is a viewer."""
    name = world.__name__
    if world.render is World.render:
        raise Invalid(f"{name} has no method `render(self, time)`: it makes the pictures")
    try:
        inspect.signature(world).bind()
    except TypeError as error:
        raise Invalid(
            f"{name}.__init__: {error}. A world is made without arguments; what a project says to "
            "it is in `context.options`"
        ) from None
    except ValueError:
        return  # a signature that cannot be read is no fault


def _remedy(error: BaseException) -> str:
    match error:
        case ModuleNotFoundError(name=str(name)):
            package = name.partition(".")[0]
            return (
                f": {package} is not installed here. Where a package has that name: "
                f"{sys.executable} -m pip install {package}"
            )
        case SystemExit():
            return ": it ends the program that imports it"
        case _:
            return ""


def _refuse(line: str) -> int:
    print(f"diorama: {line}", file=sys.stderr)  # noqa: T201 - the answer, to who asked
    return REFUSED


if __name__ == "__main__":
    sys.exit(check(sys.argv[1]))
