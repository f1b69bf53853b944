"""Worlds in real processes: how they are fed, and how each of their ends is told."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from diorama.agent.frame_ring import FrameReader
from diorama.agent.host_process import HostProcess
from diorama.agent.process_group import members, read_process
from diorama.agent.run_state import RunState
from diorama.agent.world_link import Begin, ImageSeen
from diorama.agent.world_process import WorldOver, WorldProcess
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import KeyDown

WORLDS = Path(__file__).with_name("worlds.py")
PATIENCE_S = 60.0
KEY = KeyDown(code="KeyW", key="w")


@dataclass
class Heard:
    """What a world's owner has heard."""

    pictures: FrameReader | None = None
    fps: int | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    said: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    held_off_s: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    images: asyncio.Queue[ImageSeen] = field(default_factory=asyncio.Queue)

    def on_world_loaded(self, pictures: FrameReader, fps: int) -> None:
        self.pictures = pictures
        self.fps = fps

    def on_world_started(self) -> None:
        self.started.set()

    def on_world_message(self, data: str) -> None:
        self.said.put_nowait(data)

    def on_world_hold_off(self, asked_s: float) -> None:
        self.held_off_s.put_nowait(asked_s)

    def on_world_image(self, seen: ImageSeen) -> None:
        self.images.put_nowait(seen)


@dataclass
class Running:
    process: WorldProcess
    heard: Heard
    over: asyncio.Task[WorldOver | None]

    async def how_it_ended(self) -> WorldOver | None:
        return await asyncio.wait_for(self.over, PATIENCE_S)

    async def says(self) -> str:
        return await asyncio.wait_for(self.heard.said.get(), PATIENCE_S)

    async def shows(self, test: Callable[[int], bool]) -> int:
        """Return the first level shown that passes."""
        pictures, last = self.heard.pictures, -1
        assert pictures is not None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await asyncio.to_thread(pictures.wait, last, 1.0)
                frame = pictures.latest(last)
                if frame is not None:
                    last = frame.number
                    if test(int(frame.pixels[0, 0, 0])):
                        return int(frame.pixels[0, 0, 0])


@pytest.fixture(autouse=True)
def _time_to_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a world that exits by itself take its time: one that is killed has another status."""
    monkeypatch.setattr("diorama.agent.world_process.STOP_PATIENCE_S", PATIENCE_S)


@pytest.fixture
def state(tmp_path: Path) -> RunState:
    return RunState.take(tmp_path / "state", "w", boot_id="b" * 16)


@asynccontextmanager
async def world(
    state: RunState,
    name: str,
    *,
    options: str = "{}",
    start_timeout_s: float = PATIENCE_S,
    preload: tuple[str, ...] = (),
) -> AsyncIterator[Running]:
    entry = name if ":" in name else f"{WORLDS}:{name}"
    begin = Begin(session="ses_1", entry=entry, options=options, seed=7)
    heard = Heard()
    host = HostProcess.start(state, mark="b" * 16, preload=preload)
    process = WorldProcess(begin, heard, host)
    task = asyncio.create_task(process.run(start_timeout_s=start_timeout_s))
    try:
        yield Running(process, heard, task)
    finally:
        process.kill()
        await asyncio.wait_for(task, PATIENCE_S)
        state.close()


@asynccontextmanager
async def lit_world(state: RunState, name: str = "Lamp") -> AsyncIterator[Running]:
    async with world(state, name, options='{"colour": "red"}') as running:
        await asyncio.wait_for(running.heard.started.wait(), PATIENCE_S)
        yield running


async def test_an_input_changes_the_picture(state: RunState) -> None:
    async with lit_world(state) as running:
        assert running.heard.fps == 60
        assert await running.shows(lambda level: level < 20) == 16
        running.process.send(KEY)
        assert await running.shows(lambda level: level > 200) == 235


async def test_a_module_that_cannot_be_imported_ahead_keeps_no_world_from_running(
    state: RunState,
) -> None:
    async with world(state, "Lamp", preload=("no_such_module", "json")) as running:
        await asyncio.wait_for(running.heard.started.wait(), PATIENCE_S)


async def test_prompts_and_messages_reach_the_world_in_order(state: RunState) -> None:
    async with lit_world(state) as running:
        running.process.send(Prompt("rain"))
        running.process.send(Message({"a": [1, None]}))

        assert await running.says() == '{"prompt":"rain"}'
        assert await running.says() == '{"a":[1,null]}'


async def test_a_world_holds_the_warning_off_and_for_a_day_at_most(state: RunState) -> None:
    async with lit_world(state) as running:
        for asked in (600, 0, 1e12):
            running.process.send(Message({"hold_off": asked}))

        told = [await asyncio.wait_for(running.heard.held_off_s.get(), PATIENCE_S) for _ in "abc"]
        assert told == [600, 0, 86_400]


async def test_a_world_that_holds_off_for_no_number_of_seconds_is_told_so(state: RunState) -> None:
    async with lit_world(state) as running:
        running.process.send(Message({"hold_off": -1}))

        over = await running.how_it_ended()
        assert over is not None
        assert (over.outcome, over.detail) == (
            "crashed",
            "ValueError: the AFK warning cannot be held off for -1 seconds",
        )


async def test_a_world_learns_its_session_seed_and_options_and_no_secret(
    state: RunState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIORAMA_WORKER_CREDENTIAL", "diw_secret")
    async with lit_world(state) as running:
        running.process.send(Message("who"))

        assert await running.says() == (
            '{"session":"ses_1","seed":7,"options":{"colour":"red"},"secret":null}'
        )


async def test_a_world_that_ends_on_purpose_has_ended(state: RunState) -> None:
    async with lit_world(state) as running:
        running.process.send(Message("end"))

        assert await running.how_it_ended() == WorldOver("ended", None, "")


async def test_a_world_that_raises_has_crashed_and_says_why(state: RunState) -> None:
    async with lit_world(state) as running:
        running.process.send(Message("crash"))

        over = WorldOver("crashed", 1, "RuntimeError: the lamp broke")
        assert await running.how_it_ended() == over


async def test_a_world_whose_process_exits_has_crashed_with_its_status(state: RunState) -> None:
    async with lit_world(state) as running:
        running.process.send(Message("exit"))

        over = WorldOver("crashed", 7, "its process exited with status 7")
        assert await running.how_it_ended() == over


async def test_a_world_that_calls_for_its_programs_exit_has_crashed_and_says_so(
    state: RunState,
) -> None:
    async with lit_world(state) as running:
        running.process.send(Message("leave"))

        over = WorldOver("crashed", 1, "SystemExit: the lamp is off")
        assert await running.how_it_ended() == over


async def test_a_world_that_is_killed_has_crashed_with_the_signal(state: RunState) -> None:
    async with lit_world(state) as running:
        os.kill(running.process.pid, signal.SIGKILL)

        over = WorldOver("crashed", -9, "its process was ended by signal 9")
        assert await running.how_it_ended() == over


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Unready", "FileNotFoundError: no model here"),
        (
            "WrongShape",
            (
                "ValueError: WrongShape.render returned uint8 of shape (96, 127, 3); uint8 of "
                "shape (96, 128, 3) is wanted: height, width, RGB"
            ),
        ),
        (
            "WrongType",
            (
                "ValueError: WrongType.render returned float64 of shape (96, 128, 3); uint8 of "
                "shape (96, 128, 3) is wanted: height, width, RGB"
            ),
        ),
        (
            "OddSize",
            (
                "diorama.kernel.errors.Invalid: OddSize.size is (127, 96): it must be "
                "(width, height), both even, 64 to 3840"
            ),
        ),
    ],
)
async def test_a_world_without_a_first_picture_failed_to_start(
    state: RunState, name: str, sentence: str
) -> None:
    async with world(state, name) as running:
        assert await running.how_it_ended() == WorldOver("failed_to_start", 1, sentence)


async def test_a_world_that_takes_too_long_to_start_failed_to(state: RunState) -> None:
    async with world(state, "NeverReady", start_timeout_s=1.0) as running:
        over = await running.how_it_ended()

    assert over is not None
    assert over.outcome == "failed_to_start"
    assert over.detail == "it drew no picture in the time allowed for its start"


@pytest.mark.parametrize(
    "entry",
    [
        "no_such_module:World",
        "json.no_such_part:World",
        "/no/such/file.py:World",
        "json:World",
        f"{WORLDS}:NoWorld",
        f"{WORLDS}:Missing",
        ":Missing",
    ],
)
async def test_what_cannot_be_found_is_an_unknown_world(state: RunState, entry: str) -> None:
    async with world(state, entry) as running:
        over = await running.how_it_ended()

    assert over is not None
    assert over.outcome == "unknown_world"


async def test_a_world_that_is_stopped_may_clean_up(state: RunState) -> None:
    async with lit_world(state, "Stopper") as running:
        running.process.stop()

        assert await running.how_it_ended() is None
        assert read_process(running.process.pid) is None


async def test_a_process_that_a_world_started_goes_with_it_even_if_it_is_deaf(
    state: RunState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.agent.world_process.STOP_PATIENCE_S", 0.3)
    async with lit_world(state, "Parent") as running:
        running.process.send(Message("go"))
        child = int(await running.says())
        os.kill(running.process.pid, signal.SIGKILL)

        over = await running.how_it_ended()
        assert over is not None
        assert over.outcome == "crashed"
        left = read_process(child)
        assert left is None or not left.alive


async def test_a_process_that_left_the_group_goes_with_its_world(state: RunState) -> None:
    async with lit_world(state, "ParentOfAStray") as running:
        running.process.send(Message("go"))
        child = int(await running.says())
        running.process.stop()

        assert await running.how_it_ended() is None
        left = read_process(child)
        assert left is None or not left.alive


async def test_a_world_that_hangs_is_killed_with_its_whole_group(
    state: RunState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.agent.world_process.STOP_PATIENCE_S", 0.3)
    async with lit_world(state, "Deaf") as running:
        running.process.send(Message("hang"))
        running.process.stop()

        assert await running.how_it_ended() is None
        assert list(members(running.process.pid)) == []


async def test_input_for_a_world_that_hangs_is_bounded(state: RunState) -> None:
    async with lit_world(state, "Lamp") as running:
        running.process.send(Message("hang"))
        for _ in range(5_000):
            running.process.send(KEY)

        assert running.process.input_dropped > 0
