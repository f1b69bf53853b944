"""Copies of a SQLite store: while another process writes it, and while nobody has it."""

import asyncio
import fcntl
import os
import sqlite3
import threading
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pytest

from diorama.kernel.errors import NotFound, Refused, Unavailable
from diorama.storage.backup import PAGES, BackupMaker, take_backup
from diorama.storage.database import Row, Transaction, open_database
from diorama.storage.migrate import HEAD
from tests.storage.test_sqlite import file_of, start

ENOUGH = 50


def rows(tx: Transaction) -> list[Row]:
    return tx.run("SELECT number, twin FROM written")


def beside(url: str) -> list[str]:
    """Return what stands in a store's folder and is not the store's."""
    path = file_of(url)
    own = {path.name, *(path.name + end for end in ("-wal", ".lock", ".incarnation"))}
    return sorted(file.name for file in path.parent.iterdir() if file.name not in own)


def token_of(asked: Path, token: str) -> int:
    """Ask for a backup as a command does; return what holds the lock."""
    asked.write_text(token)
    handle = os.open(asked, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def lines_after(said: IO[str], made: threading.Event) -> list[str]:
    """Read on, as who writes stands still behind a full pipe, and return the lines after."""
    while not made.is_set():
        said.readline()
    return [said.readline() for _ in range(ENOUGH)]


async def test_a_store_that_another_process_writes_is_copied_as_it_was_at_one_instant(
    sqlite_url: str, tmp_path: Path
) -> None:
    target = tmp_path / "copies" / "diorama.db"
    target.parent.mkdir()
    with start(sqlite_url) as writer:
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(ENOUGH)]
        made = threading.Event()
        async with asyncio.TaskGroup() as beside_it:
            reading = asyncio.to_thread(lines_after, writer.stdout, made)
            lines_later = beside_it.create_task(reading)
            try:
                found = await asyncio.to_thread(take_backup, file_of(sqlite_url), target)
            finally:
                made.set()
        length = target.stat().st_size
        writer.kill()

    copy = open_database(f"sqlite://{target}")
    kept = await copy.read(rows)
    await copy.close()
    assert (found.schema, found.bytes) == (HEAD, length)
    assert {int(line) for line in lines[1:]} <= {number for number, _ in kept}
    assert all(number == twin for number, twin in kept)
    assert all(line.strip().isdigit() for line in lines_later.result())
    assert beside(sqlite_url) == ["copies"]


async def test_a_store_that_nobody_has_is_copied_too(sqlite_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"

    found = take_backup(file_of(sqlite_url), target)

    assert (found.schema, found.bytes) == (HEAD, target.stat().st_size)
    assert target.stat().st_mode & 0o777 == 0o600
    assert beside(sqlite_url) == ["copy.db"]
    await open_database(sqlite_url).close()
    await open_database(f"sqlite://{target}").close()


def test_a_file_that_is_there_is_not_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    target = tmp_path / "mine.db"
    target.write_text("mine")

    with pytest.raises(Refused) as refusal:
        take_backup(file_of(sqlite_url), target)

    assert refusal.value.code == "backup_exists"
    assert target.read_text() == "mine"


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        take_backup(tmp_path / "diorama.db", tmp_path / "copy.db")

    assert refusal.value.code == "store_missing"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_before_anything_is_copied(
    sqlite_url: str, tmp_path: Path
) -> None:
    with pytest.raises(NotFound) as refusal:
        take_backup(file_of(sqlite_url), tmp_path / "nowhere" / "copy.db")

    assert refusal.value.code == "folder_missing"
    assert beside(sqlite_url) == []


def test_a_store_that_is_not_whole_is_said_to_be_none(sqlite_url: str, tmp_path: Path) -> None:
    path = file_of(sqlite_url)
    with path.open("r+b") as file:
        file.seek(8_192)
        file.write(b"\xff" * 8_192)

    with pytest.raises(Unavailable) as refusal:
        take_backup(path, tmp_path / "copy.db")

    assert refusal.value.code == "backup_failed"
    assert beside(sqlite_url) == []


def test_of_two_who_ask_at_once_the_second_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    asked = file_of(sqlite_url).with_name("diorama.db.backup")
    handle = token_of(asked, "first")

    with pytest.raises(Refused) as refusal:
        take_backup(file_of(sqlite_url), tmp_path / "copy.db")

    os.close(handle)
    assert refusal.value.code == "backup_under_way"


def test_what_one_that_was_killed_left_is_cleared_away(sqlite_url: str, tmp_path: Path) -> None:
    path = file_of(sqlite_url)
    for left in ("diorama.db.backup", "diorama.db.backup-old", "diorama.db.backup-old.part"):
        path.with_name(left).write_text("old")

    take_backup(path, tmp_path / "copy.db")

    assert beside(sqlite_url) == ["copy.db"]


# The side that has the store


@pytest.fixture
def source(sqlite_url: str) -> sqlite3.Connection:
    """Return a connection as the writer has one, to a store of some steps."""
    connection = sqlite3.connect(urlsplit(sqlite_url).path, isolation_level=None)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    connection.execute("CREATE TABLE filler (id INTEGER PRIMARY KEY, text BLOB)")
    for _ in range(PAGES * 4):
        connection.execute("INSERT INTO filler (text) VALUES (zeroblob(4000))")
    return connection


def test_who_comes_while_a_copy_is_made_waits_for_one_step_and_is_in_the_copy(
    sqlite_url: str, source: sqlite3.Connection
) -> None:
    asked = file_of(sqlite_url).with_name("diorama.db.backup")
    handle = token_of(asked, "it")
    maker = BackupMaker(file_of(sqlite_url), lambda: 0)
    served: list[int] = []

    def serve() -> bool:
        served.append(len(served))
        source.execute("BEGIN IMMEDIATE")
        source.execute("UPDATE filler SET text = 'new' WHERE id IN (1, ?)", (PAGES * 4,))
        source.execute("INSERT INTO filler (text) VALUES ('late')")
        source.execute("COMMIT")
        source.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return True

    token = maker.wanted()
    maker.make("it", source, serve)
    ((pages,),) = source.execute("PRAGMA page_count").fetchall()
    source.close()
    os.close(handle)

    with sqlite3.connect(asked.with_name("diorama.db.backup-it")) as copy:
        kept = copy.execute("SELECT id FROM filler WHERE text IN ('new', 'late')").fetchall()
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    copy.close()
    assert token == "it"
    assert len(served) >= pages // PAGES
    assert len(kept) >= len(served) - 1 + 2


def test_a_copy_is_given_up_once_nobody_waits_for_it(
    sqlite_url: str, source: sqlite3.Connection
) -> None:
    asked = file_of(sqlite_url).with_name("diorama.db.backup")
    handle = token_of(asked, "it")
    served: list[int] = []

    def serve() -> bool:
        served.append(len(served))
        if len(served) == 2:
            os.close(handle)
        return True

    BackupMaker(file_of(sqlite_url), lambda: 0).make("it", source, serve)
    source.close()

    assert len(served) == 2
    assert beside(sqlite_url) == ["diorama.db.backup"]


def test_a_store_that_is_closed_waits_for_no_copy(
    sqlite_url: str, source: sqlite3.Connection
) -> None:
    handle = token_of(file_of(sqlite_url).with_name("diorama.db.backup"), "it")

    BackupMaker(file_of(sqlite_url), lambda: 0).make("it", source, lambda: False)
    source.close()
    os.close(handle)

    assert beside(sqlite_url) == ["diorama.db.backup"]


def test_a_copy_that_finds_no_room_is_told_to_who_waits_and_harms_nobody(
    sqlite_url: str, source: sqlite3.Connection
) -> None:
    asked = file_of(sqlite_url).with_name("diorama.db.backup")
    handle = token_of(asked, "it")
    asked.with_name("diorama.db.backup-it.part").touch()

    BackupMaker(file_of(sqlite_url), lambda: 0).make("it", source, lambda: True)
    ((count,),) = source.execute("SELECT COUNT(*) FROM filler").fetchall()
    source.close()
    os.close(handle)

    assert count == PAGES * 4
    assert "exists" in asked.with_name("diorama.db.backup-it.failed").read_text()


def test_what_breaks_while_others_are_served_is_the_stores_own(
    sqlite_url: str, source: sqlite3.Connection
) -> None:
    handle = token_of(file_of(sqlite_url).with_name("diorama.db.backup"), "it")
    broken = sqlite3.OperationalError("disk I/O error")

    def serve() -> bool:
        raise broken

    with pytest.raises(sqlite3.OperationalError) as raised:
        BackupMaker(file_of(sqlite_url), lambda: 0).make("it", source, serve)
    source.close()
    os.close(handle)

    assert raised.value is broken
