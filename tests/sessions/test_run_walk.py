"""Simulations among viewers, driven at random: the laws hold after each step, and all of it ends.

Steps know no rules: workers say things that are late, twice or wrong, start anew, fall silent and
come back; scripts are submitted and cancelled; viewers come and go.
"""

import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from diorama.kernel.errors import DioramaError, Refused, Unauthorized
from diorama.leases.slots import SlotState
from diorama.protocol import worker as wire
from diorama.protocol.states import OVER, RUNS_ON_SLOT
from diorama.simulations.deadlines import Patience
from diorama.simulations.lifecycle import Run, Simulation
from tests.sessions.house import House, Rig
from tests.sessions.jobs import cancelled, run_stopped, runs, submitted, uploaded

STEPS: Final = 120
Step = Callable[[], Awaitable[None]]


class Walk:
    """One walk through a house with two workers."""

    def __init__(self, house: House, seed: int) -> None:
        self._house = house
        self._rng = random.Random(seed)
        self._rigs: list[Rig] = []
        self._jobs: list[Simulation] = []
        self._steps: list[Step] = [
            self._submit,
            self._cancel,
            *[self._go_on] * 8,
            self._say,
            self._say,
            self._stop,
            self._stop,
            self._come_anew,
            self._watch,
            self._leave,
            self._pass,
            self._pass,
        ]

    async def go(self) -> None:
        """Take every step, then let everything come to its end."""
        house = self._house
        house.patience = Patience(keep_free=self._rng.choice([0, 1]), max_wait_s=600)
        await house.build()
        self._rigs = [await house.worker(name, slots=2) for name in ("one", "two")]
        for _ in range(STEPS):
            with contextlib.suppress(DioramaError):
                await self._rng.choice(self._steps)()
        for _ in range(3):
            house.clock.step(seconds=1_000)
            await house.sweep()
        for _ in range(3):  # those of a lost worker come again
            await house.after(2_000)

    async def all_runs(self) -> list[Run]:
        return [run for job in self._jobs for run in await runs(self._house, job)]

    async def _a_run(self) -> tuple[Rig, Run] | None:
        """Choose a run, rather one that has a slot, and the worker it is or was on."""
        known = [run for run in await self.all_runs() if run.worker_id is not None]
        live = [run for run in known if run.state in RUNS_ON_SLOT]
        of = live if live and self._rng.random() < 0.9 else known
        if not of:
            return None
        run = self._rng.choice(of)
        rig = next(one for one in self._rigs if one.worker.id == run.worker_id)
        return rig, run

    async def _submit(self) -> None:
        self._jobs.append(await submitted(self._house, self._rng.randint(1, 3)))

    async def _cancel(self) -> None:
        if self._jobs and self._rng.random() < 0.3:
            await cancelled(self._house, self._rng.choice(self._jobs))

    async def _say(self) -> None:
        found = await self._a_run()
        if found is None:
            return
        rig, run = found
        term = run.term - (self._rng.random() < 0.05)
        age_ms = self._rng.randint(0, 5_000)
        words: list[wire.FromWorker] = [
            wire.Accepted(session=run.id, term=term),
            wire.WorldStarted(session=run.id, term=term),
            wire.RunProgress(session=run.id, term=term, frames=run.frames + 1, frames_total=60),
            wire.RunRendered(session=run.id, term=term, frames=60, age_ms=age_ms),
            wire.RunEnded(session=run.id, term=term),
        ]
        unusual: list[wire.FromWorker] = [
            wire.Rejected(session=run.id, term=term, reason="busy"),
            wire.RunEnded(session=run.id, term=term, reason="upload_failed"),
            wire.WorldEnded(session=run.id, term=term, outcome="crashed", exit_code=1),
            wire.WorldEnded(session=run.id, term=term, outcome="failed_to_start", exit_code=1),
            wire.WorldEnded(session=run.id, term=term, outcome="ended"),
            wire.MediaChanged(session=run.id, term=term, attachment=1, state="connected"),
            wire.ViewerLeft(session=run.id, term=term, code=1000),
        ]
        await rig.say(self._rng.choice(words if self._rng.random() < 0.85 else unusual))

    async def _go_on(self) -> None:
        """Let a worker say what comes next of a run."""
        found = await self._a_run()
        if found is None:
            return
        rig, run = found
        if run.accepted_us is None:
            await rig.say(wire.Accepted(session=run.id, term=run.term))
        elif run.started_us is None:
            await rig.say(wire.WorldStarted(session=run.id, term=run.term))
        elif run.rendered_us is None:
            await rig.say(wire.RunRendered(session=run.id, term=run.term, frames=60))
        else:
            with contextlib.suppress(Unauthorized):
                await uploaded(self._house, run)
            await rig.say(wire.RunEnded(session=run.id, term=run.term))
            await run_stopped(self._house, rig, run)

    async def _stop(self) -> None:
        found = await self._a_run()
        if found is not None and found[1].slot_id is not None and self._rng.random() < 0.5:
            await run_stopped(self._house, *found)

    async def _come_anew(self) -> None:
        if self._rng.random() < 0.1:
            with contextlib.suppress(Refused):
                await self._rng.choice(self._rigs).start()
            await self._house.dispatch()

    async def _watch(self) -> None:
        await self._house.open()

    async def _leave(self) -> None:
        live = await self._house.look(lambda work: work.stores.sessions.of_project("prj_cove"))
        if live:
            session = self._rng.choice(live)
            await self._house.end(session)
            for rig in self._rigs:
                if rig.worker.id == session.worker_id:
                    await rig.stopped(session)

    async def _pass(self) -> None:
        self._house.clock.step(seconds=self._rng.choice([1, 5, 10]))
        for rig in self._rigs:
            if self._rng.random() < 0.9:
                await rig.beat()
        await self._house.sweep()


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_law_breaks_on_a_walk_and_every_run_comes_to_its_end(
    house: House, seed: int
) -> None:
    walk = Walk(house, seed)
    await walk.go()
    over = await walk.all_runs()
    slots = await house.look(lambda work: work.stores.slots.of_workers())

    assert over
    assert {run.state for run in over} <= OVER
    assert {slot.state for of in slots.values() for slot in of} == {SlotState.FREE}
