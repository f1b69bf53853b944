"""The queue over the wire: places that survive, priorities, and what is told of waits."""

from pathlib import Path

import msgspec

from diorama.admission.eta import ENOUGH
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import QueueRules, Rules
from diorama.protocol import worker as worker_wire
from diorama.protocol.views import OpenedSession, ProjectQueue, QueueView
from tests.gateway.running import WITHIN_S, Place, Reply, Viewer, gateway_at

RULES = Rules(worker_count=1, queue=QueueRules(priorities={"vip": 5}))
ONE_SLOT = ProjectSettings(name="cove", world="a:B", rules=RULES)


async def until_place(viewer: Viewer, position: int, *, of: int) -> QueueView:
    """Return a viewer's place once it is this one."""
    while True:
        view = await viewer.session()
        if view.queue is not None and (view.queue.position, view.queue.length) == (position, of):
            return view.queue


def queue(reply: Reply) -> ProjectQueue:
    assert reply.status == 200, reply
    return msgspec.json.decode(reply.body, type=ProjectQueue)


async def opened_with_key(place: Place, **body: str) -> OpenedSession:
    reply = await place.post({"project": "cove", **body}, secret=place.secrets.api_key)
    assert reply.status == 201, reply
    return msgspec.json.decode(reply.body, type=OpenedSession)


async def test_a_place_in_line_survives_a_reload(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        await place.worker()
        await place.open()
        first = await place.open(client_id="client-number-one")
        await place.viewer(first)
        await place.open(client_id="client-number-two")

        again = await place.open(client_id="client-number-one")
        welcome = await (await place.viewer()).hello(again.token)

    assert again.continued
    assert again.session.id == first.session.id
    assert welcome.session.queue is not None
    assert (welcome.session.queue.position, welcome.session.queue.length) == (1, 2)


async def test_a_place_in_line_survives_a_drop(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        await place.worker()
        await place.open()
        waiter = await place.open()
        behind = await place.open()
        socket = await place.viewer(waiter)
        await socket.socket.close()
        await place.sweep(after_s=20)

        welcome = await (await place.viewer()).hello(waiter.token)
        other = await place.look(behind)

    assert welcome.session.queue is not None
    assert welcome.session.queue.position == 1
    assert other.queue is not None
    assert other.queue.position == 2


async def test_places_in_line_survive_a_restart_of_the_gateway(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        await place.worker()
        await place.open()
        line = [await place.open() for _ in range(3)]
        for one in line:
            await place.viewer(one)
        clock = place.clock

    async with gateway_at(tmp_path, ONE_SLOT, now_us=clock.now_us() + 25_000_000) as place:
        found = [(await (await place.viewer()).hello(one.token)).session.queue for one in line]

    assert [(one.position, one.length) for one in found if one] == [(1, 3), (2, 3), (3, 3)]


async def test_a_waiter_who_is_away_at_its_turn_is_passed_and_comes_back_to_its_place(
    tmp_path: Path,
) -> None:
    rules = Rules(queue=QueueRules(accept_s=2))
    one = ProjectSettings(name="cove", world="a:B", rules=rules)
    async with gateway_at(tmp_path, one) as place:
        await place.sweep(after_s=21)  # after a start, silence is held against nobody for a while
        worker = await place.worker()
        player = await place.open()
        absent, behind, last = [await place.open() for _ in range(3)]
        there, third = await place.viewer(behind), await place.viewer(last)
        await (await place.viewer(absent)).socket.close()
        await place.ask("DELETE", f"/v1/sessions/{player.session.id}", secret=player.token)
        await worker.stop()
        await worker.next(worker_wire.Assign)
        await until_place(third, 2, of=2)

        await place.sweep(after_s=2.1)
        await worker.stop()
        await there.until("connecting")
        await until_place(third, 1, of=1)
        back = await (await place.viewer()).hello(absent.token)
        told = await until_place(third, 2, of=2)

    assert back.session.state == "queued"
    assert back.session.queue is not None
    assert back.session.queue.position == 1
    assert told.reason == "put_back"


async def test_a_vip_passes_and_the_one_who_is_passed_is_told_why(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        await place.worker()
        await place.open()
        waiter = await place.viewer(await place.open())

        vip = await opened_with_key(place, priority="vip")
        told = await until_place(waiter, 2, of=2)

    assert vip.session.queue == QueueView(position=1, length=2)
    assert told.reason == "higher_priority"


async def test_a_place_that_gets_better_comes_without_a_reason(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        await place.worker()
        await place.open()
        first = await place.open()
        waiter = await place.viewer(await place.open())
        await place.ask("DELETE", f"/v1/sessions/{first.session.id}", secret=first.token)

        told = await until_place(waiter, 1, of=1)

    assert told.reason is None


async def test_a_place_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        await place.worker()
        await place.open()
        opened = await place.open()
        waiter = await place.viewer(opened)
        session = await place.gateway.desk.look(
            lambda work: work.stores.sessions.get(opened.session.id)
        )
        assert session is not None

        for _ in range(3):
            await place.gateway.places.tell((session.project_id, session.region))
        await waiter.send(type="heartbeat", n=1)
        first_word = msgspec.json.decode(await waiter.socket.receive_str(timeout=WITHIN_S))

    assert first_word == {"type": "heartbeat", "n": 1}


async def test_a_visitor_without_a_key_may_not_ask_for_a_priority(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        anonymous = await place.post({"project": "cove", "priority": "vip"})
        unknown = await place.post(
            {"project": "cove", "priority": "emperor"}, secret=place.secrets.api_key
        )

    assert anonymous.problem == (422, "priority_unproven")
    assert unknown.problem == (422, "priority_unknown")


async def test_a_queue_tells_its_length_and_that_it_knows_no_waits_yet(tmp_path: Path) -> None:
    hidden = ProjectSettings(name="hidden", world="a:B", public=False)
    async with gateway_at(tmp_path, ONE_SLOT, hidden) as place:
        await place.worker()
        for _ in range(3):
            await place.open()
        found = queue(await place.ask("GET", "/v1/projects/cove/queue"))
        foreign = await place.ask("GET", "/v1/projects/hidden/queue")
        own = await place.ask("GET", "/v1/projects/hidden/queue", secret=place.secrets.api_key)

    (lane,) = found.regions
    assert (found.project, lane.region, lane.length) == ("cove", "local", 2)
    assert (lane.eta_p50_s, lane.coverage.count, lane.coverage.under_p50) == (None, 0, None)
    assert foreign.problem == (404, "project_unknown")
    assert own.status == 200


async def test_waiters_are_told_their_waits_once_there_is_a_past(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, ONE_SLOT) as place:
        worker = await place.worker()
        for _ in range(ENOUGH):
            player = await place.open()
            assign = await worker.next(worker_wire.Assign)
            place.clock.step(seconds=0.8)
            await place.ask("DELETE", f"/v1/sessions/{player.session.id}", secret=player.token)
            await worker.stop()
            assert assign.session == player.session.id
        place.clock.step(seconds=6)  # what was known before is old
        await place.open()
        await worker.next(worker_wire.Assign)

        view = (await place.open()).session

    assert view.queue is not None
    assert view.queue.eta_p50_s == 1
