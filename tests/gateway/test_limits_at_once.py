"""A hundred requests at once over HTTP, at a limit of ten: exactly ten, on each database."""

import asyncio
from pathlib import Path

from diorama.gateway.bootstrap import OWNER
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import OnLimit, Rules
from diorama.protocol.states import HOLDS_SLOT
from tests.gateway.running import WITHIN_S, Place, Reply, gateway_at

LIMIT = 10
AT_ONCE = 100


def cove(on_limit: OnLimit) -> ProjectSettings:
    return ProjectSettings(name="cove", world="a:B", rules=Rules(on_limit=on_limit))


async def prepare(place: Place) -> None:
    """Raise the account's limit to ten, and offer far more slots."""
    await place.gateway.desk.do(lambda work: work.stores.accounts.set_limit(OWNER, LIMIT))
    await place.worker(slots=64)


async def ask_at_once(place: Place) -> list[Reply]:
    requests = (
        place.post({"project": "cove"}, secret=place.secrets.api_key) for _ in range(AT_ONCE)
    )
    return list(await asyncio.gather(*requests))


async def held(place: Place) -> tuple[int, int]:
    """Return how many the account counts, and how many hold a slot."""
    account, holders = await place.gateway.desk.look(
        lambda work: (work.stores.accounts.get(OWNER), work.stores.sessions.holders(OWNER))
    )
    assert account is not None
    assert all(holder.state in HOLDS_SLOT for holder in holders)
    return account.held, len(holders)


def holders_of(refused: Reply) -> list[dict[str, object]]:
    holders = refused.json["holders"]
    assert isinstance(holders, list)
    return holders


async def test_ten_of_a_hundred_are_let_in_and_the_others_told_what_holds_the_slots(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, cove(OnLimit.REJECT), url=database_url) as place:
        await prepare(place)

        replies = await ask_at_once(place)

        counted = await held(place)
        refused = [reply for reply in replies if reply.status == 429]
        holders = holders_of(refused[0])
        ends = [
            await place.ask("DELETE", str(one["end"]), secret=place.secrets.api_key)
            for one in holders
        ]
        left = await held(place)

    assert sorted({reply.status for reply in replies}) == [201, 429]
    assert sum(reply.status == 201 for reply in replies) == LIMIT
    assert counted == (LIMIT, LIMIT)
    assert {reply.problem for reply in refused} == {(429, "account_limit")}
    assert len({one["session"] for one in holders}) == LIMIT
    assert {"session", "project", "device", "state", "age_s", "last_heard_s", "end"} <= {
        key for one in holders for key in one
    }
    assert {reply.status for reply in ends} == {200}
    assert left == (0, 0)


async def test_ten_of_a_hundred_are_let_in_and_the_others_each_have_a_place_in_line(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, cove(OnLimit.QUEUE), url=database_url) as place:
        await prepare(place)

        replies = await ask_at_once(place)

        counted = await held(place)
        queue = (await place.ask("GET", "/v1/projects/cove/queue")).json

    states = [_state(reply) for reply in replies]
    regions = queue["regions"]
    assert isinstance(regions, list)
    assert states.count("connecting") == LIMIT
    assert states.count("queued") == AT_ONCE - LIMIT
    assert counted == (LIMIT, LIMIT)
    assert regions[0]["length"] == AT_ONCE - LIMIT


async def test_a_hundred_who_take_over_end_each_dropped_session_once(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, cove(OnLimit.TAKE_OVER), url=database_url) as place:
        await prepare(place)
        dropped = [await place.open() for _ in range(LIMIT)]
        for one in dropped:
            viewer = await place.viewer(one)
            await viewer.socket.close()
        for one in dropped:
            await _until_detached(place, one.session.id)

        replies = await ask_at_once(place)

        counted = await held(place)
        ended = [await place.look(one) for one in dropped]

    assert sum(reply.status == 201 for reply in replies) == LIMIT
    assert counted == (LIMIT, LIMIT)
    assert {(one.end.code, one.end.reason) for one in ended if one.end} == {(4011, "taken_over")}
    assert all(one.end for one in ended)


def _state(reply: Reply) -> str:
    assert reply.status == 201, reply
    session = reply.json["session"]
    assert isinstance(session, dict)
    return str(session["state"])


async def _until_detached(place: Place, session_id: str) -> None:
    async with asyncio.timeout(WITHIN_S):
        while True:
            session = await place.gateway.desk.look(
                lambda work: work.stores.sessions.get(session_id)
            )
            if session is not None and session.detached_us is not None:
                return
