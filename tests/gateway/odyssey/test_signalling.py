"""The signalling socket of Odyssey's SDK, as the SDK sees it, with a worker that does as told."""

from pathlib import Path

import msgspec
import pytest

from diorama.gateway.odyssey import signalling
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import AfkRules, Rules
from diorama.protocol import media
from diorama.protocol import worker as worker_wire
from diorama.protocol.views import SessionView
from tests.gateway.odyssey.sdk import Sdk, Socket, end_of
from tests.gateway.running import Place, Worker, gateway_at

SHORT = ProjectSettings(name="cove", world="a:B", rules=Rules(max_runtime_s=65))


async def seen(place: Place, session_id: str) -> SessionView:
    reply = await place.ask("GET", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
    return msgspec.json.decode(reply.body, type=SessionView)


async def streaming(place: Place) -> tuple[str, Socket, Worker]:
    """Return a session that streams, with both its sockets."""
    worker = await place.worker()
    session_id, socket = await Sdk(place).connect()
    await worker.start()
    while (await seen(place, session_id)).state != "streaming":
        continue
    return session_id, socket, worker


async def test_offer_answer_and_candidates_go_between(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        session_id, socket = await Sdk(place).connect()
        assign = await worker.next(worker_wire.Assign)
        attach = await worker.next(worker_wire.Attach)
        about = {"session": assign.session, "term": assign.term}
        offer = {"type": "offer", "attachment": 1, "sdp": "v=0"}
        await worker.send(type="signal", **about, signal=offer)
        offered = await socket.next()
        found = {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}
        candidate = {"type": "candidate", "attachment": 1, "candidate": found}
        await worker.send(type="signal", **about, signal=candidate)
        trickled = await socket.next()
        await socket.send(type="answer", sdp="v=1")
        answered = await worker.next(worker_wire.SignalToWorker)
        await socket.send(type="ice_candidate", **found)
        other = await worker.next(worker_wire.SignalToWorker)

    assert assign.session == session_id
    assert attach.dialect == "odyssey"
    assert offered == {"type": "offer", "sdp": "v=0"}
    assert trickled == {"type": "ice_candidate", **found}
    assert answered.signal == media.Answer(attachment=1, sdp="v=1")
    assert other.signal == media.Candidate(1, media.IceCandidate("candidate:1", "0", 0))


async def test_what_the_sdk_says_here_instead_of_on_the_channel_goes_to_the_worker(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        _, socket, worker = await streaming(place)
        await socket.send(type="keepalive")
        await socket.send(type="something_new", of=1)
        await socket.send(type="interactive_stream_start", prompt="a red sky")
        said = await worker.next(worker_wire.SignalToWorker)
        await socket.send(type="interactive_stream_start", prompt="x" * 20_000)
        long = await worker.next(worker_wire.SignalToWorker)
        await socket.socket.send_str("x" * 300_000)
        longer = await worker.next(worker_wire.SignalToWorker)

    assert isinstance(said.signal, media.Said)
    assert msgspec.json.decode(said.signal.text)["prompt"] == "a red sky"
    assert isinstance(long.signal, media.Notice)
    assert long.signal.reason == "prompt_too_long"
    assert isinstance(longer.signal, media.Notice)
    assert longer.signal.reason == "too_large"


@pytest.mark.parametrize(
    ("says_so", "code", "end"),
    [
        (True, 1000, (1000, "viewer_left")),
        (False, 1000, (1000, "viewer_left")),
        (False, 1001, (1001, "page_left")),
        (False, 4000, (1001, "page_left")),
    ],
)
async def test_the_end_of_the_socket_ends_the_session(
    tmp_path: Path, says_so: bool, code: int, end: tuple[int, str]
) -> None:
    async with gateway_at(tmp_path) as place:
        session_id, socket, worker = await streaming(place)
        if says_so:
            await socket.send(type="client_disconnecting")
        await socket.socket.close(code=code)
        stop = await worker.next(worker_wire.Stop)
        found = await end_of(place, session_id)

    assert found == end
    assert stop.session == session_id


async def test_a_tab_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        session_id, socket, worker = await streaming(place)
        connection = socket.socket._response.connection  # noqa: SLF001 - to send no close frame
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        stop = await worker.next(worker_wire.Stop)
        end = await end_of(place, session_id)

    assert stop.session == session_id
    assert end == (1001, "page_left")


async def test_a_second_socket_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        sdk = Sdk(place)
        await sdk.sign_in()
        session_id = await sdk.given()
        token = await sdk.session_token(session_id)
        first = await sdk.socket(session_id, token)
        await worker.next(worker_wire.Attach)
        second = await sdk.socket(session_id, token)
        reason = await first.refused()
        attach = await worker.next(worker_wire.Attach)
        await second.send(type="answer", sdp="v=1")
        answered = await worker.next(worker_wire.SignalToWorker)
        view = await seen(place, session_id)

    assert reason == "superseded: continued elsewhere"
    assert attach.attachment == 2
    assert answered.signal == media.Answer(attachment=2, sdp="v=1")
    assert view.state == "connecting"


@pytest.mark.parametrize(
    "wrong", ["no token", "another session", "another project", "an old token"]
)
async def test_a_socket_that_opens_nothing_is_accepted_and_told_why(
    tmp_path: Path, wrong: str
) -> None:
    projects = (ProjectSettings(name="cove", world="a:B"), ProjectSettings(name="bay", world="a:B"))
    async with gateway_at(tmp_path, *projects) as place:
        await place.worker()
        sdk = Sdk(place)
        await sdk.sign_in()
        session_id = await sdk.given()
        token = "" if wrong == "no token" else await sdk.session_token(session_id)
        named = "ses_other" if wrong == "another session" else session_id
        if wrong == "another project":
            sdk.base = "/odyssey/bay"
        if wrong == "an old token":
            place.clock.step(seconds=601)
        socket = await sdk.socket(named, token)
        reason = await socket.refused()

    assert str(reason).startswith("token_refused: ")


async def test_a_session_that_is_over_is_told_by_the_reason_of_its_end(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        sdk = Sdk(place)
        await sdk.sign_in()
        session_id = await sdk.given()
        token = await sdk.session_token(session_id)
        await place.ask("DELETE", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
        socket = await sdk.socket(session_id, token)
        reason = await socket.refused()

    assert reason == "ended_by_api: The session was ended by the operator."


async def test_the_end_of_the_time_is_warned_of_and_told_in_the_word_that_the_sdk_knows(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        session_id, socket, worker = await streaming(place)
        await place.sweep(after_s=6)
        notice = await worker.next(worker_wire.SignalToWorker)
        await place.sweep(after_s=60)
        reason = await socket.refused()
        end = await end_of(place, session_id)

    assert notice.signal == media.Notice(
        1, "runtime_warning", "The time of this session is nearly up: the stream ends in 59 s"
    )
    assert reason == "duration_limit_reached"
    assert end == (4004, "max_runtime")


async def test_a_lost_world_is_told_in_the_word_that_the_sdk_knows(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        session_id, socket = await Sdk(place).connect()
        assign = await worker.start()
        about = {"session": session_id, "term": assign.term}
        await worker.send(type="world_ended", **about, outcome="crashed", exit_code=1)
        reason = await socket.refused()

    assert reason == "streamer_disconnected"


async def test_who_does_not_close_after_an_end_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signalling, "CLOSES_WITHIN_S", 0.05)
    async with gateway_at(tmp_path) as place:
        session_id, socket, _ = await streaming(place)
        await place.ask("DELETE", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
        message = await socket.next()
        code = await socket.closed_with()

    assert message["type"] == "error"
    assert code == 4012


async def test_silence_is_warned_of_and_told(tmp_path: Path) -> None:
    quick = ProjectSettings(
        name="cove",
        world="a:B",
        rules=Rules(afk=AfkRules(warn_after_s=3, disconnect_after_s=5)),
    )
    async with gateway_at(tmp_path, quick) as place:
        session_id, socket, worker = await streaming(place)
        await place.sweep(after_s=4)
        await place.sweep(after_s=1)
        notice = await worker.next(worker_wire.SignalToWorker)
        await place.sweep(after_s=4)
        reason = await socket.refused()
        end = await end_of(place, session_id)

    assert notice.signal == media.Notice(
        1, "afk_warning", "Nothing was done for a while: the stream ends in 3 s"
    )
    assert reason == "afk_timeout: The time for this session is up."
    assert end == (4004, "afk_timeout")


async def test_a_gateway_that_stops_says_so_and_ends_what_cannot_come_back(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        session_id, socket, _ = await streaming(place)
        await place.gateway.close_sockets()
        reason = await socket.refused()
        end = await end_of(place, session_id)

    assert str(reason).startswith("gateway_draining: ")
    assert end == (4014, "gateway_draining")
