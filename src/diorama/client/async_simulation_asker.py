"""What programs of asyncio ask of simulations and recordings.

What a simulation is at each change comes by a stream, which is asked for again where it is lost; a
file comes to disk piece by piece, and goes on where it broke off.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Unpack

import httpx

from diorama.client import downloading
from diorama.client import simulation_questions as simulating
from diorama.client.answers import error_of, problem_of
from diorama.client.async_asker import AsyncAsker
from diorama.client.errors import ClientError
from diorama.client.following import SILENT_S, Following
from diorama.client.sending import reply_of, timeout, unreachable
from diorama.client.simulation_questions import Job, WhichRecordings, WhichSimulations, Written
from diorama.protocol.recording_views import FileName, RecordingFile, RecordingView
from diorama.protocol.simulation_views import SimulationView
from diorama.protocol.states import OVER

Progress = Callable[[int, int], object]


class AsyncSimulationAsker(AsyncAsker):
    """The part of `AsyncDiorama` that is about simulations and recordings."""

    async def simulate(
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
        return await self._ask(simulating.submit(project, checked, job, idempotency_key))

    async def simulation(self, simulation: str) -> SimulationView:
        """Return a simulation by its id, with its runs."""
        return await self._ask(simulating.get_simulation(simulation))

    async def simulations(self, **which: Unpack[WhichSimulations]) -> AsyncIterator[SimulationView]:
        """Yield the simulations that fit, newest first: `state`, `project`, `active`."""
        async for page in self._pages(lambda cursor: simulating.list_simulations(which, cursor)):
            for one in page.simulations:
                yield one

    async def cancel_simulation(self, simulation: str) -> SimulationView:
        """End a simulation and return it; one that is over stays as it is."""
        return await self._ask(simulating.cancel_simulation(simulation))

    async def watch_simulation(self, simulation: str) -> AsyncGenerator[SimulationView, None]:
        """Yield a simulation as it is, and at each change, until it is over.

        A connection that is lost is made again. Close it where you leave it early, as by
        `contextlib.aclosing`.
        """
        known: SimulationView | None = None
        asked = simulating.get_simulation(simulation)
        async with contextlib.aclosing(self._follow(asked)) as told:
            async for view in told:
                if view != known:
                    yield view
                known = view
                if view.state in OVER:
                    return

    async def wait_for_simulation(
        self, simulation: str, *, within_s: float | None = None
    ) -> SimulationView:
        """Return a simulation once it is over: completed, failed or cancelled.

        Raises:
            TimeoutError: it is not over within `within_s`.
        """
        async with (
            asyncio.timeout(within_s),
            contextlib.aclosing(self.watch_simulation(simulation)) as views,
        ):
            view = await anext(views)
            async for later in views:
                view = later
            return view

    async def recordings(self, **which: Unpack[WhichRecordings]) -> AsyncIterator[RecordingView]:
        """Yield the recordings that fit: `source`, `project`, `session`, `simulation`."""
        async for page in self._pages(lambda cursor: simulating.list_recordings(which, cursor)):
            for one in page.recordings:
                yield one

    async def recording(self, recording: str) -> RecordingView:
        """Return a recording by its id; the links to its files open them for some minutes."""
        return await self._ask(simulating.get_recording(recording))

    async def delete_recording(self, recording: str) -> None:
        """Delete a recording and its files."""
        await self._ask(simulating.delete_recording(recording))

    async def download(
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
            with await asyncio.to_thread(part.open, "w+b") as out:
                await self._fill(out, recording, file, progress)
            await asyncio.to_thread(part.replace, place)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return place

    async def _fill(
        self, out: BinaryIO, recording: str, name: FileName, progress: Progress | None
    ) -> None:
        """Write a file whole, by as many links as it takes."""
        following = Following()
        while True:
            file = downloading.file_of(await self.recording(recording), name)
            try:
                async with contextlib.aclosing(self._bytes(file, out)) as chunks:
                    async for chunk in chunks:
                        await asyncio.to_thread(out.write, chunk)
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
                await asyncio.sleep(wait_s)
            else:
                return

    async def _bytes(self, file: RecordingFile, out: BinaryIO) -> AsyncGenerator[bytes, None]:
        """Yield what is missing of a file; go back where it comes from its first byte anew."""
        written = out.tell()
        headers = downloading.headers_from(written)
        silent = timeout(self._answer_within_s, silent_s=SILENT_S)
        try:
            async with self._http.stream(
                "GET", file.url, headers=headers, timeout=silent, follow_redirects=True
            ) as response:
                if not response.is_success:
                    await response.aread()
                    raise error_of(problem_of(reply_of(response)))
                out.seek(downloading.begins_at(response.status_code, response.headers, written))
                out.truncate()
                async for chunk in response.aiter_bytes():
                    yield chunk
        except httpx.RequestError as error:
            raise unreachable(self.server, error) from None
