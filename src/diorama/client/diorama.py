"""The client of a gateway for programs that wait: one method for each question.

Use it as a context manager, or close it. Any number of threads may share one.
"""

import random
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar, Unpack

import httpx

from diorama.client import questions
from diorama.client.address import origin_of
from diorama.client.answers import read
from diorama.client.async_diorama import AsyncDiorama
from diorama.client.async_viewer import AsyncViewer
from diorama.client.errors import ClientError
from diorama.client.questions import Asking, Project, ProjectChange, Question
from diorama.client.retries import PATIENT, Retries
from diorama.client.sending import ANSWER_WITHIN_S, reply_of, request_of, timeout, unreachable
from diorama.client.viewer import Viewer
from diorama.protocol.views import (
    EndResult,
    Health,
    LaneView,
    OpenedSession,
    ProjectView,
    Readiness,
    SessionView,
    WorkerView,
)

T = TypeVar("T")
PAGE: Final = 50


class Diorama:
    """A gateway, asked over REST.

    Args:
        server: its address, such as `http://127.0.0.1:8080`.
        api_key: the account's key; None where only public projects are played.
        answer_within_s: how long one answer may take.
        retries: how patient to be with a gateway that is away; `Retries(times=0)` is not at all.
        transport: another way for requests to go, such as one with client certificates.
    """

    def __init__(
        self,
        server: str,
        *,
        api_key: str | None = None,
        answer_within_s: float = ANSWER_WITHIN_S,
        retries: Retries = PATIENT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.server: Final = origin_of(server)
        self._api_key = api_key
        self._answer_within_s = answer_within_s
        self._retries = retries
        self._http = httpx.Client(
            base_url=self.server, timeout=timeout(answer_within_s), transport=transport
        )

    def __repr__(self) -> str:
        return f"Diorama({self.server!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections. Idempotent."""
        self._http.close()

    def open_session(
        self, project: str, *, idempotency_key: str | None = None, **asking: Unpack[Asking]
    ) -> OpenedSession:
        """Ask for a session and return it with its token, which opens `/v1/connect`.

        Raises:
            LimitReached: a limit refuses; its `holders` fill it.
            Unavailable: there is no slot and no place in line.
            NotFound: there is no such project for this caller.
        """
        return self._ask(questions.open_session(project, asking, idempotency_key))

    def sessions(self, *, live: bool = False, page: int = PAGE) -> Iterator[SessionView]:
        """Yield the account's sessions, newest first, asking for the next page when it is needed.

        Args:
            live: only those that have not ended.
            page: how many to ask for at once, 1 to 200.
        """
        cursor: str | None = None
        while True:
            found = self._ask(questions.list_sessions(live=live, limit=page, cursor=cursor))
            yield from found.sessions
            cursor = found.cursor
            if cursor is None:
                return

    def session(self, session: str) -> SessionView:
        """Return a session by its id. Raises NotFound where there is none for this caller."""
        return self._ask(questions.get_session(session))

    def end_session(self, session: str) -> SessionView:
        """End a session and return it; one that has ended already stays as it is."""
        return self._ask(questions.end_session(session))

    def end_sessions(
        self, *, sessions: Sequence[str] | None = None, project: str | None = None
    ) -> list[EndResult]:
        """End many sessions: those named, or all of a project that have not ended.

        Returns:
            What came of each, in the order in which they were named.
        """
        asked = questions.end_sessions(sessions, project)
        return list(self._ask(asked).results)

    def extend_session(
        self, session: str, *, seconds: float, idempotency_key: str | None = None
    ) -> SessionView:
        """Give a session more runtime, as far as the plan goes, and return it.

        Raises:
            Refused: it has ended, or the plan allows no more.
        """
        return self._ask(questions.extend_session(session, seconds, idempotency_key))

    def projects(self) -> list[ProjectView]:
        """Return the public projects, and with a key one's own."""
        return list(self._ask(questions.list_projects()).projects)

    def project(self, name: str) -> Project:
        """Return a project by its name. Raises NotFound where there is none for this caller."""
        return self._ask(questions.get_project(name))

    def change_project(
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
        return self._ask(questions.change_project(name, change, if_version))

    def queue(self, project: str) -> list[LaneView]:
        """Return a project's queue in each region: length, waits, and how true those told were."""
        return list(self._ask(questions.get_queue(project)).regions)

    def workers(self) -> list[WorkerView]:
        """Return the workers, and what their slots hold."""
        return list(self._ask(questions.list_workers()).workers)

    def health(self) -> Health:
        """Return whether the gateway's process lives, and its version."""
        return self._ask(questions.get_health())

    def readiness(self) -> Readiness:
        """Return whether the gateway serves, and with how many workers."""
        return self._ask(questions.get_readiness())

    def play(
        self,
        project: str,
        *,
        keep_frames: int = 1,
        auto_restart: bool = False,
        **asking: Unpack[Asking],
    ) -> Viewer:
        """Return a viewer of a session of its own: `with diorama.play("cove") as viewer`.

        Args:
            project: what to play.
            keep_frames: how many frames wait for a slow program before the oldest is dropped.
            auto_restart: whether an end that allows it opens a new session without being asked.
            asking: as for `open_session`.
        """

        def make(gateway: AsyncDiorama) -> AsyncViewer:
            return gateway.play(
                project, keep_frames=keep_frames, auto_restart=auto_restart, **asking
            )

        return Viewer(self._asynchronous, make)

    def _asynchronous(self) -> AsyncDiorama:
        return AsyncDiorama(
            self.server,
            api_key=self._api_key,
            answer_within_s=self._answer_within_s,
            retries=self._retries,
        )

    def _ask(self, question: Question[T]) -> T:
        asked = 0
        while True:
            asked += 1
            try:
                return self._ask_once(question)
            except ClientError as error:
                if not question.repeatable:
                    raise
                chance = random.random()  # noqa: S311 - spreads clients, hides nothing
                wait_s = self._retries.wait_s(error, asked=asked, chance=chance)
                if wait_s is None:
                    raise
            time.sleep(wait_s)

    def _ask_once(self, question: Question[T]) -> T:
        try:
            response = self._http.request(**request_of(question, self._api_key))
        except httpx.RequestError as error:
            raise unreachable(self.server, error) from None
        return read(question, reply_of(response))
