"""How a question becomes a request of httpx, and its response a reply: for both clients, no I/O."""

from collections.abc import Mapping, Sequence
from typing import Final, TypedDict, TypeVar

import httpx

from diorama import __version__
from diorama.client.answers import Reply
from diorama.client.errors import Unreachable
from diorama.client.questions import Question
from diorama.client.server_sent import STREAM

T = TypeVar("T")
ANSWER_WITHIN_S: Final = 10.0
CONNECT_WITHIN_S: Final = 5.0
AGENT: Final = f"diorama-python/{__version__}"


class Request(TypedDict):
    """What `httpx` is called with."""

    method: str
    url: str
    params: Mapping[str, str | Sequence[str]]
    content: bytes | None
    headers: dict[str, str]


def timeout(answer_within_s: float, *, silent_s: float | None = None) -> httpx.Timeout:
    """Return the bounds of one request; an answer that trickles in is bounded by its client.

    Args:
        answer_within_s: until it answers.
        silent_s: for an answer that goes on: how long nothing may come of it.
    """
    connect_s = min(CONNECT_WITHIN_S, answer_within_s)
    return httpx.Timeout(answer_within_s, connect=connect_s, read=silent_s or answer_within_s)


def request_of(question: Question[T], api_key: str | None) -> Request:
    """Return the request for a question, under the session's token or else the client's key."""
    headers = {"User-Agent": AGENT, "Accept": "application/json", **question.headers}
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    secret = question.token or api_key
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    return Request(
        method=question.method,
        url=question.path,
        params=question.query,
        content=question.body,
        headers=headers,
    )


def stream_of(question: Question[T], api_key: str | None, last: str | None) -> Request:
    """Return the request for a stream that tells what a question asks about, after `last`."""
    asked = request_of(question, api_key)
    asked["headers"] |= {"Accept": STREAM} | ({} if last is None else {"Last-Event-ID": last})
    return asked


def reply_of(response: httpx.Response) -> Reply:
    """Return what came back."""
    return Reply(response.status_code, response.headers, response.content)


def unreachable(origin: str, error: Exception) -> Unreachable:
    """Return the error for an answer that did not come; it names the address and no secret."""
    what = str(error) or type(error).__name__
    late = isinstance(error, httpx.TimeoutException | TimeoutError)
    code = "timeout" if late else "unreachable"
    return Unreachable(f"{origin} did not answer: {what}", code=code)
