"""Every text of the long list in every field of every operation: minutes, not for every run.

`python -m tests.security` says what it tried and, where a text did anything, what; then it ends
with 1. The tests try some of it each time.
"""

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.security.corpora import EVERYWHERE, PAYLOADS
from tests.security.injecting import fields, stored, wrong_with
from tests.security.town import town_at


async def everything(folder: Path) -> list[str]:
    """Return what any text did in any field."""
    async with town_at(folder) as town:
        before = await town.place.database.read(stored)
        wrong = [
            found
            for field in fields()
            for payload in (*EVERYWHERE, *PAYLOADS)
            for found in await wrong_with(town, field, payload)
        ]
        if await town.place.database.read(stored) != before:
            wrong.append("the store is another than before")
    return wrong


def main() -> int:
    """Try everything and say what came of it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="diorama-security-") as folder:
        wrong = asyncio.run(everything(Path(folder)))
    count, texts = len(fields()), len(PAYLOADS) + len(EVERYWHERE)
    took_s = time.monotonic() - began_s
    sys.stdout.write(
        f"{texts} texts in {count} fields, {texts * count} requests in {took_s:.0f} s:"
        f" {len(wrong)} did anything\n"
    )
    sys.stdout.writelines(f"{one}\n" for one in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
