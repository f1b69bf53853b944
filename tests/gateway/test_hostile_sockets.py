"""Whatever is sent on either socket, the gateway stays, and finds no bug in itself."""

import asyncio
import random
from pathlib import Path
from typing import Final

import msgspec
import pytest
from aiohttp import ClientConnectionError, ClientWebSocketResponse, WSMsgType

from tests.gateway.running import Place, gateway_at

MUTATIONS: Final = 200
STRANGE: Final[tuple[object, ...]] = (
    None,
    True,
    -1,
    0,
    2**53,
    2**53 - 1,
    1e308,
    1.5,
    "",
    "x",
    "\x00",
    "\ud800",
    "é" * 40,
    "x" * 3_000,
    [],
    {},
    [[]],
    {"type": "hello"},
)
FROM_VIEWER: Final[tuple[dict[str, object], ...]] = (
    {"type": "heartbeat", "n": 1},
    {"type": "answer", "attachment": 1, "sdp": "v=0"},
    {"type": "candidate", "attachment": 1, "candidate": {"candidate": "c", "sdpMid": "0"}},
    {"type": "restart", "attachment": 1, "scope": "peer"},
    {"type": "restart", "attachment": 1, "scope": "ice"},
    {"type": "media", "attachment": 1, "state": "playing"},
    {"type": "bye", "code": 1001},
    {"type": "hello", "protocol": 1, "token": "x", "attachment": 1, "codecs": ["H264"]},
)


def from_worker(session: str, term: int) -> tuple[dict[str, object], ...]:
    about: dict[str, object] = {"session": session, "term": term}
    report = {"index": 0, **about, "viewer_age_ms": 1, "input_age_ms": 1, "attachment": 1}
    return (
        {"type": "beat", "n": 1, "sent_us": 1, "slots": [report]},
        {"type": "accepted", **about},
        {"type": "rejected", **about, "reason": "no"},
        {"type": "world_started", **about},
        {"type": "media", **about, "attachment": 1, "state": "connected", "age_ms": 1},
        {"type": "media", **about, "attachment": 1, "state": "lost"},
        {"type": "input", **about},
        {"type": "viewer_left", **about, "code": 1001},
        {"type": "world_ended", **about, "outcome": "failed_to_start", "exit_code": -9},
        {"type": "stopped", "index": 0, **about},
        {"type": "signal", **about, "signal": {"type": "offer", "attachment": 1, "sdp": "v=0"}},
        {"type": "draining", "deadline_s": 1.0},
    )


def mutated(message: object, rng: random.Random) -> str | bytes:
    """Return a message with one thing in it changed; now and then, its text."""
    value = msgspec.json.decode(msgspec.json.encode(message))
    holder, key = rng.choice(list(places_in(value)))
    how = rng.random()
    if how < 0.6:
        holder[key] = rng.choice(STRANGE)
    elif how < 0.8:
        holder["more"] = rng.choice(STRANGE)
    elif how < 0.9:
        del holder[key]
    text = dumped(value)
    if rng.random() < 0.2:
        cut = rng.randrange(len(text))
        text = text[:cut] + rng.choice(("", '"', "{", "]", "\\", "1e999")) + text[cut + 1 :]
    return text.encode() if rng.random() < 0.02 else text


def places_in(value: object) -> list[tuple[dict[str, object], str]]:
    found: list[tuple[dict[str, object], str]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [(value, key), *places_in(inner)]
    elif isinstance(value, list):
        for inner in value:
            found += places_in(inner)
    return found


def dumped(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can carry
        return '{"type": "heartbeat", "n": "\\ud800"}'


async def send(socket: ClientWebSocketResponse, message: str | bytes) -> bool:
    """Send; False where the gateway has closed."""
    try:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_str(message)
    except (ClientConnectionError, ConnectionError):
        return False
    return not socket.closed


async def drained(socket: ClientWebSocketResponse) -> bool:
    """Read what has come; False where the gateway has closed."""
    try:
        async with asyncio.timeout(0.02):
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass
    except TimeoutError:
        return True
    return False


async def term_of(place: Place, session: str) -> int:
    found = await place.gateway.desk.look(lambda work: work.stores.sessions.get(session))
    return found.term if found else 1


async def assert_well(place: Place, log: str) -> None:
    ready = await place.ask("GET", "/readyz")
    assert ready.status == 200
    assert "[error" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("seed", range(4))
async def test_no_viewer_can_harm_the_gateway(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)
    async with gateway_at(tmp_path) as place:
        worker = await place.worker(slots=4)
        viewer = await place.viewer(await place.open())
        for _ in range(MUTATIONS // 4):
            told = await send(viewer.socket, mutated(rng.choice(FROM_VIEWER), rng))
            if not told or not await drained(viewer.socket):
                await drained(worker.socket)
                viewer = await place.viewer()
                opened = await place.open()
                hello = {"type": "hello", "protocol": 1, "token": opened.token}
                word = mutated(hello, rng) if rng.random() < 0.3 else dumped(hello)
                await send(viewer.socket, word)
        await assert_well(place, capsys.readouterr().out)


@pytest.mark.parametrize("seed", range(4))
async def test_no_worker_with_a_key_can_harm_the_gateway(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)
    async with gateway_at(tmp_path) as place:
        boot = 1
        worker = await place.worker(slots=2)
        session, term = "ses_missing", 1
        for turn in range(MUTATIONS // 4):
            if turn % 5 == 0:
                reply = await place.post({"project": "cove"})
                session = str(reply.headers.get("Location", "/ses_none")).rpartition("/")[2]
                term = await term_of(place, session)
            valid = rng.choice(from_worker(session, term))
            message = mutated(valid, rng) if rng.random() < 0.7 else dumped(valid)
            told = await send(worker.socket, message)
            if not told or not await drained(worker.socket):
                boot += 1
                worker = await place.worker(slots=2, boot=boot)
        await place.sweep(after_s=30)
        await assert_well(place, capsys.readouterr().out)
