"""Recordings in a terminal: listed, shown, saved and deleted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.cli.recording_commands import weight
from tests.cli.typing_commands import Typist, typist_at
from tests.gateway.uploading import FILES, RECORDED, VIDEO, Recorded, record


@pytest.fixture
async def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Typist]:
    """Yield somebody whose project records."""
    monkeypatch.chdir(tmp_path)
    async for found in typist_at(tmp_path / "data", RECORDED):
        yield found


@pytest.fixture
async def recorded(typist: Typist) -> Recorded:
    found = await record(typist.place)
    await found.end()
    await found.upload()
    return found


async def test_a_recording_is_listed_and_shown_with_its_files(
    typist: Typist, recorded: Recorded
) -> None:
    listed = await typist.types("recordings", "ls", "--session", recorded.session)
    shown = await typist.types("recordings", "show", recorded.keeping.recording)
    none = await typist.types("recordings", "ls", "--source", "simulation")

    assert listed.rows[0][:6] == [
        *(recorded.keeping.recording, "cove", recorded.session, "ready", "10", "s"),
    ]
    assert f"{typist.place.front.url}/v1/artifacts/" in shown.out
    assert "300 KiB" in shown.out
    assert none.err == "diorama: there is no recording\n"


async def test_its_files_are_saved_where_they_were_wanted(
    typist: Typist, recorded: Recorded, tmp_path: Path
) -> None:
    recording = recorded.keeping.recording
    every = await typist.types("recordings", "download", recording)
    one = await typist.types(
        "recordings", "download", recording, "--file", "video.mp4", "--to", "here", "--json"
    )
    wrong = await typist.types("recordings", "download", recording, "--file", "sound.wav")

    assert every.out.splitlines() == [f"{recording}/{name}" for name in FILES]
    assert {name: (tmp_path / recording / name).read_bytes() for name in FILES} == FILES
    assert one.json == ["here/video.mp4"]
    assert (tmp_path / "here" / "video.mp4").read_bytes() == VIDEO
    assert wrong.code == 2


async def test_it_is_deleted_after_a_yes(typist: Typist, recorded: Recorded) -> None:
    recording = recorded.keeping.recording
    no = await typist.types("recordings", "rm", recording, given="n\n")
    yes = await typist.types("recordings", "rm", recording, given="y\n")
    gone = await typist.types("recordings", "download", recording)

    assert (no.code, yes.code) == (1, 0)
    assert yes.err.endswith(f"diorama: {recording} is deleted\n")
    assert gone.code == 1
    assert gone.err.startswith(f"diorama: {recording} is deleted and has no files")


def test_a_size_is_said_as_a_person_says_it() -> None:
    assert (weight(600), weight(2_048), weight(3_250_585)) == ("600 B", "2 KiB", "3.1 MiB")
