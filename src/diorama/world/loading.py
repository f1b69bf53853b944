"""From a world's entry, `module:Class`, `path/file.py:Class` or `path/file.py`, to its class.

What cannot be found is `UnknownWorld`; what is found and breaks is left to rise as it is.
"""

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Final, TypeGuard

from diorama.agent.recording_facts import MAX_SIDE, MIN_SIDE
from diorama.agent.world_link import MAX_FPS
from diorama.kernel.errors import Invalid, NotFound
from diorama.world.world import World

_FILE_MODULE: Final = "diorama_world_file"
_SIDES: Final = 2


class UnknownWorld(NotFound):
    """There is no such file, module or class, or it is no World."""

    code = "unknown_world"


def load_world(entry: str) -> type[World]:
    """Return the class that `entry` names; the folder of a file becomes importable.

    A file alone stands for the one world in it.

    Raises:
        UnknownWorld: there is none.
        Invalid: its `size` or `fps` is out of bounds.
        Exception: whatever its module raises while it is imported.
    """
    place, _, name = (entry, "", "") if entry.endswith(".py") else entry.rpartition(":")
    if not place or not (name or place == entry):
        raise UnknownWorld(f"{entry!r} is neither module:Class nor path/file.py:Class")
    module = _load_file(Path(place)) if place.endswith(".py") else _load_module(place)
    worlds = {one.__name__: one for one in vars(module).values() if _is_world(one)}
    found = getattr(module, name, None) if name else _only(worlds, module, place)
    if not _is_world(found):
        own = (
            ", ".join(_of(module, worlds))
            or "none: a World is a class that derives from `diorama.world.World`"
        )
        raise UnknownWorld(f"{place} has no World named {name!r}; it has {own}")
    _check(found)
    return found


def _is_world(found: object) -> TypeGuard[type[World]]:
    """Return whether it is a world to run, and not what worlds derive from."""
    return isinstance(found, type) and issubclass(found, World) and found is not World


def _of(module: ModuleType, worlds: Mapping[str, type[World]]) -> list[str]:
    """Return the names of those worlds that the module does not have from another one."""
    return [name for name, world in worlds.items() if world.__module__ == module.__name__]


def _only(worlds: Mapping[str, type[World]], module: ModuleType, place: str) -> type[World]:
    names = _of(module, worlds)
    if not names:
        raise UnknownWorld(f"{place} has no World: a class that derives from `diorama.world.World`")
    if len(names) > 1:
        raise UnknownWorld(f"{place} has {', '.join(names)}: say which, as {place}:{names[0]}")
    return worlds[names[0]]


def _load_file(path: Path) -> ModuleType:
    path = path.resolve()
    spec = importlib.util.spec_from_file_location(_FILE_MODULE, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UnknownWorld(f"there is no file {path}")
    sys.path.insert(0, str(path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[_FILE_MODULE] = module
    spec.loader.exec_module(module)
    return module


def _load_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name == missing or name.startswith(missing + "."):
            raise UnknownWorld(f"there is no module {missing}") from None
        raise  # the module is there, and lacks one itself


def _check(world: type[World]) -> None:
    size: object = world.size  # what a file says need not be what it should be
    fps: object = world.fps
    if not (isinstance(size, tuple | list) and len(size) == _SIDES and all(map(_is_a_side, size))):
        raise Invalid(
            f"{world.__name__}.size is {size!r}: it must be (width, height), both even, "
            f"{MIN_SIDE} to {MAX_SIDE}"
        )
    if not (isinstance(fps, int) and 1 <= fps <= MAX_FPS):
        raise Invalid(f"{world.__name__}.fps is {fps!r}: it must be a whole number, 1 to {MAX_FPS}")


def _is_a_side(side: object) -> bool:
    return isinstance(side, int) and MIN_SIDE <= side <= MAX_SIDE and side % 2 == 0
