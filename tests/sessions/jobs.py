"""Simulations in a house: what is submitted, and what a worker says of its runs."""

from functools import partial

from diorama.protocol import worker as wire
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.scripts import Cue
from diorama.protocol.simulation_views import SimulationView, SubmitSimulation
from diorama.recordings.lifecycle import Recording, StoredFile
from diorama.recordings.tokens import UploadToken
from diorama.sessions.recording import begin_upload, complete_upload
from diorama.sessions.simulating import Submission, cancel, own_simulation, submit
from diorama.sessions.simulation_show import simulation_view
from diorama.sessions.telling import to_tell
from diorama.sessions.work import Work
from diorama.sessions.working import wanted
from diorama.simulations.lifecycle import Run, Simulation
from tests.sessions.house import ACCOUNT, House, Rig

ACTOR = "key:key_house"
SCRIPT = (Cue(at_ms=0, prompt="a cove"), Cue(at_ms=2_000, end=True))
FILES = (StoredFile(name="video.mp4", bytes=10),)
FACTS = RecordedFacts(
    width=64, height=48, fps=30.0, frames=60, frames_dropped=0, duration_us=2_000_000
)


def asked(scripts: int = 1, **more: str | int) -> SubmitSimulation:
    return SubmitSimulation(project="cove", scripts=(SCRIPT,) * scripts, **more)  # type: ignore[arg-type]  # the words of the struct


async def submitted(
    house: House, scripts: int = 1, *, account_id: str = ACCOUNT, project: str = "cove"
) -> Simulation:
    """Submit a simulation, and give slots to whom they are due."""
    asks = submission(scripts, account_id=account_id, project=project)
    found = await house.do(partial(submit, submission=asks))
    await house.dispatch()
    return found


def submission(scripts: int = 1, *, account_id: str = ACCOUNT, project: str = "cove") -> Submission:
    body = SubmitSimulation(project=project, scripts=(SCRIPT,) * scripts)
    return Submission(asked=body, account_id=account_id, actor=ACTOR)


async def view(house: House, simulation: Simulation) -> SimulationView:
    def look(work: Work) -> SimulationView:
        found = own_simulation(work, simulation.account_id, simulation.id)
        return simulation_view(work, found)

    return await house.look(look)


async def runs(house: House, simulation: Simulation) -> list[Run]:
    return await house.look(lambda work: work.stores.simulations.runs_of([simulation.id]))


async def run_of(house: House, simulation: Simulation) -> Run:
    return (await runs(house, simulation))[0]


async def recording(house: House, run: Run) -> Recording:
    found = await house.look(lambda work: work.stores.recordings.of_holder(run.id))
    assert found is not None
    return found


async def cancelled(house: House, simulation: Simulation) -> None:
    await house.do(lambda work: cancel(work, simulation.account_id, simulation.id, actor=ACTOR))


async def started(house: House, rig: Rig, simulation: Simulation) -> Run:
    """Bring the first run of a simulation to its world's first picture."""
    run = await run_of(house, simulation)
    await rig.say(wire.Accepted(session=run.id, term=run.term))
    await rig.say(wire.WorldStarted(session=run.id, term=run.term))
    return await run_of(house, simulation)


async def running(house: House) -> tuple[Rig, Simulation, Run]:
    """Return the worker of a house that is built, and a simulation whose one run it renders."""
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    return rig, simulation, await started(house, rig, simulation)


async def rendered(rig: Rig, run: Run, *, age_ms: int = 0) -> None:
    await rig.say(wire.RunRendered(session=run.id, term=run.term, frames=60, age_ms=age_ms))


async def uploaded(house: House, run: Run) -> None:
    """Hand over what a run's newest token opens."""
    kept = await recording(house, run)
    token = UploadToken(kept.id, kept.issue)
    await house.do(lambda work: begin_upload(work, token, FILES))
    day_us = 86_400_000_000
    await house.do(
        lambda work: complete_upload(work, token, FACTS, files=FILES, keep_at_most_us=day_us)
    )


async def completed(house: House, rig: Rig, simulation: Simulation) -> Run:
    """Bring the first run of a simulation to its end."""
    run = await started(house, rig, simulation)
    await rendered(rig, run)
    await uploaded(house, run)
    await rig.say(wire.RunEnded(session=run.id, term=run.term))
    return await run_of(house, simulation)


async def run_stopped(house: House, rig: Rig, run: Run) -> None:
    """Confirm that nothing of a run is left."""
    index = int((run.slot_id or "").rpartition(".")[2])
    await rig.say(wire.Stopped(index=index, session=run.id, term=run.term))
    await house.dispatch()


async def told(house: House, rig: Rig, has: Run | None = None) -> list[wire.ToWorker]:
    """Return what a worker is told whose slot 0 has a run, or nothing."""
    report = wire.SlotReport(index=0, term=0)
    if has is not None:
        report = wire.SlotReport(index=0, term=has.term, session=has.id, world="running")
    wants = await house.look(lambda work: wanted(work, rig.worker.id, {0: report.term}))
    return [*to_tell(wants, {0: report})]


async def failed_with(house: House, simulation: Simulation) -> str | None:
    """Return why a simulation failed; None is that it did not."""
    found = await view(house, simulation)
    return None if found.error is None else found.error.reason
