"""Live sessions recorded by a whole worker: a real world, viewer, recorder and upload."""

import os
import signal
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import pytest

from diorama.agent.process_group import MARK, carriers
from diorama.agent.recording_facts import FILES
from diorama.agent.recordings import RECORDER_COMMAND
from diorama.agent.settings import WorkerSettings
from diorama.agent.spool import Spool
from diorama.protocol.channel import Prompt
from diorama.protocol.input import KeyDown, PointerMove
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Assign, Frame, Hello, Keeping, Stopped, WorldStarted
from tests.agent.fake_gateway import FakeGateway, fake_gateway
from tests.agent.fake_viewer import FakeViewer
from tests.agent.test_headless import spooled
from tests.agent.test_worker import assign, settings, stop, viewer, worker

FACTS = RecordedFacts(width=64, height=64, fps=30, frames=1, duration_us=33_333)


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as gateway:
        gateway.heartbeat_s = 5.0  # a worker that is busy for a moment leaves no gateway
        yield gateway


def recorded(world: str = "Lamp") -> Assign:
    keeping = Keeping(recording="rec_1", upload_token="tok", frame=Frame(height=1080, fps=30))
    return msgspec.structs.replace(assign(world), keeping=keeping)


async def test_a_recorded_session_yields_its_video_and_what_its_viewer_did(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    configured = settings(gateway, tmp_path)
    async with worker(configured):
        await gateway.hears(Hello)
        await gateway.say(recorded())
        async with viewer(gateway, 1) as watching:
            await _is_recorded(configured, watching)
            await watching.says(Prompt("rain"))
            assert await watching.hears() == {"type": "message", "data": {"prompt": "rain"}}
            for step in range(30):
                await watching.says(PointerMove(x=step / 30, y=0.5))
            await watching.says(KeyDown(code="KeyW", key="w"))
            for _ in range(10):
                await watching.sees(bright=True)
            await gateway.say(stop())
            await gateway.hears(Stopped)
        await gateway.uploads.until(lambda uploads: "tok" in uploads.completed)
    facts, lines = gateway.uploads.completed["tok"], gateway.uploads.lines("tok")
    video = tmp_path / "video.mp4"
    video.write_bytes(gateway.uploads.files["tok"]["video.mp4"])
    with av.open(str(video)) as container:
        levels = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0)]

    assert (facts.width, facts.height, facts.fps) == (128, 96, 30)
    assert facts.frames == len(levels) > 0
    assert facts.started_us is not None
    assert facts.frames_sha256 is None
    assert levels[0] < 100
    assert levels[-1] > 180
    kinds = [str(line["type"]) for line in lines]
    assert [kind for kind in kinds if kind != "input"] == [
        "session",
        "viewer_joined",
        "prompt",
        "viewer_left",
        "end",
    ]
    inputs = [line for line in lines if line["type"] == "input"]
    moves_ms = [int(str(line["at_ms"])) for line in inputs][:-2]  # the last is told with the key
    assert all(later - earlier >= 100 for earlier, later in pairwise(moves_ms))
    assert inputs[-1]["input"] == {
        "type": "key_down", "code": "KeyW", "key": "w", "repeat": False
    }  # fmt: skip
    assert spooled(configured) == []


async def _is_recorded(configured: WorkerSettings, watching: FakeViewer) -> None:
    """Watch until the recorder, which has time last of all, has its first picture."""
    await watching.sees(bright=False)
    while not any(path.name == "video.mp4" for path in spooled(configured)):
        await watching.sees(bright=False)


async def test_a_recording_of_what_nobody_saw_is_told_to_have_failed(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    configured = settings(gateway, tmp_path)
    async with worker(configured):
        await gateway.hears(Hello)
        await gateway.say(recorded())
        await gateway.hears(WorldStarted)
        await gateway.say(stop())
        await gateway.uploads.until(lambda uploads: "tok" in uploads.failed)

    assert gateway.uploads.failed == {"tok": "nothing_shown"}
    assert spooled(configured) == []


async def test_a_recorder_that_dies_harms_no_session(gateway: FakeGateway, tmp_path: Path) -> None:
    async with worker(settings(gateway, tmp_path)):
        boot_id = (await gateway.hears(Hello)).boot_id
        await gateway.say(recorded())
        async with viewer(gateway, 1) as watching:
            await watching.sees(bright=False)
            (recorder,) = [each.pid for each in carriers(MARK, boot_id) if _records(each.pid)]
            os.kill(recorder, signal.SIGKILL)
            await gateway.uploads.until(lambda uploads: "tok" in uploads.failed)
            await watching.says(KeyDown(code="KeyW", key="w"))
            await watching.sees(bright=True)

    assert gateway.uploads.failed == {"tok": "worker_lost"}


def _records(pid: int) -> bool:
    return RECORDER_COMMAND[-1].encode() in Path(f"/proc/{pid}/cmdline").read_bytes()


async def test_the_next_start_finishes_what_one_left(gateway: FakeGateway, tmp_path: Path) -> None:
    configured = settings(gateway, tmp_path)
    spool = Spool.take(configured.state_dir, "tester")
    whole = spool.make_recording("rec_1", "tok_whole")
    for name in FILES:
        (whole.folder / name).write_bytes(b"something")
    whole.finish(FACTS)
    spool.make_recording("rec_2", "tok_half")
    async with worker(configured):
        await gateway.uploads.until(lambda uploads: bool(uploads.completed and uploads.failed))

    assert gateway.uploads.completed == {"tok_whole": FACTS}
    assert gateway.uploads.failed == {"tok_half": "worker_lost"}
    assert spooled(configured) == []
