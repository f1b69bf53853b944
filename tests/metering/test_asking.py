"""What an account used, on each database, by every group: the log's numbers and no others."""

import pytest
from msgspec.structs import replace

from diorama.accounts.hours import month_end_us
from diorama.accounts.plans import Account
from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US
from diorama.metering.asking import Question, cursor_of, key_of, usage
from diorama.metering.overview import overview
from diorama.metering.periods import window
from diorama.projects.rules import AfkRules, Rules
from diorama.protocol.usage_views import UsageSum, UsageView
from diorama.sessions.lifecycle import Session
from diorama.sessions.show import time_of
from diorama.sessions.usage_store import GroupBy, Spent, Window
from diorama.storage.usage import SqlUsageStore
from tests.clock import NOON_US
from tests.sessions.house import ACCOUNT, Asked, House, Rig, project

LONG = Rules(max_runtime_s=86_400, afk=AfkRules(enabled=False))
NEW_YEAR_US = NOON_US - 12 * 3_600 * SECOND_US


async def ask(
    house: House, by: GroupBy = GroupBy.TOTAL, *, limit: int = 200, **period: str
) -> UsageView:
    """Ask for the usage of the house, and follow the cursor to the end."""

    def question(after: str | None) -> Question:
        asked = window(house.clock.now_us(), **period)
        return Question(account_id=ACCOUNT, window=asked, by=by, after=after, limit=limit)

    view = await usage(house, question(None))
    groups, cursor = list(view.groups), view.cursor
    while cursor is not None:
        after = key_of(cursor, by)
        page = await usage(house, question(after))
        assert page.total == view.total
        groups, cursor = [*groups, *page.groups], page.cursor
    return UsageView(
        from_=view.from_,
        to=view.to,
        until=view.until,
        group_by=view.group_by,
        total=view.total,
        groups=tuple(groups),
    )


def seconds_by_key(view: UsageView) -> dict[str | None, float]:
    return {group.key: group.stream_us / SECOND_US for group in view.groups}


async def stream_for(house: House, rig: Rig, seconds: float, asked: Asked | None = None) -> Session:
    """Stream for so long, and end."""
    session = await house.streaming(rig, asked)
    house.clock.step(seconds=seconds)
    await house.hear(session)
    await rig.beat()
    await house.end(session)
    await rig.stopped(await house.session(session))
    return session


async def test_usage_is_summed_up_by_whatever_is_asked_for(house: House) -> None:
    projects = [project("cove", rules=LONG), project("dunes", rules=LONG)]
    await house.build(projects=projects)
    rig = await house.worker()
    first = await stream_for(house, rig, 7, Asked(end_user="ada"))
    second = await stream_for(house, rig, 5, Asked(project="dunes", end_user="ada"))
    third = await stream_for(house, rig, 3)

    assert (await ask(house)).total.stream_us == 15 * SECOND_US
    assert (await ask(house)).total.sessions == 3
    assert seconds_by_key(await ask(house, GroupBy.PROJECT)) == {"cove": 10, "dunes": 5}
    assert seconds_by_key(await ask(house, GroupBy.END_USER)) == {"ada": 12, None: 3}
    assert seconds_by_key(await ask(house, GroupBy.REGION)) == {"here": 15}
    assert seconds_by_key(await ask(house, GroupBy.DAY)) == {"2030-01-01": 15}
    assert seconds_by_key(await ask(house, GroupBy.ACCOUNT)) == {ACCOUNT: 15}
    assert seconds_by_key(await ask(house, GroupBy.SESSION)) == {
        first.id: 7,
        second.id: 5,
        third.id: 3,
    }


async def test_streaming_and_idle_are_told_apart(house: House) -> None:
    await house.build(projects=[project(rules=Rules(afk=AfkRules(warn_after_s=20)))])
    rig = await house.worker()
    session = await house.streaming(rig)
    for _ in range(5):
        house.clock.step(seconds=5)
        await house.hear(session)
        await rig.beat()
        await house.sweep()

    total = (await ask(house)).total

    assert (total.streaming_us, total.idle_us) == (20 * SECOND_US, 5 * SECOND_US)
    assert total.stream_us == 25 * SECOND_US


async def test_a_session_that_streams_is_counted_up_to_now(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=4)

    running = await ask(house, GroupBy.SESSION)
    house.clock.step(seconds=1)
    await house.end(session)

    assert seconds_by_key(running) == {session.id: 4}
    assert running.total.sessions == 1
    assert seconds_by_key(await ask(house, GroupBy.SESSION)) == {session.id: 5}


async def test_a_drop_counts_once_as_a_session_and_not_as_time(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=4)
    await rig.media(session, "lost")
    house.clock.step(seconds=2)
    await rig.media(await house.attach(session), "connected")
    house.clock.step(seconds=3)

    view = await ask(house, GroupBy.END_USER)

    assert (view.total.stream_us, view.total.sessions) == (7 * SECOND_US, 1)
    assert [group.sessions for group in view.groups] == [1]


async def test_midnight_and_the_month_s_end_cut_a_session_on_the_microsecond(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker()
    house.clock.step(seconds=(month_end_us(NOON_US) - NOON_US) / SECOND_US - 2)
    await rig.start()
    session = await house.streaming(rig)
    house.clock.step(seconds=5)

    async def seen() -> list[object]:
        return [
            (await ask(house, period="2030-01")).total.stream_us,
            (await ask(house, period="2030-02")).total.stream_us,
            seconds_by_key(await ask(house, GroupBy.DAY, since="2030-01-31")),
            (await ask(house, since="2030-01-31T23:59:58.5Z", until="2030-02-01T00:00:01Z")).total,
        ]

    running = await seen()
    await house.end(session)
    over = await seen()

    assert running == over
    assert running[:3] == [2 * SECOND_US, 3 * SECOND_US, {"2030-01-31": 2, "2030-02-01": 3}]
    assert running[3] == UsageSum(
        stream_us=2_500_000, streaming_us=2_500_000, idle_us=0, simulation_us=0, sessions=1
    )


async def test_a_day_of_which_nothing_was_used_is_no_group(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker()
    await stream_for(house, rig, 2)

    assert (await ask(house, GroupBy.DAY, since="2030-01-02")).groups == ()
    assert (await ask(house, period="2030-02")).total.stream_us == 0


@pytest.mark.parametrize("limit", [1, 3])
async def test_groups_come_page_by_page_in_one_order(house: House, limit: int) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker()
    users = [None, "Zoe", "ada", "Ärla", "日本", "a b", "=1"]
    for user in users:
        await stream_for(house, rig, 1, Asked(end_user=user))
    await house.streaming(rig, Asked(end_user="live"))
    house.clock.step(seconds=1)

    found = [one.key for one in (await ask(house, GroupBy.END_USER, limit=limit)).groups]

    named = [user for user in users if user] + ["live"]
    assert found == [None, *sorted(named)]


async def test_usage_of_another_account_is_not_in_it(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    other = Account(id="acc_other", name="other", plan="free", concurrent_streams=5, held=0)
    await house.do(lambda work: work.stores.accounts.add(other))
    dunes = replace(project("dunes", rules=LONG), account_id="acc_other")
    await house.do(lambda work: work.stores.projects.put(dunes))
    rig = await house.worker(slots=2)
    await stream_for(house, rig, 3)
    await stream_for(house, rig, 4, Asked(project="dunes"))

    everybody = Question(account_id=None, window=window(house.clock.now_us()), by=GroupBy.ACCOUNT)
    view = await usage(house, everybody)

    assert (await ask(house)).total.stream_us == 3 * SECOND_US
    assert seconds_by_key(view) == {ACCOUNT: 3, "acc_other": 4}
    assert view.total.stream_us == 7 * SECOND_US


@pytest.mark.parametrize("cursor", ["", "k", "x", "kA", "k====", "kÿ", cursor_of("\0"), "k" * 99])
def test_a_cursor_that_nobody_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        key_of(cursor, GroupBy.DAY)

    assert refusal.value.code == "cursor"


@pytest.mark.parametrize("key", ["", "a", "日本", "= 1", "x" * 120])
def test_a_cursor_brings_its_key_back(key: str) -> None:
    assert key_of(cursor_of(key), GroupBy.END_USER) == key


async def test_an_overview_tells_what_stands_against_the_limits(house: House) -> None:
    await house.build(limit=2, stream_hours=10, projects=[project(rules=LONG)])
    rig = await house.worker(slots=3)
    await stream_for(house, rig, 5)
    await house.streaming(rig)
    await house.open()
    await house.open()
    house.clock.step(seconds=2)
    seen = await house.look(lambda work: overview(work, ACCOUNT, operates=False))

    assert (seen.streams, seen.limit, seen.queued) == (2, 2, 1)
    assert (seen.workers, seen.slots.free, seen.slots.held) == (1, 1, 2)
    assert (seen.stream_us, seen.stream_hours) == (7 * SECOND_US, 10)
    assert seen.stream_us == (await ask(house)).total.stream_us


async def test_a_lost_worker_is_not_in_the_overview(house: House) -> None:
    await house.build()
    await house.worker(slots=3)
    house.clock.step(seconds=75)

    seen = await house.look(lambda work: overview(work, ACCOUNT, operates=True))

    assert (seen.workers, seen.slots.free) == (0, 0)


async def test_an_account_is_told_only_of_workers_that_its_projects_may_use(house: House) -> None:
    await house.build(projects=[project()])
    other = Account(id="acc_other", name="other", plan="free", concurrent_streams=5, held=0)
    await house.do(lambda work: work.stores.accounts.add(other))
    await house.worker(slots=3)

    seen = await house.look(lambda work: overview(work, "acc_other", operates=False))
    by_operator = await house.look(lambda work: overview(work, "acc_other", operates=True))

    assert (seen.workers, seen.slots.free) == (0, 0)
    assert (by_operator.workers, by_operator.slots.free) == (1, 3)


async def test_a_question_over_months_reads_them_one_by_one_and_counts_a_session_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.build(projects=[project("cove", rules=LONG)])
    rig = await house.worker()
    await stream_for(house, rig, 3, Asked(end_user="ada"))
    house.clock.step(seconds=(month_end_us(NOON_US) - NOON_US) / SECOND_US - 5)
    await rig.start()
    await stream_for(house, rig, 4, Asked(end_user="ada"))
    asked: list[Window] = []
    store = SqlUsageStore.spent

    def spent(self: SqlUsageStore, account_id: str | None, window: Window) -> Spent:
        asked.append(window)
        return store(self, account_id, window)

    monkeypatch.setattr(SqlUsageStore, "spent", spent)
    view = await ask(house, GroupBy.END_USER, since="2029-12-01", until="2030-03-01")

    assert [time_of(one.from_us).month for one in asked] == [12, 1, 2]
    assert (view.total.stream_us, view.total.sessions) == (7 * SECOND_US, 2)
    assert [(one.key, one.sessions) for one in view.groups] == [("ada", 2)]
    assert seconds_by_key(
        await ask(house, GroupBy.DAY, since="2029-12-01", until="2030-03-01")
    ) == {
        "2030-01-01": 3,
        "2030-01-31": 2,
        "2030-02-01": 2,
    }
