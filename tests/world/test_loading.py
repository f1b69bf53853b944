"""From a world's entry to its class."""

import sys
from pathlib import Path

import pytest

from diorama.kernel.errors import Invalid
from diorama.world.loading import UnknownWorld, load_world
from tests.agent.worlds import Lamp

FILE = """
import neighbour
from diorama.world import World

class Here(World):
    size = {size}
    fps = {fps}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "neighbour.py").write_text("")
    return tmp_path


def write(folder: Path, *, size: str = "(64, 64)", fps: str = "30") -> str:
    (folder / "world.py").write_text(FILE.format(size=size, fps=fps))
    return f"{folder / 'world.py'}:Here"


def test_a_world_in_a_file_finds_its_neighbours(folder: Path) -> None:
    assert load_world(write(folder)).size == (64, 64)


def test_a_world_in_a_module_is_found() -> None:
    assert load_world("tests.agent.worlds:Lamp") is Lamp


def test_the_one_world_of_a_file_needs_no_name(folder: Path) -> None:
    write(folder)
    assert load_world(str(folder / "world.py")).__name__ == "Here"


def test_of_several_worlds_one_is_named(folder: Path) -> None:
    (folder / "two.py").write_text(
        "from diorama.world import World\nclass A(World): ...\nclass B(World): ...\n"
    )

    with pytest.raises(UnknownWorld, match=r"two.py has A, B: say which, as .*two.py:A"):
        load_world(str(folder / "two.py"))


def test_a_file_without_a_world_is_told_what_one_is(folder: Path) -> None:
    (folder / "none.py").write_text("from tests.agent.worlds import Lamp\n")

    with pytest.raises(UnknownWorld, match=r"derives from `diorama\.world\.World`"):
        load_world(str(folder / "none.py"))


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "json",
        "json:",
        ":World",
        "no_such:World",
        "json.no_such:World",
        "json:load",
        "no.py:W",
        "diorama.world:World",
    ],
)
def test_what_is_not_there_is_unknown(entry: str) -> None:
    with pytest.raises(UnknownWorld):
        load_world(entry)


def test_a_module_that_lacks_one_itself_is_known_and_broken(folder: Path) -> None:
    (folder / "broken.py").write_text("import no_such_library")
    sys.path.insert(0, str(folder))

    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        load_world("broken:World")


@pytest.mark.parametrize(
    ("size", "fps", "sentence"),
    [
        ("(62, 64)", "30", r"Here.size is \(62, 64\)"),
        ("(64, 65)", "30", r"Here.size is \(64, 65\)"),
        ("(3842, 64)", "30", r"Here.size is \(3842, 64\)"),
        ("(64, 64)", "0", "Here.fps is 0: it must be a whole number, 1 to 120"),
        ("(64, 64)", "121", "Here.fps is 121"),
        ("'64x64'", "30", r"Here.size is '64x64': it must be \(width, height\)"),
        ("(64, 64, 3)", "30", "Here.size is"),
        ("(64.0, 64)", "30", "Here.size is"),
        ("64", "30", "Here.size is 64"),
        ("(64, 64)", "'30'", "Here.fps is '30'"),
        ("(64, 64)", "29.97", "Here.fps is 29.97"),
    ],
)
def test_a_world_out_of_bounds_is_refused(folder: Path, size: str, fps: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        load_world(write(folder, size=size, fps=fps))


@pytest.mark.parametrize(("size", "fps"), [("(64, 64)", "1"), ("(3840, 3840)", "120")])
def test_the_bounds_themselves_are_allowed(folder: Path, size: str, fps: str) -> None:
    assert load_world(write(folder, size=size, fps=fps)).fps == int(fps)
