"""What Prometheus reads: that it is true, whose it is, and that it stays small."""

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from prometheus_client.parser import text_string_to_metric_families

from diorama.accounts.plans import Account
from diorama.gateway.metrics import Metrics
from diorama.gateway.server import open_gateway
from diorama.gateway.settings import MetricsSettings, Settings
from diorama.kernel.clock import SystemClock
from diorama.protocol.end_codes import END_CODES, End, EndCode
from diorama.protocol.states import HOLDS_SLOT, SimulationState
from diorama.sessions.census import Census
from diorama.sessions.census_store import LaneCount
from diorama.sessions.lifecycle import Event
from diorama.sessions.work import RunStep, Step, Work
from diorama.simulations.lifecycle import RunEvent
from tests.gateway.running import WITHIN_S, Place, gateway_at
from tests.ports import reserved_port
from tests.sessions.stories import requested
from tests.simulations.test_lifecycle import PENDING

SESSIONS = 100_000
MAX_SERIES = 2_000


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path) as found:
        yield found


def samples(page: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return each series of a page with its value."""
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
    }


async def page(place: Place) -> str:
    reply = await place.ask("GET", "/metrics", secret=place.secrets.api_key)
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain")
    return reply.body.decode()


async def test_sessions_slots_and_sockets_are_counted(place: Place) -> None:
    await place.worker(slots=1)
    first, waiter = await place.open(), await place.open()
    await place.viewer(first)

    seen = samples(await page(place))

    lane = (("project", "cove"), ("region", "local"))
    pool = (("pool", "default"), ("region", "local"))
    assert seen["diorama_sessions", (*lane, ("state", "connecting"))] == 1
    assert seen["diorama_sessions", (*lane, ("state", "queued"))] == 1
    assert seen["diorama_sessions", (*lane, ("state", "streaming"))] == 0
    assert seen["diorama_queue_length", lane] == 1
    assert seen["diorama_slots", (*pool, ("state", "held"))] == 1
    assert seen["diorama_workers", (*pool, ("state", "ready"))] == 1
    assert seen["diorama_wanted_workers", pool] == 2
    assert seen["diorama_sockets", (("kind", "viewer"),)] == 1
    assert seen["diorama_sockets", (("kind", "worker"),)] == 1
    assert seen["diorama_store_up", ()] == 1
    assert waiter.session.state == "queued"


async def test_what_happened_is_counted_once(place: Place) -> None:
    worker = await place.worker()
    opened = await place.open()
    viewer = await place.viewer(opened)
    await worker.start()
    await viewer.until("streaming")
    await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=place.secrets.api_key)

    seen = samples(await page(place))

    ended = (("code", "4012"), ("reason", "ended_by_api"))
    route = (
        ("method", "DELETE"),
        ("route", "/v1/sessions/{session_id}"),
        ("status", "2xx"),
    )
    assert seen["diorama_sessions_ended_total", ended] == 1
    assert seen["diorama_session_events_total", (("event", "frames"),)] == 1
    assert seen["diorama_session_start_seconds_count", ()] == 1
    assert seen["diorama_session_stay_seconds_count", ()] == 1
    assert seen["diorama_queue_wait_seconds_count", ()] == 1
    assert seen["diorama_http_requests_total", route] == 1


def test_simulations_are_counted_and_how_long_they_waited() -> None:
    metrics = Metrics()
    asked = PENDING
    dispatched = replace(
        asked, attempt=1, state=SimulationState.DISPATCHED, dispatched_us=7_000_000
    )
    again = replace(dispatched, attempt=2, dispatched_us=900_000_000)
    completed = replace(again, state=SimulationState.COMPLETED)
    metrics.runs_happened(
        [
            RunStep(RunEvent.REQUESTED, None, asked),
            RunStep(RunEvent.DISPATCHED, asked, dispatched),
            RunStep(RunEvent.DISPATCHED, asked, again),
            RunStep(RunEvent.ENDED, again, completed),
        ]
    )
    census = Census(
        simulations={"pending": 1}, runs={"pending": 9, "processing": 1}, recordings=3, spectators=2
    )

    seen = samples(metrics.page(census, {}, "")[0].decode())

    assert seen["diorama_simulations", (("state", "pending"),)] == 1
    assert seen["diorama_simulations", (("state", "processing"),)] == 0
    assert seen["diorama_runs", (("state", "pending"),)] == 9
    assert seen["diorama_recordings_made", ()] == 3
    assert seen["diorama_spectators", ()] == 2
    assert seen["diorama_run_wait_seconds_count", ()] == 1
    assert seen["diorama_run_wait_seconds_sum", ()] == 7
    assert seen["diorama_runs_ended_total", (("state", "completed"),)] == 1
    assert seen["diorama_run_events_total", (("event", "dispatched"),)] == 2


async def test_a_gateway_counts_the_runs_that_are_asked_of_it(place: Place) -> None:
    simulation = {"project": "cove", "script": [{"at_ms": 1_000, "end": True}]}
    reply = await place.ask("POST", "/v1/simulations", simulation, secret=place.secrets.api_key)
    assert reply.status == 202

    seen = samples(await page(place))

    assert seen["diorama_run_events_total", (("event", "requested"),)] == 1
    assert seen["diorama_runs", (("state", "pending"),)] == 1


async def test_a_route_that_is_not_there_adds_no_series(place: Place) -> None:
    for n in range(5):
        await place.ask("GET", f"/v1/nothing-{n}/here")

    text = await page(place)

    assert 'route="unknown",status="4xx"} 5.0' in text
    assert "nothing-" not in text


async def test_metrics_are_the_operators(place: Place) -> None:
    def add_tenant(work: Work) -> str:
        from diorama.accounts.keys import Key, KeyKind
        from diorama.kernel.ids import digest

        account = Account(id="acc_tenant", name="t", plan="free", concurrent_streams=1, held=0)
        work.stores.accounts.add(account)
        secret = "dio_of_the_tenant_0123456789"
        work.stores.keys.add(
            Key(
                id="key_tenant",
                account_id=account.id,
                kind=KeyKind.API,
                digest=digest(secret),
                name="one",
                created_us=work.now_us,
            )
        )
        return secret

    tenant = await place.gateway.desk.do(add_tenant)

    assert (await place.ask("GET", "/metrics")).problem == (401, "credential_missing")
    reply = await place.ask("GET", "/metrics", secret=tenant)
    assert reply.problem == (403, "permission_missing")


async def test_a_port_of_its_own_asks_for_no_key_and_has_nothing_else(tmp_path: Path) -> None:
    import httpx

    with reserved_port() as port:
        settings = Settings(data=tmp_path, metrics=MetricsSettings(port=port))
        async with (
            open_gateway(settings, SystemClock()),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=WITHIN_S) as http,
        ):
            found = await http.get("/metrics")
            missing = await http.get("/v1/sessions")

    assert (found.status_code, missing.status_code) == (200, 404)
    assert "diorama_store_up 1.0" in found.text


def test_however_much_there_is_the_series_stay_few() -> None:
    chance = random.Random(20_261_121)
    metrics = Metrics()
    metrics.happened(_histories(chance))
    for number in range(SESSIONS // 10):
        metrics.answered(f"METHOD-{number}", "unknown", chance.randrange(100, 600), 0.1)
    for route in range(120):  # more than there are
        for status in (200, 400, 500):
            metrics.answered("GET", f"/v1/route-{route}", status, 0.1)

    text = metrics.page(_much(chance), {"viewer": SESSIONS, "worker": 900}, "")[0].decode()

    series = samples(text)
    assert len(series) <= MAX_SERIES
    counted = sum(value for (name, _), value in series.items() if name == "diorama_sessions")
    assert counted == SESSIONS
    assert 'project="other",region="other"' in text


def _much(chance: random.Random) -> Census:
    """Return 100,000 sessions over 20,000 projects, 40 regions and 2,000 pools."""
    states = sorted(HOLDS_SLOT)
    lanes = [
        LaneCount(
            project=f"project-{number}",
            region=f"region-{chance.randrange(40)}",
            pool=f"pool-{number % 50}",
            states={chance.choice(states): 4},
            waiting=1,
            cap=None,
        )
        for number in range(SESSIONS // 5)
    ]
    pools = [(f"region-{r}", f"pool-{p}") for r in range(40) for p in range(50)]
    slots = ("free", "held", "fencing", "quarantined")
    return Census(
        lanes=lanes,
        slots={(pool, state): chance.randrange(1, 90) for pool in pools for state in slots},
        workers={
            (pool, state): 1 for pool in pools for state in ("ready", "draining", "suspect", "lost")
        },
        wanted=dict.fromkeys(pools, 3),
    )


def _histories(chance: random.Random) -> Iterator[Step]:
    """Yield 100,000 sessions from their request to their end, for every reason there is."""
    ends = [End(EndCode(code), reason) for code, row in END_CODES.items() for reason in row.reasons]
    asked = structs.replace(requested(), created_us=0, entered_us=0, wait_since_us=0)
    for number in range(SESSIONS):
        ended = structs.replace(
            asked,
            id=f"ses_{number}",
            project_id=f"prj_{number}",
            reserved_us=chance.randrange(10**9),
            first_frame_us=chance.randrange(10**10),
            ended_us=10**11,
            end=chance.choice(ends),
        )
        yield Step(Event.REQUESTED, None, ended)
        yield Step(Event.RESERVED, asked, ended)
        yield Step(Event.FRAMES, asked, ended)
        yield Step(Event.ENDED, ended, ended)
