"""Bodies of REST: strict JSON in, msgspec structs out, and both in the OpenAPI document.

`json_body` is a FastAPI dependency; `answer` makes a response; `Documents` collects which structs
the routes name, so that the document's schemas come from the very types that parse and encode. (A
time is `format: date-time` there where its type is `Annotated[datetime, Meta(tz=True)]`.)
FastAPI's own models stay for parameters alone.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypedDict, TypeVar

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from diorama.gateway import problems
from diorama.kernel.errors import Invalid
from diorama.protocol.strict_json import MAX_REST_BYTES, parse

JSON: Final = "application/json"
_KNOCK: Final = "knock"
REF: Final = "#/components/schemas/{name}"
T = TypeVar("T")
_ENCODER: Final = msgspec.json.Encoder()


Knock: TypeAlias = Callable[[Request], Awaitable[object]]
"""Raises what is wrong with a request's credential, or that there is none."""


def json_body(
    kind: type[T], *, media_types: Sequence[str] = (JSON,), anybody: bool = False
) -> Callable[[Request], Awaitable[T]]:
    """Return a dependency that yields the request's body as `kind`.

    What is wrong with a body is told to nobody whose credential opens nothing: a stranger is told
    that alone, whatever they send.

    Args:
        kind: a msgspec struct.
        anybody: whether the route takes requests without a credential.
        media_types: what the body may call itself. Anything but JSON is what a form or a beacon
            of any page may send without asking first, so only a route that has its proof inside
            the body takes `text/plain`.
    """

    async def read(request: Request) -> T:
        try:
            _check_media_type(request, media_types)
            return parse(await request.body(), kind, max_bytes=MAX_REST_BYTES)
        except Invalid:
            knock: Knock | None = getattr(request.app.state, _KNOCK, None)
            if knock is not None and not anybody:
                await knock(request)
            raise

    return read


def ask_at_door(app: FastAPI, knock: Knock) -> None:
    """Let bodies that are none be refused by this door first, see `json_body`."""
    setattr(app.state, _KNOCK, knock)


def _check_media_type(request: Request, media_types: Sequence[str]) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        raise Invalid(f"the body must be {' or '.join(media_types)}", code="media_type")


def answer(
    value: msgspec.Struct | Sequence[msgspec.Struct],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a struct, or a list of them, as JSON; aware times become ISO 8601, UTC ones with Z."""
    return Response(_ENCODER.encode(value), status, headers=headers, media_type=JSON)


def path_id(text: str) -> str:
    """Return an id of a path; PostgreSQL takes no NUL in a text, and no id has one."""
    return "" if "\0" in text else text


class RouteDocument(TypedDict):
    """Keyword arguments of FastAPI's route decorators."""

    status_code: int
    response_class: type[Response]
    responses: dict[int | str, dict[str, Any]]
    openapi_extra: dict[str, Any]


class Documents:
    """The structs that routes take and give, for the OpenAPI document.

    Use: `@router.post("/v1/x", **documents.route(body=Ask, answers={201: View}, problems=(409,)))`
    and, once, `documents.install(app)`.
    """

    def __init__(self) -> None:
        self._kinds: list[object] = [problems.Problem]

    def route(
        self,
        *,
        body: type[msgspec.Struct] | None = None,
        answers: Mapping[int, object | None],
        problems: Sequence[int] = (),
    ) -> RouteDocument:
        """Return the decorator's arguments for a route.

        Args:
            body: the struct the route takes.
            answers: what it gives by status, the usual one first; None is no body, a list type
                such as `list[View]` is one.
            problems: the statuses of its problem documents; 422 is always among them.
        """
        found: dict[int | str, dict[str, Any]] = {}
        for status, kind in answers.items():
            found[status] = {"description": _DESCRIPTIONS.get(status, "Success")}
            if kind is not None:
                found[status]["content"] = {JSON: {"schema": self._reference(kind)}}
        found |= _documented_problems(problems)
        extra: dict[str, Any] = {}
        if body is not None:
            content = {JSON: {"schema": self._reference(body)}}
            extra["requestBody"] = {"required": True, "content": content}
        return RouteDocument(
            status_code=next(iter(answers)),
            response_class=Response,
            responses=found,
            openapi_extra=extra,
        )

    def install(self, app: FastAPI) -> None:
        """Let `app.openapi()` hold the schemas of every struct named so far and later."""

        def openapi() -> dict[str, Any]:
            if app.openapi_schema is None:
                document = get_openapi(
                    title=app.title,
                    version=app.version,
                    summary=app.summary,
                    description=app.description,
                    routes=app.routes,
                )
                schemas = document.setdefault("components", {}).setdefault("schemas", {})
                schemas |= self.schemas()
                app.openapi_schema = document
            return app.openapi_schema

        app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it

    def schemas(self) -> dict[str, Any]:
        """Return the components by name, as JSON Schema."""
        return msgspec.json.schema_components(self._kinds, ref_template=REF)[1]

    def _reference(self, kind: object) -> dict[str, Any]:
        if kind not in self._kinds:
            self._kinds.append(kind)
        (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
        return schema


_DESCRIPTIONS: Final = {200: "The thing asked for.", 201: "Made.", 202: "Taken.", 204: "Done."}


def _documented_problems(statuses: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    return dict(problems.documented(sorted({422, *statuses})))
