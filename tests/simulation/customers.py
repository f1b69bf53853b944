"""Who asks for simulations in a simulated world: programs with a key, which submit and cancel.

An unanswered request is asked again under its own key, sometimes by two at once; a simulation is
cancelled early, late or not at all.
"""

import asyncio
import random
from typing import TYPE_CHECKING, Final, TypeVar

from diorama.kernel.errors import DioramaError, LimitReached, Unavailable
from diorama.protocol.scripts import Cue, Script
from diorama.protocol.simulation_views import SubmitSimulation
from diorama.protocol.worker import Frame
from diorama.sessions.simulating import Submission
from diorama.simulations.lifecycle import Simulation
from tests.simulation.requests import Ask, request
from tests.simulation.run_world import FPS

if TYPE_CHECKING:
    from tests.simulation.world import World

T = TypeVar("T")
EVERY_S: Final = 60.0
"""Between two requests of all customers together."""
MOST_SCRIPTS: Final = 4
LENGTHS_S: Final = (2, 5, 10, 20, 40)
CANCELLED: Final = 0.25
ASKED_TWICE: Final = 0.1
ANSWER_WITHIN_S: Final = 15.0
ATTEMPTS: Final = 6


class Customers:
    """Every program that asks for simulations. `projects`: their names, by account."""

    def __init__(self, world: "World", rng: random.Random, projects: dict[str, list[str]]) -> None:
        self._world = world
        self._rng = rng
        self._projects = projects
        self._asked = 0

    async def come(self) -> None:
        """Ask for one simulation after the other, until cancelled."""
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / EVERY_S))
            self._world.loop.create_task(self._one())

    async def cancel_all(self) -> None:
        """Cancel whatever is not over: the last job is gone then."""
        rows = self._world.store.connection.execute(
            "SELECT account_id, id FROM simulation WHERE ended_us IS NULL ORDER BY id"
        ).fetchall()
        for account_id, simulation_id in rows:
            await self._cancel(account_id, simulation_id)

    async def _one(self) -> None:
        rng = self._rng
        self._asked += 1
        account_id = rng.choice(list(self._projects))
        submission = Submission(
            asked=self._body(account_id),
            account_id=account_id,
            actor="key:key_simulated",
            idempotency_key=f"simulation-number-{self._asked}",
        )
        cancels_after_s = rng.uniform(0.5, 60.0) if rng.random() < CANCELLED else None
        if rng.random() < ASKED_TWICE:
            self._world.loop.create_task(self._submit(submission))
        simulation = await self._submit(submission)
        if simulation is not None and cancels_after_s is not None:
            await asyncio.sleep(cancels_after_s)
            await self._cancel(account_id, simulation.id)

    def _body(self, account_id: str) -> SubmitSimulation:
        rng = self._rng
        lengths_s = [rng.choice(LENGTHS_S) for _ in range(rng.randint(1, MOST_SCRIPTS))]
        return SubmitSimulation(
            project=rng.choice(self._projects[account_id]),
            scripts=tuple(_script(length_s) for length_s in lengths_s),
            frame=Frame(fps=FPS) if rng.random() < 0.5 else None,
            end_user=rng.choice((None, "ann")),
        )

    async def _submit(self, submission: Submission) -> Simulation | None:
        world, runs = self._world, self._world.oracle.runs
        try:
            found = await self._until_answered(lambda gateway: gateway.submit(submission))
        except LimitReached as refusal:
            world.counts[f"refused_simulation_by_{refusal.code}"] += 1
            return None
        except DioramaError as refusal:
            world.counts[f"refused_simulation_{refusal.code}"] += 1
            return None
        if found is not None:
            key = submission.idempotency_key or ""
            runs.submitted(key, found.id, len(submission.scripts))
        return found

    async def _cancel(self, account_id: str, simulation_id: str) -> None:
        found = await self._until_answered(lambda there: there.cancel(account_id, simulation_id))
        if found is not None:
            self._world.oracle.runs.cancelled(simulation_id)

    async def _until_answered(self, ask: Ask[T]) -> T | None:
        """Ask until an answer comes, as a client library does; None where none ever did."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._ask(ask)
            except (Unavailable, TimeoutError):
                await asyncio.sleep(2**attempt * self._rng.uniform(0.2, 1.0))
        return None

    async def _ask(self, ask: Ask[T]) -> T:
        running = self._world.around.running()
        if not running:
            raise TimeoutError
        gateway = self._rng.choice(running)
        return await request(self._world.network, gateway, ask, within_s=ANSWER_WITHIN_S)


def _script(length_s: int) -> Script:
    return (Cue(at_ms=0, prompt="a cove"), Cue(at_ms=length_s * 1_000, end=True))
