"""A process that writes numbers and says which of them were acknowledged, until it is killed.

Run as `python writing.py URL MODE`; it prints `begin N` when it has read how many rows there are,
then the number of each acknowledged row. In mode `file-limit` it lets no file grow past what there
is, which makes the next write an I/O error.
"""

import asyncio
import resource
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from diorama.kernel.errors import Unavailable
from diorama.storage.database import Database, Transaction, open_database

TASKS = 8


def create(tx: Transaction) -> int:
    tx.run("CREATE TABLE IF NOT EXISTS written (number BIGINT PRIMARY KEY, twin BIGINT NOT NULL)")
    return int(tx.run("SELECT coalesce(max(number), 0) FROM written")[0][0])


def write(number: int, tx: Transaction) -> None:
    tx.run("INSERT INTO written (number, twin) VALUES (?, 0)", number)
    tx.run("UPDATE written SET twin = ? WHERE number = ?", number, number)


async def write_on(database: Database, number: int) -> None:
    while True:
        await database.run(partial(write, number))
        say(str(number))
        number += TASKS


async def fail(database: Database, largest: int) -> None:
    """Let no file grow past `largest` bytes, and say the code of three refusals."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    text = "x" * (largest + 100_000)
    for _ in range(3):
        try:
            await database.run(lambda tx: tx.run("SELECT 1") and tx.run(FILL, text))
        except Unavailable as refusal:
            say(refusal.code)
    await database.close()


FILL = "CREATE TABLE IF NOT EXISTS filler AS SELECT ? AS text"


def largest_beside(path: Path) -> int:
    return max(file.stat().st_size for file in path.parent.iterdir())


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> None:
    url, mode = sys.argv[1:]
    database = open_database(url)
    first = await database.run(create)
    say(f"begin {first}")
    if mode == "file-limit":
        await fail(database, largest_beside(Path(urlsplit(url).path)))
        return
    async with asyncio.TaskGroup() as group:
        for offset in range(1, TASKS + 1):
            group.create_task(write_on(database, first + offset))


if __name__ == "__main__":
    asyncio.run(main())
