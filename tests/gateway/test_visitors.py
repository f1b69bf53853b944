"""Caps on what visitors and end users may take, each at its edge."""

import asyncio
from pathlib import Path

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import OnLimit, PublicRules, QueueRules, Rules
from tests.gateway.running import Place, Reply, gateway_at

CAP = 3
CROWDED = ProjectSettings(
    name="cove",
    world="a:B",
    rules=Rules(
        on_limit=OnLimit.QUEUE,
        public=PublicRules(per_address=CAP),
        queue=QueueRules(per_end_user=2),
    ),
)


async def come(place: Place, address: str, **more: str) -> Reply:
    return await place.post({"project": "cove"}, X_Forwarded_For=address, **more)


async def ask_for(place: Place, end_user: str) -> Reply:
    body = {"project": "cove", "end_user": end_user}
    return await place.post(body, secret=place.secrets.api_key)


async def test_as_many_visitors_of_one_address_come_in_as_may_and_others_are_not_touched(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, CROWDED, url=database_url) as place:
        await place.worker(slots=8)
        replies = await asyncio.gather(*(come(place, "192.0.2.1") for _ in range(20)))
        others = [
            await come(place, "192.0.2.2"),
            await place.post({"project": "cove"}),
            await come(place, "192.0.2.1", secret=place.secrets.api_key),
        ]
        first = next(reply.json for reply in replies if reply.status == 201)
        session, token = first["session"], str(first["token"])
        assert isinstance(session, dict)
        await place.ask("DELETE", f"/v1/sessions/{session['id']}", secret=token)
        freed = await come(place, "192.0.2.1")

    refused = [reply for reply in replies if reply.status == 429]
    assert len(refused) == 20 - CAP
    assert {reply.problem for reply in refused} == {(429, "address_limit")}
    assert {(str(r.json["holders"]), r.json["end_code"]) for r in refused} == {("[]", 4010)}
    assert [reply.status for reply in (*others, freed)] == [201] * 4


async def test_a_household_has_one_network_of_ipv6(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, CROWDED) as place:
        await place.worker(slots=8)
        replies = [await come(place, f"2001:db8:1:2::{at}") for at in range(CAP + 1)]
        neighbour = await come(place, "2001:db8:1:3::1")

    assert [reply.status for reply in replies] == [*[201] * CAP, 429]
    assert neighbour.status == 201


async def test_an_end_user_stands_in_line_as_often_as_it_may(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, CROWDED, url=database_url) as place:
        await place.worker()
        await place.post({"project": "cove"}, secret=place.secrets.api_key)  # takes the slot
        replies = await asyncio.gather(*(ask_for(place, "ann") for _ in range(10)))
        other = await ask_for(place, "bob")

    refused = [reply for reply in replies if reply.status == 429]
    assert sorted(reply.status for reply in replies) == [201, 201, *[429] * 8]
    assert {reply.problem for reply in refused} == {(429, "waiting_limit")}
    assert other.status == 201


async def test_no_address_is_kept(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, CROWDED) as place:
        await place.worker()
        reply = await come(place, "192.0.2.77")
        folder = tmp_path
        kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())

    assert reply.status == 201
    assert b"192.0.2.77" not in kept
