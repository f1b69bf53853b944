"""The client of a gateway for programs of asyncio: one method for each question.

Use it as an asynchronous context manager, or close it.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final, Unpack

from diorama.client import questions
from diorama.client.async_account_asker import AsyncAccountAsker
from diorama.client.async_backend_asker import AsyncBackendAsker
from diorama.client.async_simulation_asker import AsyncSimulationAsker
from diorama.client.async_viewer import AsyncViewer
from diorama.client.questions import (
    Asking,
    NewProject,
    Project,
    ProjectChange,
    Which,
)
from diorama.client.streaming.connection import Wishes
from diorama.protocol.project_views import WorldView
from diorama.protocol.rule_views import RuleView
from diorama.protocol.timeline_views import Timeline
from diorama.protocol.views import (
    EndResult,
    Health,
    LaneView,
    OpenedSession,
    PoolView,
    ProjectView,
    Readiness,
    SessionView,
    WorkerView,
)

PAGE: Final = 50


class AsyncDiorama(AsyncAccountAsker, AsyncBackendAsker, AsyncSimulationAsker):
    """A gateway, asked over REST.

    Args:
        server: its address, such as `http://127.0.0.1:8080`.
        api_key: the account's key; None where only public projects are played.
        answer_within_s: how long one answer may take.
        retries: how patient to be with a gateway that is away; `Retries(times=0)` is not at all.
        transport: another way for requests to go, such as one with client certificates.
    """

    def __repr__(self) -> str:
        return f"AsyncDiorama({self.server!r})"

    async def open_session(
        self, project: str, *, idempotency_key: str | None = None, **asking: Unpack[Asking]
    ) -> OpenedSession:
        """Ask for a session and return it with its token, which opens `/v1/connect`.

        Raises:
            LimitReached: a limit refuses; its `holders` fill it.
            Unavailable: there is no slot and no place in line.
            NotFound: there is no such project for this caller.
        """
        return await self._ask(questions.open_session(project, asking, idempotency_key))

    async def sessions(
        self, *, live: bool = False, page: int = PAGE, **which: Unpack[Which]
    ) -> AsyncIterator[SessionView]:
        """Yield the sessions that fit, newest first, asking for the next page when it is needed.

        Args:
            live: only those that have not ended.
            page: how many to ask for at once, 1 to 200.
            which: `state`, `code`, `project`, `region`, `end_user`, `worker`, `since`, `until`.
        """
        async for found in self._pages(
            lambda cursor: questions.list_sessions(
                live=live, limit=page, cursor=cursor, which=which
            )
        ):
            for one in found.sessions:
                yield one

    async def session(self, session: str) -> SessionView:
        """Return a session by its id. Raises NotFound where there is none for this caller."""
        return await self._ask(questions.get_session(session))

    async def timeline(self, session: str) -> Timeline:
        """Return how a session went: what happened, whose doing it was, and why it ended."""
        return await self._ask(questions.get_timeline(session))

    async def end_session(self, session: str) -> SessionView:
        """End a session and return it; one that has ended already stays as it is."""
        return await self._ask(questions.end_session(session))

    async def end_sessions(
        self, *, sessions: Sequence[str] | None = None, project: str | None = None
    ) -> list[EndResult]:
        """End many sessions: those named, or all of a project that have not ended.

        Returns:
            What came of each, in the order in which they were named.
        """
        asked = questions.end_sessions(sessions, project)
        return list((await self._ask(asked)).results)

    async def extend_session(
        self, session: str, *, seconds: float, idempotency_key: str | None = None
    ) -> SessionView:
        """Give a session more runtime, as far as the plan goes, and return it.

        Raises:
            Refused: it has ended, or the plan allows no more.
        """
        return await self._ask(questions.extend_session(session, seconds, idempotency_key))

    async def projects(self) -> list[ProjectView]:
        """Return the public projects, and with a key one's own, by name."""
        pages = self._pages(questions.list_projects)
        return [one async for page in pages for one in page.projects]

    async def project(self, name: str) -> Project:
        """Return a project by its name. Raises NotFound where there is none for this caller."""
        return await self._ask(questions.get_project(name))

    async def change_project(
        self, name: str, *, if_version: int | None = None, **change: Unpack[ProjectChange]
    ) -> Project:
        """Change a project and return it; what is left out stays, and what changes acts at once.

        Args:
            name: which.
            if_version: change it only if it is still at this version.
            change: `enabled`, `title`, `description`, `rules`.

        Raises:
            Refused: it is at another version (`version_passed`).
            Invalid: a rule does not exist or is out of its bounds (`rule_refused`).
        """
        return await self._ask(questions.change_project(name, change, if_version))

    async def create_project(self, name: str, *, world: str, **more: Unpack[NewProject]) -> Project:
        """Make a project and return it.

        Args:
            name: the last part of its address, `/play/<name>`.
            world: a name of `worlds`; with `kind`, which only the operator says, the program.
            more: `title`, `description`, `enabled`, `public`, `pool`, `regions`, `rules`.

        Raises:
            Refused: the name is taken.
            NotFound: there is no such world.
        """
        return await self._ask(questions.create_project(name, world, more))

    async def delete_project(self, name: str) -> None:
        """Take a project away that has no sessions; its history is kept.

        Raises:
            Refused: it has sessions that have not ended.
        """
        await self._ask(questions.delete_project(name))

    async def worlds(self) -> list[WorldView]:
        """Return the worlds that projects may be made from."""
        return list((await self._ask(questions.list_worlds())).worlds)

    async def rules(self) -> list[RuleView]:
        """Return every rule that a project has: what it does, its default and its bounds."""
        return list((await self._ask(questions.list_rules())).rules)

    async def queue(self, project: str) -> list[LaneView]:
        """Return a project's queue in each region: length, waits, and how true those told were."""
        return list((await self._ask(questions.get_queue(project))).regions)

    async def workers(self) -> list[WorkerView]:
        """Return the workers, and what their slots hold."""
        return list((await self._ask(questions.list_workers())).workers)

    async def pools(self) -> list[PoolView]:
        """Return the pools that the account's projects use, counted; for the operator, all."""
        return list((await self._ask(questions.list_workers())).pools)

    async def drain_worker(self, worker: str, *, within_s: float = 600.0) -> WorkerView:
        """Take a worker out of service, by its id; what still runs ends after `within_s`."""
        return await self._ask(questions.drain_worker(worker, within_s))

    async def resume_worker(self, worker: str) -> WorkerView:
        """Put a worker back in service, by its id."""
        return await self._ask(questions.resume_worker(worker))

    async def health(self) -> Health:
        """Return whether the gateway's process lives, and its version."""
        return await self._ask(questions.get_health())

    async def readiness(self) -> Readiness:
        """Return whether the gateway serves, and with how many workers."""
        return await self._ask(questions.get_readiness())

    def play(
        self,
        project: str,
        *,
        keep_frames: int = 1,
        auto_restart: bool = False,
        **asking: Unpack[Asking],
    ) -> AsyncViewer:
        """Return a viewer of a session of its own: `async with diorama.play("cove") as viewer`.

        Args:
            project: what to play.
            keep_frames: how many frames wait for a slow program before the oldest is dropped.
            auto_restart: whether an end that allows it opens a new session without being asked.
            asking: as for `open_session`.
        """
        wishes = Wishes(self.server, project, asking, auto_restart=auto_restart)
        return AsyncViewer(wishes, self.ask_once, keep_frames=keep_frames)
