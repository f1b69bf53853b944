"""What is kept is held to the log: nothing is found where nothing is wrong, and each wrong is."""

from functools import partial

import pytest

from diorama.metering import verifying
from diorama.metering.verifying import kept, months, verified
from diorama.protocol.usage_views import Difference
from diorama.storage.database import Database
from tests.metering.test_asking import LONG, stream_for
from tests.sessions.house import ACCOUNT, Asked, House, project

SECOND = 1_000_000
COPIED = (
    "INSERT INTO usage_span SELECT account_id, day_us, 'ses_z', version, state, project_id,"
    " region, end_user, worker_id, from_us, to_us FROM usage_span WHERE end_user = 'ada'"
)


async def differences(house: House, account_id: str | None = ACCOUNT) -> list[Difference]:
    found: list[Difference] = []
    after: str | None = ""
    while after is not None:
        page = verified(await house.look(partial(kept, account_id=account_id, after=after or None)))
        found += page.differences
        after = page.cursor
    return found + await house.look(partial(months, account_id=account_id))


async def some_usage(house: House) -> None:
    """Three sessions: two are over, one of them was dropped once, and one streams."""
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=2)
    await stream_for(house, rig, 7, Asked(end_user="ada"))
    dropped = await house.streaming(rig)
    house.clock.step(seconds=3)
    await rig.media(dropped, "lost")
    house.clock.step(seconds=1)
    await rig.media(await house.attach(dropped), "connected")
    house.clock.step(seconds=2)
    await house.end(dropped)
    await rig.stopped(await house.session(dropped))
    await house.streaming(rig)
    house.clock.step(seconds=4)


@pytest.mark.parametrize(("page", "account_id"), [(1, ACCOUNT), (2, None), (200, None)])
async def test_what_the_store_kept_is_what_its_log_says(
    house: House, page: int, account_id: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PAGE", page)
    await some_usage(house)

    assert await differences(house, account_id) == []


async def test_a_page_says_what_it_looked_at(house: House) -> None:
    await some_usage(house)

    page = verified(await house.look(partial(kept, account_id=ACCOUNT, after=None)))

    assert (page.sessions, page.stream_us, page.cursor) == (3, 12 * SECOND, None)


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (
            "UPDATE usage_span SET to_us = to_us - 1 WHERE end_user = 'ada'",
            [("spans", 7 * SECOND - 1, 7 * SECOND), ("month", 16 * SECOND, 16 * SECOND - 1)],
        ),
        (
            "DELETE FROM usage_span WHERE end_user = 'ada'",
            [("spans", 0, 7 * SECOND), ("month", 16 * SECOND, 9 * SECOND)],
        ),
        (
            "UPDATE usage_span SET end_user = 'bob' WHERE end_user = 'ada'",
            [("spans", 7 * SECOND, 7 * SECOND)],
        ),
        (
            "UPDATE stream_month SET settled_us = settled_us + 1",
            [("month", 16 * SECOND + 1, 16 * SECOND)],
        ),
        ("DELETE FROM stream_month", [("month", 0, 16 * SECOND)]),
        (
            COPIED,
            [("spans", 7 * SECOND, 0), ("month", 16 * SECOND, 23 * SECOND)],
        ),
    ],
)
async def test_what_was_tampered_with_is_found(
    house: House, database: Database, tampering: str, found: list[tuple[str, int, int]]
) -> None:
    await some_usage(house)
    await database.run(lambda tx: tx.run(tampering))

    told = {(one.what, one.kept_us, one.log_us) for one in await differences(house)}

    assert told == set(found)


async def test_a_session_that_streams_since_another_time_is_found(
    house: House, database: Database
) -> None:
    await some_usage(house)
    await database.run(
        lambda tx: tx.run(
            "UPDATE session SET metered_since_us = metered_since_us + 1"
            " WHERE metered_since_us IS NOT NULL"
        )
    )

    (told,) = await differences(house)

    assert told.what == "running"
    assert told.log_us is not None
    assert told.kept_us == told.log_us + 1
