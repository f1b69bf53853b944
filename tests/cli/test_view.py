"""`diorama view` as a person types it, against a Diorama that runs."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from diorama.cli.view import place_in_line, said_of
from diorama.client import AsyncDiorama, Attached, QueueMoved, StateChanged
from diorama.protocol.states import SessionState
from diorama.protocol.views import QueueView
from tests.browser.running import HOST, PAINTED, running
from tests.ports import reserved_port


async def view(*arguments: str) -> tuple[int | None, str, str]:
    """Run the command; return its exit code and what it says on stdout and on stderr."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("DIORAMA_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "diorama.cli", "view", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    async with asyncio.timeout(120):
        said, complained = await process.communicate()
    return process.returncode, said.decode(), complained.decode()


async def test_a_look_prints_what_was_seen_and_keeps_a_picture(tmp_path: Path) -> None:
    async with running(tmp_path, PAINTED, slots=1) as diorama:
        file = tmp_path / "seen.png"
        at = ("--server", diorama.address)

        code, said, complained = await view("painted", "--seconds", "1", "--save", str(file), *at)
        other = await view("moon", *at)
        async with AsyncDiorama(diorama.address) as client, client.play("painted") as first:
            await first.until_playing()
            late = await view("painted", "--within", "2", *at)
        await diorama.until_free(within_s=60)

    assert (code, complained) == (0, "")
    assert [line.split()[0] for line in said.splitlines()] == [
        "project",
        "first",
        "frames",
        "round",
        "verdict",
    ]
    assert "painted, 320x180" in said
    assert file.read_bytes().startswith(b"\x89PNG")
    assert late[:2] == (1, "")
    assert late[2].startswith("diorama: no frame came within 2 s: the session is still ")
    assert other == (1, "", "diorama: 4002 project_unknown: There is no world at this address.\n")


async def test_where_nobody_answers_it_says_so_at_once() -> None:
    with reserved_port(HOST) as port:
        address = f"http://{HOST}:{port}"

        code, said, complained = await view("cove", "--server", address)

    assert (code, said) == (1, "")
    assert complained.startswith(f"diorama: {address} did not answer: ")


@pytest.mark.parametrize(
    ("eta_s", "said"),
    [
        (None, "Waiting in line: number 2 of 5"),
        (41.7, "Waiting in line: number 2 of 5, about 42 s to go"),
    ],
)
def test_who_waits_is_told_the_place(eta_s: float | None, said: str) -> None:
    queue = QueueView(position=2, length=5, eta_p50_s=eta_s)

    assert place_in_line(queue) == said
    assert said_of(QueueMoved(queue)) == said


def test_who_waits_is_told_what_for() -> None:
    assert said_of(StateChanged(SessionState.CONNECTING)) == "Starting the world"
    assert said_of(StateChanged(SessionState.STREAMING)) is None
    assert said_of(Attached(1)) is None
