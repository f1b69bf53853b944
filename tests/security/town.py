"""Accounts with one of everything each, and everybody who may knock at the gateway's door.

What a request changes is undone by putting the store back as it was, so that each request meets
the same town.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import msgspec

from diorama.accounts import signing_in
from diorama.accounts.keys import Key, KeyKind
from diorama.accounts.people import Membership, Person
from diorama.accounts.permissions import OPERATOR, Permission, Role, of_role, reach
from diorama.accounts.plans import FREE
from diorama.gateway.settings import ProjectSettings
from diorama.gateway.sign_in_cookie import SignInCookie
from diorama.kernel.ids import digest
from diorama.protocol.worker import Frame
from diorama.recordings.lifecycle import Source
from diorama.sessions.recording import begin_recording
from diorama.sessions.suspending import suspend
from diorama.sessions.work import Work
from diorama.storage.database import Transaction
from tests.gateway.running import COVE, WITHIN_S, Place, Reply, gateway_at
from tests.gateway.tenants import Tenant, tenant

OWN: Final = "acc_ada"
OFFERED: Final = ProjectSettings(name="offered", world="e:F", public=False, offered=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody at the door.

    Attributes:
        headers: what is sent to read.
        writes: what is sent to change something, where that differs.
        account_id: whose things it may see; None is nobody's.
        permissions: what it may do there.
        refused: the code by which its credential is refused; None is that it is good.
        person: whether it is signed in, in a browser.
        viewer: whether it is the viewer of the own session.
        forged: whether its changes come from no page of the gateway.
    """

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[str, str] | None = None
    account_id: str | None = None
    permissions: frozenset[Permission] = frozenset()
    refused: str | None = None
    person: bool = False
    viewer: bool = False
    forged: bool = False

    def sends(self, method: str) -> Mapping[str, str]:
        return self.headers if method == "GET" or self.writes is None else self.writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """The ids of one of everything, by kind."""

    own: Mapping[str, str]
    foreign: Mapping[str, str]

    def of(self, kind: str, whose: str) -> str:
        """Return an id of the own account, of a foreign one, or of nothing at all."""
        if whose == "missing":
            return f"{self.own[kind][:4]}missing"
        return (self.own if whose == "own" else self.foreign)[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The gateway, who is at its door, and what there is."""

    place: Place
    actors: Mapping[str, Actor]
    things: Things
    folder: Path

    async def ask(self, actor: Actor, method: str, target: str, body: str | bytes | None) -> Reply:
        """Ask, and read the answer; of a feed that stays open, its beginning alone."""
        headers = {"Content-Type": "application/json", **actor.sends(method)}
        data = body.encode() if isinstance(body, str) else body
        async with (
            asyncio.timeout(WITHIN_S),
            self.place.http.request(
                method,
                self.place.front.url + target,
                data=data,
                headers=headers,
                allow_redirects=False,
            ) as got,
        ):
            is_feed = got.content_type == "text/event-stream"
            return Reply(got.status, got.headers, b"" if is_feed else await got.read())

    async def send(self, actor: Actor, method: str, path: str, body: Mapping[str, object]) -> Reply:
        """Ask with a body of these members."""
        return await self.ask(actor, method, path, msgspec.json.encode(body))

    async def put_back(self) -> None:
        """Undo whatever was changed."""
        await self.place.database.run(_put_back)


@contextlib.asynccontextmanager
async def town_at(folder: Path) -> AsyncIterator[Town]:
    """Build the town in a data folder, until the block ends."""
    async with gateway_at(folder, COVE, OFFERED, plan="unlimited") as place:
        own, token = await _household(place, "ada")
        foreign, _ = await _household(place, "bob")
        suspended = await tenant(place, "cyd")
        await place.gateway.desk.do(lambda work: suspend(work, "operator", suspended.id))
        actors = [*_without_account(place, token), *await _members(place), *await _keys(place)]
        await _settle(place)
        await place.database.run(_remember)
        yield Town(
            place=place,
            actors={actor.name: actor for actor in actors},
            things=Things(own=own, foreign=foreign),
            folder=folder,
        )


async def _settle(place: Place) -> None:
    """Have told what there is to tell, so that what is stored changes by requests alone."""
    telling = place.gateway.telling
    await telling.publisher.look_at_time()
    await telling.publisher.once()
    async with asyncio.timeout(WITHIN_S):
        deliveries = telling.deliveries
        while await deliveries.once() or deliveries._under_way[""]:  # noqa: SLF001 - none tells
            pass


def tables(tx: Transaction) -> list[str]:
    """Return the names of what is stored."""
    rows = tx.run("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return [str(name) for (name,) in rows if not str(name).startswith("sqlite_")]


def _remember(tx: Transaction) -> None:
    for name in tables(tx):
        tx.run(f"CREATE TEMP TABLE pristine_{name} AS SELECT * FROM {name}")


def _put_back(tx: Transaction) -> None:
    tx.run("PRAGMA defer_foreign_keys = ON")
    for name in (names := tables(tx)):
        tx.run(f"DELETE FROM {name}")
    for name in names:
        tx.run(f"INSERT INTO {name} SELECT * FROM pristine_{name}")


async def _household(place: Place, name: str) -> tuple[Mapping[str, str], str]:
    """Give an account one of everything; return the ids by kind, and its session's token."""
    who = await tenant(place, name)

    async def make(path: str, **body: object) -> dict[str, object]:
        reply = await place.ask("POST", f"/v1{path}", body, secret=who.secret)
        assert reply.status in {201, 202}, reply
        return reply.json

    project = f"of-{name}"
    operator = await _of_operator(place, name)
    await make("/projects", name=project, world="offered")
    opened = await make("/sessions", project=project)
    webhook = _id(await make("/webhooks", url="https://127.0.0.1/"), "webhook")
    await make(f"/webhooks/{webhook}/test")
    script = [{"at_ms": 9, "end": True}]
    simulation = str((await make("/simulations", project=project, script=script))["id"])
    await _dispatched(place, who, simulation)
    found = {
        "account": who.id,
        "project": project,
        "session": _id(opened, "session"),
        "key": _id(await make("/keys", name="one", scopes=["sessions:read"]), "key"),
        "link": _id(await make("/share-links", project=project), "link"),
        "webhook": webhook,
        "simulation": simulation,
        "delivery": await _delivery(place, who, webhook),
        "invitation": _id(
            await make("/members", email=f"invited@{name}.example", role="viewer"), "invitation"
        ),
        "recording": await _recording(place, project),
        "member": (await _join(place, who.id, Role.DEVELOPER, "nobody"))[0],
        **operator,
    }
    return found, str(opened["token"])


def _id(made: dict[str, object], of: str) -> str:
    inner = made[of]
    assert isinstance(inner, dict)
    return str(inner["id"])


async def _dispatched(place: Place, who: Tenant, simulation: str) -> None:
    """Wait until a simulation has a slot: nothing happens to it by itself from then on."""
    async with asyncio.timeout(WITHIN_S):
        state = ""
        while state != "dispatched":
            found = await place.ask("GET", f"/v1/simulations/{simulation}", secret=who.secret)
            state = str(found.json["state"])


async def _delivery(place: Place, who: Tenant, webhook: str) -> str:
    """Return the delivery of the test that was sent, once it is made."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            path = f"/v1/webhooks/{webhook}/deliveries"
            found = (await place.ask("GET", path, secret=who.secret)).json["deliveries"]
            assert isinstance(found, list)
            if found:
                return str(found[0]["id"])


async def _recording(place: Place, project: str) -> str:
    """Begin a recording of a project, as a run does, and return its id."""

    def begin(work: Work) -> str:
        found = work.stores.projects.named(project)
        assert found is not None
        source = Source(kind="simulation", id="sim_one", run=f"run_{project}", script=0)
        return begin_recording(work, source, project=found, frame=Frame()).recording

    return await place.gateway.desk.do(begin)


async def _of_operator(place: Place, name: str) -> Mapping[str, str]:
    """Make what no account has but the operator's: a plan nobody is under, and a worker."""
    await place.gateway.desk.do(
        lambda work: work.stores.plans.put(replace(FREE, name=f"plan-{name}"))
    )
    await place.worker(f"worker-{name}", slots=8)
    (worker,) = [
        one.id
        for one in await place.gateway.desk.look(lambda work: work.stores.workers.all())
        if one.name == f"worker-{name}"
    ]
    return {"plan": f"plan-{name}", "worker": worker}


async def _join(place: Place, account_id: str, role: Role, name: str) -> tuple[str, str]:
    """Store a member; return its id and the secret of a sign-in."""
    tag = f"{name}_{account_id}"
    about = {"email": f"{tag}@example.com", "name": name}

    def use_case(work: Work) -> str:
        person = Person(id=f"per_{tag}", created_us=work.now_us, **about)
        membership = Membership(
            id=f"mem_{tag}",
            account_id=account_id,
            account_name="",
            person_id=person.id,
            role=role,
            created_us=work.now_us,
            **about,
        )
        work.stores.people.add(person)
        work.stores.people.join(membership)
        return signing_in.begin(work, person.id, instead_of=None)

    return f"mem_{tag}", await place.gateway.desk.do(use_case)


def _without_account(place: Place, token: str) -> list[Actor]:
    """Return those whose credential, if any, is of no account."""
    worker = place.secrets.worker_key
    bad = "credential_refused"
    return [
        Actor(name="nobody", refused="credential_missing"),
        Actor(name="garbage", headers=_bearer("garbage"), refused=bad),
        Actor(name="another scheme", headers={"Authorization": "Basic eDp4"}, refused=bad),
        Actor(name="mistyped key", headers=_bearer(place.secrets.api_key + "x"), refused=bad),
        Actor(name="worker key", headers=_bearer(worker), refused=bad),
        Actor(name="viewer's token", headers=_bearer(token), viewer=True),
    ]


async def _members(place: Place) -> list[Actor]:
    """Return a member of each role, the operator's owner, and a page that forges a member's."""
    found: list[Actor] = []
    wanted = [(OWN, role) for role in Role] + [(OPERATOR, Role.OWNER)]
    for account_id, role in wanted:
        _, secret = await _join(place, account_id, role, role.value)
        cookie = SignInCookie(secret, secure=False)
        reads = {"Cookie": f"diorama_sign_in={secret}"}
        proof = {"Origin": place.front.url, "Sec-Fetch-Site": "same-origin"}
        actor = Actor(
            name=f"{role.value} of {account_id}",
            headers=reads,
            writes={**reads, **proof, "Diorama-CSRF": cookie.csrf},
            account_id=account_id,
            permissions=of_role(account_id, role),
            person=True,
        )
        found.append(actor)
    owner = found[0]
    return [*found, replace(owner, name="forged", writes=owner.headers, forged=True)]


async def _keys(place: Place) -> list[Actor]:
    """Return keys: without scopes, with all, of other accounts, revoked and expired."""
    found: list[Actor] = []

    async def add(name: str, account_id: str, **more: object) -> str:
        secret = f"dio_{name}-{'k' * 60}"

        def use_case(work: Work) -> None:
            key = Key(
                id=f"key_{name}",
                account_id=account_id,
                kind=KeyKind.API,
                digest=digest(secret),
                name=name,
                created_us=work.now_us - 10,
            )
            work.stores.keys.add(replace(key, **more))  # type: ignore[arg-type] # fields, by name

        await place.gateway.desk.do(use_case)
        return secret

    for name, account_id in (("own", OWN), ("foreign", "acc_bob"), ("suspended", "acc_cyd")):
        headers = _bearer(await add(name, account_id))
        allowed = reach(account_id)
        found.append(
            Actor(name=f"{name} key", headers=headers, account_id=account_id, permissions=allowed)
        )
    bare = _bearer(await add("bare", OWN, scopes=frozenset()))
    found.append(Actor(name="bare key", headers=bare, account_id=OWN))
    before = place.clock.now_us() - 1
    for name, over in (("revoked", "revoked_us"), ("expired", "expires_us")):
        headers = _bearer(await add(name, OWN, **{over: before}))
        found.append(Actor(name=f"{name} key", headers=headers, refused="credential_refused"))
    return found


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}
