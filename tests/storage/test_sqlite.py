"""What SQLite promises beyond the common suite: one process, kills, a full disk, a broken one."""

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from diorama.kernel.errors import Unavailable
from diorama.storage.database import Database, Transaction, open_database
from diorama.storage.sqlite import SqliteDatabase
from tests.clock import NOON_US, SteppedClock

KILLS = 20
ACKNOWLEDGED = 25  # rows each process gets to write before it is killed


def start(url: str, mode: str = "write") -> subprocess.Popen[str]:
    """Start another process on the store."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writing", url, mode],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": "src:."},
        cwd=Path(__file__).parents[2],
    )


def file_of(url: str) -> Path:
    return Path(urlsplit(url).path)


def fill(tx: Transaction) -> None:
    tx.run("CREATE TABLE IF NOT EXISTS filler (text TEXT)")
    tx.run("INSERT INTO filler (text) VALUES (?)", "x" * 1_000_000)


def limit_pages(tx: Transaction, *, spare: int) -> None:
    ((pages,),) = tx.run("PRAGMA page_count")
    tx.run(f"PRAGMA max_page_count = {pages + spare}")


async def is_whole(database: Database) -> bool:
    return await database.read(lambda tx: tx.run("PRAGMA integrity_check")) == [("ok",)]


async def test_a_second_process_is_refused_and_told_who_was_first(sqlite_url: str) -> None:
    with start(sqlite_url) as first:
        assert first.stdout
        assert first.stdout.readline().startswith("begin")

        with pytest.raises(Unavailable) as refusal:
            open_database(sqlite_url)
        first.kill()

    assert refusal.value.code == "store_in_use"
    assert str(file_of(sqlite_url).parent) in str(refusal.value)
    assert f"pid {first.pid} " in str(refusal.value)


async def test_a_second_opening_in_this_process_is_refused_too(sqlite_url: str) -> None:
    database = open_database(sqlite_url)

    with pytest.raises(Unavailable, match="in use"):
        open_database(sqlite_url)

    await database.close()
    await open_database(sqlite_url).close()


async def test_no_kill_loses_a_row_that_was_acknowledged(sqlite_url: str) -> None:
    acknowledged: set[int] = set()
    for _ in range(KILLS):
        with start(sqlite_url) as process:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(ACKNOWLEDGED)]
            process.kill()
            lines += [line for line in process.stdout if line.endswith("\n")]
        acknowledged |= {int(line) for line in lines if line[0].isdigit()}

    database = open_database(sqlite_url)
    rows = await database.read(lambda tx: tx.run("SELECT number, twin FROM written"))
    assert await is_whole(database)
    await database.close()
    assert len(acknowledged) >= KILLS * (ACKNOWLEDGED - 1)
    assert acknowledged <= {number for number, _ in rows}
    assert all(number == twin for number, twin in rows)
    assert database.incarnation == KILLS + 2


async def test_a_full_disk_refuses_writes_and_damages_nothing(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await database.run(lambda tx: limit_pages(tx, spare=10))

    for _ in range(3):
        with pytest.raises(Unavailable) as refusal:
            await database.run(fill)
        assert refusal.value.code == "storage_full"

    assert await is_whole(database)
    await database.run(lambda tx: limit_pages(tx, spare=1000))
    await database.run(fill)
    assert await database.read(lambda tx: tx.run("SELECT count(*) FROM filler")) == [(1,)]
    await database.close()


def test_after_an_io_error_the_store_answers_nothing_any_more(sqlite_url: str) -> None:
    with start(sqlite_url, "file-limit") as process:
        output, _ = process.communicate(timeout=120)

    codes = [line for line in output.splitlines() if line.startswith("storage")]
    assert codes[:3] == ["storage_failed"] * 3


async def test_each_opening_is_a_new_incarnation(sqlite_url: str) -> None:
    seen = []
    for _ in range(3):
        database = open_database(sqlite_url)
        seen.append(database.incarnation)
        await database.close()

    assert seen == [seen[0], seen[0] + 1, seen[0] + 2]


async def test_a_file_put_back_from_a_backup_is_a_new_incarnation_too(
    sqlite_url: str, sqlite_template: Path
) -> None:
    for _ in range(3):
        database = open_database(sqlite_url)
        await database.close()
    shutil.copy(sqlite_template, file_of(sqlite_url))

    restored = open_database(sqlite_url)
    await restored.close()

    assert restored.incarnation == database.incarnation + 1


async def test_time_does_not_go_back_when_the_wall_clock_does(
    sqlite_url: str, clock: SteppedClock
) -> None:
    database = open_database(sqlite_url, clock=clock)
    clock.step(seconds=10)
    clock.step_wall(seconds=-3600)

    assert await database.read(lambda tx: tx.now_us()) == NOON_US + 10_000_000
    await database.close()


@pytest.mark.parametrize("wall_s", [-3600, 0])
async def test_time_does_not_go_back_over_a_restart(
    sqlite_url: str, clock: SteppedClock, wall_s: int
) -> None:
    database = open_database(sqlite_url, clock=clock)
    clock.step(seconds=10)
    before_us = await database.run(lambda tx: tx.now_us())
    await database.close()
    clock.step_wall(seconds=wall_s)

    reopened = open_database(sqlite_url, clock=clock)
    after_us = await reopened.run(lambda tx: tx.now_us())
    await reopened.close()

    assert after_us == before_us


HOUR_US = 3_600_000_000
HELD = (
    (
        "INSERT INTO worker (id, name, region, pool, boot_id, draining, kinds, encoders, version,"
        " registered_us) VALUES ('w', 'w', 'r', 'p', 'b', 0, '[]', '[]', 'v', 1)"
    ),
    (
        "INSERT INTO slot (id, worker_id, number, pool, region, state, term, session_id, failures,"
        " version) VALUES ('s', 'w', 0, 'p', 'r', 'held', 1, 'ses_1', 0, 1)"
    ),
)


@pytest.mark.parametrize(
    ("statements", "machine_start", "after_us"),
    [
        (HELD, 1, 10_000_000),  # the hour is nobody's
        (HELD, 2, 10_000_000 + HOUR_US),  # of that time only the wall clock knows
        (HELD, None, 10_000_000 + HOUR_US),
        ((), 1, 10_000_000 + HOUR_US),  # nobody minds
    ],
)
async def test_a_step_while_the_store_is_closed_is_left_out_where_slots_are_held(
    sqlite_url: str,
    clock: SteppedClock,
    statements: tuple[str, ...],
    machine_start: int | None,
    after_us: int,
) -> None:
    path = urlsplit(sqlite_url).path
    database = SqliteDatabase(path, clock=clock, machine_start=1)
    await database.run(lambda tx: [tx.run(statement) for statement in statements])
    await database.close()
    clock.step(seconds=10)
    clock.step_wall(seconds=3_600)

    reopened = SqliteDatabase(path, clock=clock, machine_start=machine_start)
    now_us = await reopened.read(lambda tx: tx.now_us())
    await reopened.close()

    assert now_us == NOON_US + after_us


async def test_a_stored_time_is_a_floor_even_if_the_process_is_killed(sqlite_url: str) -> None:
    later = SteppedClock(NOON_US + 500_000)
    database = open_database(sqlite_url, clock=later)
    await database.run(lambda tx: tx.run("CREATE TABLE t AS SELECT 1 AS id"))
    await database.run(lambda tx: tx.run("INSERT INTO t VALUES (?)", tx.now_us()))

    floor = await database.read(
        lambda tx: tx.run("SELECT value FROM store_meta WHERE name = 'ledger_us'")
    )

    assert floor == [(NOON_US + 500_000,)]
    await database.close()


async def test_a_folder_that_cannot_be_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Unavailable, match="file"):
        open_database(f"sqlite://{tmp_path}/file/diorama.db")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diorama.db").write_bytes(b"not a database, but long enough to look at" * 100)

    with pytest.raises(Unavailable) as refusal:
        open_database(f"sqlite://{tmp_path}/diorama.db")

    assert refusal.value.code == "storage_failed"
