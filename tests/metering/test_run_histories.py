"""Thousands of random runs of simulations: what the store tells, and the log, agree with a judge.

The judge is drawn, not computed: a run is a chain of attempts, of each of which is known when it
rendered before there is a log of it. It shares no line with what it judges, and the difference must
be zero, in microseconds.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import msgspec
import pytest

from diorama.accounts.plans import FREE, Account
from diorama.metering.asking import Question, usage
from diorama.metering.runs import intervals, verified_runs
from diorama.metering.verifying import verify
from diorama.protocol.usage_views import UsageGroup, UsageSum
from diorama.sessions.usage_store import GroupBy, Window
from diorama.sessions.work import Work
from diorama.simulations.lifecycle import RunEvent
from diorama.simulations.store import KeptRun, LoggedRunEvent
from diorama.storage.database import Database, Transaction
from diorama.storage.stores import SqlStores
from tests.metering.oracle import ACCOUNTS, EPOCH, FIRST, LAST, MONTHS, REGIONS, USERS, us
from tests.metering.test_histories import Desk
from tests.sessions.house import project

COUNT: Final = {"sqlite": 10_000, "postgresql": 1_000}
HOUR_US: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class RunHistory:
    """One run: its log as (kind, when), and the stretches in which it rendered."""

    number: int
    account: str
    region: str
    user: str | None
    log: tuple[tuple[str, int], ...]
    rendered: tuple[tuple[int, int | None], ...]

    @property
    def id(self) -> str:
        return f"run_{self.number:08}"

    @property
    def project(self) -> str:
        return f"{self.account[-1]}{self.number % 2}"


KEYS: Final[dict[GroupBy, Callable[[RunHistory], str | None]]] = {
    GroupBy.TOTAL: lambda _: None,
    GroupBy.ACCOUNT: lambda one: one.account,
    GroupBy.PROJECT: lambda one: one.project,
    GroupBy.END_USER: lambda one: one.user,
    GroupBy.REGION: lambda one: one.region,
    GroupBy.SESSION: lambda one: one.id,
}


class Drawing:
    """Draws one run: up to two attempts; whatever would come after the end has not come yet."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._at_us = rng.randrange(us(FIRST), us(LAST))
        if rng.random() < 0.5:  # around the end of a month
            near_us = us(rng.choice(MONTHS)) + rng.randrange(-HOUR_US, HOUR_US)
            self._at_us = min(near_us, us(LAST) - 1)
        self.log = [("requested", self._at_us)]
        self.rendered: list[tuple[int, int | None]] = []

    def attempt(self, *, last: bool) -> bool:
        """Draw an attempt, and return whether another follows."""
        if not (self._later("dispatched", HOUR_US) and self._later("accepted", 10_000_000)):
            return False
        stop = self._rng.choice(("ended",) if last else ("ended", "retried"))
        if self._rng.random() < 0.9:
            if not self._later("started", 60_000_000):
                return False
            since_us = self._at_us
            is_whole = self._rng.random() < 0.6
            stopped = self._later("rendered" if is_whole else stop, 20 * HOUR_US)
            self.rendered.append((since_us, self._at_us if stopped else None))
            if not stopped or not is_whole:
                return stopped and stop == "retried"
        return self._later(stop, 60_000_000) and stop == "retried"

    def _later(self, kind: str, most_us: int) -> bool:
        at_us = self._at_us + self._rng.choice((0, 1, self._rng.randrange(1, most_us)))
        if at_us >= us(LAST):
            return False
        self._at_us = at_us
        self.log.append((kind, at_us))
        return True


def drawn_run(rng: random.Random, number: int) -> RunHistory:
    drawing = Drawing(rng)
    if drawing.attempt(last=False):
        drawing.attempt(last=True)
    return RunHistory(
        number,
        rng.choice(ACCOUNTS),
        rng.choice(REGIONS),
        rng.choice(USERS),
        tuple(drawing.log),
        tuple(drawing.rendered),
    )


def as_logged(run: RunHistory) -> list[LoggedRunEvent]:
    return [
        LoggedRunEvent(version=version, kind=RunEvent(kind), at_us=at_us)
        for version, (kind, at_us) in enumerate(run.log, start=1)
    ]


def put_runs(tx: Transaction, runs: Sequence[RunHistory]) -> None:
    stores = SqlStores(tx, 1)
    for account in ACCOUNTS:
        stores.accounts.add(
            Account(id=account, name=account, plan=FREE.name, concurrent_streams=9, held=0)
        )
    for name, account in sorted({(one.project, one.account) for one in runs}):
        stores.projects.put(msgspec.structs.replace(project(name), account_id=account))
    tx.run_many(
        "INSERT INTO simulation (id, account_id, project_id, region, pool, kind, seed, frame,"
        " scripts, created_us, fingerprint, state, version)"
        " VALUES (?, ?, ?, ?, 'default', 'python', 1, '{}', 1, 1, '', 'pending', 1)",
        [(f"sim{one.id}", one.account, f"prj_{one.project}", one.region) for one in runs],
    )
    tx.run_many(
        "INSERT INTO simulation_run (id, simulation_id, account_id, project_id, region, pool,"
        " kind, number, length_ms, start_timeout_s, ticket, created_us, state, version, entered_us,"
        " attempt, term, frames, metered_us, metered_since_us, slot_id, detail, first_us, ended_us,"
        " deadline_us)"
        " VALUES (?, ?, ?, ?, ?, 'default', 'python', 0, 1, 1, ?, 1, ?, 1, 1, 1, 1, 0, ?, ?, ?,"
        " '', ?, ?, ?)",
        [_row(one) for one in runs],
    )
    tx.run_many(
        "INSERT INTO run_event (run_id, version, kind, state, at_us, recorded_us, actor,"
        " account_id, project_id, region, end_user, term)"
        " VALUES (?, ?, ?, 'pending', ?, 1, 'gateway', ?, ?, ?, ?, 1)",
        [
            (one.id, version, kind, at, one.account, f"prj_{one.project}", one.region, one.user)
            for one in runs
            for version, (kind, at) in enumerate(one.log, start=1)
        ],
    )


def _row(one: RunHistory) -> tuple[str | int | None, ...]:
    since_us = next((since for since, until in one.rendered if until is None), None)
    metered_us = sum(until - since for since, until in one.rendered if until is not None)
    runs = since_us is not None
    kind, at_us = one.log[-1]
    ended_us = at_us if kind == "ended" else None
    state = "completed" if ended_us is not None else "processing" if runs else "pending"
    first_us = next((at_us for kind, at_us in one.log if kind == "started"), None)
    return (
        *(one.id, f"sim{one.id}", one.account, f"prj_{one.project}", one.region, one.number),
        *(state, metered_us, since_us, one.id if runs else None),
        *(first_us, ended_us, 1 if ended_us is None else None),
    )


def windows(rng: random.Random) -> list[Window]:
    ends = [(us(MONTHS[0]), us(MONTHS[1])), (us(FIRST), us(LAST))]
    since = rng.randrange(us(FIRST), us(LAST))
    ends.append((since, since + rng.randrange(1, 40 * 24 * HOUR_US)))
    return [Window(from_us=a, to_us=b, until_us=min(b, us(LAST))) for a, b in ends]


def judged(
    runs: Sequence[RunHistory], account: str | None, window: Window, by: GroupBy
) -> dict[str | None, int]:
    sums: dict[str | None, int] = defaultdict(int)
    for one in runs:
        if account not in {None, one.account}:
            continue
        for since_us, until_us in one.rendered:
            end_us = us(LAST) if until_us is None else until_us
            part_us = min(end_us, window.until_us) - max(since_us, window.from_us)
            if part_us > 0:
                sums[KEYS[by](one)] += part_us
    return sums


async def told(
    desk: Desk, window: Window, account: str | None, by: GroupBy
) -> dict[str | None, int]:
    view = await usage(desk, Question(account_id=account, window=window, by=by, limit=1_000_000))
    if by is GroupBy.TOTAL:
        return {None: only_simulated(view.total)}
    return {one.key: only_simulated(one) for one in view.groups}


def only_simulated(said: UsageSum | UsageGroup) -> int:
    assert (said.stream_us, said.sessions) == (0, 0)
    return said.simulation_us


def kept_us(work: Work, window: Window) -> int:
    store = work.stores.simulations
    return store.used_us(ACCOUNTS[0], window.from_us, window.until_us, us(LAST))


def days_of(window: Window) -> Iterator[tuple[str, Window]]:
    day = (EPOCH + timedelta(microseconds=window.from_us)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    while us(day) < window.until_us:
        ends = max(us(day), window.from_us), min(us(day + timedelta(days=1)), window.until_us)
        yield f"{day:%Y-%m-%d}", Window(from_us=ends[0], to_us=window.to_us, until_us=ends[1])
        day += timedelta(days=1)


async def test_random_runs_are_metered_to_the_microsecond(database: Database) -> None:
    count = COUNT[await database.read(lambda tx: tx.dialect)]
    rng = random.Random(count)
    runs = [drawn_run(rng, number) for number in range(count)]
    for one in runs:
        assert intervals(as_logged(one)) == list(one.rendered), one
    await database.run(partial(put_runs, runs=runs), timeout_s=60)
    desk = Desk(database)

    for window in windows(rng):
        for account, by in ((None, GroupBy.ACCOUNT), *((ACCOUNTS[0], by) for by in KEYS)):
            said = await told(desk, window, account, by)
            assert said == judged(runs, account, window, by), (window, by)
        own = [one for one in runs if one.account == ACCOUNTS[1]]
        by_day = {
            day: sum(judged(own, None, part, GroupBy.TOTAL).values())
            for day, part in days_of(window)
        }
        said = await told(desk, window, ACCOUNTS[1], GroupBy.DAY)
        assert said == {day: used for day, used in by_day.items() if used}
        used_us = await desk.look(partial(kept_us, window=window))
        assert used_us == sum(judged(runs, ACCOUNTS[0], window, GroupBy.TOTAL).values())


async def test_runs_are_held_to_their_log_page_by_page(database: Database) -> None:
    rng = random.Random(7)
    runs = [drawn_run(rng, number) for number in range(450)]
    await database.run(partial(put_runs, runs=runs))
    wrong = next(one for one in runs if one.rendered and one.rendered[0][1])
    await database.run(
        lambda tx: tx.run(
            "UPDATE simulation_run SET metered_us = metered_us + 1 WHERE id = ?", wrong.id
        )
    )
    pages = [await verify(Desk(database), None, None)]
    while pages[-1].cursor is not None:
        pages.append(await verify(Desk(database), None, pages[-1].cursor))
    (different,) = (one for page in pages for one in page.differences)
    rendered_us = sum(b - a for one in runs for a, b in one.rendered if b is not None)

    assert len(pages) == 3
    assert sum(page.runs for page in pages) == 450
    assert sum(page.events for page in pages) == sum(len(one.log) for one in runs)
    assert sum(page.simulation_us for page in pages) == rendered_us
    assert (different.what, different.session, different.account) == (
        "run",
        wrong.id,
        wrong.account,
    )
    assert (different.kept_us or 0) - (different.log_us or 0) == 1


def test_a_run_that_is_known_to_render_and_does_not_is_told() -> None:
    log = [
        LoggedRunEvent(version=1, kind=RunEvent.REQUESTED, at_us=1),
        LoggedRunEvent(version=2, kind=RunEvent.DISPATCHED, at_us=2),
    ]
    run = KeptRun(account_id="acc_a", run_id="run_1", metered_us=0, since_us=5, log=log)
    (different,) = verified_runs([run]).differences

    assert (different.what, different.kept_us, different.log_us) == ("run_running", 5, None)


def test_a_log_with_a_hole_is_no_runs_log() -> None:
    log = [LoggedRunEvent(version=2, kind=RunEvent.STARTED, at_us=1)]

    with pytest.raises(AssertionError, match="no version 1"):
        intervals(log)
