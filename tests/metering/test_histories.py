"""Fifty thousand random histories: log, spans, sums of months and the database's answers agree.

The judge is `tests.metering.oracle`, which shares no line with what it judges. The difference it
finds must be zero, in microseconds.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

import msgspec
import numpy as np

from diorama.accounts.hours import Months, rolled, started, stopped
from diorama.accounts.plans import FREE, Account
from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import DEFAULTS
from diorama.metering.asking import Question, key_of, usage
from diorama.metering.spans import by_day, spans
from diorama.metering.usage import LoggedEvent, metered_us, stays
from diorama.projects.rules import Rules
from diorama.protocol.states import SessionState
from diorama.protocol.usage_views import UsageGroup, UsageSum
from diorama.sessions.lifecycle import Event, Session
from diorama.sessions.store import EventRow
from diorama.sessions.usage_store import GroupBy, Spent, Window
from diorama.sessions.work import Work
from diorama.storage.database import Database, Transaction, Value
from diorama.storage.stores import SqlStores
from tests.clock import SteppedClock
from tests.metering.oracle import ACCOUNTS, EPOCH, FIRST, LAST, MONTHS, History, Oracle, draw, us
from tests.sessions.house import project

T = TypeVar("T")
KEYS: Final[dict[GroupBy, Callable[[History], str | None]]] = {
    GroupBy.TOTAL: lambda _: None,
    GroupBy.ACCOUNT: lambda one: one.account,
    GroupBy.PROJECT: lambda one: one.project,
    GroupBy.END_USER: lambda one: one.user,
    GroupBy.REGION: lambda one: one.region,
    GroupBy.SESSION: lambda one: one.id,
}
DAY: Final = timedelta(days=1)
COUNT: Final = {"sqlite": 50_000, "postgresql": 3_000}


def logged(history: History, rng: random.Random) -> list[LoggedEvent]:
    """The history as a log: with events that change no state, read twice and out of order."""
    log: list[LoggedEvent] = []
    for state, at_us in history.chain:
        log.append(_event(history, len(log) + 1, state, at_us))
        if rng.random() < 0.3:
            log.append(_event(history, len(log) + 1, state, rng.randrange(us(LAST))))
    if rng.random() < 0.1:
        log += rng.sample(log, len(log) // 2)
        rng.shuffle(log)
    return log


def _event(history: History, version: int, state: str, at_us: int) -> LoggedEvent:
    return LoggedEvent(
        session_id=history.id, version=version, state=SessionState(state), at_us=at_us
    )


def drawn(count: int, seed: int) -> Iterator[tuple[History, list[LoggedEvent]]]:
    rng = random.Random(seed)
    for number in range(count):
        history = draw(rng, number)
        yield history, logged(history, rng)


def span_rows(history: History, log: Sequence[LoggedEvent]) -> Iterator[tuple[Value, ...]]:
    for span in spans(log):
        for day_us, from_us, to_us in by_day(span.from_us, span.to_us):
            yield (
                *(history.account, day_us, history.id, span.version, span.state.value),
                *(f"prj_{history.project}", history.region, history.user, from_us, to_us),
            )


def put(tx: Transaction, histories: Sequence[tuple[History, list[LoggedEvent]]]) -> None:
    """Store what the histories make: spans of what is over, sessions of what streams still."""
    stores = SqlStores(tx, 1)
    for account in ACCOUNTS:
        stores.accounts.add(
            Account(id=account, name=account, plan=FREE.name, concurrent_streams=9, held=0)
        )
    for name, account in sorted({(one.project, one.account) for one, _ in histories}):
        stores.projects.put(msgspec.structs.replace(project(name), account_id=account))
    tx.run_many(
        "INSERT INTO usage_span (account_id, day_us, session_id, version, state, project_id,"
        " region, end_user, from_us, to_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [row for one, log in histories for row in span_rows(one, log)],
    )
    for history, _ in histories:
        if history.chain[-1][0] in {"streaming", "idle"}:
            _put_running(stores, history)


def _put_running(stores: SqlStores, history: History) -> None:
    state, entered_us = history.chain[-1]
    session = Session(
        id=history.id,
        account_id=history.account,
        project_id=f"prj_{history.project}",
        region=history.region,
        pool="default",
        kind="python",
        end_user=history.user,
        client_id=None,
        device=None,
        rules=Rules(),
        state=SessionState(state),
        version=1,
        created_us=entered_us,
        entered_us=entered_us,
        wait_since_us=entered_us,
        slot_id=history.id,
    )
    row = EventRow(kind=Event.REQUESTED, at_us=entered_us, recorded_us=entered_us, actor="viewer")
    stores.sessions.add([(session, row)], deadline_us=None)


def expected(
    oracle: Oracle, account: str | None, window: Window, by: GroupBy
) -> dict[str | None, Spent]:
    """What the oracle says of a window: streaming, idle and sessions by key."""
    parts = oracle.clipped(window.from_us, window.until_us)
    sums: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    sessions: dict[str | None, set[int]] = defaultdict(set)
    for row in np.flatnonzero(parts).tolist():
        one = oracle.who[row]
        if account in {None, one.account}:
            sums[KEYS[by](one)][oracle.idle[row]] += int(parts[row])
            sessions[KEYS[by](one)].add(one.number)
    return {
        key: Spent(key=key, streaming_us=streaming, idle_us=idle, sessions=len(sessions[key]))
        for key, (streaming, idle) in sums.items()
    }


def windows(rng: random.Random) -> list[Window]:
    """The last month of a year, all there is, and stretches of any length."""
    ends = [(us(MONTHS[0]), us(MONTHS[1])), (us(FIRST), us(LAST))]
    ends += [
        (since, since + rng.randrange(1, 40 * 86_400_000_000))
        for since in (rng.randrange(us(FIRST), us(LAST)) for _ in range(2))
    ]
    return [
        Window(from_us=since, to_us=until, until_us=min(until, us(LAST))) for since, until in ends
    ]


def _steps(histories: Sequence[Sequence[LoggedEvent]]) -> Iterator[tuple[int, bool, int]]:
    """Yield each beginning and end of a stream: when, whether it ended, and since when it was."""
    for log in histories:
        for since_us, to_us in stays(log):
            yield since_us, False, since_us
            if to_us is not None:
                yield to_us, True, since_us


def summed(oracle: Oracle, account: str, histories: Sequence[Sequence[LoggedEvent]]) -> None:
    """Keep an account's months event by event, as the store does, and hold them to the oracle."""
    months: Months = {}
    for at_us, is_end, since_us in sorted(_steps(histories)):
        months = stopped(months, since_us, at_us) if is_end else started(months, at_us)
    for month in rolled(months, us(LAST)).values():
        own = np.array([one.account == account for one in oracle.who])
        parts = oracle.clipped(month.start_us, month.end_us)
        assert month.used_us(us(LAST)) == int(parts[own].sum()), (account, month)


async def test_random_histories_are_billed_to_the_microsecond(
    database: Database, clock: SteppedClock
) -> None:
    clock.step(seconds=(LAST - EPOCH).total_seconds() - clock.now_us() / 1_000_000)
    dialect = await database.read(lambda tx: tx.dialect)
    count = COUNT[dialect]
    oracle = Oracle()
    histories = list(drawn(count, seed=count))
    for history, log in histories:
        assert metered_us(log, until_us=us(LAST)) == oracle.add(history), history
    for account in ACCOUNTS:
        summed(oracle, account, [log for one, log in histories if one.account == account])
    await database.run(partial(put, histories=histories), timeout_s=60)

    for window in windows(random.Random(count)):
        for whose, by in ((None, GroupBy.ACCOUNT), *((ACCOUNTS[0], by) for by in KEYS)):
            said = await told(Desk(database), window, whose, by)
            assert said == expected(oracle, whose, window, by), (window, by)
        days = await told(Desk(database), window, None, GroupBy.DAY)
        assert days == by_days(oracle, window)


@dataclass(frozen=True)
class Desk:
    """Reads the database, and does nothing else."""

    database: Database

    async def look(self, use_case: Callable[[Work], T]) -> T:
        def unit(tx: Transaction) -> T:
            stores = SqlStores(tx, 1)
            return use_case(Work(stores, DEFAULTS, IdFactory(SystemClock()), us(LAST)))

        return await self.database.read(unit)


async def told(
    desk: Desk, window: Window, account: str | None, by: GroupBy
) -> dict[str | None, Spent]:
    """What is answered, by key; the total has none."""
    limit = 7 if by is GroupBy.END_USER else 1_000_000
    question = Question(account_id=account, window=window, by=by, limit=limit)
    view = await usage(desk, question)
    if by is GroupBy.TOTAL:
        return {None: spent(None, view.total)}
    found = list(view.groups)
    while view.cursor is not None:
        view = await usage(desk, replace(question, after=key_of(view.cursor, by)))
        found += view.groups
    return {one.key: spent(one.key, one) for one in found}


def spent(key: str | None, said: UsageSum | UsageGroup) -> Spent:
    return Spent(
        key=key,
        streaming_us=said.streaming_us,
        idle_us=said.idle_us,
        sessions=said.sessions,
    )


def by_days(oracle: Oracle, window: Window) -> dict[str | None, Spent]:
    found: dict[str | None, Spent] = {}
    day = EPOCH + timedelta(microseconds=window.from_us)
    day = day.replace(hour=0, minute=0, second=0, microsecond=0)
    while us(day) < window.until_us:
        part = Window(
            from_us=max(us(day), window.from_us),
            to_us=window.to_us,
            until_us=min(us(day + DAY), window.until_us),
        )
        for total in expected(oracle, None, part, GroupBy.TOTAL).values():
            key = f"{day:%Y-%m-%d}"
            found[key] = Spent(
                key=key,
                streaming_us=total.streaming_us,
                idle_us=total.idle_us,
                sessions=total.sessions,
            )
        day += DAY
    return found
