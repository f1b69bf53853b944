"""What a person does about projects, their rules and workers in a terminal."""

import pytest
import typer

from diorama.cli.project_commands import parsed
from tests.cli.typing_commands import Typist


async def test_projects_are_listed(typist: Typist) -> None:
    listed = await typist.types("projects", "ls")

    assert [row[0] for row in listed.rows] == ["cove", "glade"]


async def test_a_rule_is_changed_and_shown(typist: Typist) -> None:
    await typist.types("projects", "set", "cove", "max_runtime_s=600", "afk.warn_after_s=60")

    shown = await typist.types("projects", "show", "cove", "--json")

    assert shown.json["rules"]["max_runtime_s"] == 600
    assert shown.json["rules"]["afk"]["warn_after_s"] == 60


async def test_a_rule_out_of_its_bounds_is_refused_in_one_line(typist: Typist) -> None:
    said = await typist.types("projects", "set", "cove", "max_runtime_s=1")

    assert said.code == 1
    assert "max_runtime_s" in said.err
    assert said.err.count("\n") == 1


async def test_a_change_of_a_version_that_has_passed_is_refused(typist: Typist) -> None:
    await typist.types("projects", "set", "cove", "--title", "The cove")

    said = await typist.types("projects", "set", "cove", "--title", "No", "--if-version", "1")

    assert said.code == 1
    assert "is at version 2" in said.err


async def test_a_project_is_disabled_and_enabled(typist: Typist) -> None:
    off = await typist.types("projects", "disable", "cove", "--json")
    on = await typist.types("projects", "enable", "cove", "--json")

    assert (off.json["enabled"], on.json["enabled"]) == (False, True)


async def test_a_change_of_nothing_is_refused(typist: Typist) -> None:
    assert (await typist.types("projects", "set", "cove")).code == 2


async def test_a_queue_nobody_waits_in_is_shown(typist: Typist) -> None:
    said = await typist.types("projects", "queue", "cove")

    assert said.rows[0][:2] == ["local", "0"]


async def test_workers_are_listed_with_what_their_slots_hold(typist: Typist) -> None:
    await typist.place.worker(slots=3)
    await typist.place.open()

    listed = await typist.types("workers", "ls")

    assert "2 free, 1 held" in listed.out


def test_rules_are_written_by_their_paths() -> None:
    assert parsed(["a=1", "b.c=true", "b.d=x y", 'e=["https://x.example"]', "f=null"]) == {
        "a": 1,
        "b": {"c": True, "d": "x y"},
        "e": ["https://x.example"],
        "f": None,
    }


@pytest.mark.parametrize("rules", [["a"], ["=1"], ["a.=1"], ["a=1", "a.b=2"]])
def test_what_is_no_rule_is_refused(rules: list[str]) -> None:
    with pytest.raises(typer.Exit):
        parsed(rules)
