"""`diorama dev`: from one class to a Diorama with one project."""

import os
from pathlib import Path

import pytest

from diorama.cli.entry_check import check
from diorama.cli.trial import absolute_entry, check_entry, configuration, project_name, set_up
from diorama.gateway.settings_file import load_settings

WORLD = """
import diorama.world.world as api

class Pond(api.World):
    size = (320, 180)

    def render(self, time):
        return None

class Broken(api.World):
    size = (321, 180)

class Blank(api.World):
    pass

class Picky(Pond):
    def __init__(self, color):
        self.color = color
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pond.py"
    path.write_text(WORLD)
    return path


def test_an_entry_means_the_same_in_every_folder(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)

    assert absolute_entry("pond.py:Pond") == f"{file}:Pond"
    assert absolute_entry("pond.py") == str(file)
    assert absolute_entry("package.pond:Pond") == "package.pond:Pond"


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("a.py:Pond", "pond"),
        ("a.py:My_Pond2", "my-pond2"),
        ("a.py:Ünder", "nder"),
        ("a.py:Й", "world"),
        ("/worlds/my_pond.py", "my-pond"),
        ("a.py:" + "X" * 100, "x" * 64),
    ],
)
def test_a_project_is_called_like_its_class_or_its_file(entry: str, name: str) -> None:
    assert project_name(entry) == name


def test_the_configuration_is_read_back_as_it_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = '/a "quoted" \\ folder/é.py:Pond'
    for name in ("DIORAMA_CONFIG", "DIORAMA_DATA", "DIORAMA_PORT"):
        monkeypatch.setenv(name, "put back afterwards")
    monkeypatch.setenv("DIORAMA_STORE", "postgresql://shared/diorama")
    set_up(tmp_path, entry, 9_000)

    settings = load_settings()

    (project,) = settings.projects
    assert (project.name, project.title, project.world) == ("pond", "Pond", entry)
    assert (settings.port, settings.data_folder) == (9_000, tmp_path / "data")
    assert "DIORAMA_STORE" not in os.environ


def test_a_configuration_names_nothing_but_its_project() -> None:
    assert configuration("m:W").count("\n") == 4


def test_a_world_that_loads_is_described(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check_entry(f"{file}:Pond") == 0
    assert "Pond: 320x180, 30 frames a second" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("{}:Missing", "has no World named 'Missing'; it has Pond, Broken, Blank, Picky"),
        ("diorama.world:World", "has no World named 'World'; it has none"),
        ("{}", "has Pond, Broken, Blank, Picky: say which, as /"),
        ("{}:Broken", "Broken.size is (321, 180)"),
        ("{}:Blank", "Blank has no method `render(self, time)`"),
        ("{}:Picky", "Picky.__init__: missing a required argument: 'color'. A world is made"),
        ("{}x.py:Pond", "there is no file"),
        ("pond", "is neither module:Class nor path/file.py:Class"),
        (":Pond", "is neither module:Class nor path/file.py:Class"),
        ("no_such_module:Pond", "there is no module no_such_module"),
    ],
)
def test_what_is_no_world_is_refused_in_a_line(
    file: Path, place: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = check(place.format(file))

    said = capsys.readouterr().err
    assert code == 2
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class A(", ('pond.py", line 1', "SyntaxError", "pond.py does not load\n")),
        (
            "import no_such.part",
            (
                "No module named 'no_such'",
                "load: no_such is not installed here.",
                "install no_such",
            ),
        ),
        ("import sys; sys.exit()", ("SystemExit", "it ends the program that imports it")),
        ("def load():\n    return 1 / 0\nload()", ("ZeroDivisionError", "pond.py does not load\n")),
    ],
)
def test_a_file_that_does_not_load_is_told_from_its_own_first_line(
    file: Path, text: str, said: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(text)

    code = check(str(file))

    told = capsys.readouterr().err
    assert code == 2
    assert all(one in told for one in said), told
    assert "entry_check.py" not in told
    assert "importlib" not in told
