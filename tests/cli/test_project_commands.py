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


async def test_a_project_is_made_from_a_world_and_deleted(typist: Typist) -> None:
    await typist.types("projects", "ls")
    offered = await typist.types("projects", "worlds")
    made = await typist.types(
        *("projects", "create", "lagoon", "max_runtime_s=600", "--world", "a:C"),
        *("--kind", "python", "--title", "The lagoon", "--public", "--region", "local", "--json"),
    )
    again = await typist.types(
        *("projects", "create", "lagoon", "--world", "a:C", "--kind", "python"),
        *("--region", "local"),
    )
    gone = await typist.types("projects", "delete", "lagoon", "--yes")

    assert offered.code == 0
    assert (made.json["title"], made.json["public"]) == ("The lagoon", True)
    assert made.json["rules"]["max_runtime_s"] == 600
    assert (again.code, gone.code) == (1, 0)
    assert (await typist.types("projects", "show", "lagoon")).code == 1


async def test_rules_are_listed_with_what_they_may_be(typist: Typist) -> None:
    said = await typist.types("projects", "rules", "afk")

    assert all(row[0].startswith("afk.") for row in said.rows)
    assert "1 to 7200 s" in said.out


async def test_a_worker_is_put_out_of_service_and_back_by_its_name(typist: Typist) -> None:
    await typist.place.worker(name="gpu-1")

    out = await typist.types("workers", "drain", "gpu-1", "--within", "5min", "--json")
    back = await typist.types("workers", "resume", "gpu-1", "--json")
    unknown = await typist.types("workers", "drain", "gpu-2")

    assert (out.json["state"], back.json["state"]) == ("draining", "ready")
    assert out.json["drains_at"] is not None
    assert (unknown.code, unknown.err) == (1, "diorama: there is no worker gpu-2\n")
