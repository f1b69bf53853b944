"""The files that follow from the protocol are those that were committed."""

import json
from pathlib import Path

import pytest

from diorama.protocol.end_codes import END_CODES, EndCode
from diorama.protocol.generate import (
    end_codes_page,
    end_codes_typescript,
    outputs,
    run,
    schema,
    stale,
)

ROOT = Path(__file__).parents[2]


def test_no_generated_file_is_stale() -> None:
    assert stale(outputs(), ROOT) == []


def test_a_check_names_what_is_stale_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old").write_text("before")

    assert run({"old": "after", "missing": ""}, ["--check"], tmp_path) == 1
    assert capsys.readouterr().err.count("is stale") == 2
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


def test_what_was_written_is_not_stale(tmp_path: Path) -> None:
    assert run({"page": "text"}, [], tmp_path) == 0
    assert run({"page": "text"}, ["--check"], tmp_path) == 0


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    text = schema()
    parts = json.loads(text)["$defs"]

    referred = {line.split('"')[3] for line in text.splitlines() if '"$ref"' in line}
    assert referred <= {f"#/$defs/{name}" for name in parts}


@pytest.mark.parametrize(
    "name", ["GatewayToViewer", "InputEvent", "ViewerToGateway", "ViewerToWorld", "WorldToViewer"]
)
def test_each_direction_is_a_union_told_apart_by_type(name: str) -> None:
    union = json.loads(schema())["$defs"][name]

    assert union["discriminator"]["propertyName"] == "type"
    assert len(union["discriminator"]["mapping"]) == len(union["anyOf"])


def test_what_workers_say_is_not_for_browsers() -> None:
    assert not json.loads(schema())["$defs"].keys() & {"Assign", "Beat", "SlotReport", "VideoSpec"}


@pytest.mark.parametrize("code", END_CODES)
def test_every_code_is_told_to_browsers_and_to_readers(code: EndCode) -> None:
    assert f"  {code}: {{\n    code: {code},\n" in end_codes_typescript()
    assert f"\n| {code} | " in end_codes_page()
