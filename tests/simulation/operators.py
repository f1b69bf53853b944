"""What operators do while a world runs: they rule, end, extend, and take their rulings back."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from diorama.accounts.plans import Plan
from diorama.kernel.errors import DioramaError
from diorama.kernel.units import HOUR_US, SECOND_US
from diorama.projects.rules import Project, Rules
from diorama.protocol.views import SessionView
from diorama.sessions.extending import Extension, extend
from diorama.sessions.ruling import rule
from diorama.sessions.work import Work
from tests.simulation.gateway import Gateway
from tests.simulation.history import FINAL

if TYPE_CHECKING:
    from tests.simulation.world import World

ANSWER_WITHIN_S: Final = 20.0
Deeds = dict[str, Callable[[], Awaitable[None]]]


class Operators:
    """Everybody who has a key. `rules` and `plans` are what is ruled where nobody meddles."""

    def __init__(
        self, world: "World", rng: random.Random, rules: list[Rules], plans: dict[str, Plan]
    ) -> None:
        self._world = world
        self._rng = rng
        self._rules = rules
        self._plans = plans

    def deeds(self) -> Deeds:
        """Return what they do, by name."""
        return {
            "project_disabled": self._disable_project,
            "worker_count_changed": self._change_worker_count,
            "queue_switched_off": self._switch_queue_off,
            "limit_changed": self._change_limit,
            "hours_cut": self._cut_hours,
            "ended_by_operator": self._end_session,
            "runtime_extended": self._extend_runtime,
        }

    async def undo(self) -> None:
        """Take all rulings back."""
        for number, rules in enumerate(self._rules):
            await self._rule(number, partial(_as_at_first, rules=rules))
        for account_id, plan in self._plans.items():
            await self._put_under(account_id, plan)

    # Projects

    async def _rule(self, number: int, changed: Callable[[Project], Project]) -> None:
        def change(work: Work) -> None:
            project = work.stores.projects.get(f"prj_p{number}")
            assert project is not None
            rule(work, changed(project))
            self._world.oracle.rulings.has_changed = True

        await self._ask(change)

    def _number(self) -> int:
        return self._rng.randrange(len(self._rules))

    async def _disable_project(self) -> None:
        number = self._number()
        await self._rule(number, lambda p: msgspec.structs.replace(p, enabled=False))
        await self._pause(5, 60)
        await self._rule(number, lambda p: msgspec.structs.replace(p, enabled=True))

    async def _change_worker_count(self) -> None:
        number = self._number()
        if self._rng.random() < 0.5:  # those who stand in line were let in by another count
            for _ in range(5):
                self._world.let_come(number)
            await self._pause(1, 10)
        for count in (self._rng.randrange(4), self._rules[number].worker_count):
            await self._rule(number, partial(_with_worker_count, count=count))
            await self._pause(5, 60)

    async def _switch_queue_off(self) -> None:
        number = self._number()
        for enabled in (False, True):
            await self._rule(number, partial(_with_queue, enabled=enabled))
            await self._pause(5, 60)

    # Accounts

    async def _change_limit(self) -> None:
        account_id = self._rng.choice(list(self._plans))
        limit = self._rng.randrange(1, 6)

        def change(work: Work) -> None:
            work.stores.accounts.set_limit(account_id, limit)
            self._world.oracle.rulings.has_changed = True

        await self._ask(change)

    async def _cut_hours(self) -> None:
        """Let an account's hours run out soon; later it has as many as before."""
        account_id = self._rng.choice(list(self._plans))
        world, plan = self._world, self._plans[account_id]
        used_us = world.oracle.history.used_us(account_id, world.store.database_us())
        hours = (used_us + self._rng.uniform(10, 120) * SECOND_US) / HOUR_US
        await self._put_under(account_id, _with_hours(plan, hours))
        await self._pause(40, 200)
        await self._put_under(account_id, plan)

    async def _put_under(self, account_id: str, plan: Plan) -> None:
        def change(work: Work) -> None:
            account = work.stores.accounts.get(account_id, lock=True)
            assert account is not None
            work.stores.accounts.set_plan(account_id, plan)
            work.stores.accounts.set_limit(account_id, account.concurrent_streams)
            self._world.oracle.rulings.has_changed = True

        await self._ask(change)

    # Sessions

    def _session(self) -> SessionView | None:
        there = [viewer.session for viewer in self._world.viewers if viewer.session is not None]
        return self._rng.choice(there) if there else None

    def _account_of(self, session: SessionView) -> str:
        return self._world.oracle.history.stays[session.id].account_id

    async def _end_session(self) -> None:
        session, gateway = self._session(), self._gateway()
        if session is None or gateway is None:
            return
        account_id = self._account_of(session)

        async def end() -> None:
            with contextlib.suppress(DioramaError):
                view = await gateway.end(session.id, account_id)
                self._world.oracle.shown("operator", view)

        gateway.process.spawn(end())

    async def _extend_runtime(self) -> None:
        """Give a session more time; who hears no answer, or mistrusts it, asks again."""
        session = self._session()
        if session is None or session.state in FINAL:
            return
        asked = Extension(
            session_id=session.id,
            account_id=self._account_of(session),
            extra_s=self._rng.choice((10.0, 45.0, 300.0)),
            idempotency_key=f"extension-{self._rng.randrange(10**9)}",
        )
        for _ in range(self._rng.choice((1, 2, 3))):
            gateway = self._gateway()
            if gateway is not None:
                gateway.process.spawn(self._extend(gateway, asked))
            await self._pause(0.01, 5)

    async def _extend(self, gateway: Gateway, asked: Extension) -> None:
        oracle, key = self._world.oracle, asked.idempotency_key or ""
        oracle.time_limits.extension_asked(asked.session_id, key, round(asked.extra_s * SECOND_US))
        with contextlib.suppress(DioramaError):
            await gateway.do(lambda work: extend(work, asked))
            oracle.time_limits.extended(asked.session_id, key)

    # How they ask

    def _gateway(self) -> Gateway | None:
        running = self._world.around.running()
        return self._rng.choice(running) if running else None

    async def _ask(self, use_case: Callable[[Work], None]) -> None:
        gateway = self._gateway()
        if gateway is None:
            return
        done = asyncio.get_running_loop().create_future()

        async def ask() -> None:
            with contextlib.suppress(DioramaError):
                await gateway.do(use_case)
            if not done.done():
                done.set_result(None)

        gateway.process.spawn(ask())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await done

    async def _pause(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self._rng.uniform(least_s, most_s))


def _as_at_first(project: Project, rules: Rules) -> Project:
    return msgspec.structs.replace(project, enabled=True, rules=rules)


def _with_worker_count(project: Project, count: int | None) -> Project:
    rules = msgspec.structs.replace(project.rules, worker_count=count)
    return msgspec.structs.replace(project, rules=rules)


def _with_queue(project: Project, *, enabled: bool) -> Project:
    queue = msgspec.structs.replace(project.rules.queue, enabled=enabled)
    rules = msgspec.structs.replace(project.rules, queue=queue)
    return msgspec.structs.replace(project, rules=rules)


def _with_hours(plan: Plan, hours: float) -> Plan:
    return Plan(
        name=plan.name,
        concurrent_streams=plan.concurrent_streams,
        max_runtime_s=plan.max_runtime_s,
        stream_hours=hours,
    )
