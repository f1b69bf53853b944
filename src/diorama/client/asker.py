"""How a program that waits asks a gateway: its connections, when it asks again, page by page.

What can be asked stands in `diorama` and the faces that it is made of.
"""

import random
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx

from diorama.client.address import origin_of
from diorama.client.answers import read
from diorama.client.errors import ClientError
from diorama.client.questions import Paged, Question
from diorama.client.retries import PATIENT, Retries
from diorama.client.sending import ANSWER_WITHIN_S, reply_of, request_of, timeout, unreachable

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
