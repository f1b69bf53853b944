"""Every error a caller sees over HTTP: problem+json (RFC 9457) with a stable machine code.

One table gives each class of error its status; a few codes have a status of their own. What an
unexpected exception says never leaves the process: the caller gets a request id, the log the rest.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from diorama.kernel.errors import (
    Detail,
    DioramaError,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    Refused,
    Unauthorized,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 2
"""For `Unavailable` without a better guess: a gateway that restarts is back within about this."""

STATUS: Final[Mapping[type[DioramaError], HTTPStatus]] = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Refused: HTTPStatus.CONFLICT,
    LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
STATUS_OF_CODE: Final[Mapping[str, HTTPStatus]] = {
    "json_syntax": HTTPStatus.BAD_REQUEST,
    "json_depth": HTTPStatus.BAD_REQUEST,
    "json_duplicate_key": HTTPStatus.BAD_REQUEST,
    "json_number": HTTPStatus.BAD_REQUEST,
    "json_text": HTTPStatus.BAD_REQUEST,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "version_passed": HTTPStatus.PRECONDITION_FAILED,
    "artifacts_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "range_refused": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "not_acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "offer_not_acceptable": HTTPStatus.NOT_ACCEPTABLE,
}
"""Codes for which HTTP has a word of its own."""

CODE_OF_STATUS: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_TIMEOUT: "request_timeout",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "media_type",
    HTTPStatus.EXPECTATION_FAILED: "expectation_failed",
    HTTPStatus.UPGRADE_REQUIRED: "upgrade_required",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
}
"""Codes of what HTTP itself refuses, before any of Diorama's rules is asked."""

INTERNAL_SENTENCE: Final = "Diorama failed here; its log holds the reason under this request_id."
_SENTENCE_OF_STATUS: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document; facts a program may act on stand beside these members.

    `code` is stable; `detail` is a sentence for a person and may change.
    """

    title: str
    status: int
    code: str
    detail: str
    type: str = "about:blank"
    request_id: str | None = None


def status_of(error: DioramaError) -> HTTPStatus:
    """Return the HTTP status of an error; the nearest class in the table decides."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    known = (STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return next(known, HTTPStatus.INTERNAL_SERVER_ERROR)


def encode(
    status: int,
    code: str,
    detail: str,
    *,
    request_id: str | None = None,
    facts: Mapping[str, Detail] | None = None,
) -> bytes:
    """Return a problem document as JSON; `facts` never replace a member of the document itself."""
    document: dict[str, object] = dict(facts or {})
    document |= {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
    }
    if request_id is not None:
        document["request_id"] = request_id
    return msgspec.json.encode(document)


def headers_of(error: DioramaError) -> dict[str, str]:
    """Return the headers an error brings: when to ask again, and how to say who asks."""
    headers: dict[str, str] = {}
    retry_after_s = error.detail.get("retry_after_s")
    if isinstance(retry_after_s, int | float):
        headers["Retry-After"] = str(max(1, math.ceil(retry_after_s)))
    elif isinstance(error, Unavailable):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def no_page(_: Request) -> Response | None:
    """Return no page."""
    return None


def install(app: FastAPI, lost: Callable[[Request], Response | None] = no_page) -> None:
    """Let `app` answer every error with a problem document.

    Args:
        app: whose errors they are.
        lost: the page of an address that leads nowhere, for whoever looks at pages.
    """

    async def refuse_by_router(request: Request, error: HTTPException) -> Response:
        page = lost(request) if error.status_code == HTTPStatus.NOT_FOUND else None
        return page or _refuse_by_router(request, error)

    app.exception_handler(DioramaError)(_refuse)
    app.exception_handler(RequestValidationError)(_refuse_parameters)
    app.exception_handler(HTTPException)(refuse_by_router)
    app.exception_handler(Exception)(_hide)


async def _refuse(request: Request, error: DioramaError) -> Response:
    return document(error, request.scope, {})


def document(error: DioramaError, scope: Scope, headers: Mapping[str, str]) -> Response:
    """Return what a caller is told of an error, with these headers beside its own."""
    content = encode(
        status_of(error),
        error.code,
        str(error),
        request_id=_request_id(scope),
        facts=error.detail,
    )
    return _document(content, status_of(error), {**headers_of(error), **headers})


async def _refuse_parameters(request: Request, error: RequestValidationError) -> Response:
    errors = [
        f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
        for found in error.errors()
    ]
    facts: dict[str, Detail] = {"errors": list[Detail](errors)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    sentence = "; ".join(errors)
    content = encode(status, "schema", sentence, request_id=_request_id(request.scope), facts=facts)
    return _document(content, status)


def _refuse_by_router(request: Request, error: HTTPException) -> Response:
    status = error.status_code
    sentence = _SENTENCE_OF_STATUS.get(status, str(error.detail))
    code = CODE_OF_STATUS.get(status, "refused")
    content = encode(status, code, sentence, request_id=_request_id(request.scope))
    return _document(content, status, error.headers)


async def _hide(request: Request, _error: Exception) -> Response:
    # what the error says stays here: Starlette lets it rise once more, and the bridge logs it
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = CODE_OF_STATUS[status]
    return _document(
        encode(status, code, INTERNAL_SENTENCE, request_id=_request_id(request.scope)), status
    )


def _request_id(scope: Scope) -> str | None:
    found = scope.get("state", {}).get("request_id")
    return found if isinstance(found, str) else None


def _document(content: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(content, int(status), headers=headers, media_type=MEDIA_TYPE)


def documented(statuses: Sequence[int]) -> dict[int | str, dict[str, object]]:
    """Return the OpenAPI answers for these statuses, each a problem document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        int(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }
