"""The walks of `tests.sessions.test_walk`, with seeds of one's own: they are part of the evidence.

A world is ruled by how viewers and workers behave; a walker does anything at any time, over the
store as production opens it, thread and file included. Each finds what the other cannot.
"""

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Final

from diorama.storage.database import open_database
from tests.clock import SteppedClock
from tests.sessions.house import House
from tests.sessions.test_walk import Walker

STEPS: Final = 400


def walk(seed: int) -> str:
    """Walk once; return what broke, or nothing."""
    try:
        asyncio.run(_walk(seed))
    except AssertionError as error:
        return f"{error}\n{' '.join(getattr(error, '__notes__', ()))}"
    return ""


async def _walk(seed: int) -> None:
    clock = SteppedClock()
    with tempfile.TemporaryDirectory(prefix="diorama-walk-") as folder:
        database = open_database(f"sqlite://{Path(folder) / 'diorama.db'}", clock=clock)
        walker = Walker(House(database, clock, seed=seed), random.Random(seed))
        try:
            await walker.walk(STEPS)
        except AssertionError as error:
            error.add_note(f"walk of seed {seed}: {' '.join(walker.story[-40:])}")
            raise
        finally:
            await database.close()
