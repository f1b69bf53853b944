"""What an answer means: the value that was asked for, or the error of its kind. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar, cast

import msgspec

from diorama.client.errors import (
    ClientError,
    Failed,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    NotUnderstood,
    Problem,
    Refused,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from diorama.client.questions import Question
from diorama.kernel.errors import Detail
from diorama.protocol.end_codes import END_CODES, EndCode

T = TypeVar("T")
PROBLEM_TYPE: Final = "application/problem+json"
_STANDARD: Final = frozenset({"type", "title", "status", "code", "detail", "request_id"})
_KINDS: Final[Mapping[int, type[ClientError]]] = {
    HTTPStatus.UNAUTHORIZED: Unauthorized,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Refused,
    HTTPStatus.PRECONDITION_FAILED: Refused,
    HTTPStatus.TOO_MANY_REQUESTS: TooManyRequests,
    HTTPStatus.BAD_GATEWAY: Unavailable,
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: Unavailable,
}
_LIMITS: Final = frozenset(
    {
        *END_CODES[EndCode.LIMIT_REACHED].reasons,
        *END_CODES[EndCode.TIME_LIMIT].reasons,
        "limit_reached",
        "simulation_limit",
        "spectator_limit",
    }
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read(question: Question[T], reply: Reply) -> T:
    """Return what was asked for.

    Raises:
        ClientError: the class that the answer's status and code stand for.
    """
    if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        raise error_of(problem_of(reply))
    if question.answer is bytes:
        return cast(T, reply.body)
    return told(question, reply.body)


def told(question: Question[T], body: bytes | str) -> T:
    """Return what JSON says that answers a question, such as one event of a stream.

    Raises:
        NotUnderstood: it is no such thing.
    """
    try:
        return msgspec.json.decode(body, type=question.answer)
    except msgspec.DecodeError as error:
        wanted = question.answer.__name__
        raise NotUnderstood(
            f"{question.method} {question.path}: this is no {wanted}: {error}"
        ) from None


def _unexplained(status: int) -> str:
    """Return what to say of a refusal that no gateway explained: a wrong address, or a proxy."""
    return f"What answered with {status} said nothing else: is this the address of a gateway?"


def problem_of(reply: Reply) -> Problem:
    """Return the problem document of an answer, or one made of its status alone."""
    members = _members(reply)
    code, detail, request_id = (members.get(name) for name in ("code", "detail", "request_id"))
    return Problem(
        status=reply.status,
        code=code if isinstance(code, str) else "refused",
        detail=detail if isinstance(detail, str) else _unexplained(reply.status),
        facts={name: value for name, value in members.items() if name not in _STANDARD},
        request_id=request_id if isinstance(request_id, str) else None,
        retry_after_s=_retry_after_s(reply.headers.get("retry-after")),
    )


def error_of(problem: Problem) -> ClientError:
    """Return the error a problem is."""
    return _kind(problem)(problem.detail, code=problem.code, problem=problem)


def _kind(problem: Problem) -> type[ClientError]:
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS and problem.code in _LIMITS:
        return LimitReached
    known = _KINDS.get(problem.status)
    if known is not None:
        return known
    if problem.status < HTTPStatus.BAD_REQUEST:
        return NotUnderstood  # a redirect: the address is that of something else
    return Failed if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Invalid


def _members(reply: Reply) -> dict[str, Detail]:
    if not reply.headers.get("content-type", "").startswith(PROBLEM_TYPE):
        return {}
    try:
        found: dict[str, Detail] = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after_s(text: str | None) -> float | None:
    """Return the seconds of a Retry-After; Diorama sends no dates, so one is not heeded."""
    return float(text) if text is not None and text.isdecimal() else None
