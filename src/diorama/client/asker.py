"""How a program that waits asks a gateway: its connections, when it asks again, page by page.

What can be asked stands in `diorama` and the faces that it is made of.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx

from diorama.client.address import origin_of
from diorama.client.answers import error_of, problem_of, read, told
from diorama.client.errors import ClientError
from diorama.client.following import SILENT_S, Following
from diorama.client.questions import Paged, Question
from diorama.client.retries import PATIENT, Retries, is_undone
from diorama.client.sending import (
    ANSWER_WITHIN_S,
    reply_of,
    request_of,
    stream_of,
    timeout,
    unreachable,
)
from diorama.client.server_sent import Blocks, Lines

T = TypeVar("T")
P = TypeVar("P", bound=Paged)


class Asker:
    """What all questions need; what the arguments mean stands at `Diorama`."""

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

    def _pages(self, ask: Callable[[str | None], Question[P]]) -> Iterator[P]:
        """Yield a list's pages, asking for the next when it is needed."""
        cursor: str | None = None
        while True:
            page = self._ask(ask(cursor))
            yield page
            cursor = page.cursor
            if cursor is None:
                return

    def _follow(self, question: Question[T], *, within_s: float | None = None) -> Iterator[T]:
        """Yield what a stream tells; where it is lost, ask for it again from there.

        Raises:
            TimeoutError: it goes on after `within_s`; told when the next line comes.
        """
        following, blocks = Following(), Blocks()
        until_s = math.inf if within_s is None else time.monotonic() + within_s
        while True:
            lost: ClientError | None = None
            try:
                for line in self._lines(question, blocks.last_id, until_s):
                    data = blocks.take(line)
                    if data is not None or line.startswith(":"):
                        following = following.hear()
                    if data is not None:
                        yield told(question, data)
                    _check_time(until_s)
            except ClientError as error:
                _check_time(until_s)
                lost = error
            following, blocks = following.lose(), Blocks(blocks.last_id)
            chance = random.random()  # noqa: S311 - spreads clients, hides nothing
            wait_s = following.wait_s(lost, self._retries, chance)
            if wait_s is None:
                assert lost is not None, "what was closed in order is asked for again"
                raise lost
            time.sleep(wait_s)

    def _lines(self, question: Question[T], last: str | None, until_s: float) -> Iterator[str]:
        """Yield the lines of a stream until it is closed."""
        asked = stream_of(question, self._api_key, last)
        left_s = max(until_s - time.monotonic(), 0.001)
        silent = timeout(self._answer_within_s, silent_s=min(SILENT_S, left_s))
        try:
            with self._http.stream(**asked, timeout=silent) as response:
                if not response.is_success:
                    response.read()
                    raise error_of(problem_of(reply_of(response)))
                lines = Lines()
                for chunk in response.iter_bytes():
                    yield from lines.take(chunk)
        except httpx.RequestError as error:
            raise unreachable(self.server, error) from None

    def _ask(self, question: Question[T]) -> T:
        asked = 0
        while True:
            asked += 1
            try:
                return self._ask_once(question)
            except ClientError as error:
                if not (question.repeatable or is_undone(error)):
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


def _check_time(until_s: float) -> None:
    if time.monotonic() >= until_s:
        raise TimeoutError("it goes on, and was waited for long enough")
