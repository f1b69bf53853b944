"""How a program of asyncio asks a gateway: its connections, when it asks again, page by page.

What can be asked stands in `async_diorama` and the faces that it is made of.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
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


class AsyncAsker:
    """What all questions need; what the arguments mean stands at `AsyncDiorama`."""

    def __init__(
        self,
        server: str,
        *,
        api_key: str | None = None,
        answer_within_s: float = ANSWER_WITHIN_S,
        retries: Retries = PATIENT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.server: Final = origin_of(server)
        self._api_key = api_key
        self._answer_within_s = answer_within_s
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=self.server, timeout=timeout(answer_within_s), transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections. Idempotent."""
        await self._http.aclose()

    async def _pages(self, ask: Callable[[str | None], Question[P]]) -> AsyncIterator[P]:
        """Yield a list's pages, asking for the next when it is needed."""
        cursor: str | None = None
        while True:
            page = await self._ask(ask(cursor))
            yield page
            cursor = page.cursor
            if cursor is None:
                return

    async def _follow(self, question: Question[T]) -> AsyncGenerator[T, None]:
        """Yield what a stream tells; where it is lost, ask for it again from there."""
        following, blocks = Following(), Blocks()
        while True:
            lost: ClientError | None = None
            try:
                async with contextlib.aclosing(self._lines(question, blocks.last_id)) as lines:
                    async for line in lines:
                        data = blocks.take(line)
                        if data is not None or line.startswith(":"):
                            following = following.hear()
                        if data is not None:
                            yield told(question, data)
            except ClientError as error:
                lost = error
            following, blocks = following.lose(), Blocks(blocks.last_id)
            chance = random.random()  # noqa: S311 - spreads clients, hides nothing
            wait_s = following.wait_s(lost, self._retries, chance)
            if wait_s is None:
                assert lost is not None, "what was closed in order is asked for again"
                raise lost
            await asyncio.sleep(wait_s)

    async def _lines(self, question: Question[T], last: str | None) -> AsyncGenerator[str, None]:
        """Yield the lines of a stream until it is closed."""
        asked = stream_of(question, self._api_key, last)
        silent = timeout(self._answer_within_s, silent_s=SILENT_S)
        try:
            async with self._http.stream(**asked, timeout=silent) as response:
                if not response.is_success:
                    await response.aread()
                    raise error_of(problem_of(reply_of(response)))
                lines = Lines()
                async for chunk in response.aiter_bytes():
                    for line in lines.take(chunk):
                        yield line
        except httpx.RequestError as error:
            raise unreachable(self.server, error) from None

    async def _ask(self, question: Question[T]) -> T:
        asked = 0
        while True:
            asked += 1
            try:
                return await self.ask_once(question)
            except ClientError as error:
                if not (question.repeatable or is_undone(error)):
                    raise
                chance = random.random()  # noqa: S311 - spreads clients, hides nothing
                wait_s = self._retries.wait_s(error, asked=asked, chance=chance)
                if wait_s is None:
                    raise
            await asyncio.sleep(wait_s)

    async def ask_once(self, question: Question[T]) -> T:
        """Return the answer to a question, asked once; `diorama.client.questions` has them all."""
        try:
            async with asyncio.timeout(self._answer_within_s):
                response = await self._http.request(**request_of(question, self._api_key))
        except (httpx.RequestError, TimeoutError) as error:
            raise unreachable(self.server, error) from None
        return read(question, reply_of(response))
