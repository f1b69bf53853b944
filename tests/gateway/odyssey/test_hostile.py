"""What no SDK sends: each is refused or left out, and nobody else notices."""

from pathlib import Path
from typing import Final

from aiohttp import WSMsgType

from diorama.gateway.odyssey.signalling import MAX_FRAME_BYTES
from tests.gateway.odyssey.sdk import Sdk, end_of
from tests.gateway.running import gateway_at

REQUESTS: Final[tuple[tuple[str, str, bytes], ...]] = (
    ("POST", "/odyssey/%00/auth/token", b'{"api_key":"dio_x"}'),
    ("POST", "/odyssey/cove/auth/token", b"x"),
    ("POST", "/odyssey/cove/auth/token", b'{"api_key":"dio_\\ud800"}'),
    ("POST", "/odyssey/cove/auth/token", b'{"api_key":"dio_\xff"}'),
    ("POST", "/odyssey/cove/auth/token", b'{"api_key":"dio_' + b"x" * 200_000 + b'"}'),
    ("GET", "/odyssey/%00/regions", b""),
    ("POST", "/odyssey/cove/sessions/token", b'{"session_id":"a\\u0000b"}'),
    ("POST", "/odyssey/cove/sessions/token", b'{"session_id":5}'),
    ("POST", "/odyssey/cove/sessions/request", b"[]"),
    ("POST", "/odyssey/cove/sessions/request", b""),
    ("GET", "/odyssey/cove/simulation-jobs/%00", b""),
    ("GET", "/odyssey/cove/simulation-jobs?limit=0", b""),
    ("GET", "/odyssey/cove/simulation-jobs?offset=-1", b""),
    ("DELETE", "/odyssey/cove/simulation-jobs/" + "x" * 4_000, b""),
    ("POST", "/odyssey/cove/simulation-jobs", b'{"script":[{"timestamp_ms":1e308,"end":{}}]}'),
    ("POST", "/odyssey/cove/simulation-jobs", b'{"scripts":[[]]}'),
    ("GET", "/odyssey/cove/recordings/%00", b""),
    ("GET", "/odyssey/cove/recordings/..%2f..", b""),
    ("POST", "/odyssey/cove/watch/x/whep?token=%00", b"v=0"),
    ("POST", "/odyssey/cove/watch/x/whep", b"v=0"),
    ("GET", "/odyssey/cove/client/x", b""),
)
WORDS: Final = (
    "",
    "null",
    "[]",
    "{}",
    '{"type":5}',
    '{"type":"answer"}',
    '{"type":"answer","sdp":"x"}',
    '{"type":"ice_candidate","candidate":"x","sdpMLineIndex":-1}',
    '{"type":"interactive_stream_start","prompt":"\\ud800"}',
    '{"type":"keepalive","n":1e999}',
    "[" * 10_000,
    "x" * 900_000,
)


async def test_a_request_that_no_sdk_sends_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        sdk = Sdk(place)
        await sdk.sign_in()
        replies = [
            await place.ask(method, path, body, secret=sdk.token) for method, path, body in REQUESTS
        ]

    assert {reply.status for reply in replies} <= {400, 401, 403, 404, 413, 415, 422, 426}


async def test_a_socket_that_talks_nonsense_stays_until_it_says_too_much_at_once(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        session_id, socket = await Sdk(place).connect()
        for word in WORDS:
            await socket.socket.send_str(word)
        await socket.socket.send_bytes(b"\xff")
        about = {"session": session_id, "term": (await worker.start()).term}
        offer = {"type": "offer", "attachment": 1, "sdp": "v=0"}
        await worker.send(type="signal", **about, signal=offer)
        offered = await socket.next()
        await socket.socket.send_str("y" * (MAX_FRAME_BYTES + 1))
        closed = await socket.socket.receive()
        end = await end_of(place, session_id)

    assert offered == {"type": "offer", "sdp": "v=0"}
    assert closed.type is WSMsgType.CLOSE
    assert closed.data == 1009
    assert end == (1001, "page_left")
