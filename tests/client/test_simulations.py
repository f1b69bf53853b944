"""Simulations and recordings by the Python SDK: scripts, progress, files; sync and async."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from diorama.client import (
    AsyncDiorama,
    Cue,
    Diorama,
    Invalid,
    LimitReached,
    NotFound,
    NotUnderstood,
    Retries,
)
from diorama.client.simulation_questions import Written, scripts_of
from diorama.protocol.input import KeyDown
from diorama.protocol.recording_views import RecordingFile, RecordingSource, RecordingView
from diorama.protocol.simulation_views import SimulationProgress, SimulationView
from diorama.protocol.states import SimulationState
from diorama.protocol.worker import Frame
from tests.gateway.running import gateway_at

AT_ONCE = Retries(times=1, first_wait_s=0.0)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PATIENCE_S = 10
VIDEO = bytes(range(256)) * 40
SCRIPT: Written = [{"at_ms": 0, "prompt": "rain"}, {"at_ms": 1_000, "end": True}]


def a_simulation(state: str, frames: int = 0) -> SimulationView:
    return SimulationView(
        id="sim_1",
        project="cove",
        region="local",
        name=None,
        state=SimulationState(state),
        created_at=NOON,
        dispatched_at=None,
        started_at=None,
        ended_at=None,
        seed=7,
        frame=Frame(),
        scripts=1,
        progress=SimulationProgress(frames=frames, frames_total=30, runs_done=0, runs=1),
        queue=None,
        retries=0,
        error=None,
        end_user=None,
        simulation_us=0,
        runs=(),
    )


def a_recording(*, size: int = len(VIDEO)) -> RecordingView:
    file = RecordingFile("video.mp4", "video/mp4", size, "/v1/artifacts/token/video.mp4", NOON)
    return RecordingView(
        id="rec_1",
        state="ready",
        source=RecordingSource("simulation", "sim_1", "run_1", 0),
        project="cove",
        end_user=None,
        created_at=NOON,
        started_at=NOON,
        ended_at=NOON,
        width=1280,
        height=720,
        fps=30.0,
        frames=30,
        frames_dropped=0,
        duration_us=1_000_000,
        frames_sha256="0" * 64,
        bytes=size,
        expires_at=None,
        error=None,
        files=(file,),
    )


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in pieces, and breaks off where it is said to."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self._pieces = pieces
        self._breaks = breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._breaks:
            raise httpx.ReadError("reset by peer")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def told(*views: SimulationView, breaks: bool = False) -> Pieces:
    blocks = (b"event: simulation\ndata: %s\n\n" % msgspec.json.encode(view) for view in views)
    return Pieces(*blocks, breaks=breaks)


def streaming() -> httpx.MockTransport:
    """Return a gateway whose stream of a simulation breaks once in the middle."""
    answers = [
        told(a_simulation("pending"), a_simulation("processing", 10), breaks=True),
        told(a_simulation("processing", 10), a_simulation("completed", 30)),
    ]

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept"] == "text/event-stream"
        return httpx.Response(200, stream=answers.pop(0))

    return httpx.MockTransport(handle)


def store(
    files: Callable[[int], httpx.Response], recording: RecordingView
) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Return a gateway with a recording, whose file is answered from the byte asked for."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/recordings/rec_1":
            return httpx.Response(200, content=msgspec.json.encode(recording))
        asked.append(request)
        begins = request.headers.get("Range", "bytes=0-").removeprefix("bytes=")
        return files(int(begins.removesuffix("-")))

    return httpx.MockTransport(handle), asked


def breaking_off(begins: int) -> httpx.Response:
    """Answer with half of the file first, then with the rest."""
    if begins == 0:
        return httpx.Response(200, stream=Pieces(VIDEO[:5_000], breaks=True))
    span = f"bytes {begins}-{len(VIDEO) - 1}/{len(VIDEO)}"
    return httpx.Response(206, content=VIDEO[begins:], headers={"Content-Range": span})


def whole(_: int) -> httpx.Response:
    return httpx.Response(200, content=VIDEO)


def test_a_script_is_written_with_cues_or_as_json() -> None:
    cues: Written = [Cue(at_ms=0, input=KeyDown(code="KeyW", key="w")), Cue(at_ms=500, end=True)]

    (written,) = scripts_of(cues, None)
    both = scripts_of(None, [cues, SCRIPT])

    assert list(written) == cues
    assert both[1] == (Cue(at_ms=0, prompt="rain"), Cue(at_ms=1_000, end=True))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ([{"at_ms": 0, "prompt": "a"}], "the last cue of a script, and no other, is its end"),
        ([{"at_ms": "soon", "end": True}], r"scripts\[0\] is no script: Expected `int`"),
        ([{"at_ms": 9, "prompt": "a"}, {"at_ms": 8, "end": True}], "before the cue above it"),
    ],
)
def test_what_is_no_script_is_refused_before_it_is_sent(script: list[object], why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        scripts_of(script, None)  # type: ignore[arg-type] # what is wrong with it is the test

    assert refused.value.code == "script_invalid"


def test_exactly_one_of_script_and_scripts_is_given() -> None:
    with pytest.raises(Invalid, match="either script or scripts"):
        scripts_of(None, None)


def test_a_simulation_is_watched_over_a_lost_connection_to_its_end() -> None:
    with Diorama("http://a", retries=AT_ONCE, transport=streaming()) as diorama:
        seen = [(one.state, one.progress.frames) for one in diorama.watch_simulation("sim_1")]

    assert seen == [("pending", 0), ("processing", 10), ("completed", 30)]


async def test_programs_of_asyncio_wait_for_its_end() -> None:
    async with AsyncDiorama("http://a", retries=AT_ONCE, transport=streaming()) as diorama:
        last = await diorama.wait_for_simulation("sim_1", within_s=PATIENCE_S)

    assert last.state is SimulationState.COMPLETED


def test_nobody_waits_longer_than_they_said() -> None:
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, stream=told(a_simulation("pending")))
    )

    with (
        Diorama("http://a", retries=AT_ONCE, transport=transport) as diorama,
        pytest.raises(TimeoutError),
    ):
        diorama.wait_for_simulation("sim_1", within_s=0.0)


def test_a_file_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    transport, asked = store(breaking_off, a_recording())
    seen: list[tuple[int, int]] = []

    with Diorama("http://a", api_key="key", retries=AT_ONCE, transport=transport) as diorama:
        place = diorama.download(
            "rec_1", to=tmp_path, progress=lambda now, all_: seen.append((now, all_))
        )

    assert (place, place.read_bytes()) == (tmp_path / "video.mp4", VIDEO)
    assert seen == [(5_000, len(VIDEO)), (len(VIDEO), len(VIDEO))]
    assert [one.headers.get("Range") for one in asked] == [None, "bytes=5000-"]
    assert not any("Authorization" in one.headers for one in asked)


async def test_programs_of_asyncio_save_files_too(tmp_path: Path) -> None:
    transport, _ = store(breaking_off, a_recording())

    async with AsyncDiorama("http://a", retries=AT_ONCE, transport=transport) as diorama:
        async with asyncio.timeout(PATIENCE_S):
            place = await diorama.download("rec_1", to=tmp_path / "mine.mp4")

    assert place == tmp_path / "mine.mp4"
    assert place.read_bytes() == VIDEO


def test_a_file_that_is_not_what_was_said_is_not_left_behind(tmp_path: Path) -> None:
    transport, _ = store(whole, a_recording(size=9_000))

    with (
        Diorama("http://a", transport=transport) as diorama,
        pytest.raises(NotUnderstood, match=r"video\.mp4 has 9000 bytes"),
    ):
        diorama.download("rec_1", to=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_there_is_not_is_not_found(tmp_path: Path) -> None:
    transport, _ = store(whole, a_recording())

    with (
        Diorama("http://a", transport=transport) as diorama,
        pytest.raises(NotFound, match=r"rec_1 is ready and has no preview\.mp4"),
    ):
        diorama.download("rec_1", "preview.mp4", tmp_path)


async def test_a_gateway_takes_scripts_lists_them_and_ends_them(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path) as place,
        AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend,
    ):
        asked = await backend.simulate(
            "cove", scripts=[SCRIPT, SCRIPT], width=640, height=360, fps=30, seed=7, name="a night"
        )
        again = await backend.simulation(asked.id)
        active = [one.id async for one in backend.simulations(active=True, project="cove")]
        failed = [one async for one in backend.simulations(state=[SimulationState.FAILED])]
        async with contextlib.aclosing(backend.watch_simulation(asked.id)) as views:
            first = await anext(views)
            await backend.cancel_simulation(asked.id)
            last = [view async for view in views][-1]

    assert (asked.seed, asked.frame, asked.scripts, asked.name) == (
        *(7, Frame(width=640, height=360, fps=30)),
        *(2, "a night"),
    )
    assert (again.id, active, failed) == (asked.id, [asked.id], [])
    assert (first.state, last.state) == (SimulationState.PENDING, SimulationState.CANCELLED)


async def test_a_gateway_answers_programs_that_wait_the_same(tmp_path: Path) -> None:
    def story(url: str, key: str) -> None:
        with Diorama(url, api_key=key) as backend:
            asked = backend.simulate("cove", SCRIPT, idempotency_key="mine")
            assert backend.simulate("cove", SCRIPT, idempotency_key="mine").id == asked.id
            assert [one.id for one in backend.simulations()] == [asked.id]
            assert backend.cancel_simulation(asked.id).state is SimulationState.CANCELLED
            assert backend.wait_for_simulation(asked.id).state is SimulationState.CANCELLED
            assert backend.simulation(asked.id).ended_at is not None
            with pytest.raises(LimitReached) as refused:
                backend.simulate("cove", scripts=[SCRIPT] * 11)
            assert refused.value.code == "simulation_limit"

    async with gateway_at(tmp_path) as place:
        await asyncio.to_thread(story, place.front.url, place.secrets.api_key)
