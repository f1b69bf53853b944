"""What a gateway finds changed that it did not change itself, on each database."""

from tests.sessions.house import House, Rig


async def marks(house: House, rig: Rig) -> str:
    found = await house.look(lambda work: work.stores.fleet.worker_marks([rig.worker.id]))
    return found[rig.worker.id]


async def test_a_session_at_another_version_than_is_known_is_found(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    first, second = await house.streaming(rig), (await house.open()).session
    known = {first.id: first.version, second.id: second.version}
    before = await house.look(lambda work: work.stores.fleet.changed(known))
    await house.end(first)
    after = await house.look(lambda work: work.stores.fleet.changed(known))

    assert (before, after) == ([], [first.id])


async def test_a_workers_mark_changes_with_its_slots_its_sessions_and_its_socket(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    seen = [await marks(house, rig), await marks(house, rig)]
    opened = await house.open()
    seen.append(await marks(house, rig))
    await house.attach(opened.session)
    seen.append(await marks(house, rig))
    await rig.register()
    seen.append(await marks(house, rig))

    assert seen[0] == seen[1]
    assert len(set(seen)) == len(seen) - 1


async def test_a_worker_that_is_not_known_has_no_mark(house: House) -> None:
    assert await house.look(lambda work: work.stores.fleet.worker_marks(["wrk_none"])) == {}


async def test_a_lanes_mark_changes_when_somebody_comes_or_leaves(house: House) -> None:
    await house.build()
    await house.streaming(await house.worker())
    seen = [await house.look(lambda work: work.stores.fleet.lane_marks())]
    waiters = []
    for _ in range(2):
        waiters.append((await house.open()).session)
        seen.append(await house.look(lambda work: work.stores.fleet.lane_marks()))
    await house.end(waiters[0])
    seen.append(await house.look(lambda work: work.stores.fleet.lane_marks()))

    assert seen[0] == {}
    assert [len(one) for one in seen[1:]] == [1, 1, 1]
    assert len({mark for one in seen for mark in one.values()}) == 3
