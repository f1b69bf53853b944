"""Random walks for as long as one likes: `make evidence HOURS=n` (simulated hours, by default 20).

Each walk is the one of `test_walk`, over the production use cases and a real SQLite store on a
stepped clock, with the judge of `laws` after every step. The first seed is random unless SEED is
given; a seed that breaks a law is printed and ends the run with 1: keep it as a test.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from diorama.kernel.units import HOUR_US
from diorama.storage.database import open_database
from tests.clock import NOON_US, SteppedClock
from tests.sessions.house import House
from tests.sessions.test_walk import Walker

STEPS: Final = 400


async def walk(seed: int) -> int:
    """Walk once; return the microseconds that passed in it."""
    clock = SteppedClock()
    with tempfile.TemporaryDirectory(prefix="diorama-evidence-") as folder:
        database = open_database(f"sqlite://{Path(folder) / 'diorama.db'}", clock=clock)
        walker = Walker(House(database, clock, seed=seed), random.Random(seed))
        try:
            await walker.walk(STEPS)
        except AssertionError as error:
            error.add_note(f"seed {seed}: {' '.join(walker.story[-40:])}")
            raise
        finally:
            await database.close()
    return clock.now_us() - NOON_US


def main() -> int:
    """Walk until the hours are had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked = parser.parse_args()
    passed_us, walks, started_s = 0, 0, time.monotonic()
    while passed_us < asked.hours * HOUR_US:
        seed = asked.seed + walks
        try:
            passed_us += asyncio.run(walk(seed))
        except AssertionError:
            sys.stderr.write(f"seed {seed} breaks a law; again: make evidence SEED={seed}\n")
            raise
        walks += 1
        sys.stdout.write(
            f"\r{walks} walks of {STEPS} steps from seed {asked.seed},"
            f" {passed_us / HOUR_US:.1f} simulated hours,"
            f" {time.monotonic() - started_s:.0f} s, no law broken"
        )
        sys.stdout.flush()
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
