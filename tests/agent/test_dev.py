"""How a world is named on the command line."""

from pathlib import Path

import pytest

from diorama.agent.dev import world_spec
from diorama.kernel.errors import Invalid


def test_a_file_is_found_from_where_it_was_typed(tmp_path: Path) -> None:
    (tmp_path / "my_world.py").write_text("")

    spec = world_spec("my_world.py:MyWorld", folder=tmp_path)

    assert (spec.kind, spec.entry) == ("python", f"{tmp_path / 'my_world.py'}:MyWorld")


def test_a_module_stays_as_it_is(tmp_path: Path) -> None:
    assert world_spec("worlds.lake:Lake", folder=tmp_path).entry == "worlds.lake:Lake"


@pytest.mark.parametrize(
    "entry", ["my_world.py", "my_world.py:", ":MyWorld", "my_world.py:My World"]
)
def test_what_names_no_class_is_refused_with_an_example(entry: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"my_world\.py:MyWorld"):
        world_spec(entry, folder=tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"there is no file .*/nowhere\.py"):
        world_spec("nowhere.py:World", folder=tmp_path)
