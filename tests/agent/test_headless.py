"""Scripts run by a whole worker, against a gateway of the test's own: real processes and files."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest

from diorama.agent.settings import WorkerSettings
from diorama.protocol.input import KeyDown
from diorama.protocol.scripts import Cue, check_script
from diorama.protocol.worker import (
    Accepted,
    Assign,
    Frame,
    Hello,
    Keeping,
    RunEnded,
    RunProgress,
    RunRendered,
    ScriptRun,
    Stop,
    Stopped,
    VideoSpec,
    WorldEnded,
    WorldSpec,
    WorldStarted,
)
from tests.agent.fake_gateway import PATIENCE_S, FakeGateway, fake_gateway
from tests.agent.test_worker import settings, worker

WORLDS = Path(__file__).with_name("worlds.py")


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as gateway:
        gateway.heartbeat_s = 5.0  # a worker that is busy for a moment leaves no gateway
        yield gateway


def assign(*cues: Cue, entry: str = "Lamp", term: int = 1, end_ms: int = 500) -> Assign:
    script = (*cues, Cue(at_ms=end_ms, end=True))
    return Assign(
        0,
        f"run_{term}",
        term,
        WorldSpec(kind="python", entry=f"{WORLDS}:{entry}"),
        VideoSpec(),
        seed=term,
        start_timeout_s=PATIENCE_S,
        keeping=Keeping(recording=f"rec_{term}", upload_token=f"tok{term}", frame=Frame(fps=20)),
        run=ScriptRun(script=script, length_ms=check_script(script)),
    )


def spooled(configured: WorkerSettings) -> list[Path]:
    """Return all files of runs on this worker's disk."""
    return [path for path in (configured.state_dir / "spool").rglob("*") if path.is_file()]


async def test_a_script_is_run_uploaded_and_leaves_nothing_behind(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    configured = settings(gateway, tmp_path)
    async with worker(configured):
        await gateway.hears(Hello)
        await gateway.say(assign(Cue(at_ms=100, input=KeyDown(code="KeyW", key="w"))))
        await gateway.hears(Accepted)
        await gateway.hears(WorldStarted)
        rendered = await gateway.hears(RunRendered)
        ended = await gateway.hears(RunEnded)
        await gateway.hears(Stopped)

        assert (rendered.session, rendered.frames) == ("run_1", 10)
        assert (ended.reason, ended.detail) == ("", "")
        assert spooled(configured) == []
    facts = gateway.uploads.completed["tok1"]
    assert (facts.frames, facts.width, facts.height, facts.fps) == (10, 128, 96, 20)
    assert [line["type"] for line in gateway.uploads.lines("tok1")] == ["run", "input", "end"]


async def test_the_same_script_and_seed_give_the_same_frames_on_a_worker_and_another_seed_others(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    hashes = []
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        for term, seed in ((1, 1), (2, 1), (3, 2)):
            asked = assign(Cue(at_ms=50, prompt="snow at night"), entry="Grain", term=term)
            await gateway.say(_seeded(asked, seed))
            await gateway.hears(Stopped)
            hashes.append(gateway.uploads.completed[f"tok{term}"].frames_sha256)

    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


def _seeded(asked: Assign, seed: int) -> Assign:
    return msgspec.structs.replace(asked, seed=seed)


async def test_a_run_tells_how_far_it_is_and_is_cancelled_at_once(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    configured = settings(gateway, tmp_path)
    async with worker(configured):
        await gateway.hears(Hello)
        await gateway.say(assign(end_ms=3_600_000))
        progress = await gateway.hears(RunProgress)
        await gateway.say(Stop(0, "run_1", 1, 1000, "cancelled"))
        await gateway.hears(Stopped)

        assert progress.frames_total == 72_000
        assert 0 < progress.frames < 72_000
        assert spooled(configured) == []
    assert not any(isinstance(message, RunEnded | WorldEnded) for message in gateway.heard)
    assert gateway.uploads.requests == []


@pytest.mark.parametrize(
    ("entry", "cue", "outcome"),
    [
        ("Unready", Cue(at_ms=0, prompt="x"), "failed_to_start"),
        ("Lamp", Cue(at_ms=200, message="crash"), "crashed"),
        ("Lamp", Cue(at_ms=200, message="exit"), "crashed"),
    ],
)
async def test_a_world_that_fails_is_told_as_in_a_session(
    gateway: FakeGateway, tmp_path: Path, entry: str, cue: Cue, outcome: str
) -> None:
    configured = settings(gateway, tmp_path)
    async with worker(configured):
        await gateway.hears(Hello)
        await gateway.say(assign(cue, entry=entry))
        ended = await gateway.hears(WorldEnded)
        await gateway.hears(Stopped)

        assert ended.outcome == outcome
        assert spooled(configured) == []
    assert gateway.uploads.requests == []


async def test_a_run_whose_files_are_refused_has_failed(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    gateway.uploads.answers = [HTTPStatus.UNAUTHORIZED]
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        ended = await gateway.hears(RunEnded)
        await gateway.hears(Stopped)

    assert ended.reason == "upload_failed"
    assert "it opens nothing" in ended.detail


async def test_what_an_earlier_start_left_of_runs_is_gone(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    configured = settings(gateway, tmp_path)
    left = configured.state_dir / "spool" / "tester" / "runs" / "run_0-1"
    left.mkdir(parents=True)
    (left / "video.mp4").write_bytes(b"half")
    async with worker(configured):
        await gateway.hears(Hello)

        assert spooled(configured) == []
