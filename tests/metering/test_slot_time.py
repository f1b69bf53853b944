"""For how long slots were there, held and used, on each database."""

from decimal import Decimal

from sqlalchemy import create_engine

from diorama.kernel.units import SECOND_US
from diorama.metering.asking import cost
from diorama.metering.periods import window
from diorama.protocol.usage_views import CostView
from diorama.storage.database import Database, open_database
from diorama.storage.migrations.versions.r0015_slot_time import write_holds
from tests.clock import SteppedClock
from tests.metering.test_asking import LONG
from tests.sessions.house import ACCOUNT, House, project
from tests.storage.test_migrate import sqlalchemy_url


async def seconds(house: House, account_id: str | None = None, **period: str) -> dict[str, float]:
    """Return what slots did, in seconds."""
    view = await told(house, account_id, **period)
    shown = {
        "streaming": view.streaming,
        "idle": view.idle,
        "waiting": view.waiting,
        "warm": view.warm,
    }
    return {name: part.slot_us / SECOND_US for name, part in shown.items() if part is not None}


async def told(house: House, account_id: str | None = None, **period: str) -> CostView:
    asked = window(house.clock.now_us(), **period)
    return await cost(house, account_id, asked, Decimal(3600))


async def a_day(house: House) -> None:
    """A worker of two slots, 100 s: one holds a session for 60 s, of which 30 are streamed."""
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=2)

    async def passes(seconds: int) -> None:
        for _ in range(seconds // 5):
            house.clock.step(seconds=5)
            await rig.beat()

    await passes(10)
    session = (await house.open()).session
    await passes(10)
    await rig.stream(session)
    await passes(30)
    await house.hear(session)
    await house.end(session)
    await passes(20)
    await rig.stopped(await house.session(session))
    await passes(30)


async def test_slot_time_is_streamed_waited_or_warm(house: House) -> None:
    await a_day(house)

    assert await seconds(house) == {"streaming": 30, "idle": 0, "waiting": 30, "warm": 140}


async def test_an_account_is_told_of_its_own_slots_only(house: House) -> None:
    await a_day(house)

    assert await seconds(house, ACCOUNT) == {"streaming": 30, "idle": 0, "waiting": 30}
    assert await seconds(house, "acc_other") == {"streaming": 0, "idle": 0, "waiting": 0}


async def test_a_gpu_is_shared_by_the_slots_of_its_worker(house: House) -> None:
    await a_day(house)

    view = await told(house)

    assert view.warm is not None
    assert (view.streaming.cost, view.waiting.cost) == ("15.000000", "15.000000")
    assert view.warm.cost == "70.000000"
    assert view.cost == "100.000000", "a second of the GPU costs 1, and it was there for 100"


async def test_a_window_cuts_all_of_it(house: House) -> None:
    await a_day(house)
    early = {"since": "2030-01-01", "until": "2030-01-01T12:00:25Z"}
    late = {"since": "2030-01-01T12:00:25Z", "until": "2030-01-02"}

    assert await seconds(house, **early) == {"streaming": 5, "idle": 0, "waiting": 10, "warm": 35}
    assert await seconds(house, **late) == {"streaming": 25, "idle": 0, "waiting": 20, "warm": 105}
    assert await seconds(house, period="2030-02") == dict.fromkeys(await seconds(house), 0)


async def test_what_runs_counts_up_to_now(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=2)
    await house.streaming(rig)
    house.clock.step(seconds=4)

    assert await seconds(house) == {"streaming": 4, "idle": 0, "waiting": 0, "warm": 4}


async def test_a_worker_that_is_lost_was_there_until_it_was_last_heard(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=1)
    for _ in range(4):
        house.clock.step(seconds=5)
        await rig.beat()

    house.clock.step(seconds=74)
    unheard = await seconds(house)
    house.clock.step(seconds=1)
    lost = await seconds(house)
    await rig.start()
    house.clock.step(seconds=3)

    assert unheard["warm"] == 94
    assert lost["warm"] == 20
    assert (await seconds(house))["warm"] == 23


async def test_a_slot_whose_worker_died_is_waited_for_until_it_must_be_free(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=1)
    session = await house.streaming(rig)
    for _ in range(4):
        house.clock.step(seconds=5)
        await rig.beat()
        await house.hear(session)
    for _ in range(16):
        await house.after(5)

    found = await seconds(house)

    assert found == {"streaming": 20, "idle": 0, "waiting": 75, "warm": 0}


async def test_a_worker_that_comes_back_with_other_slots_costs_by_those(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=1)
    house.clock.step(seconds=5)
    await rig.beat()
    await rig.start(slots=4)
    house.clock.step(seconds=5)

    view = await told(house)

    assert view.warm is not None
    assert view.warm.slot_us == 25 * SECOND_US
    assert view.cost == "10.000000"


async def test_slots_of_a_log_from_before_they_were_kept_are_read_from_it(
    database_url: str, clock: SteppedClock
) -> None:
    database: Database = open_database(database_url, clock=clock)
    house = House(database, clock)
    await a_day(house)
    await database.run(lambda tx: tx.run("DELETE FROM slot_hold"))
    await database.close()

    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        write_holds(connection)
    engine.dispose()
    database = open_database(database_url, clock=clock)
    try:
        found = await seconds(House(database, clock), ACCOUNT)
    finally:
        await database.close()

    assert found == {"streaming": 30, "idle": 0, "waiting": 10}, "how long it took to come back"
