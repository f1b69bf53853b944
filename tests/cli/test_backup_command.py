"""`diorama backup` as it is typed, at a gateway that admits meanwhile."""

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from diorama.gateway.settings import ProjectSettings
from diorama.storage import backup
from tests.cli.typing_commands import Said, Typist
from tests.gateway.running import WITHIN_S, gateway_at

COVE = ProjectSettings(name="cove", world="a:B")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data folder of the gateway that a typist has."""
    return tmp_path / "data"


def token_in(data: Path) -> str:
    """Return what a command that waits for a backup has written; empty is that none does."""
    try:
        return (data / "diorama.db.backup").read_text()
    except FileNotFoundError:
        return ""


def names_in(data: Path) -> list[str]:
    return [file.name for file in data.iterdir()]


@pytest.fixture
def somebody_is_in(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what ends a copy: it serves who comes, and takes no step more before this is set."""
    copy, found = backup._copy, threading.Event()  # noqa: SLF001 - however quick this machine is

    def hold(source: sqlite3.Connection, target: Path, between: Callable[..., None]) -> None:
        def wait(*told: int) -> None:
            until_s = time.monotonic() + WITHIN_S
            between(*told)
            while not found.wait(0.01):
                if time.monotonic() > until_s:
                    raise TimeoutError("nobody was let in")
                between(*told)

        copy(source, target, wait)

    monkeypatch.setattr(backup, "_copy", hold)
    return found


async def copied(
    typist: Typist, data: Path, somebody_is_in: threading.Event, *words: str
) -> tuple[Said, int]:
    """Type a command that takes a backup; return its answer, and how many were let in meanwhile."""
    asks = asyncio.create_task(typist.types(*words, DIORAMA_DATA=str(data)))
    while not asks.done() and not await asyncio.to_thread(token_in, data):
        pass  # it is a thread that we wait for
    await typist.place.sweep(after_s=1)  # the gateway looks once a second
    let_in = 0
    while not asks.done():
        opened = await typist.opens()
        await typist.place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=opened.token)
        somebody_is_in.set()
        let_in += 1
    return await asks, let_in


async def test_a_gateway_goes_on_admitting_while_its_store_is_copied(
    typist: Typist, data: Path, tmp_path: Path, somebody_is_in: threading.Event
) -> None:
    await typist.place.worker(slots=3)
    before = [await typist.opens() for _ in range(3)]
    said, meanwhile = await copied(typist, data, somebody_is_in, "backup", "copy.db")
    restored = tmp_path / "restored"
    shutil.copytree(data / "secrets", restored / "secrets")
    shutil.move("copy.db", restored / "diorama.db")
    now_us = typist.place.clock.now_us()

    async with gateway_at(restored, COVE, now_us=now_us) as place:
        found = [await place.look(one) for one in before]

    assert said.code == 0, said.err
    assert "whole" in said.out
    assert str(data / "secrets") in said.out
    assert meanwhile > 0
    assert [one.state for one in found] == ["connecting"] * 3
    assert not any("backup" in name for name in names_in(data))


async def test_a_file_that_is_there_is_left_alone(
    typist: Typist, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "copy.db").write_text("mine")

    said = await typist.types("backup", "copy.db", DIORAMA_DATA=str(data))

    assert said.code == 2
    assert "is there already" in said.err
    assert (tmp_path / "copy.db").read_text() == "mine"


async def test_where_no_store_is_none_is_made(typist: Typist, tmp_path: Path) -> None:
    said = await typist.types("backup", "copy.db", DIORAMA_DATA=str(tmp_path / "nowhere"))

    assert said.code == 2
    assert "there is no store" in said.err
    assert not (tmp_path / "nowhere").exists()


async def test_a_postgresql_is_copied_by_its_own_program(typist: Typist, tmp_path: Path) -> None:
    said = await typist.types("backup", "copy.db", DIORAMA_STORE="postgresql://me@nowhere/it")

    assert said.code == 2
    assert "pg_dump" in said.err
    assert not (tmp_path / "copy.db").exists()


async def test_a_program_is_told_in_json_what_else_to_copy(
    typist: Typist, data: Path, somebody_is_in: threading.Event
) -> None:
    await typist.place.worker()
    said, _ = await copied(typist, data, somebody_is_in, "backup", "copy.db", "--json")

    assert said.json["schema"].isdigit()
    assert said.json["bytes"] > 0
    assert any("artifacts" in one for one in said.json["not_in_it"])
