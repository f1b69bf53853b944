"""What the portal's pictures show besides those who watch: people, keys, links, a month before.

People and things are made through the API, as the portal makes them. The days before today cannot
be: what their sessions would have left is written straight into the store of that one Diorama.
"""  # noqa: INP001 - a script

import contextlib
import random
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import msgspec

from diorama.accounts.hours import month_start_us
from diorama.kernel.units import SECOND_US
from diorama.metering.spans import DAY_US, by_day
from diorama.protocol.people_views import Me
from diorama.protocol.simulation_views import SimulationView
from diorama.protocol.states import OVER, SimulationState
from tests.browser.portal import EMAIL, NAME, PASSWORD
from tests.browser.running import Running
from tests.browser.waiting import until

DAY_S: Final = 86_400
HOUR_S: Final = 3_600
WAIT_S: Final = 20.0
SESSIONS_A_DAY: Final = 4
USERS: Final = ("ada", "bob", "eve", "grace", "linus", "margaret")
STORY: Final = (
    ("requested", "requesting", 0),
    ("reserved", "connecting", 5),
    ("accepted", "connecting", 1),
    ("world_started", "connecting", 3),
    ("attached", "connecting", 1),
    ("frames", "streaming", 1),
    ("silence", "idle", 1_500),
    ("input", "streaming", 300),
    ("ended", "disconnected", 900),
)
"""Kind, state, and after how many seconds about, of each event of a session that is over."""
STAYS: Final = (
    (2, "connecting", 1, 5),
    (6, "streaming", 5, 6),
    (7, "idle", 6, 7),
    (8, "streaming", 7, 8),
)
"""Version, state, and of which events to which, counted from 0, of each stay that held a slot."""
ENDS: Final = (
    ((1000, "viewer_left"), (1001, "page_left"), (4004, "afk_timeout"), (4004, "max_runtime")),
    (12, 4, 3, 1),
)
"""Codes and reasons of ends, and how often each comes."""
FIRST_FRAME: Final = 5
FIRST_TERM: Final = 1_000_000
_SESSION: Final = (
    "INSERT INTO session (id,account_id,project_id,region,pool,kind,end_user,rules,state,version,"
    "created_us,entered_us,wait_since_us,attempt,term,attachment,socket,issue,codecs,served_us,"
    "ended_us,end_code,end_reason) VALUES (?,?,?,'local','default','python',?,'{}','disconnected',"
    "?,?,?,?,1,?,1,1,1,'',?,?,?,?)"
)
_EVENT: Final = (
    "INSERT INTO event (session_id,version,kind,state,at_us,recorded_us,actor,slot_id,term,"
    "account_id,project_id,region,end_user) VALUES (?,?,?,?,?,?,'viewer',?,?,?,?,'local',?)"
)
_SPAN: Final = (
    "INSERT INTO usage_span (account_id,day_us,session_id,version,state,project_id,region,end_user,"
    "worker_id,from_us,to_us) VALUES (?,?,?,?,?,?,'local',?,?,?,?)"
)
_HOLD: Final = (
    "INSERT INTO slot_hold (slot_id,term,session_id,account_id,project_id,region,worker_id,slots,"
    "from_us,to_us) VALUES (?,?,?,?,?,'local',?,?,?,?)"
)
_SUM: Final = (
    "INSERT INTO stream_month VALUES (?, ?, ?, 0, 0, NULL) ON CONFLICT DO UPDATE"
    " SET settled_us = settled_us + excluded.settled_us"
)


@dataclass(frozen=True, slots=True)
class Past:
    """Whose sessions the days before held, and where."""

    account: str
    projects: tuple[str, ...]
    worker: str
    slots: int


class Hands:
    """The owner's hands at the API."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def put(self, path: str, body: object, method: str = "POST") -> dict[str, object]:
        """Send a change, or a question without a body, and return the answer."""
        content = None if body is None else msgspec.json.encode(body)
        answer = await self._client.request(method, f"/v1/{path}", content=content)
        if answer.is_error:
            raise SystemExit(f"{method} {path}: {answer.text}")
        return msgspec.json.decode(answer.content or b"{}", type=dict[str, object])


@contextlib.asynccontextmanager
async def hands(diorama: Running) -> AsyncIterator[Hands]:
    """Yield the owner's hands, signed in as the portal signs in."""
    headers = {"Origin": diorama.address, "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=diorama.address, headers=headers) as client:
        answer = await client.post("/v1/sign-in", json={"email": EMAIL, "password": PASSWORD})
        me = msgspec.json.decode(answer.raise_for_status().content, type=Me)
        client.headers["Diorama-CSRF"] = me.csrf
        yield Hands(client)


@dataclass(frozen=True, slots=True)
class Made:
    """What pictures are taken of by name: a webhook's id, and the path of an open invitation."""

    webhook: str
    invitation: str


async def furnish(diorama: Running, owner: Hands) -> Made:
    """Make one or more of everything that the portal lists."""
    await owner.put("me", {"name": f"{NAME} Byron"}, "PATCH")
    await owner.put("account", {"name": "Harbour Studio"}, "PATCH")
    await owner.put("projects/cove", {"offered": True}, "PATCH")
    atrium = {"name": "atrium", "title": "The atrium", "world": "cove"}
    await owner.put("projects", atrium | {"public": False})
    invitation = await _people(diorama, owner)
    await _keys(owner)
    await _links(owner)
    return Made(webhook=await _webhooks(owner), invitation=invitation)


async def _people(diorama: Running, owner: Hands) -> str:
    """Bring people in and two more accounts; return the path of an invitation that is open."""
    plan = {"concurrent_streams": 4, "max_runtime_s": 7_200, "stream_hours": 100}
    await owner.put("plans/studio", plan, "PUT")
    museum = {"name": "City Museum", "plan": "studio", "owner_email": "ivy@museum.example"}
    await owner.put("accounts", museum)
    late = await owner.put("accounts", {"name": "Late Payers Ltd", "plan": "free"})
    account = late["account"]
    assert isinstance(account, dict), "a new account is told of"
    await owner.put(f"accounts/{account['id']}", {"suspended": True}, "PATCH")
    invited = await owner.put("members", {"email": "grace@harbour.example", "role": "developer"})
    waits = await owner.put("members", {"email": "bob@harbour.example", "role": "viewer"})
    token = str(invited["link"]).partition("#")[2]
    async with httpx.AsyncClient(base_url=diorama.address) as grace:
        grace.headers["Origin"] = diorama.address
        body = {"token": token, "name": "Grace Murray", "password": PASSWORD}
        (await grace.post("/v1/invitations/accept", json=body)).raise_for_status()
    return "/invitation" + str(waits["link"]).partition("/invitation")[2]


async def _keys(owner: Hands) -> None:
    shop = ("tickets:write", "sessions:read", "projects:read")
    await owner.put("keys", {"name": "Shop", "scopes": shop})
    report = {"name": "Monthly report", "scopes": ("usage:read",), "expires_in_s": 90 * DAY_S}
    await owner.put("keys", report)
    await owner.put("keys", {"name": "Second machine", "kind": "worker", "worker": "gpu-2"})


async def _links(owner: Hands) -> None:
    week = {"project": "cove", "name": "Trade fair", "expires_in_s": 7 * DAY_S, "uses": 200}
    await owner.put("share-links", week | {"concurrent": 2})
    await owner.put("share-links", {"project": "gallery", "name": "For the architects"})
    gone = await owner.put("share-links", {"project": "cove", "name": "Sent to the wrong list"})
    link = gone["link"]
    assert isinstance(link, dict), "a new link is told of"
    await owner.put(f"share-links/{link['id']}", {}, "DELETE")


async def _webhooks(owner: Hands) -> str:
    """Make two webhooks; one is sent to a host that no name server knows, which fails."""
    quiet = {"url": "https://billing.harbour.example/diorama", "types": ("usage.*",)}
    await owner.put("webhooks", quiet | {"description": "Bills", "enabled": False})
    shop = {"url": "https://shop.harbour.example/diorama", "types": ("session.*",)}
    made = await owner.put("webhooks", shop | {"description": "The shop"})
    webhook = made["webhook"]
    assert isinstance(webhook, dict), "a new webhook is told of"
    await owner.put(f"webhooks/{webhook['id']}/test", {})
    return str(webhook["id"])


async def simulate(owner: Hands) -> tuple[str, str]:
    """Run scripts to their end; return the simulation's id, and that of a recording it left."""
    begun = await owner.put("simulations", _job("Colours of a day", 3))
    path = f"simulations/{begun['id']}"

    async def ended() -> SimulationView | None:
        view = msgspec.convert(await owner.put(path, None, "GET"), SimulationView)
        return view if view.state in OVER else None

    over = await until(ended, what="the scripts are over", within_s=10 * WAIT_S)
    recordings = [run.recording for run in over.runs if run.recording is not None]
    if over.state is not SimulationState.COMPLETED or not recordings:
        raise SystemExit(f"the simulation is {over.state}: {over.error}")
    return over.id, recordings[0]


async def leave_waiting(owner: Hands) -> None:
    """Submit scripts that wait while viewers do."""
    await owner.put("simulations", _job("Colours of a night", 6))


def _job(name: str, scripts: int) -> dict[str, object]:
    script = (
        {"at_ms": 0, "prompt": "blue"},
        {"at_ms": 1_500, "prompt": "yellow"},
        {"at_ms": 3_000, "end": True},
    )
    return {"project": "gallery", "name": name, "scripts": (script,) * scripts, "seed": 7}


def remember(data: Path, now_us: int) -> None:
    """Write the days of this month before today into the store of a Diorama that has stopped."""
    with (
        contextlib.closing(sqlite3.connect(data / "diorama.db", timeout=WAIT_S)) as database,
        database,
    ):
        (worker, account), *_ = database.execute(
            "SELECT worker.id, project.account_id FROM worker, project"
        ).fetchall()
        projects = database.execute("SELECT id FROM project ORDER BY name").fetchall()
        past = Past(account, tuple(one for (one,) in projects), worker, slots=3)
        first_us = month_start_us(now_us)
        database.execute("UPDATE worker_span SET from_us = ?", (first_us,))
        rng = random.Random(1)  # noqa: S311 - pictures, not secrets
        number = 0
        for day_us in range(first_us, now_us - now_us % DAY_US, DAY_US):
            hours = (
                rng.triangular(8, 22, 15) for _ in range(rng.randrange(2, 2 + 2 * SESSIONS_A_DAY))
            )
            for hour in sorted(hours):  # ids rise with time, as lists take it
                number += 1
                _write(database, past, number, day_us + round(hour * HOUR_S) * SECOND_US, rng)


def _write(
    database: sqlite3.Connection, past: Past, number: int, start_us: int, rng: random.Random
) -> None:
    times = [start_us]
    for _, _, mean_s in STORY[1:]:
        times.append(times[-1] + 1 + round(rng.expovariate(1 / mean_s) * SECOND_US))
    session, user = f"ses_{number:026}", rng.choice(USERS)
    project, term = rng.choice(past.projects), FIRST_TERM + number
    slot = f"{past.worker}.{number % past.slots:06}"
    row = (session, past.account, project, user, len(STORY), times[0], times[-1], times[-1])
    database.execute(_SESSION, (*row, term, times[1], times[-1], *rng.choices(*ENDS)[0]))
    for version, ((kind, state, _), at_us) in enumerate(zip(STORY, times, strict=True), 1):
        held = slot if version > 1 else None
        event = (session, version, kind, state, at_us, at_us, held, term)
        database.execute(_EVENT, (*event, past.account, project, user))
    for version, state, first, last in STAYS:
        for day, from_us, to_us in by_day(times[first], times[last]):
            stay = (past.account, day, session, version, state, project, user, past.worker)
            database.execute(_SPAN, (*stay, from_us, to_us))
    hold = (slot, term, session, past.account, project, past.worker, past.slots)
    database.execute(_HOLD, (*hold, times[1], times[-1] + SECOND_US))
    metered = (past.account, month_start_us(times[FIRST_FRAME]), times[-1] - times[FIRST_FRAME])
    database.execute(_SUM, metered)


async def until_tried(owner: Hands, webhook: str) -> None:
    """Wait until a delivery of a webhook was tried."""

    async def look() -> bool | None:
        found = await owner.put(f"webhooks/{webhook}/deliveries", {}, "GET")
        return b'"number"' in msgspec.json.encode(found) or None

    await until(look, what="a delivery was tried")
