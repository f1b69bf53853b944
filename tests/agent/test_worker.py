"""A whole worker against a gateway of the test's own: real sockets, processes and media."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from diorama.agent import connection
from diorama.agent.process_group import members, read_process
from diorama.agent.settings import WorkerSettings
from diorama.agent.worker import run_worker
from diorama.kernel.clock import SystemClock
from diorama.kernel.errors import Invalid
from diorama.kernel.units import seconds
from diorama.protocol.channel import Leaving, Message, Ping, Prompt
from diorama.protocol.input import KeyDown
from diorama.protocol.media import Answer, Candidate, Offer, Restart
from diorama.protocol.worker import (
    Accepted,
    Assign,
    Attach,
    Beat,
    Draining,
    Hello,
    HoldOff,
    InputSeen,
    MediaChanged,
    Problem,
    Rejected,
    SignalFromWorker,
    SignalToWorker,
    SlotReport,
    Stop,
    Stopped,
    VideoSpec,
    ViewerLeft,
    WorldEnded,
    WorldSpec,
    WorldStarted,
)
from tests.agent.fake_gateway import CREDENTIAL, PATIENCE_S, FakeGateway, Listener, fake_gateway
from tests.agent.fake_viewer import FakeViewer

WORLDS = Path(__file__).with_name("worlds.py")
SESSION = "ses_1"
KEY = KeyDown(code="KeyW", key="w")


def settings(gateway: FakeGateway, tmp_path: Path, engine: str = "aiortc") -> WorkerSettings:
    return WorkerSettings(
        gateways=(gateway.url,),
        name="tester",
        credential=SecretStr(CREDENTIAL),
        engine=engine,
        state_dir=tmp_path / "state",
        drain_s=0.2,
        allow_private_candidates=True,
        warm_host=False,
    )


def assign(world: str = "Lamp", *, term: int = 1, session: str = SESSION) -> Assign:
    spec = WorldSpec(kind="python", entry=f"{WORLDS}:{world}")
    video = VideoSpec(codecs=("VP8",))
    return Assign(0, session, term, spec, video, seed=1, start_timeout_s=PATIENCE_S)


def attach(number: int, *, term: int = 1) -> Attach:
    return Attach(SESSION, term, number, codecs=())


def stop(term: int = 1, session: str = SESSION) -> Stop:
    return Stop(0, session, term, 1000, "client_ended")


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway() as gateway:
        yield gateway


@asynccontextmanager
async def worker(configured: WorkerSettings) -> AsyncIterator[asyncio.Event]:
    stopping = asyncio.Event()
    task = asyncio.create_task(run_worker(configured, stopping))
    try:
        yield stopping
    finally:
        stopping.set()
        await asyncio.wait_for(task, PATIENCE_S)


@asynccontextmanager
async def viewer(
    gateway: FakeGateway, number: int, *, is_silent: bool = False
) -> AsyncIterator[FakeViewer]:
    """Attach a viewer and carry its signals."""
    watching, listener = FakeViewer(is_silent=is_silent), Listener(gateway)

    def is_mine(message: SignalFromWorker) -> bool:
        return message.signal.attachment == number

    async def carry_candidates() -> None:
        while True:
            heard = await listener.hears(SignalFromWorker, is_mine)
            assert isinstance(heard.signal, Candidate)
            await watching.take(heard.signal.candidate)
            if not heard.signal.candidate.candidate:
                return

    try:
        await gateway.say(attach(number))
        offered = await listener.hears(SignalFromWorker, is_mine)
        assert isinstance(offered.signal, Offer)
        answer = Answer(number, await watching.answer(offered.signal.sdp))
        await gateway.say(SignalToWorker(SESSION, 1, answer))
        await carry_candidates()
        yield watching
    finally:
        await watching.close()


def is_connected(message: MediaChanged) -> bool:
    return message.state == "connected"


async def test_a_worker_says_who_it_is_and_beats(gateway: FakeGateway, tmp_path: Path) -> None:
    async with worker(settings(gateway, tmp_path)):
        hello = await gateway.hears(Hello)
        beat = await gateway.hears(Beat)

    assert (hello.protocol, hello.name, hello.kinds) == (1, "tester", ("python",))
    assert hello.slots == (SlotReport(index=0, term=0),)
    assert hello.encoders
    assert beat.n == 1


@pytest.mark.parametrize("engine", ["aiortc", "reactor-webrtc"])
async def test_a_viewer_sees_the_world_and_its_input_changes_the_picture(
    gateway: FakeGateway, tmp_path: Path, engine: str
) -> None:
    async with worker(settings(gateway, tmp_path, engine)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        await gateway.hears(Accepted)
        await gateway.hears(WorldStarted)
        async with viewer(gateway, 1) as watching:
            await watching.sees(bright=False)
            await gateway.hears(MediaChanged, is_connected)
            await watching.says(KEY)
            await watching.sees(bright=True)
            await gateway.hears(InputSeen)
            await watching.says(Ping(1))
            assert await watching.hears() == {"type": "pong", "n": 1, "fps": 60}

            report = await gateway.hears(Beat, lambda beat: beat.slots[0].media == "connected")
            assert report.slots[0].viewer_age_ms is not None
            assert report.slots[0].input_age_ms is not None

            await watching.says(Leaving(1001))
            assert await gateway.hears(ViewerLeft) == ViewerLeft(SESSION, 1, 1001)
        await gateway.say(stop())
        assert await gateway.hears(Stopped) == Stopped(0, SESSION, 1)


async def test_messages_and_prompts_pass_both_ways_and_wrong_ones_do_no_harm(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        async with viewer(gateway, 1) as watching:
            await watching.says('{"type":"key_down","code":"A","key":"a","repeat":NaN}')
            problem = {"type": "problem", "code": "json_number", "message": "NaN is not JSON"}
            assert await watching.hears() == problem
            await gateway.hears(WorldStarted)
            await watching.says(Prompt("rain"))
            assert await watching.hears() == {"type": "message", "data": {"prompt": "rain"}}
            await watching.says(Message("echo", id=3))
            assert {"type": "ack", "id": 3} in [await watching.hears(), await watching.hears()]


async def test_a_viewer_who_attaches_again_finds_the_same_world(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        async with viewer(gateway, 1) as first:
            await first.says(KEY)
            await first.sees(bright=True)
            async with viewer(gateway, 2) as second:
                await second.sees(bright=True)
                await gateway.hears(
                    MediaChanged, lambda media: is_connected(media) and media.attachment == 2
                )


async def test_media_is_lost_when_the_viewer_is_silent(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        async with viewer(gateway, 1, is_silent=True):
            await gateway.hears(MediaChanged, is_connected)
            lost = await gateway.hears(MediaChanged)
            assert lost.state == "lost"


async def test_an_ice_restart_is_a_new_offer_for_the_same_attachment(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path, "reactor-webrtc")):
        await gateway.hears(Hello)
        await gateway.say(assign())
        async with viewer(gateway, 1) as watching:
            await watching.sees(bright=False)
            listener = Listener(gateway)
            await gateway.say(SignalToWorker(SESSION, 1, Restart(1, "ice")))
            offered = await listener.hears(
                SignalFromWorker, lambda message: isinstance(message.signal, Offer)
            )
            assert offered.signal.attachment == 1


async def test_a_world_that_is_killed_is_told_and_its_slot_free_at_once(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        await gateway.hears(WorldStarted)
        (host,) = worlds_here()
        os.kill(host, signal.SIGKILL)

        ended = await gateway.hears(WorldEnded)
        assert (ended.outcome, ended.exit_code) == ("crashed", -9)
        assert await gateway.hears(Stopped) == Stopped(0, SESSION, 1)
        await gateway.say(assign(term=2, session="ses_2"))
        assert (await gateway.hears(WorldStarted)).session == "ses_2"


async def test_an_unknown_world_is_told(gateway: FakeGateway, tmp_path: Path) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign("Nowhere"))

        assert (await gateway.hears(WorldEnded)).outcome == "unknown_world"


async def test_a_lower_term_is_refused(gateway: FakeGateway, tmp_path: Path) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign(term=5))
        await gateway.hears(Accepted)
        await gateway.say(assign(term=4, session="ses_2"))

        refused = await gateway.hears(Rejected)
        assert refused.session == "ses_2"
        assert refused.reason == "slot 0 has seen term 5: 4 is refused"


async def test_a_worker_that_lost_its_gateway_streams_on_and_says_again_what_it_holds(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        async with viewer(gateway, 1) as watching:
            await watching.sees(bright=False)
            await gateway.hears(WorldStarted)  # told beside the picture
            await gateway.hang_up()
            hello = await gateway.hears(Hello)
            await gateway.hears(Accepted)
            await gateway.hears(WorldStarted)
            await watching.says(KEY)
            await watching.sees(bright=True)

    held = hello.slots[0]
    assert (held.session, held.term, held.attachment, held.world) == (SESSION, 1, 1, "running")


async def test_a_world_that_holds_the_warning_off_is_told_and_told_again_to_a_new_gateway(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        async with viewer(gateway, 1) as watching:
            await watching.sees(bright=False)
            await watching.says(Message({"hold_off": 600}))
            told = await gateway.hears(HoldOff)
            await gateway.hang_up()
            await gateway.hears(Hello)
            again = await gateway.hears(HoldOff)

    assert (told.session, told.term, round(told.seconds)) == (SESSION, 1, 600)
    assert 500 < again.seconds < 600


async def test_a_second_gateway_is_tried_when_the_first_is_away(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    configured = settings(gateway, tmp_path)
    away = configured.model_copy(update={"gateways": ("http://127.0.0.1:9", gateway.url)})
    async with worker(away):
        assert (await gateway.hears(Hello)).name == "tester"


class LeapingClock(SystemClock):
    """This machine's, but for what a test adds."""

    ahead_us = 0

    def boottime_us(self) -> int:
        return super().boottime_us() + self.ahead_us


async def test_a_worker_that_nobody_confirms_ends_its_worlds(
    gateway: FakeGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = LeapingClock()
    monkeypatch.setattr("diorama.agent.worker.SystemClock", lambda: clock)
    async with worker(settings(gateway, tmp_path)):
        await gateway.hears(Hello)
        await gateway.say(assign())
        await gateway.hears(WorldStarted)
        gateway.confirms = False
        clock.ahead_us = seconds(gateway.self_fence_s)

        ended = await gateway.hears(WorldEnded)
        assert "fenced itself" in ended.detail
        await gateway.hears(Stopped)
    assert worlds_here() == []


async def test_a_worker_that_leaves_says_so_ends_its_worlds_and_confirms(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)) as stopping:
        await gateway.hears(Hello)
        await gateway.say(assign())
        await gateway.hears(WorldStarted)
        stopping.set()
        assert 0 < (await gateway.hears(Draining)).deadline_s <= 0.2
        await gateway.hears(Stopped)

    assert worlds_here() == []


async def test_a_worker_without_a_credential_does_not_start(tmp_path: Path) -> None:
    bare = WorkerSettings(state_dir=tmp_path)

    with pytest.raises(Invalid, match="CREDENTIAL_FILE names no file"):
        await run_worker(bare, asyncio.Event())


RUN = (
    "import asyncio; from diorama.agent.settings import WorkerSettings; "
    "from diorama.agent.worker import run_until_signalled; "
    "asyncio.run(run_until_signalled(WorkerSettings()))"
)


@asynccontextmanager
async def worker_process(
    gateway: FakeGateway, tmp_path: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        env={
            **os.environ,
            "DIORAMA_WORKER_WARM_HOST": "false",
            "DIORAMA_WORKER_GATEWAYS": f"{gateway.url}, http://127.0.0.1:9",
            "DIORAMA_WORKER_NAME": "tester",
            "DIORAMA_WORKER_CREDENTIAL": CREDENTIAL,
            "DIORAMA_WORKER_STATE_DIR": str(tmp_path),
            "DIORAMA_WORKER_DRAIN_S": "0",
            "DIORAMA_WORKER_ENGINE": "aiortc",
        },
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.wait_for(process.wait(), PATIENCE_S)


async def test_sigterm_makes_a_worker_leave_in_order(gateway: FakeGateway, tmp_path: Path) -> None:
    async with worker_process(gateway, tmp_path) as process:
        await gateway.hears(Hello)
        await gateway.say(assign("Stopper"))
        await gateway.hears(WorldStarted)
        process.send_signal(signal.SIGTERM)

        await gateway.hears(Draining)
        await gateway.hears(Stopped)
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


async def test_what_a_killed_worker_leaves_dies_with_it_or_with_its_next_start(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker_process(gateway, tmp_path) as process:
        first = await gateway.hears(Hello)
        await gateway.say(assign("ParentAtStart"))
        await gateway.hears(WorldStarted)
        (host,) = worlds_here(process.pid)
        process.kill()
        await process.wait()
    assert len(list(members(host))) >= 1

    async with worker(settings_of(gateway, tmp_path)):
        second = await gateway.hears(Hello)

        assert second.boot_id != first.boot_id
        assert list(members(host)) == []


async def test_a_start_that_was_given_up_ends_its_worlds_and_starts_anew(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    async with worker(settings(gateway, tmp_path)):
        first = await gateway.hears(Hello)
        await gateway.say(assign())
        await gateway.hears(WorldStarted)
        (world,) = worlds_here()

        gateway.refusal = Problem("lease_expired", "start it anew")
        await gateway.hang_up()
        refused = await gateway.hears(Hello)
        gateway.refusal = None
        second = await gateway.hears(Hello)

        assert refused.boot_id == first.boot_id
        assert second.boot_id != first.boot_id
        assert second.slots[0].session is None
        assert list(members(world)) == []


async def test_a_worker_whose_name_a_newer_start_has_ends_its_worlds_and_stays_who_it_is(
    gateway: FakeGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REPLACED_S", 0.1)
    async with worker(settings(gateway, tmp_path)):
        first = await gateway.hears(Hello)
        await gateway.say(assign())
        await gateway.hears(WorldStarted)

        gateway.refusal = Problem("worker_replaced", "on host a, a newer start on host b")
        await gateway.hang_up()
        again = await gateway.hears(Hello, lambda hello: hello.slots[0].world == "none")

        assert again.boot_id == first.boot_id
        assert again.host
        assert worlds_here() == []


async def test_a_session_gets_the_host_that_was_ready_and_none_is_left_behind(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    warm = settings(gateway, tmp_path).model_copy(update={"warm_host": True})
    async with worker(warm):
        await gateway.hears(Hello)
        await gateway.hears(Beat)
        (ready,) = worlds_here()

        await gateway.say(assign())
        await gateway.hears(WorldStarted)
        await gateway.hears(Beat)

        both = worlds_here()
        assert ready in both
        assert len(both) == 2

    assert worlds_here() == []


def settings_of(gateway: FakeGateway, state: Path) -> WorkerSettings:
    return settings(gateway, state).model_copy(update={"state_dir": state})


def worlds_here(parent: int | None = None) -> list[int]:
    """Return the living processes that this one, or `parent`, started as hosts of worlds."""
    wanted = parent or os.getpid()
    text = Path(f"/proc/{wanted}/task/{wanted}/children").read_text()
    found = [read_process(int(pid)) for pid in text.split()]
    return [facts.pid for facts in found if facts and facts.alive and facts.group == facts.pid]
