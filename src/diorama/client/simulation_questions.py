"""What can be asked over REST about simulations, and about recordings. Questions are values.

A script may be written with `Cue` or as the JSON it is sent as; it is checked here, by the words
that the gateway would refuse it with, before anything is sent.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

import msgspec

from diorama.client.errors import Invalid
from diorama.client.questions import IDEMPOTENCY_KEY, Question, as_json, new_key, path_of
from diorama.kernel import errors
from diorama.protocol.recording_views import Recordings, RecordingView
from diorama.protocol.scripts import Cue, check_script
from diorama.protocol.simulation_views import Simulations, SimulationView, SubmitSimulation
from diorama.protocol.states import SimulationState
from diorama.protocol.worker import Frame

PAGE = 50
Written = Sequence[Cue | Mapping[str, object]]
"""A script as a program writes it."""


class Job(TypedDict, total=False):
    """What may be said of a simulation, beside its project and scripts.

    Attributes:
        region: where, if the project has several.
        width: of the pictures that are kept, with `height`; as the world renders, without.
        fps: how many of them there are for each second of the world's time.
        seed: of the world: the same seed and script give the same pictures where a world is
            deterministic; one is made up where none is given.
        end_user: for whom, in usage.
        name: what lists call it.
    """

    region: str
    width: int
    height: int
    fps: int
    seed: int
    end_user: str
    name: str


class WhichSimulations(TypedDict, total=False):
    """Which simulations are asked for: each narrows the list.

    Attributes:
        active: only those that are not over, or only those that are.
    """

    state: Sequence[SimulationState]
    project: str
    active: bool


class WhichRecordings(TypedDict, total=False):
    """Which recordings are asked for: each narrows the list.

    Attributes:
        source: of live sessions, or of simulations.
        session: of this session.
        simulation: of this simulation's runs.
    """

    source: Literal["session", "simulation"]
    project: str
    session: str
    simulation: str


def scripts_of(
    script: Written | None, scripts: Sequence[Written] | None
) -> tuple[tuple[Cue, ...], ...]:
    """Return the scripts that were written.

    Raises:
        Invalid: one is none (`script_invalid`), or not exactly one of the two arguments is given.
    """
    if (script is None) is (scripts is None):
        raise Invalid("give either script or scripts", code="script_invalid")
    written = [script] if script is not None else list(scripts or ())
    return tuple(_checked(one, index) for index, one in enumerate(written))


def submit(
    project: str,
    scripts: Sequence[Sequence[Cue]],
    job: Job,
    idempotency_key: str | None,
) -> Question[SimulationView]:
    """Ask for a simulation; however often this question is sent, it is one."""
    body = SubmitSimulation(
        project=project,
        scripts=tuple(map(tuple, scripts)),
        region=job.get("region"),
        frame=Frame(width=job.get("width"), height=job.get("height"), fps=job.get("fps")),
        seed=job.get("seed"),
        end_user=job.get("end_user"),
        name=job.get("name"),
    )
    return Question(
        method="POST",
        path="/v1/simulations",
        body=as_json(body),
        headers={IDEMPOTENCY_KEY: idempotency_key or new_key()},
        answer=SimulationView,
    )


def get_simulation(simulation: str) -> Question[SimulationView]:
    """Ask for one simulation; asked as a stream, it is told at each change, to its end."""
    path = path_of("simulations", simulation)
    return Question(method="GET", path=path, answer=SimulationView)


def list_simulations(which: WhichSimulations, cursor: str | None) -> Question[Simulations]:
    """Ask for a page of simulations, the newest first."""
    query: dict[str, str | Sequence[str]] = {"limit": str(PAGE)}
    if "state" in which:
        query["state"] = [one.value for one in which["state"]]
    if "project" in which:
        query["project"] = which["project"]
    if "active" in which:
        query["active"] = str(which["active"]).lower()
    if cursor is not None:
        query["cursor"] = cursor
    return Question(method="GET", path="/v1/simulations", query=query, answer=Simulations)


def cancel_simulation(simulation: str) -> Question[SimulationView]:
    """Ask for the end of a simulation; one that is over stays as it is."""
    path = path_of("simulations", simulation) + "/cancel"
    return Question(method="POST", path=path, answer=SimulationView)


def list_recordings(which: WhichRecordings, cursor: str | None) -> Question[Recordings]:
    """Ask for a page of recordings, the newest first."""
    query = {"limit": str(PAGE)} | {name: str(value) for name, value in which.items()}
    query |= {} if cursor is None else {"cursor": cursor}
    return Question(method="GET", path="/v1/recordings", query=query, answer=Recordings)


def get_recording(recording: str) -> Question[RecordingView]:
    """Ask for one recording, with links to its files."""
    return Question(method="GET", path=path_of("recordings", recording), answer=RecordingView)


def delete_recording(recording: str) -> Question[bytes]:
    """Ask for the end of a recording and its files."""
    return Question(method="DELETE", path=path_of("recordings", recording), answer=bytes)


def _checked(written: Written, index: int) -> tuple[Cue, ...]:
    try:
        script = msgspec.convert(list(written), tuple[Cue, ...])
        check_script(script, index=index)
    except msgspec.ValidationError as error:
        raise Invalid(f"scripts[{index}] is no script: {error}", code="script_invalid") from None
    except errors.Invalid as error:
        raise Invalid(str(error), code=error.code) from None
    return script
