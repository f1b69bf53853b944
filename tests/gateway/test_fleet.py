"""Two gateways over one PostgreSQL: what a viewer at one and a worker at the other see."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from diorama.gateway.hints import HintBus, Hints
from diorama.gateway.postgresql_hints import LISTENER
from diorama.gateway.server import open_bus
from diorama.kernel.errors import Unavailable
from diorama.protocol import viewer as viewer_wire
from diorama.protocol import worker as worker_wire
from diorama.protocol.media import Answer, Candidate, Offer, Restart
from diorama.protocol.views import OpenedSession
from tests.gateway.fleet import Deaf, gateway_over, two_gateways
from tests.gateway.running import WITHIN_S, Place, Viewer, Worker

CLIENT = "a-tab-of-a-browser"
CANDIDATES = 20
LISTENING = (
    "SELECT a.pid FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid"
    " AND l.locktype = 'advisory'"
    f" WHERE a.datname = current_database() AND a.application_name = '{LISTENER}'"
)
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    f" WHERE datname = current_database() AND application_name = '{LISTENER}'"
)
either_way = pytest.mark.parametrize("bus", [None, Deaf], ids=["hinted", "polled"])


def candidate(number: int) -> dict[str, object]:
    return {"candidate": f"candidate:{number}", "sdpMid": "0"}


async def set_up_media(worker: Worker, viewer: Viewer, about: dict[str, object]) -> list[str]:
    """Carry an offer, an answer and candidates both ways; return the candidates as they came."""
    await worker.send(type="signal", **about, signal={"type": "offer", "attachment": 1, "sdp": "o"})
    for number in range(CANDIDATES):
        signal = {"type": "candidate", "attachment": 1, "candidate": candidate(number)}
        await worker.send(type="signal", **about, signal=signal)
    offer = await viewer.next(Offer)
    came = [(await viewer.next(Candidate)).candidate.candidate for _ in range(CANDIDATES)]
    await viewer.send(type="answer", attachment=offer.attachment, sdp="a")
    for number in range(CANDIDATES):
        await viewer.send(type="candidate", attachment=1, candidate=candidate(number))
    assert isinstance((await worker.next(worker_wire.SignalToWorker)).signal, Answer)
    for _ in range(CANDIDATES):
        signal_to_worker = (await worker.next(worker_wire.SignalToWorker)).signal
        assert isinstance(signal_to_worker, Candidate)
        came.append(signal_to_worker.candidate.candidate)
    return came


@either_way
async def test_a_viewer_at_one_gateway_and_its_worker_at_the_other_set_up_media(
    postgresql_url: str, tmp_path: Path, bus: Callable[[], HintBus] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (a, b):
        worker = await b.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        assign = await worker.next(worker_wire.Assign)
        about: dict[str, object] = {"session": assign.session, "term": assign.term}
        await worker.send(type="accepted", **about)
        await worker.send(type="world_started", **about)
        await worker.next(worker_wire.Attach)
        came = await set_up_media(worker, viewer, about)
        await worker.send(type="media", **about, attachment=1, state="connected")
        streaming = await viewer.until("streaming")

    assert came == [f"candidate:{n}" for n in range(CANDIDATES)] * 2
    assert streaming.id == opened.session.id


async def streaming(worker: Worker, viewer: Viewer) -> worker_wire.Assign:
    assign = await worker.start()
    await viewer.until("streaming")
    return assign


async def until_listening(
    place: Place, *, gateways: int = 2, but: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Return the server's processes for so many listeners, none of them `but`."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            rows = await place.database.read(lambda tx: tx.run(LISTENING))
            found = frozenset(pid for (pid,) in rows) - but
            if len(found) == gateways:
                return found


@either_way
async def test_what_an_operator_ends_through_one_gateway_closes_at_the_other(
    postgresql_url: str, tmp_path: Path, bus: Callable[[], HintBus] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (a, b):
        worker = await b.worker()
        opened = await b.open()
        viewer = await b.viewer(opened)
        await streaming(worker, viewer)
        path = f"/v1/sessions/{opened.session.id}"
        await a.ask("DELETE", path, secret=a.secrets.api_key)
        ended = await viewer.until("disconnected")
        end = await viewer.end()
        stop = await worker.next(worker_wire.Stop)

    assert ended.end is not None
    assert (ended.end.code, end) == (4012, ([], 4012))
    assert stop.session == opened.session.id


@either_way
async def test_a_viewer_who_comes_to_another_gateway_leaves_the_first(
    postgresql_url: str, tmp_path: Path, bus: Callable[[], HintBus] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (a, b):
        worker = await b.worker()
        opened = await a.open(client_id=CLIENT)
        older = await a.viewer(opened)
        await streaming(worker, older)
        again = await b.open(client_id=CLIENT)
        newer = await b.viewer(again, attachment=1)
        end = await older.end()
        await a.ask("GET", "/healthz")  # the first gateway has noted that its socket is gone
        seen = await b.look(again)
        await newer.send(type="heartbeat", n=1)
        await newer.next(viewer_wire.Heartbeat)

    assert again.session.id == opened.session.id
    assert end == ([], 4011)
    assert (seen.state, seen.attached) == ("streaming", True)


async def test_signals_follow_the_viewer_to_the_gateway_it_came_to(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await a.worker()
        opened = await a.open()
        older = await a.viewer(opened)
        assign = await streaming(worker, older)
        about = {"session": assign.session, "term": assign.term}
        newer = await b.viewer(opened, attachment=1)
        await newer.send(type="restart", attachment=1, scope="ice")
        asked = await worker.next(worker_wire.SignalToWorker)
        offer = {"type": "offer", "attachment": 1, "sdp": "again"}
        await worker.send(type="signal", **about, signal=offer)
        offered = await newer.next(Offer)

    assert isinstance(asked.signal, Restart)
    assert offered.sdp == "again"


async def test_signals_of_an_older_peer_connection_or_term_reach_nobody(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        viewer = await a.viewer(await a.open())
        assign = await streaming(worker, viewer)
        about = {"session": assign.session, "term": assign.term}
        await viewer.send(type="restart", attachment=1, scope="peer")
        attach = await worker.next(worker_wire.Attach)
        for number, term in ((1, assign.term), (2, assign.term - 1), (2, assign.term)):
            offer = {"type": "offer", "attachment": number, "sdp": f"{number} {term}"}
            await worker.send(type="signal", session=assign.session, term=term, signal=offer)
        offered = await viewer.next(Offer)
        await viewer.send(type="answer", attachment=1, sdp="late")
        await viewer.send(type="answer", attachment=2, sdp="right")
        answered = await worker.next(worker_wire.SignalToWorker)

    assert (attach.attachment, offered.sdp) == (2, f"2 {about['term']}")
    assert isinstance(answered.signal, Answer)
    assert answered.signal.sdp == "right"


async def test_another_workers_word_about_a_session_reaches_nobody(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        viewer = await a.viewer(await a.open())
        assign = await streaming(worker, viewer)
        about = {"session": assign.session, "term": assign.term}
        for sender, sdp in ((await b.worker("two"), "foreign"), (worker, "own")):
            offer = {"type": "offer", "attachment": 1, "sdp": sdp}
            await sender.send(type="signal", **about, signal=offer)
        offered = await viewer.next(Offer)

    assert offered.sdp == "own"


@either_way
async def test_a_worker_that_comes_to_another_gateway_keeps_its_session(
    postgresql_url: str, tmp_path: Path, bus: Callable[[], HintBus] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (a, b):
        older = await b.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        assign = await streaming(older, viewer)
        newer = await a.worker()
        _, code = await older.end()
        await newer.beat(term=assign.term, session=assign.session, attachment=1, media="connected")
        confirmed = await newer.next(worker_wire.BeatConfirmed)
        await viewer.send(type="restart", attachment=1, scope="ice")
        asked = await newer.next(worker_wire.SignalToWorker)
        seen = await b.look(opened)

    assert code == 1012
    assert confirmed.n == 1
    assert asked.session == opened.session.id
    assert (seen.state, seen.attached) == ("streaming", True)


@either_way
async def test_a_slot_that_comes_free_at_one_gateway_goes_to_who_waits_at_the_other(
    postgresql_url: str, tmp_path: Path, bus: Callable[[], HintBus] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (a, b):
        worker = await a.worker()
        first = await a.open()
        one = await a.viewer(first)
        await streaming(worker, one)
        second, third = await b.open(), await b.open()
        waiter, last = await b.viewer(second), await b.viewer(third)
        await one.send(type="bye", code=1000)
        await worker.stop()
        given = await waiter.until("connecting")
        moved = await last.session()

    assert (second.session.state, given.id) == ("queued", second.session.id)
    assert moved.queue is not None
    assert (moved.queue.position, moved.queue.length) == (1, 1)


async def test_a_hundred_requests_at_two_gateways_get_exactly_what_the_limit_allows(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        await a.worker(slots=20)
        await a.database.run(lambda tx: tx.run("UPDATE account SET concurrent_streams = 10"))
        replies = await asyncio.gather(
            *(place.post({"project": "cove"}) for _ in range(50) for place in (a, b))
        )

    opened = [msgspec.json.decode(reply.body, type=OpenedSession) for reply in replies]
    states = Counter(one.session.state for one in opened)
    assert states == {"connecting": 10, "queued": 90}


async def test_who_is_at_a_gateway_that_stops_goes_on_at_the_other(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await a.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        await streaming(worker, viewer)
        await a.gateway.close_sockets()
        closed = (await viewer.end())[1], (await worker.end())[1]
        back = await b.worker()
        rejoined = Viewer(await b.line("/v1/connect"))
        welcome = await rejoined.hello(opened.token, attachment=1)
        await rejoined.send(type="restart", attachment=1, scope="ice")
        asked = await back.next(worker_wire.SignalToWorker)

    assert closed == (1012, 1012)
    assert (welcome.session.state, asked.session) == ("streaming", opened.session.id)


async def test_a_gateway_that_signs_with_another_secret_is_refused(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with gateway_over(postgresql_url, tmp_path / "a") as a:
        await until_listening(a, gateways=1)
        with pytest.raises(Unavailable) as refusal:
            await open_bus(postgresql_url, b"another secret")

    assert refusal.value.code == "secrets_differ"


async def test_a_listener_whose_connection_is_cut_comes_back_and_misses_nothing(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        opened = await b.open()
        viewer = await b.viewer(opened)
        await streaming(worker, viewer)
        cut = await until_listening(a)
        await a.database.run(lambda tx: tx.run(CUT))
        await a.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=a.secrets.api_key)
        ended = await viewer.until("disconnected")
        again = await until_listening(a, but=cut)

    assert ended.end is not None
    assert again.isdisjoint(cut)
    assert len(again) == len(cut)


async def test_a_viewer_who_asks_for_new_media_is_not_taken_for_another_socket(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        await streaming(worker, viewer)
        nagging = asyncio.create_task(nag(a, opened.session.id))
        attached = []
        for number in range(1, 31):
            await viewer.send(type="restart", attachment=number, scope="peer")
            attached.append((await worker.next(worker_wire.Attach)).attachment)
        nagging.cancel()
        await viewer.send(type="heartbeat", n=1)
        echo = await viewer.next(viewer_wire.Heartbeat)

    assert attached == list(range(2, 32))
    assert echo.n == 1


async def nag(place: Place, session_id: str) -> None:
    """Say at every turn of the loop that a session changed elsewhere."""
    while True:
        place.gateway.hub.told_from_afar(Hints({session_id}))
        await asyncio.sleep(0)
