"""Workers that are gone for long, on each database: what is forgotten, and what never is."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from diorama.gateway.timelines import timeline_of
from diorama.kernel.errors import Refused
from diorama.leases.slots import SlotState
from diorama.leases.timers import DEFAULTS
from diorama.metering.asking import cost
from diorama.metering.periods import window
from diorama.sessions.draining import ByWhom, drain
from diorama.sessions.filters import SessionFilter
from diorama.sessions.fleet import workers_for
from diorama.sessions.forgetting import forget_workers
from diorama.sessions.listing import Question, found_by
from diorama.sessions.work import Work
from diorama.sessions.working import register
from tests.sessions.house import ACCOUNT, House, Rig

LONG_S = DEFAULTS.forget_worker_s
BY = ByWhom(account_id=ACCOUNT, actor="key:key_house")


async def listed(house: House) -> list[str]:
    found = await house.look(lambda work: workers_for(work, ACCOUNT, operates=True))
    return [worker.name for worker in found.workers]


async def a_stay(house: House, rig: Rig) -> str:
    """Let a viewer come and go; return the session's id."""
    session = await house.streaming(rig)
    house.clock.step(seconds=5)
    await house.hear(session)
    await rig.beat()
    await house.end(session)
    await rig.stopped(session)
    return session.id


async def test_a_worker_unheard_for_seven_days_is_forgotten_and_not_a_second_sooner(
    house: House,
) -> None:
    await house.build()
    await house.worker("gone")
    await house.after(LONG_S - 1)
    before = await listed(house)
    await house.worker("here")
    await house.after(1)

    assert before == ["gone"]
    assert await listed(house) == ["here"]
    rows = await house.look(lambda work: work.stores.slots.of_workers())
    assert len(rows) == 1, "its slots went with it"


async def test_a_worker_that_is_heard_is_kept_however_long_it_has_been_there(house: House) -> None:
    await house.build()
    rig = await house.worker()
    house.clock.step(seconds=LONG_S + 1)
    await rig.start()
    await house.sweep()

    assert await listed(house) == ["one"]


async def test_a_worker_whose_slot_is_held_is_kept_until_its_session_has_ended(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    await house.streaming(rig)
    house.clock.step(seconds=LONG_S)
    await house.do(forget_workers)
    held = await listed(house)
    await house.sweep()

    assert held == ["one"]
    assert await listed(house) == [], "the same sweep ended it, took its slot back, and forgot it"


async def test_a_worker_whose_slot_waits_for_its_fence_is_kept(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=LONG_S)
    await house.end(session)
    await house.do(forget_workers)

    assert await listed(house) == ["one"]


async def test_a_name_that_comes_back_has_its_id_and_higher_terms_than_ever(house: House) -> None:
    await house.build()
    rig = await house.worker()
    await a_stay(house, rig)
    before, (slot,) = rig.worker, await house.slots_of(rig)
    await house.after(LONG_S)
    forgotten = await listed(house)
    await rig.start(slots=2)
    again = await house.streaming(rig)

    assert forgotten == []
    assert rig.worker.id == before.id
    assert rig.worker.socket == before.socket + 1
    assert again.term > slot.term > 0
    assert [one.state for one in await house.slots_of(rig)] == [SlotState.HELD, SlotState.FREE]


async def test_a_start_that_was_given_up_does_not_come_back_after_it_was_forgotten(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    await house.after(LONG_S)

    with pytest.raises(Refused) as refusal:
        await house.do(partial(register, hello=rig.hello()))

    assert refusal.value.code == "lease_expired"
    assert await listed(house) == []
    await rig.start()
    assert await listed(house) == ["one"]


async def test_a_worker_out_of_service_is_so_still_when_its_name_comes_back(house: House) -> None:
    await house.build()
    rig = await house.worker()
    await house.do(lambda work: drain(work, rig.worker.id, within_s=60, by=BY))
    await house.after(LONG_S)
    forgotten = await listed(house)
    await rig.start()

    assert forgotten == []
    assert (rig.worker.draining, rig.worker.drained_by) == (True, BY.actor)


async def test_history_goes_on_to_name_a_worker_that_was_forgotten(house: House) -> None:
    await house.build()
    rig = await house.worker("gpu-7")
    session_id = await a_stay(house, rig)
    period = window(house.clock.now_us())
    before = await cost(house, None, period, Decimal(1))
    await house.after(LONG_S)
    asked = Question(account_id=ACCOUNT, fits=SessionFilter(), limit=10, worker="gpu-7")
    (found,) = await house.look(lambda work: found_by(work, asked))
    told = await house.look(lambda work: timeline_of(work, found))

    assert await listed(house) == []
    assert found.id == session_id
    assert told.session.worker == "gpu-7"
    assert any("gpu-7" in entry.text for entry in told.entries)
    assert (await cost(house, None, period, Decimal(1))).cost == before.cost


async def test_many_gateways_forget_a_worker_once_while_its_name_comes_back(house: House) -> None:
    await house.build()
    rig = await house.worker()
    await a_stay(house, rig)
    house.clock.step(seconds=LONG_S)
    anew = Rig(house, name="one", slots=1, host="other")
    units: list[Callable[[Work], object]] = [forget_workers, forget_workers]
    units.insert(1, partial(register, hello=anew.hello()))

    await house.at_once(units)

    assert await listed(house) == ["one"]
    (slot,) = await house.slots_of(rig)
    assert (slot.state, slot.term > 0) == (SlotState.FREE, True)
