"""What an earlier run of a worker left behind, told from strangers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diorama.agent.process_group import MARK, Leftover, kill_leftover, read_process
from diorama.agent.run_state import RunState
from diorama.kernel.errors import Refused, Unavailable

MARKED = "mark-of-an-earlier-run"
SLEEP = "import time; time.sleep(600)"
LEADER = (
    "import subprocess, sys, os; "
    f"p = subprocess.Popen([sys.executable, '-c', '{SLEEP}']); "
    "print(p.pid, flush=True); sys.stdin.read()"
)


@contextmanager
def group(code: str, *, mark: str = MARKED) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, MARK: mark},
    )
    with process:
        yield process
        process.kill()


def started(pid: int) -> int:
    facts = read_process(pid)
    assert facts is not None
    return facts.started


def is_dead(pid: int) -> bool:
    facts = read_process(pid)
    return facts is None or not facts.alive


async def test_what_an_earlier_run_started_is_killed(tmp_path: Path) -> None:
    earlier = RunState.take(tmp_path, "w", boot_id=MARKED)
    with group(SLEEP) as process:
        earlier.started(process.pid, started(process.pid))
        earlier.close()

        later = RunState.take(tmp_path, "w", boot_id="another")
        assert await later.kill_leftovers() == 1
        assert process.wait(10) == -9
        assert await later.kill_leftovers() == 0
        later.close()


async def test_a_group_whose_leader_is_dead_is_found_by_its_mark(tmp_path: Path) -> None:
    earlier = RunState.take(tmp_path, "w", boot_id=MARKED)
    with group(LEADER) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        earlier.started(process.pid, started(process.pid))
        earlier.close()
        process.kill()
        process.wait(10)

        later = RunState.take(tmp_path, "w", boot_id="another")
        assert await later.kill_leftovers() == 1
        assert is_dead(child)
        later.close()


async def test_a_process_that_left_its_group_is_found_by_its_mark(tmp_path: Path) -> None:
    earlier = RunState.take(tmp_path, "w", boot_id=MARKED)
    with group(SLEEP) as process:
        leader = read_process(1)
        assert leader is not None
        earlier.started(leader.pid, leader.started + 1)  # a group that is not its own
        earlier.close()

        later = RunState.take(tmp_path, "w", boot_id="another")
        assert await later.kill_leftovers() == 1
        assert process.wait(10) == -9
        later.close()


async def test_what_was_forgotten_is_left_alone(tmp_path: Path) -> None:
    earlier = RunState.take(tmp_path, "w", boot_id=MARKED)
    with group(SLEEP, mark="of nobody here") as process:
        forget = earlier.started(process.pid, started(process.pid))
        forget()
        earlier.close()

        later = RunState.take(tmp_path, "w", boot_id="another")
        assert await later.kill_leftovers() == 0
        assert process.poll() is None
        later.close()


def test_a_number_that_was_given_away_is_a_stranger() -> None:
    with group(SLEEP) as process:
        assert kill_leftover(Leftover(process.pid, started(process.pid) - 1, MARKED)) == set()
        assert process.poll() is None


def test_a_member_of_a_strangers_group_is_left_alone() -> None:
    with group(LEADER, mark="another") as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())

        assert kill_leftover(Leftover(process.pid, started(process.pid) - 1, MARKED)) == set()
        assert not is_dead(child)
        os.kill(child, 9)


def test_a_second_worker_of_the_same_name_is_refused(tmp_path: Path) -> None:
    first = RunState.take(tmp_path, "w", boot_id=MARKED)

    with pytest.raises(Refused, match="a worker named 'w' runs here already"):
        RunState.take(tmp_path, "w", boot_id=MARKED)
    first.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Unavailable, match="cannot be used"):
        RunState.take(tmp_path / "file" / "state", "w", boot_id=MARKED)


async def test_a_state_that_cannot_be_read_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text("{")
    state = RunState.take(tmp_path, "w", boot_id=MARKED)

    assert await state.kill_leftovers() == 0
    state.close()
