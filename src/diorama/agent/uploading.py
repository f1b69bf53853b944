"""Uploads the files of a recording to whichever gateway answers, or where it says.

An upload is asked for, each file put, and the whole completed; what goes wrong on the way begins it
anew, a bounded number of times. A refusal is final. The token opens one upload and is its only
credential; neither it nor an address that was given for a file is ever logged.
"""

import asyncio
import itertools
import random
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol

import aiohttp
import msgspec
import structlog

from diorama.agent.backoff import wait_s
from diorama.agent.recording_facts import FILES
from diorama.kernel.errors import Refused, Unavailable
from diorama.protocol.recording_views import (
    BeginUpload,
    CompleteUpload,
    FailUpload,
    FileToUpload,
    RecordedFacts,
    UploadTarget,
    UploadTargets,
)

ATTEMPTS: Final = 6
ANSWER_WITHIN_S: Final = 30.0
PUT_WITHIN_S: Final = 900.0
_QUIET_WITHIN_S: Final = 60.0  # a file that does not move for so long is begun anew
_MAX_ANSWER_BYTES: Final = 64 * 1024
_AGAIN: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,  # a file did not come whole
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)

log = structlog.get_logger(__name__)


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""
    detail: str = ""


class Uploader:
    """Knows the gateways; any number of uploads at once."""

    def __init__(self, gateways: Sequence[str], *, rng: random.Random) -> None:
        self._gateways = tuple(map(over_http, gateways))
        self._rng = rng

    async def upload(self, token: str, folder: Path, facts: RecordedFacts) -> None:
        """Upload what is in a folder and say what it is.

        Raises:
            Refused: the gateway does not take it, now or ever.
            Unavailable: no gateway took it, however often it was tried.
        """

        async def attempt(client: aiohttp.ClientSession, gateway: str) -> None:
            files = [FileToUpload(name, (folder / name).stat().st_size) for name in FILES]
            asked = BeginUpload(token, tuple(files))
            answer = await _post(client, f"{gateway}/v1/uploads", asked)
            for place in _decoded(answer).files:
                await _put(client, gateway, place, folder / place.name)
            await _post(client, f"{gateway}/v1/uploads/complete", CompleteUpload(token, facts))

        await self._until_taken(attempt)

    async def fail(self, token: str, reason: str) -> None:
        """Say that nothing will come, in a word. Raises Refused and Unavailable as `upload`."""

        async def attempt(client: aiohttp.ClientSession, gateway: str) -> None:
            await _post(client, f"{gateway}/v1/uploads/fail", FailUpload(token, reason))

        await self._until_taken(attempt)

    async def _until_taken(self, attempt: "_Attempt") -> None:
        first = self._rng.randrange(len(self._gateways))
        in_turn = itertools.islice(itertools.cycle(self._gateways), first, None)
        reason = ""
        async with aiohttp.ClientSession() as client:
            for failures in range(1, ATTEMPTS + 1):
                try:
                    await attempt(client, next(in_turn))
                except (aiohttp.ClientError, OSError, TimeoutError, _Again) as error:
                    reason = str(error) if isinstance(error, _Again) else type(error).__name__
                    log.info("an upload is begun anew", reason=reason, failures=failures)
                else:
                    return
                if failures < ATTEMPTS:
                    await asyncio.sleep(wait_s(failures, self._rng))
        raise Unavailable(
            f"no gateway took the files in {ATTEMPTS} attempts: {reason}", code="upload_failed"
        )


class _Attempt(Protocol):
    async def __call__(self, client: aiohttp.ClientSession, gateway: str) -> None:
        """Make one attempt with one gateway."""


class _Again(Exception):
    """It may be taken another time."""


async def _post(
    client: aiohttp.ClientSession, url: str, body: BeginUpload | CompleteUpload | FailUpload
) -> bytes:
    async with client.post(
        url,
        data=msgspec.json.encode(body),
        headers={"Content-Type": "application/json"},
        timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S),
        allow_redirects=False,
    ) as answer:
        text = await answer.content.read(_MAX_ANSWER_BYTES)
        if answer.ok:
            return text
        raise _error(answer.status, text)


async def _put(
    client: aiohttp.ClientSession, gateway: str, place: UploadTarget, path: Path
) -> None:
    is_elsewhere = place.url.startswith(("http://", "https://"))
    with path.open("rb") as file:
        async with client.put(
            place.url if is_elsewhere else gateway + place.url,
            data=file,
            headers={"Content-Type": place.media_type},
            timeout=aiohttp.ClientTimeout(total=PUT_WITHIN_S, sock_read=_QUIET_WITHIN_S),
            allow_redirects=False,
        ) as answer:
            text = await answer.content.read(_MAX_ANSWER_BYTES)
            if answer.ok:
                return
            if (
                is_elsewhere
            ):  # a signed address may have been good once: the next attempt has another
                raise _Again(f"{place.name} was answered {answer.status} by the store")
            raise _error(answer.status, text)


def _decoded(answer: bytes) -> UploadTargets:
    try:
        return msgspec.json.decode(answer, type=UploadTargets)
    except msgspec.DecodeError as error:
        raise _Again(f"the answer to an upload cannot be read: {error}") from None


def _error(status: int, body: bytes) -> Exception:
    if status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _Again(f"it answers {status}")
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except msgspec.DecodeError:
        problem = _Problem()
    said = problem.detail or problem.code or "nothing more"
    return Refused(f"the upload is refused ({status}): {said}", code="upload_failed")


def over_http(gateway: str) -> str:
    """Return where a gateway is asked whose socket may be meant."""
    return "http" + gateway.removeprefix("ws") if gateway.startswith("ws") else gateway
