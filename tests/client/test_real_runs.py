"""Scripts on a worker that runs: what they yield, and what becomes of one whose worker is lost."""

import asyncio
import contextlib
import os
import signal

import pytest

from diorama.client import AsyncDiorama
from diorama.protocol.scripts import Cue
from diorama.protocol.simulation_views import SimulationView
from diorama.protocol.states import SimulationState as S
from tests.browser.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")
WITHIN_S = 120.0
HOUR = [Cue(at_ms=3_600_000, end=True)]
SHORT = [Cue(at_ms=100, prompt="blue"), Cue(at_ms=500, end=True)]


async def seen(diorama: AsyncDiorama, simulation: SimulationView, *, attempt: int) -> None:
    """Wait until the run's world renders in this attempt."""
    async with (
        asyncio.timeout(WITHIN_S),
        contextlib.aclosing(diorama.watch_simulation(simulation.id)) as views,
    ):
        async for view in views:
            if view.state is S.PROCESSING and view.runs[0].attempts == attempt:
                return


async def test_a_run_whose_worker_is_lost_goes_on_with_the_next_and_frees_its_slot(
    doomed: Running,
) -> None:
    async with AsyncDiorama(doomed.address, api_key=doomed.key) as diorama:
        long = await diorama.simulate("answering", HOUR)
        await seen(diorama, long, attempt=1)
        os.kill(doomed.worker_pid(), signal.SIGKILL)
        await seen(diorama, long, attempt=2)
        cancelled = await diorama.cancel_simulation(long.id)
        twice = await diorama.simulate("answering", scripts=[SHORT, SHORT], seed=7)
        done = await diorama.wait_for_simulation(twice.id, within_s=WITHIN_S)
        kept = [one async for one in diorama.recordings(simulation=twice.id)]

    assert (cancelled.state, cancelled.retries) == (S.CANCELLED, 1)
    assert done.state is S.COMPLETED
    assert {one.state for one in kept} == {"ready"}
    assert len({one.frames_sha256 for one in kept}) == 1
