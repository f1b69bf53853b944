"""Simulations over REST, with workers that say what workers say."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from structlog.testing import capture_logs

from diorama.protocol import worker as wire
from diorama.protocol.simulation_views import Simulations, SimulationView
from diorama.protocol.states import SimulationState as S
from tests.gateway.feeds import Feed
from tests.gateway.fleet import Deaf, two_gateways
from tests.gateway.running import WITHIN_S, Json, Place, Reply, Worker, gateway_at
from tests.gateway.tenants import tenant

SIMULATIONS = "/v1/simulations"
SCRIPT = [
    {"at_ms": 0, "prompt": "a cove at night"},
    {"at_ms": 500, "message": {"weather": ["storm"]}},
    {"at_ms": 500, "input": {"type": "key_down", "code": "KeyW", "key": "w", "repeat": False}},
    {"at_ms": 2_000, "end": True},
]


async def ask(place: Place, method: str, path: str = "", body: Json | None = None) -> Reply:
    return await place.ask(method, SIMULATIONS + path, body, secret=place.secrets.api_key)


async def submit(place: Place, **more: object) -> SimulationView:
    body = {"project": "cove", "script": SCRIPT, **more}
    reply = await ask(place, "POST", body={k: v for k, v in body.items() if v is not None})
    assert reply.status == 202, reply
    view = shown(reply)
    assert reply.headers["Location"] == f"{SIMULATIONS}/{view.id}"
    return view


def shown(reply: Reply) -> SimulationView:
    return msgspec.json.decode(reply.body, type=SimulationView)


async def look(place: Place, simulation: SimulationView) -> SimulationView:
    return shown(await ask(place, "GET", f"/{simulation.id}"))


@contextlib.asynccontextmanager
async def followed(place: Place, simulation: SimulationView) -> AsyncIterator[Feed]:
    headers = {
        "Authorization": f"Bearer {place.secrets.api_key}",
        "Accept": "text/event-stream",
    }
    url = f"{place.front.url}{SIMULATIONS}/{simulation.id}"
    async with place.http.get(url, headers=headers) as response:
        assert response.content_type == "text/event-stream"
        yield Feed(response)


async def take(worker: Worker) -> dict[str, object]:
    """Take the next script, and bring it to its world's first picture."""
    assign = await worker.next(wire.Assign)
    assert assign.run is not None
    about: dict[str, object] = {"session": assign.session, "term": assign.term}
    await worker.send(type="accepted", **about)
    await worker.send(type="world_started", **about)
    return about


async def until(place: Place, simulation: SimulationView, state: S) -> SimulationView:
    async with asyncio.timeout(WITHIN_S):
        while (view := await look(place, simulation)).state is not state:
            pass
    return view


async def test_a_script_reaches_a_worker_as_it_was_sent_and_its_progress_is_shown(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, url=database_url) as place:
        simulation = await submit(place, seed=7, frame={"fps": 30}, name="a night")
        worker = await place.worker()
        assign = await worker.next(wire.Assign)
        about = {"session": assign.session, "term": assign.term}
        await worker.send(type="accepted", **about)
        await worker.send(type="world_started", **about)
        await worker.send(type="run_progress", **about, frames=12, frames_total=60)
        view = await until(place, simulation, S.PROCESSING)
        async with asyncio.timeout(WITHIN_S):
            while (view := await look(place, simulation)).progress.frames == 0:
                pass

    assert simulation.queue is not None
    assert (simulation.state, simulation.queue.position) == (S.PENDING, 1)
    assert assign.run is not None
    assert json.loads(msgspec.json.encode(assign.run.script)) == SCRIPT
    assert assign.seed == 7
    assert (view.progress.frames, view.progress.frames_total) == (12, 60)
    assert (view.runs[0].worker, view.name) == ("one", "a night")


async def test_a_simulation_that_is_followed_is_shown_as_it_changes_until_it_is_over(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        simulation = await submit(place)
        async with followed(place, simulation) as feed:
            first = await feed.next("simulation", SimulationView)
            about = await take(await place.worker())
            seen = first
            while seen.state is not S.PROCESSING:
                seen = await feed.next("simulation", SimulationView)
            worker = place.lines[-1]
            ended = {"type": "run_ended", **about, "reason": "world_crashed"}
            await worker.send_str(msgspec.json.encode(ended).decode())
            over = seen
            while over.error is None:
                over = await feed.next("simulation", SimulationView)
            rest = await feed.response.content.read()

    assert first.state is S.PENDING
    assert (over.state, over.error.reason) == (S.FAILED, "world_crashed")
    assert rest == b""


async def test_a_run_that_is_over_leaves_a_line_in_the_log(tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with gateway_at(tmp_path) as place:
            simulation = await submit(place)
            about = await take(await place.worker())
            await ask(place, "POST", f"/{simulation.id}/cancel")

    found = [line for line in lines if line["event"] == "run over"]
    assert [(line["run_id"], line["state"], line["reason"]) for line in found] == [
        (about["session"], "cancelled", None)
    ]


async def test_one_that_is_over_is_shown_once_to_who_follows_it(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        simulation = await submit(place)
        await ask(place, "POST", f"/{simulation.id}/cancel")
        async with followed(place, simulation) as feed:
            view = await feed.next("simulation", SimulationView)
            rest = await feed.response.content.read()

    assert view.state is S.CANCELLED
    assert rest == b""


async def test_a_cancelled_run_is_stopped_and_the_next_takes_its_slot(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, url=database_url) as place:
        worker = await place.worker()
        first = await submit(place)
        about = await take(worker)
        second = await submit(place)
        cancelled = shown(await ask(place, "POST", f"/{first.id}/cancel"))
        await worker.beat(session=about["session"], term=about["term"])
        stop = await worker.stop()
        await take(worker)
        running = await until(place, second, S.PROCESSING)

    assert cancelled.state is S.CANCELLED
    assert stop.session == about["session"]
    assert running.runs[0].attempts == 1


async def test_who_submits_too_much_is_told_how_much_waits(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await submit(place, script=None, scripts=[SCRIPT] * 10)
        refused = await ask(place, "POST", body={"project": "cove", "script": SCRIPT})

    assert refused.problem == (429, "simulation_limit")
    assert (refused.json["queued"], refused.json["limit"]) == (10, 10)
    assert refused.headers["Retry-After"] == "10"


async def test_a_repeated_request_makes_one_simulation(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        body = {"project": "cove", "script": SCRIPT}
        key = place.secrets.api_key
        replies = await asyncio.gather(
            *(
                place.ask("POST", SIMULATIONS, body, secret=key, Idempotency_Key="one")
                for _ in range(4)
            )
        )
        other = await place.ask(
            "POST", SIMULATIONS, {**body, "seed": 2}, secret=key, Idempotency_Key="one"
        )
        listed = msgspec.json.decode((await ask(place, "GET")).body, type=Simulations)

    assert {reply.status for reply in replies} == {202}
    assert {shown(reply).id for reply in replies} == {listed.simulations[0].id}
    assert len(listed.simulations) == 1
    assert other.problem == (422, "idempotency_mismatch")


async def test_scripts_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    bodies: list[Json] = [
        {"script": [{"at_ms": 1, "prompt": "x"}]},
        {"script": []},
        {"scripts": [SCRIPT] * 101},
        {"script": SCRIPT, "frame": {"width": 33}},
        {"script": SCRIPT, "color": "red"},
        {"script": [{"at_ms": -1, "end": True}]},
        {},
    ]
    async with gateway_at(tmp_path) as place:
        replies = [await ask(place, "POST", body={"project": "cove", **body}) for body in bodies]

    assert [reply.problem for reply in replies] == [
        (422, "script_invalid"),
        *[(422, "schema")] * 6,
    ]


async def test_a_list_is_paged_and_narrowed(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        made = [await submit(place, name=str(n)) for n in range(3)]
        place.clock.step(seconds=1)
        await ask(place, "POST", f"/{made[0].id}/cancel")
        pages = []
        path = "?limit=2"
        for _ in range(2):
            page = msgspec.json.decode((await ask(place, "GET", path)).body, type=Simulations)
            pages.append(page)
            path = f"?limit=2&cursor={page.cursor}"
        active = msgspec.json.decode((await ask(place, "GET", "?active=true")).body)
        over = msgspec.json.decode((await ask(place, "GET", "?state=cancelled")).body)

    assert [len(page.simulations) for page in pages] == [2, 1]
    assert {one.id for page in pages for one in page.simulations} == {one.id for one in made}
    assert pages[1].cursor is None
    assert len(active["simulations"]) == 2
    assert [one["id"] for one in over["simulations"]] == [made[0].id]


async def test_another_account_sees_nothing_of_a_simulation(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        simulation = await submit(place)
        ada = await tenant(place)
        replies = [
            await place.ask(method, path, secret=ada.secret)
            for method, path in (
                ("GET", f"{SIMULATIONS}/{simulation.id}"),
                ("POST", f"{SIMULATIONS}/{simulation.id}/cancel"),
                ("GET", f"{SIMULATIONS}/sim_%00"),
            )
        ]
        listed = await place.ask("GET", SIMULATIONS, secret=ada.secret)

    assert {reply.problem for reply in replies} == {(404, "simulation_unknown")}
    assert listed.json["simulations"] == []


async def test_who_submits_and_who_cancels_stands_in_the_audit_log(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        simulation = await submit(place)
        for _ in range(2):  # the second time there is nothing left to cancel
            await ask(place, "POST", f"/{simulation.id}/cancel")
        key = place.secrets.api_key
        log = await place.ask("GET", "/v1/audit?action=simulation", secret=key)

    entries = msgspec.json.decode(log.body)["entries"]
    assert [(one["action"], one["subject"]) for one in entries] == [
        ("simulation.cancelled", simulation.id),
        ("simulation.submitted", simulation.id),
    ]


async def test_who_follows_at_another_gateway_sees_what_happens_at_this_one(
    tmp_path: Path, postgresql_url: str
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=Deaf) as (here, there):
        simulation = await submit(here)
        async with followed(there, simulation) as feed:
            await feed.next("simulation", SimulationView)
            await take(await here.worker())
            seen = simulation
            while seen.state is not S.PROCESSING:
                seen = await feed.next("simulation", SimulationView)

    assert seen.runs[0].worker == "one"
