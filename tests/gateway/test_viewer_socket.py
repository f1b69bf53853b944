"""`/v1/connect`, as a viewer sees it, with a worker that does what it is told."""

import asyncio
from pathlib import Path

import pytest

from diorama.gateway.wire import MAX_BAD_MESSAGES
from diorama.protocol import media
from diorama.protocol import viewer as wire
from diorama.protocol import worker as worker_wire
from tests.gateway.running import NEVER_S, Place, Viewer, gateway_at

CLIENT = "client-number-one"


async def test_a_viewer_is_taken_to_the_first_frame_and_back(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = Viewer(await place.line("/v1/connect"))
        welcome = await viewer.hello(opened.token, codecs=["H264"])
        await worker.start()
        streaming = await viewer.until("streaming")
        await viewer.send(type="bye")
        ended = await viewer.until("disconnected")
        _, code = await viewer.end()
        stop = await worker.stop()

    assert (welcome.protocol, welcome.heartbeat_s) == (1, 5.0)
    assert streaming.attached
    assert ended.end is not None
    assert (ended.end.code, code, stop.code) == (1000, 1000, 1000)


async def test_offers_answers_and_candidates_go_between(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        viewer = await place.viewer(await place.open())
        assign = await worker.next(worker_wire.Assign)
        about = {"session": assign.session, "term": assign.term}
        offer = {"type": "offer", "attachment": 1, "sdp": "v=0"}
        await worker.send(type="signal", **about, signal=offer)
        offered = await viewer.next(media.Offer)
        await viewer.send(type="answer", attachment=1, sdp="v=1")
        answered = await worker.next(worker_wire.SignalToWorker)
        candidate = {"candidate": "candidate:1", "sdpMid": "0"}
        await viewer.send(type="candidate", attachment=1, candidate=candidate)
        trickled = await worker.next(worker_wire.SignalToWorker)
        await viewer.send(type="answer", attachment=7, sdp="late")
        await viewer.send(type="restart", attachment=1, scope="ice")
        restart = await worker.next(worker_wire.SignalToWorker)

    assert offered.sdp == "v=0"
    assert (answered.session, answered.term) == (assign.session, assign.term)
    assert answered.signal == media.Answer(attachment=1, sdp="v=1")
    assert isinstance(trickled.signal, media.Candidate)
    assert restart.signal == media.Restart(attachment=1, scope="ice")


async def test_a_viewer_who_asks_for_a_new_peer_connection_gets_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        viewer = await place.viewer(await place.open())
        await worker.start()
        await viewer.until("streaming")
        await viewer.send(type="restart", attachment=1, scope="peer")
        attach = await worker.next(worker_wire.Attach)

    assert attach.attachment == 2


async def test_a_heartbeat_comes_back(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        viewer = await place.viewer(await place.open())
        await viewer.send(type="heartbeat", n=7)
        beat = await viewer.next(wire.Heartbeat)

    assert beat.n == 7


async def test_waiters_are_told_their_places_as_the_line_moves(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        first = await place.viewer(await place.open())
        second = await place.viewer(await place.open())
        third = await place.viewer(await place.open())
        await first.send(type="bye")
        await worker.stop()
        promoted = await second.until("connecting")
        moved = await third.session()

    assert promoted.queue is None
    assert moved.queue is not None
    assert (moved.queue.position, moved.queue.length) == (1, 1)


async def test_a_newer_socket_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open(client_id=CLIENT)
        older = await place.viewer(opened)
        await worker.start()
        await older.until("streaming")
        newer = await place.viewer(await place.open(client_id=CLIENT))
        end = await older.end()
        await place.http.get(place.front.url + "/healthz")
        seen = await place.look(opened)
        refused = Viewer(await place.line("/v1/connect"))
        await refused.send(type="hello", protocol=1, token=opened.token)
        late = await refused.end()
        await newer.send(type="heartbeat", n=1)
        await newer.next(wire.Heartbeat)

    assert end == ([], 4011)
    assert late == (["superseded"], 4011)
    assert seen.attached


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ({"type": "heartbeat", "n": 1}, "hello_missing"),
        ({"type": "hello", "protocol": 2, "token": "x"}, "protocol_unknown"),
        ({"type": "hello", "protocol": 1, "token": "dst_ses_1.1.00"}, "token_refused"),
        ({"type": "hello", "protocol": 1, "token": ""}, "token_refused"),
    ],
)
async def test_who_does_not_say_hello_with_a_token_is_refused(
    tmp_path: Path, message: dict[str, object], word: str
) -> None:
    async with gateway_at(tmp_path) as place:
        viewer = await place.viewer()
        await viewer.send(**message)
        end = await viewer.end()

    assert end == ([word], 4013)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://[", "http://192.0.2.1:1", "\xe9"]
)
async def test_a_page_of_another_origin_is_refused(tmp_path: Path, origin: str) -> None:
    async with gateway_at(tmp_path) as place:
        viewer = Viewer(await place.line("/v1/connect", Origin=origin))
        end = await viewer.end()

    assert end == (["origin_refused"], 4013)


async def test_a_page_of_this_origin_is_welcome(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        viewer = Viewer(await place.line("/v1/connect", Origin=place.front.url))
        welcome = await viewer.hello(opened.token)

    assert welcome.session.id == opened.session.id


async def test_a_session_that_has_ended_says_so_and_closes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=opened.token)
        viewer = await place.viewer()
        await viewer.send(type="hello", protocol=1, token=opened.token)
        shown = await viewer.session()
        end = await viewer.end()

    assert shown.end is not None
    assert end == ([], 1000)


async def test_an_end_that_no_frame_may_carry_closes_as_a_normal_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        await place.open()
        viewer = await place.viewer(await place.open())
        for _ in range(14):
            await place.sweep(after_s=5)
        ended = await viewer.until("failed")
        end = await viewer.end()

    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (1006, "viewer_lost")
    assert end == ([], 1000)


async def test_what_is_no_message_is_answered_and_the_sixth_closes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        viewer = await place.viewer(await place.open())
        for bad in ("{", '{"type": "nonsense"}', "[]", '{"type": "bye", "code": 7}', '"', "{}"):
            await viewer.socket.send_str(bad)
        problems, code = await viewer.end()

    assert code == 1008
    assert len(problems) == MAX_BAD_MESSAGES + 1


async def test_binary_messages_and_a_second_hello_are_told_off(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await viewer.send(type="hello", protocol=1, token=opened.token)
        twice = await viewer.next(wire.Problem)
        await viewer.socket.send_bytes(b"{}")
        end = await viewer.end()

    assert twice.code == "hello_twice"
    assert end == (["binary"], 1008)


async def test_who_says_too_much_is_let_go(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        viewer = await place.viewer(await place.open())
        for n in range(1_000):  # all at once: what is let through meanwhile is far from as many
            await viewer.send(type="heartbeat", n=n)
        problems, code = await viewer.end()

    assert (problems, code) == (["too_many"], 1008)


async def test_a_message_that_is_too_large_closes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        viewer = await place.viewer(await place.open())
        await viewer.send(type="answer", attachment=1, sdp="x" * 70_000)
        _, code = await viewer.end()

    assert code == 1009


async def test_ends_reach_everyone_though_some_neither_read_nor_close(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.gateway.wire.CLOSE_WITHIN_S", NEVER_S)
    async with gateway_at(tmp_path) as place:
        await place.worker(slots=5)
        silent, opened = [], []
        for _ in range(4):
            opened.append(await place.open())
            viewer = await place.viewer(opened[-1])
            transport = viewer.socket._response.connection.transport  # type: ignore[union-attr] # noqa: SLF001 - a client that does not read
            assert isinstance(transport, asyncio.Transport)
            transport.pause_reading()
            silent.append((viewer, transport))
        last = await place.open()
        reader = await place.viewer(last)
        for one in (*opened, last):
            await place.ask("DELETE", f"/v1/sessions/{one.session.id}", secret=one.token)
        ended = await reader.until("disconnected")
        for viewer, transport in silent:  # else they would be waited for at the gateway's end
            transport.resume_reading()
            await viewer.end()

    assert ended.end is not None


async def test_a_viewer_counted_out_for_its_silence_is_attached_when_it_is_heard_again(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        while (await place.look(opened)).attached:
            await place.sweep(after_s=11)
        away = await viewer.until("connecting")
        await viewer.send(type="heartbeat", n=1)
        attach = await worker.next(worker_wire.Attach)
        back = await viewer.session()

    assert (away.attached, back.attached) == (False, True)
    assert (attach.session, attach.attachment) == (opened.session.id, 2)


async def test_a_socket_that_closes_is_noted_and_the_session_goes_on(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        await viewer.socket.close()
        back = await place.viewer()
        welcome = await back.hello(opened.token, attachment=1)

    assert (welcome.session.state, welcome.session.attachment) == ("streaming", 1)


async def test_what_cannot_be_written_closes_the_socket_and_is_no_bug(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        viewer = await place.viewer(await place.open())
        await place.database.close()
        await viewer.send(type="bye")
        _, code = await viewer.end()

    assert code == 1013
    assert "socket failed" not in capsys.readouterr().out


async def one_message(place: Place) -> None:
    """Show that the gateway lives."""
    assert (await place.ask("GET", "/readyz")).status == 200


async def test_a_viewer_who_vanishes_in_the_handshake_harms_nobody(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        for _ in range(5):
            socket = await place.line("/v1/connect")
            connection = socket._response.connection  # noqa: SLF001 - to cut it
            assert connection is not None
            assert connection.transport is not None
            connection.transport.abort()
        await one_message(place)
