"""How soon waiters hear of it: the next one of its slot, and all of their places.

A worker with one slot is played by the benchmark; so are the viewers, each with a WebSocket of its
own, in this process: the gateway has another. The line has a past, so every place is told with a
wait. Measured: from the worker's word that a slot is free to the next viewer's word that it has it;
and from a viewer's leaving to the moment when the last of all others was told its new place.
"""

import asyncio
import random
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

import uvloop
from bench_sockets import AT_ONCE, GATEWAY, open_waiters
from programs import Program, cpu_s, running
from queue_load import Board, OneSlot, Waiter, one_slot
from report import Figures, publish, quantile, scaled, versions, wait_for_quiet
from socket_load import connect_as

from diorama.accounts.credentials import SessionToken, sign_token
from diorama.gateway.bootstrap import load_secrets
from diorama.gateway.front import raise_open_files
from diorama.storage.database import Transaction, open_database

LINES: Final = (100, 1_000)
TRIALS: Final = 150
LONG_LINE: Final = 10_000
UPDATES: Final = 8
PAST: Final = 40
SETTLE_S: Final = 1.5
SEED: Final = 7
_MS: Final = 1_000


def give_past(tx: Transaction) -> None:
    """Let the newest sessions of the line have lasted some minutes, so that waits can be told."""
    rows = tx.run("SELECT id, created_us FROM session ORDER BY ticket DESC LIMIT ?", PAST)
    for number, (session_id, created_us) in enumerate(rows):
        began_us = created_us - 3_600_000_000
        tx.run(
            "UPDATE session SET state = 'disconnected', end_code = 1000,"
            " end_reason = 'viewer_left', served_us = ?, reserved_us = ?, ended_us = ?,"
            " created_us = ?, deadline_us = NULL WHERE id = ?",
            began_us,
            began_us,
            began_us + (number + 1) * 15_000_000,
            began_us,
            session_id,
        )
    tx.run("UPDATE lane SET waiting = waiting - ?", len(rows))


async def line_of(folder: Path, count: int) -> list[str]:
    """Return the tokens of so many who wait, in a store with a past."""
    (folder / "data").mkdir(parents=True)
    await open_waiters(folder / "data", count + PAST)
    database = open_database(f"sqlite://{folder / 'data'}/diorama.db")
    await database.run(give_past)
    await database.close()
    return await tokens_of(folder / "data")


async def tokens_of(data: Path) -> list[str]:
    """Return the tokens of who waits."""
    secrets = load_secrets(data)
    database = open_database(f"sqlite://{data}/diorama.db")
    rows = await database.read(
        lambda tx: tx.run("SELECT id, issue FROM session WHERE state = 'queued' ORDER BY ticket")
    )
    await database.close()
    return [sign_token(SessionToken(i, issue), secrets.tokens) for i, issue in rows]


async def promotions(worker: OneSlot, board: Board, trials: int) -> list[float]:
    """Return how many seconds it took each next viewer to be told, after its slot was free."""
    rng = random.Random(SEED)
    took = []
    player, _ = await board.promoted.get()
    for _ in range(trials):
        await asyncio.sleep(rng.uniform(0.02, 0.4))
        player.bye()
        freed_s = await worker.free()
        async with asyncio.timeout(30):
            player, told_s = await board.promoted.get()
        took.append(told_s - freed_s)
    return took


async def updates(worker: OneSlot, board: Board, waiting: int, gateway: Program) -> list[Figures]:
    """Return what it took until everybody in line was told a new place, each time."""
    player, _ = await board.promoted.get()
    found: list[Figures] = []
    for number in range(UPDATES):
        await asyncio.sleep(SETTLE_S)
        left = waiting - number - 2
        board.watch(left)
        cpu, began = cpu_s(gateway.pid), time.perf_counter()
        player.bye()
        await worker.free()
        player, told_s = await board.promoted.get()
        await board.until_all_moved()
        found.append(
            {
                "told": left,
                "next told ms": round((told_s - began) * _MS, 1),
                "all told ms": round((board.all_moved_at_s - began) * _MS),
                "gateway cpu ms": round((cpu_s(gateway.pid) - cpu) * _MS),
                "messages": board.messages,
            }
        )
    return found


async def freed_to_told(folder: Path, waiting: int, trials: int) -> Figures:
    """Return how soon the next of a line is told of its slot."""
    tokens = await line_of(folder, waiting + trials)
    board = Board()
    with running("gateway", folder, GATEWAY) as gateway:
        make = partial(Waiter, board=board)
        viewers = await connect_as(make, gateway.url, tokens, at_once=AT_ONCE)
        key = load_secrets(folder / "data").worker_key
        async with one_slot(gateway.url, key, name="bench0", pool="pool0") as worker:
            took = await promotions(worker, board, trials)
        for viewer in viewers:
            viewer.close()
    return {
        "waiting": waiting,
        "trials": trials,
        "p50 ms": round(quantile(took, 0.5) * _MS, 2),
        "p99 ms": round(quantile(took, 0.99) * _MS, 2),
        "max ms": round(max(took) * _MS, 2),
    }


async def places_told(folder: Path, waiting: int) -> list[Figures]:
    """Return how soon everybody in a long line is told a new place."""
    tokens = await line_of(folder, waiting)
    board = Board()
    with running("gateway", folder, GATEWAY) as gateway:
        make = partial(Waiter, board=board)
        viewers = await connect_as(make, gateway.url, tokens, at_once=AT_ONCE)
        key = load_secrets(folder / "data").worker_key
        async with one_slot(gateway.url, key, name="bench0", pool="pool0") as worker:
            found = await updates(worker, board, waiting, gateway)
        for viewer in viewers:
            viewer.close()
    return found


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the tables."""
    raise_open_files()
    trials = scaled(TRIALS, least=20)
    told = [
        await freed_to_told(folder / f"line{waiting}", scaled(waiting, least=50), trials)
        for waiting in LINES
    ]
    placed = await places_told(folder / "long", scaled(LONG_LINE, least=200))
    return {"Slot freed to next viewer told": told, "A new place told to all": placed}


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = uvloop.run(run(Path(name)))
    publish("queue", load, versions("aiohttp", "uvloop", "msgspec", "numpy", "picows"), sections)


if __name__ == "__main__":
    main()
