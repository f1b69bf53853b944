"""Failures are told apart by what was raised."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.waiting import NotInTime
from tests.in_vain import waited_in_vain

ROOT = Path(__file__).parents[1]
SUITE = """
import pytest
from tests.browser.waiting import NotInTime

@pytest.fixture
def late():
    yield
    raise TimeoutError

def test_waits_for_nothing(): raise NotInTime("not within 20 s")
@pytest.mark.parametrize("word", ["a b"])
def test_sees_a_wrong_thing(word): assert word == "b"
def test_is_torn_down_late(late): pass
def test_is_right(): pass
"""


@pytest.mark.parametrize(
    ("error", "is_in_vain"),
    [
        (NotInTime("not within 20 s"), True),
        (TimeoutError(), True),
        (AssertionError("1 != 2"), False),
        (ExceptionGroup("", [TimeoutError(), NotInTime()]), True),
        (ExceptionGroup("", [TimeoutError(), KeyError("state")]), False),
    ],
)
def test_only_time_that_is_up_is_waiting_in_vain(error: Exception, is_in_vain: bool) -> None:
    assert waited_in_vain(error) is is_in_vain


def test_failed_tests_are_written_down_by_what_they_saw(tmp_path: Path) -> None:
    suite, notes = tmp_path / "test_suite.py", tmp_path / "notes"
    suite.write_text(SUITE)

    command = ["-m", "pytest", "-q", "-p", "tests.in_vain", f"--failures={notes}", str(suite)]
    alone = ["--confcutdir", str(tmp_path), "--rootdir", str(tmp_path), "-c", "/dev/null"]
    ran = subprocess.run(
        [sys.executable, *command, *alone], cwd=ROOT, check=False, capture_output=True, timeout=60
    )

    assert ran.returncode == 1, ran.stdout
    assert (notes / "in-vain").read_text().split() == [
        "test_suite.py::test_waits_for_nothing",
        "test_suite.py::test_is_torn_down_late",
    ]
    assert (notes / "wrong").read_text() == "test_suite.py::test_sees_a_wrong_thing[a b]\n"
