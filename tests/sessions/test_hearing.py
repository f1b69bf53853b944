"""Many viewers heard at once, on each database."""

import asyncio
from functools import partial

from diorama.sessions.lifecycle import Session
from diorama.sessions.store import ViewerLease
from diorama.sessions.work import Work
from tests.sessions.house import House


async def waiters(house: House, count: int) -> list[Session]:
    await house.build()
    await house.streaming(await house.worker())
    return [(await house.open()).session for _ in range(count)]


def heard(session: Session, at_us: int, *, worker_id: str | None = None) -> ViewerLease:
    return ViewerLease(
        session_id=session.id,
        heard_us=at_us,
        input_us=at_us - 1,
        worker_id=worker_id,
        term=session.term,
    )


def hear(work: Work, leases: list[ViewerLease]) -> None:
    work.stores.sessions.hear(leases)


def lease_of(work: Work, session_id: str) -> ViewerLease | None:
    return work.stores.sessions.lease(session_id)


async def leases(house: House, sessions: list[Session]) -> list[tuple[int, int]]:
    found = []
    for session in sessions:
        lease = await house.look(partial(lease_of, session_id=session.id))
        assert lease is not None
        found.append((lease.heard_us, lease.input_us))
    return found


async def test_the_latest_of_what_is_heard_counts_and_nothing_goes_back(house: House) -> None:
    first, second, third = await waiters(house, 3)
    now_us = house.clock.now_us()
    batch = [heard(first, now_us + 2), heard(second, now_us + 5), heard(first, now_us + 9)]
    batch.append(heard(third, now_us + 7, worker_id="wrk_other"))
    await house.do(partial(hear, leases=batch))
    await house.do(partial(hear, leases=[heard(second, now_us + 1)]))

    assert await leases(house, [first, second, third]) == [
        (now_us + 9, now_us + 8),
        (now_us + 5, now_us + 4),
        (now_us, now_us),
    ]


async def test_gateways_that_hear_the_same_viewers_do_not_stand_in_each_others_way(
    house: House,
) -> None:
    sessions = await waiters(house, 20)
    now_us = house.clock.now_us()
    batches = [[heard(one, now_us + n) for one in sessions[:: (-1) ** n]] for n in range(1, 9)]
    await asyncio.gather(*(house.run(partial(hear, leases=batch)) for batch in batches))

    assert await leases(house, sessions) == [(now_us + 8, now_us + 7)] * 20
