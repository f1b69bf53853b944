"""What programs that wait ask of simulations and recordings.

What a simulation is at each change comes by a stream, which is asked for again where it is lost; a
file comes to disk piece by piece, and goes on where it broke off.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Unpack

import httpx

from diorama.client import downloading
from diorama.client import simulation_questions as simulating
from diorama.client.answers import error_of, problem_of
from diorama.client.asker import Asker
from diorama.client.errors import ClientError
from diorama.client.following import SILENT_S, Following
from diorama.client.sending import reply_of, timeout, unreachable
from diorama.client.simulation_questions import Job, WhichRecordings, WhichSimulations, Written
from diorama.protocol.recording_views import FileName, RecordingFile, RecordingView
from diorama.protocol.simulation_views import SimulationView
from diorama.protocol.states import OVER

Progress = Callable[[int, int], object]


class SimulationAsker(Asker):
    """The part of `Diorama` that is about simulations and recordings."""

    def simulate(
        self,
        project: str,
        script: Written | None = None,
        *,
        scripts: Sequence[Written] | None = None,
        idempotency_key: str | None = None,
        **job: Unpack[Job],
    ) -> SimulationView:
        """Ask for a simulation of one script, or of many, and return it; it runs by itself.

        Args:
            project: what to run.
            script: its cues, each a `Cue` or a dict: `{"at_ms": 0, "prompt": "..."}`.
            scripts: many of them, each a run of its own.
            idempotency_key: who asks again under the same is given the same simulation.
            job: `region`, `width`, `height`, `fps`, `seed`, `end_user`, `name`.

        Raises:
            Invalid: a script is none (`script_invalid`).
            LimitReached: too many wait (`simulation_limit`), or no hours are left.
        """
        checked = simulating.scripts_of(script, scripts)
        return self._ask(simulating.submit(project, checked, job, idempotency_key))

    def simulation(self, simulation: str) -> SimulationView:
        """Return a simulation by its id, with its runs."""
        return self._ask(simulating.get_simulation(simulation))

    def simulations(self, **which: Unpack[WhichSimulations]) -> Iterator[SimulationView]:
        """Yield the simulations that fit, newest first: `state`, `project`, `active`."""
        for page in self._pages(lambda cursor: simulating.list_simulations(which, cursor)):
            yield from page.simulations

    def cancel_simulation(self, simulation: str) -> SimulationView:
        """End a simulation and return it; one that is over stays as it is."""
        return self._ask(simulating.cancel_simulation(simulation))

    def watch_simulation(
        self, simulation: str, *, within_s: float | None = None
    ) -> Iterator[SimulationView]:
        """Yield a simulation as it is, and at each change, until it is over.

        A connection that is lost is made again.

        Raises:
            TimeoutError: it is not over within `within_s`, or some seconds later.
        """
        known: SimulationView | None = None
        asked = simulating.get_simulation(simulation)
        for view in self._follow(asked, within_s=within_s):
            if view != known:
                yield view
            known = view
            if view.state in OVER:
                return

    def wait_for_simulation(
        self, simulation: str, *, within_s: float | None = None
    ) -> SimulationView:
        """Return a simulation once it is over: completed, failed or cancelled.

        Raises:
            TimeoutError: it is not over within `within_s`, or some seconds later.
        """
        views = self.watch_simulation(simulation, within_s=within_s)
        return deque(views, maxlen=1).pop()

    def recordings(self, **which: Unpack[WhichRecordings]) -> Iterator[RecordingView]:
        """Yield the recordings that fit: `source`, `project`, `session`, `simulation`."""
        for page in self._pages(lambda cursor: simulating.list_recordings(which, cursor)):
            yield from page.recordings

    def recording(self, recording: str) -> RecordingView:
        """Return a recording by its id; the links to its files open them for some minutes."""
        return self._ask(simulating.get_recording(recording))

    def delete_recording(self, recording: str) -> None:
        """Delete a recording and its files."""
        self._ask(simulating.delete_recording(recording))

    def download(
        self,
        recording: str,
        file: FileName = "video.mp4",
        to: Path | str = ".",
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Save a file of a recording and return where; what broke off goes on where it was.

        Args:
            recording: its id.
            file: `video.mp4`, `preview.mp4`, `thumbnail.jpg` or `events.jsonl`.
            to: a folder, or the name of the file; it appears there when all of it is there.
            progress: called with how many bytes are there, and how many there will be.

        Raises:
            NotFound: there is no such recording, or it has no such file (`file_unknown`).
        """
        place = downloading.place_of(Path(to), file)
        part = downloading.part_of(place)
        try:
            with part.open("w+b") as out:
                self._fill(out, recording, file, progress)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return place

    def _fill(
        self, out: BinaryIO, recording: str, name: FileName, progress: Progress | None
    ) -> None:
        """Write a file whole, by as many links as it takes."""
        following = Following()
        while True:
            file = downloading.file_of(self.recording(recording), name)
            try:
                for chunk in self._bytes(file, out):
                    out.write(chunk)
                    downloading.check_length(file, out.tell(), over=False)
                    following = following.hear()
                    if progress is not None:
                        progress(out.tell(), file.bytes)
                downloading.check_length(file, out.tell(), over=True)
            except ClientError as error:
                following = following.lose()
                chance = random.random()  # noqa: S311 - spreads clients, hides nothing
                wait_s = following.wait_s(error, self._retries, chance)
                if wait_s is None:
                    raise
                time.sleep(wait_s)
            else:
                return

    def _bytes(self, file: RecordingFile, out: BinaryIO) -> Iterator[bytes]:
        """Yield what is missing of a file; go back where it comes from its first byte anew."""
        written = out.tell()
        headers = downloading.headers_from(written)
        silent = timeout(self._answer_within_s, silent_s=SILENT_S)
        try:
            with self._http.stream(
                "GET", file.url, headers=headers, timeout=silent, follow_redirects=True
            ) as response:
                if not response.is_success:
                    response.read()
                    raise error_of(problem_of(reply_of(response)))
                out.seek(downloading.begins_at(response.status_code, response.headers, written))
                out.truncate()
                yield from response.iter_bytes()
        except httpx.RequestError as error:
            raise unreachable(self.server, error) from None
