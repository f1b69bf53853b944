"""Workers out of service, on each database: what they still run, and how they come back."""

from functools import partial

import pytest

from diorama.kernel.errors import NotFound, Refused
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.draining import ByWhom, drain, drained_workers, end_drained, resume
from diorama.sessions.fleet import workers_for
from diorama.workers.capabilities import Worker
from tests.sessions.house import ACCOUNT, House, Rig, ended

BY = ByWhom(account_id=ACCOUNT, actor="key:key_house")


async def drained(house: House, rig: Rig, *, within_s: float) -> Worker:
    return await house.do(lambda work: drain(work, rig.worker.id, within_s=within_s, by=BY))


async def stored(house: House, rig: Rig) -> Worker:
    found = await house.look(lambda work: work.stores.workers.get(rig.worker.id))
    assert found is not None
    return found


async def end_due(house: House) -> None:
    for worker_id in await house.look(drained_workers):
        await house.do(partial(end_drained, worker_id=worker_id))


async def test_a_worker_out_of_service_is_given_nothing_new_until_it_is_resumed(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    await drained(house, rig, within_s=60)
    waiting = (await house.open()).session
    await house.do(lambda work: resume(work, rig.worker.id, by=BY))
    await house.dispatch()

    assert waiting.state is S.QUEUED
    assert (await house.session(waiting)).state is S.CONNECTING
    log = await house.look(lambda work: work.stores.audit.head(ACCOUNT))
    assert log.seq == 2


async def test_what_runs_goes_on_until_its_time_is_up_and_then_ends(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await drained(house, rig, within_s=4)
    house.clock.step(seconds=3.9)
    await end_due(house)
    before = await house.session(session)
    house.clock.step(seconds=0.1)
    await end_due(house)
    after = await house.session(session)

    assert before.state is S.STREAMING
    assert ended(after) == (S.DISCONNECTED, EndCode.DRAINING, "worker_draining")
    row = (await house.look(lambda w: w.stores.timeline.log(session.id, limit=99)))[-1]
    assert row.actor == "operator"


async def test_out_of_service_outlives_a_restart_of_the_worker(house: House) -> None:
    await house.build()
    rig = await house.worker()
    await drained(house, rig, within_s=60)
    await rig.start()
    restarted = await stored(house, rig)
    await house.do(lambda work: resume(work, rig.worker.id, by=BY))
    await rig.start()

    assert (restarted.draining, restarted.drained_by) == (True, "key:key_house")
    assert not (await stored(house, rig)).draining


async def test_a_worker_that_stops_by_itself_is_resumed_by_its_next_start_alone(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    await rig.say(wire.Draining(deadline_s=30))
    longer = await drained(house, rig, within_s=600)
    with pytest.raises(Refused) as refused:
        await house.do(lambda work: resume(work, rig.worker.id, by=BY))
    await rig.start()
    kept = await stored(house, rig)
    await house.do(lambda work: resume(work, rig.worker.id, by=BY))

    assert refused.value.code == "worker_stopping"
    assert longer.drains_until_us == house.clock.now_us() + 30_000_000
    assert (kept.draining, kept.stopping) == (True, False)
    assert not (await stored(house, rig)).draining


async def test_a_worker_that_was_never_drained_is_resumed_without_a_change(house: House) -> None:
    await house.build()
    rig = await house.worker()
    await house.do(lambda work: resume(work, rig.worker.id, by=BY))
    log = await house.look(lambda work: work.stores.audit.head(ACCOUNT))

    assert log.seq == 0
    with pytest.raises(NotFound):
        await house.do(lambda work: drain(work, "wrk_none", within_s=1, by=BY))


async def test_an_account_sees_counts_of_the_pools_that_it_uses_and_no_worker(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker("gpu-1", slots=3)
    session = await house.streaming(rig)
    own = await house.look(lambda work: workers_for(work, ACCOUNT, operates=False))
    other = await house.look(lambda work: workers_for(work, "acc_none", operates=False))
    await drained(house, rig, within_s=9)
    every = await house.look(lambda work: workers_for(work, "acc_none", operates=True))

    assert (own.workers, other.workers, other.pools) == ((), (), ())
    (pool,) = own.pools
    assert (pool.workers, pool.slots, pool.held, pool.free, pool.own) == (1, 3, 1, 2, 1)
    (worker,) = every.workers
    assert (worker.state, worker.drained_by, worker.health) == ("draining", BY.actor, "good")
    assert worker.slots[0].session == session.id
    assert (every.pools[0].ready, every.pools[0].free, every.pools[0].own) == (0, 0, 0)
