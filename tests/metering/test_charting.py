"""Charts of what happened, on each database: the log's numbers, however many pages they take."""

from functools import partial

import pytest

from diorama.metering import charting
from diorama.metering.charting import Chart, begin, drawn, rows_of
from diorama.metering.periods import lately
from diorama.metering.series import steps
from diorama.protocol.usage_views import SeriesView
from tests.metering.test_asking import LONG, stream_for
from tests.sessions.house import ACCOUNT, House, project

SINCE = "2030-01-01T12:00:00Z"


async def start(house: House, *, step_s: int = 10, since: str = SINCE) -> Chart:
    window = lately(house.clock.now_us(), since=since)
    into = steps(window.from_us, window.until_us, step_s=step_s)
    return await house.look(lambda work: begin(work, ACCOUNT, window, into))


async def finish(house: House, chart: Chart) -> SeriesView:
    while not chart.is_whole:
        chart.take(await house.look(partial(rows_of, chart=chart)))
    return drawn(chart)


def told(view: SeriesView) -> list[tuple[int, float, int]]:
    return [(one.concurrency_max, one.concurrency_avg, one.served) for one in view.points]


async def test_a_chart_shows_what_held_a_slot_and_how_long_it_was_waited_for(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=1)
    await stream_for(house, rig, 10)
    first = await house.streaming(rig)
    waiter = (await house.open()).session
    house.clock.step(seconds=6)
    await house.hear(first)
    await house.attach(waiter)
    await house.end(first)
    await rig.stopped(await house.session(first))
    house.clock.step(seconds=4)

    view = await finish(house, await start(house))

    assert told(view) == [(1, 1, 1), (1, 1, 2)]
    assert [(one.wait_p50_s, one.wait_p90_s) for one in view.points] == [(0, 0), (0, 6)]
    assert (view.step_s, view.until) == (10, view.to)


@pytest.mark.parametrize("page", [1, 5_000])
async def test_a_chart_is_the_same_however_many_pages_it_takes(
    house: House, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charting, "PAGE", page)
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=2)
    await stream_for(house, rig, 3)
    await stream_for(house, rig, 2)
    running = await house.streaming(rig)
    house.clock.step(seconds=5)
    chart = await start(house)
    await house.end(running)

    view = await finish(house, chart)

    assert told(view) == [(1, 1, 3)]


async def test_a_chart_of_what_is_past_knows_nothing_of_now(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker(slots=1)
    house.clock.step(seconds=5)
    await house.streaming(rig)
    house.clock.step(seconds=5)
    window = lately(house.clock.now_us(), since=SINCE, until="2030-01-01T12:00:04Z")
    into = steps(window.from_us, window.until_us, step_s=2)

    view = await finish(house, await house.look(lambda w: begin(w, ACCOUNT, window, into)))

    assert told(view) == [(0, 0, 0), (0, 0, 0)]


async def test_a_chart_of_what_is_to_come_is_empty(house: House) -> None:
    await house.build()

    view = await finish(house, await start(house, since="2029-12-31T12:00:00Z", step_s=1_000))
    window = lately(house.clock.now_us(), since="2031-01-01", until="2031-01-02")
    into = steps(window.from_us, window.until_us, step_s=None)
    future = await finish(house, await house.look(lambda w: begin(w, ACCOUNT, window, into)))

    assert len(view.points) == 87
    assert future.points == ()
