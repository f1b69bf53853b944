"""Odyssey's SDK at one gateway, its worker at another."""

import asyncio
from pathlib import Path

import msgspec

from diorama.protocol import media
from diorama.protocol import worker as worker_wire
from tests.gateway.fleet import two_gateways
from tests.gateway.odyssey.sdk import Sdk, end_of
from tests.gateway.running import WITHIN_S


async def test_signals_pass_between_a_socket_here_and_a_worker_there(
    tmp_path: Path, postgresql_url: str
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        session_id, socket = await Sdk(a).connect()
        assign = await worker.next(worker_wire.Assign)
        about = {"session": assign.session, "term": assign.term}
        await worker.next(worker_wire.Attach)
        offer = {"type": "offer", "attachment": 1, "sdp": "v=0"}
        await worker.send(type="signal", **about, signal=offer)
        offered = await socket.next()
        await socket.send(type="answer", sdp="v=1")
        answered = await worker.next(worker_wire.SignalToWorker)
        await socket.send(type="interactive_stream_start", prompt="a red sky")
        said = await worker.next(worker_wire.SignalToWorker)
        await worker.send(type="signal", **about, signal={"type": "broadcast", "attachment": 1})
        told = await worker.next(worker_wire.SignalToWorker)
        await socket.socket.close(code=1001)
        stop = await worker.next(worker_wire.Stop)
        end = await end_of(a, session_id)

    assert offered == {"type": "offer", "sdp": "v=0"}
    assert answered.signal == media.Answer(1, "v=1")
    assert isinstance(said.signal, media.Said)
    assert msgspec.json.decode(said.signal.text)["prompt"] == "a red sky"
    assert told.signal == media.Broadcasting(1, "", "")
    assert stop.session == session_id
    assert end == (1001, "page_left")


async def test_who_waits_at_one_gateway_is_answered_when_another_gives_the_slot(
    tmp_path: Path, postgresql_url: str
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        first, second = Sdk(b), Sdk(a)
        await first.sign_in()
        await second.sign_in()
        holder = await first.given()
        asked = asyncio.create_task(second.request())
        while (await worker.next(worker_wire.Assign)).session != holder:
            continue
        line = {"queued"}
        while line != {"queued", "connecting"}:
            path = "/v1/sessions?active=true"
            found = (await a.ask("GET", path, secret=a.secrets.api_key)).json["sessions"]
            assert isinstance(found, list)
            line = {one["state"] for one in found}
        await b.ask("DELETE", f"/v1/sessions/{holder}", secret=b.secrets.api_key)
        await worker.stop()
        async with asyncio.timeout(WITHIN_S):
            reply = await asked

    assert reply.status == 200
