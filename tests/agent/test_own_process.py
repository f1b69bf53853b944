"""What a process that gives way does to itself, and leaves to others."""

import subprocess
import sys
from pathlib import Path

import pytest

from diorama.agent.own_process import NICE

GROUP = Path("/proc/self/autogroup")
GIVES_WAY = """
import os
from pathlib import Path
from diorama.agent.own_process import give_way
give_way()
print(os.nice(0), Path("/proc/self/autogroup").read_text().split()[-1])
"""
BESIDE_OTHERS = f"""
import os
write, refusals = os.write, 2
def while_others_ask(handle, data):
    global refusals
    refusals -= 1
    if refusals >= 0:
        raise BlockingIOError
    return write(handle, data)
os.write = while_others_ask
{GIVES_WAY}
"""
IN_ANOTHERS_SESSION = """
import subprocess, sys
print(subprocess.run([sys.executable, "-c", *sys.argv[1:]], capture_output=True, text=True).stdout)
"""
needs_groups = pytest.mark.skipif(not GROUP.exists(), reason="this kernel has no autogroups")


def said_by(*command: str) -> list[str]:
    """Return the niceness of a process that gave way, and of its session, which is a new one."""
    ran = subprocess.run(
        [sys.executable, "-c", *command],
        capture_output=True,
        check=True,
        text=True,
        start_new_session=True,
    )
    return ran.stdout.split()


@needs_groups
def test_a_process_that_leads_its_session_gives_way_with_all_of_it() -> None:
    assert said_by(GIVES_WAY) == [str(NICE), str(NICE)]


@needs_groups
def test_a_process_in_the_session_of_others_gives_way_alone() -> None:
    assert said_by(IN_ANOTHERS_SESSION, GIVES_WAY) == [str(NICE), "0"]


@needs_groups
def test_a_process_gives_way_although_others_do_in_the_same_moment() -> None:
    assert said_by(BESIDE_OTHERS) == [str(NICE), str(NICE)]
