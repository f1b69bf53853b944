"""What a simulation's runs are told to have used, and what others are told of them."""

from functools import partial

import msgspec

from diorama.accounts.hours import month_start_us
from diorama.kernel.units import HOUR_US, SECOND_US
from diorama.metering.asking import Question, usage
from diorama.metering.overview import overview
from diorama.metering.periods import window
from diorama.metering.verifying import verify
from diorama.protocol import worker as wire
from diorama.protocol.usage_views import UsageView
from diorama.sessions import publishing
from diorama.sessions.usage_store import GroupBy
from diorama.simulations.lifecycle import Run
from diorama.storage.database import Database
from tests.metering.test_slot_time import told
from tests.sessions.house import ACCOUNT, House, Rig
from tests.sessions.jobs import (
    cancelled,
    completed,
    rendered,
    run_of,
    run_stopped,
    started,
    submitted,
    uploaded,
)


async def used(house: House, by: GroupBy = GroupBy.TOTAL) -> UsageView:
    asked = window(house.clock.now_us())
    return await usage(house, Question(account_id=ACCOUNT, window=asked, by=by))


async def slots(house: House) -> dict[str, float]:
    view = await told(house)
    parts = {"simulation": view.simulation, "waiting": view.waiting, "warm": view.warm}
    return {name: part.slot_us / SECOND_US for name, part in parts.items() if part is not None}


async def passes(house: House, rig: Rig, seconds: int) -> None:
    for _ in range(seconds // 5):
        house.clock.step(seconds=5)
        await rig.beat()


async def a_run(house: House) -> tuple[Rig, Run]:
    """A run that had a slot for 60 s, of which it rendered 20; its worker was there for 100 s."""
    await house.build()
    rig = await house.worker(slots=1)
    await passes(house, rig, 10)
    job = await submitted(house)
    await passes(house, rig, 5)
    run = await started(house, rig, job)
    await passes(house, rig, 20)
    await rendered(rig, run)
    await passes(house, rig, 15)
    await uploaded(house, run)
    await rig.say(wire.RunEnded(session=run.id, term=run.term))
    await passes(house, rig, 20)
    await run_stopped(house, rig, run)
    await passes(house, rig, 30)
    return rig, await run_of(house, job)


async def test_a_run_is_metered_from_its_first_picture_to_its_last(house: House) -> None:
    _, run = await a_run(house)
    total = (await used(house)).total
    by_project = (await used(house, GroupBy.PROJECT)).groups
    (by_session,) = (await used(house, GroupBy.SESSION)).groups
    glance = await house.look(partial(overview, account_id=ACCOUNT, operates=True))
    page = await verify(house, None, None)

    assert (total.simulation_us, total.stream_us, total.sessions) == (20 * SECOND_US, 0, 0)
    assert [(one.key, one.simulation_us) for one in by_project] == [("cove", 20 * SECOND_US)]
    assert (by_session.key, by_session.simulation_us) == (run.id, 20 * SECOND_US)
    assert (glance.simulation_us, glance.runs_running, glance.runs_queued) == (20_000_000, 0, 0)
    assert (page.runs, page.simulation_us, page.differences) == (1, 20 * SECOND_US, ())


async def test_the_slot_of_a_run_is_rendered_with_waited_with_or_warm(house: House) -> None:
    await a_run(house)

    assert await slots(house) == {"simulation": 20, "waiting": 40, "warm": 40}


async def test_what_a_run_has_used_so_far_is_told_while_it_renders(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=1)
    job = await submitted(house, 2)
    await started(house, rig, job)
    await passes(house, rig, 10)
    glance = await house.look(partial(overview, account_id=ACCOUNT, operates=True))

    assert (await used(house)).total.simulation_us == 10 * SECOND_US
    assert (glance.simulation_us, glance.runs_running, glance.runs_queued) == (10_000_000, 1, 1)
    assert await slots(house) == {"simulation": 10, "waiting": 0, "warm": 0}


async def events_of(house: House, database: Database) -> list[tuple[str, dict[str, object]]]:
    while await house.look(publishing.is_behind):
        await house.do(publishing.publish)
    rows = await database.read(
        lambda tx: tx.run(
            "SELECT type, data FROM feed WHERE type LIKE 'simulation.%' ORDER BY position"
        )
    )
    return [(kind, msgspec.json.decode(data, type=dict[str, object])) for kind, data in rows]


async def test_each_state_a_simulation_comes_to_is_an_event_with_a_higher_number(
    house: House, database: Database
) -> None:
    await house.build()
    rig = await house.worker(slots=1)
    done = await submitted(house)
    run = await completed(house, rig, done)
    await run_stopped(house, rig, run)
    left = await submitted(house, 2)
    await cancelled(house, left)
    told_of = await events_of(house, database)
    of_done = [(kind, data["seq"]) for kind, data in told_of if data["id"] == done.id]

    assert [kind for kind, _ in of_done] == [
        "simulation.submitted",
        "simulation.dispatched",
        "simulation.processing",
        "simulation.completed",
    ]
    numbers = [int(str(seq)) for _, seq in of_done]
    assert numbers == sorted(set(numbers))
    assert [kind for kind, data in told_of if data["id"] == left.id] == [
        "simulation.submitted",
        "simulation.dispatched",
        "simulation.cancelled",
    ]


async def test_who_only_simulated_is_told_what_the_month_comes_to(
    house: House, database: Database
) -> None:
    await a_run(house)
    left_us = 32 * 24 * HOUR_US - (house.clock.now_us() - month_start_us(house.clock.now_us()))
    house.clock.step(seconds=left_us / SECOND_US)
    await house.do(publishing.close_months)
    while await house.look(publishing.is_behind):
        await house.do(publishing.publish)
    rows = await database.read(
        lambda tx: tx.run("SELECT data FROM feed WHERE type = 'usage.month_closed'")
    )
    said = [msgspec.json.decode(data, type=dict[str, object]) for (data,) in rows]

    assert [(one["stream_us"], one["simulation_us"]) for one in said] == [(0, 20_000_000)]
