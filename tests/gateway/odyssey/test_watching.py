"""Others watch what a viewer of Odyssey's SDK streams: over WHEP, by the token of its app."""

import asyncio
from pathlib import Path
from typing import Final

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import Rules, SpectatorRules
from diorama.protocol import media
from diorama.protocol import worker as worker_wire
from tests.gateway.odyssey.sdk import Sdk
from tests.gateway.running import Place, Reply, Worker, gateway_at

WATCHED: Final = ProjectSettings(
    name="cove", world="a:B", rules=Rules(spectators=SpectatorRules(enabled=True, max=1))
)
OFFER: Final = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n"


async def broadcasting(place: Place) -> tuple[Worker, media.Broadcasting]:
    """Return a worker whose viewer lets others watch, and what that viewer is told."""
    worker = await place.worker()
    session_id, _ = await Sdk(place).connect()
    assign = await worker.start()
    about = {"session": session_id, "term": assign.term}
    await worker.send(type="signal", **about, signal={"type": "broadcast", "attachment": 1})
    told = (await worker.next(worker_wire.SignalToWorker)).signal
    assert isinstance(told, media.Broadcasting)
    return worker, told


async def post(place: Place, told: media.Broadcasting, token: str = "") -> Reply:
    path = told.url.removeprefix(place.front.url)
    return await place.ask(
        "POST", f"{path}/whep?token={token or told.token}", OFFER, Content_Type="application/sdp"
    )


async def answer(worker: Worker) -> worker_wire.Spectate:
    """Answer the next spectator's offer as a worker does."""
    spectate = await worker.next(worker_wire.Spectate)
    about = {
        "session": spectate.session,
        "term": spectate.term,
        "spectator": spectate.spectator,
    }
    await worker.send(type="spectated", **about, sdp="v=0 answer")
    return spectate


async def test_others_watch_by_the_address_and_token_that_the_viewer_is_told(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, WATCHED) as place:
        config = await place.ask("GET", "/config", Origin="https://app.example")
        worker, told = await broadcasting(place)
        posted, spectate = await asyncio.gather(post(place, told), answer(worker))
        left = await place.ask("DELETE", posted.headers["Location"])
        stop = await worker.next(worker_wire.StopSpectating)

    assert told.url.startswith(f"{place.front.url}/odyssey/cove/watch/ses_")
    assert (posted.status, posted.body) == (201, b"v=0 answer")
    assert posted.headers["Access-Control-Allow-Origin"] == "*"
    assert "Location" in posted.headers["Access-Control-Expose-Headers"]
    assert left.status == 204
    assert stop.spectator == spectate.spectator
    assert config.headers["Access-Control-Allow-Origin"] == "*"
    assert config.json == {"iceServers": [{"urls": ["stun:stun.invalid"]}]}


async def test_who_may_not_watch_is_told_in_the_numbers_that_the_sdk_knows(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, WATCHED) as place:
        _, told = await broadcasting(place)
        garbage = await post(place, told, "garbage")
        session_id = told.url.rpartition("/")[2]
        await place.ask("DELETE", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
        over = await post(place, told)

    assert garbage.problem == (401, "token_refused")
    assert over.problem == (404, "session_ended")


async def test_where_nobody_may_watch_the_viewer_is_told_of_no_address(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        _, told = await broadcasting(place)

    assert told == media.Broadcasting(1, "", "")
    assert "token" not in repr(told)
