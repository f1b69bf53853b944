"""What `diorama dev FILE:Class` needs of the worker's side: the world as a project names it.

`diorama dev` starts the whole of Diorama on one machine, with one project; the CLI joins the parts.
Whether there is such a world is found out where it always is, in the world's own process.
"""

from pathlib import Path
from typing import Final

from diorama.kernel.errors import Invalid
from diorama.protocol.worker import WorldSpec

_EXAMPLE: Final = "my_world.py:MyWorld"


def world_spec(entry: str, *, folder: Path) -> WorldSpec:
    """Return the world that `entry`, typed in `folder`, names: `FILE:Class` or `module:Class`.

    A file becomes an absolute path, so the world starts wherever its worker runs.

    Raises:
        Invalid: with code `world_entry`: it is neither, or there is no such file.
    """
    place, _, name = entry.rpartition(":")
    if not place or not name.isidentifier():
        raise Invalid(
            f"{entry!r} names no class of a world: write it as {_EXAMPLE}", code="world_entry"
        )
    if not place.endswith(".py"):
        return WorldSpec(kind="python", entry=entry)
    path = (folder / place).resolve()
    if not path.is_file():
        raise Invalid(f"there is no file {path}", code="world_entry")
    return WorldSpec(kind="python", entry=f"{path}:{name}")
