"""Who is given a credential of the TURN server: whoever holds a session, anew each time."""

import asyncio
from pathlib import Path
from typing import Final

import msgspec
from pydantic import SecretStr

from diorama.gateway.ice import signature
from diorama.gateway.ice_settings import IceSettings
from diorama.protocol import media
from diorama.protocol import worker as worker_wire
from tests.gateway.fleet import two_gateways
from tests.gateway.odyssey.sdk import Sdk
from tests.gateway.running import WITHIN_S, Place, Reply, Worker, gateway_at
from tests.gateway.test_spectators import cove, let, offer, reply_to, shown

SECRET: Final = "a secret shared with coturn"
STUN: Final = "stun:stun.example.com"
TURN: Final = "turns:turn.example.com?transport=tcp"
ICE: Final = IceSettings(stun=(STUN,), turn=(TURN,), secret=SecretStr(SECRET), ttl_s=600)
NOON_S: Final = 1_893_499_200


def minted(holder: str, *, after_s: int = 0) -> tuple[media.IceServer, media.IceServer]:
    """Return the servers of a holder, so long after noon."""
    username = f"{NOON_S + after_s + 600}:{holder}"
    relays = media.IceServer((TURN,), username, signature(SECRET, username))
    return media.IceServer((STUN,)), relays


async def offered(worker: Worker, assign: worker_wire.Assign, **more: object) -> None:
    signal = {"type": "offer", "attachment": 1, "sdp": "v=0", **more}
    await worker.send(type="signal", session=assign.session, term=assign.term, signal=signal)


async def test_each_offer_comes_with_a_credential_of_its_own(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ice=ICE) as place:
        worker = await place.worker()
        viewer = await place.viewer(await place.open())
        assign = await worker.next(worker_wire.Assign)
        await offered(worker, assign)
        first = await viewer.next(media.Offer)
        place.clock.step(seconds=5)
        await viewer.send(type="restart", attachment=1, scope="ice")
        await worker.next(worker_wire.SignalToWorker)
        await offered(worker, assign)
        again = await viewer.next(media.Offer)

    assert first.ice_servers == minted(assign.session)
    assert again.ice_servers == minted(assign.session, after_s=5)


async def test_a_worker_has_no_say_in_the_servers_of_its_viewer(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ice=ICE) as place:
        worker = await place.worker()
        viewer = await place.viewer(await place.open())
        assign = await worker.next(worker_wire.Assign)
        await offered(worker, assign, ice_servers=[{"urls": ["turn:evil.example"]}])
        found = await viewer.next(media.Offer)

    assert found.ice_servers == minted(assign.session)


async def test_a_worker_is_given_its_own_for_each_peer_connection(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ice=ICE) as place:
        worker = await place.worker()
        opened = await place.open()
        await worker.next(worker_wire.Assign)
        await place.viewer(opened)
        first = await worker.next(worker_wire.Attach)
        place.clock.step(seconds=5)
        await place.viewer(opened)
        second = await worker.next(worker_wire.Attach)

    holder = f"{opened.session.id}.worker"
    assert (first.attachment, first.ice_servers) == (1, minted(holder))
    assert (second.attachment, second.ice_servers) == (2, minted(holder, after_s=5))


async def test_an_attachment_is_told_once_however_time_passes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ice=ICE) as place:
        worker = await place.worker()
        opened = await place.open()
        await place.viewer(opened)
        await worker.next(worker_wire.Attach)
        place.clock.step(seconds=5)
        for end in place.gateway.hub.workers():
            end.wake()
        await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=opened.token)
        async with asyncio.timeout(WITHIN_S):
            told = msgspec.json.decode((await worker.socket.receive()).data)

    assert told["type"] == "stop"


async def test_spectators_are_given_theirs_before_an_offer_and_with_its_answer(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, cove(), ice=ICE) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        before = await place.ask(
            "GET", f"/v1/watch/{who.session}", secret=who.token, Origin="https://tv.example"
        )
        posted, spectate = await asyncio.gather(offer(place, who), reply_to(worker))
        watch_id = posted.headers["Location"].rpartition("/")[2]
        during = await place.ask(
            "GET", f"/v1/watch/{who.session}?watch={watch_id}", secret=who.token
        )
        await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=opened.token)
        after = await place.ask("GET", f"/v1/watch/{who.session}", secret=who.token)
        wrong = await place.ask("GET", f"/v1/watch/{who.session}", secret=f"{who.token}x")

    holder = f"{who.session}.{who.id}"
    assert links(before) == links(posted) == [link(one) for one in minted(holder)]
    assert "Link" in before.headers["Access-Control-Expose-Headers"]
    assert spectate.ice_servers == minted(f"{who.session}.worker")
    assert links(during) == links(after) == links(wrong) == []


def links(reply: Reply) -> list[str]:
    return reply.headers.getall("Link", [])


def link(server: media.IceServer) -> str:
    found = f'<{server.urls[0]}>; rel="ice-server"'
    if server.username is None:
        return found
    opens = f'username="{server.username}"; credential="{server.credential}"'
    return f'{found}; {opens}; credential-type="password"'


async def config(place: Place, path: str) -> object:
    reply = await place.ask("GET", path, Origin="https://app.example")
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    return reply.json["iceServers"]


async def test_the_sdk_of_odyssey_is_given_them_at_the_address_of_its_session_while_that_lives(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, ice=ICE) as place:
        await place.worker()
        sdk = Sdk(place)
        await sdk.sign_in()
        given = (await sdk.request()).json
        session_id = str(given["session_id"])
        home = str(given["signalling_url"]).removeprefix(place.front.url)
        of_session = await config(place, f"{home}/config")
        of_another = await config(place, f"{home.replace('ses_', 'ses_x')}/config")
        of_other_project = await config(place, f"{home.replace('/cove/', '/grove/')}/config")
        of_nobody = [await config(place, path) for path in ("/config", f"{sdk.base}/config")]
        sdk.base = home
        socket = await sdk.socket(session_id, await place_token(place, sdk, session_id))
        await place.ask("DELETE", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
        await socket.refused()
        of_the_past = await config(place, f"{home}/config")

    everybody = [{"urls": [STUN]}]
    relays = minted(session_id)[1]
    opens = {"username": relays.username, "credential": relays.credential}
    assert home.startswith(f"/odyssey/cove/for/{session_id}.")
    assert of_session == [*everybody, {"urls": [TURN], **opens}]
    assert of_another == of_other_project == of_the_past == everybody
    assert of_nobody == [everybody, everybody]


async def place_token(place: Place, sdk: Sdk, session_id: str) -> str:
    """Return the pass of a session, asked for where the API is."""
    return await Sdk(place, token=sdk.token).session_token(session_id)


async def test_a_viewer_at_another_gateway_is_given_them_there(
    tmp_path: Path, postgresql_url: str
) -> None:
    async with two_gateways(postgresql_url, tmp_path, ice=ICE) as (one, other):
        worker = await one.worker()
        viewer = await other.viewer(await other.open())
        assign = await worker.next(worker_wire.Assign)
        await offered(worker, assign, ice_servers=[{"urls": [TURN], "credential": SECRET}])
        found = await viewer.next(media.Offer)

    assert found.ice_servers == minted(assign.session)
