"""JSON in and out of REST, and what the OpenAPI document says of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import msgspec
import pytest
from fastapi import Depends, FastAPI
from msgspec import Meta
from starlette.responses import Response

from diorama.gateway import problems
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.front import Front
from tests.gateway.raw_http import RawAnswer, ask, listening

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


class Part(msgspec.Struct, frozen=True):
    """A part of a thing."""

    size: Annotated[int, Meta(ge=1)]


class MakeThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /things."""

    name: Annotated[str, Meta(max_length=5)]
    part: Part | None = None


class Thing(msgspec.Struct, frozen=True):
    """A thing."""

    name: str
    made_at: Annotated[datetime, Meta(tz=True)]
    parts: tuple[Part, ...] = ()


def make_app() -> FastAPI:
    app = FastAPI(title="Things", version="1")
    problems.install(app)
    documents = Documents()

    @app.post("/things", **documents.route(body=MakeThing, answers={201: Thing}, problems=[409]))
    async def make(body: Annotated[MakeThing, Depends(json_body(MakeThing))]) -> Response:
        return answer(Thing(body.name, NOON), 201, {"Location": f"/things/{body.name}"})

    @app.get("/things", **documents.route(answers={200: list[Thing]}))
    async def things() -> Response:
        return answer([Thing("a", NOON.astimezone(timezone(timedelta(0))))])

    @app.delete("/things", **documents.route(answers={204: None}))
    async def forget() -> Response:
        return Response(status_code=204)

    text = Depends(json_body(MakeThing, media_types=("application/json", "text/plain")))

    @app.post("/beacon", **documents.route(answers={204: None}))
    async def beacon(_body: Annotated[MakeThing, text]) -> Response:
        return Response(status_code=204)

    documents.install(app)
    return app


async def post(
    body: str, *, path: str = "/things", media_type: str = "application/json; charset=utf-8"
) -> RawAnswer:
    async with listening(Front(rest=make_app())) as running:
        raw = body.encode("utf-8", "surrogatepass")
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n"
        return await ask(running, head.encode() + b"Content-Length: %d\r\n\r\n" % len(raw) + raw)


async def test_a_body_becomes_its_struct_and_times_end_with_z() -> None:
    made = await post('{"name": "a"}')

    assert made.status == 201
    assert made.header("content-type") == "application/json"
    assert made.header("location") == "/things/a"
    assert json.loads(made.body)["made_at"] == "2030-01-01T12:00:00Z"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"name": "abcdef"}', 422, "schema"),
        ('{"name": 1}', 422, "schema"),
        ("{}", 422, "schema"),
        ('{"name": "a", "extra": 1}', 422, "schema"),
        ("", 400, "json_syntax"),
        ("{", 400, "json_syntax"),
        ('{"name": "a", "name": "b"}', 400, "json_duplicate_key"),
        ('{"name": NaN}', 400, "json_number"),
        ("[" * 40, 400, "json_depth"),
        ('{"name": "\\ud800"}', 400, "json_text"),
    ],
)
async def test_a_wrong_body_is_refused_with_its_code(body: str, status: int, code: str) -> None:
    refused = await post(body)

    assert (refused.status, json.loads(refused.body)["code"]) == (status, code)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_what_a_foreign_page_may_send_unasked_is_refused(media_type: str) -> None:
    refused = await post('{"name": "a"}', media_type=media_type)

    assert (refused.status, json.loads(refused.body)["code"]) == (415, "media_type")


async def test_a_route_may_take_text_for_beacons() -> None:
    assert (await post('{"name": "a"}', path="/beacon", media_type="text/plain")).status == 204


def operation(document: Mapping[str, Any], method: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document["paths"]["/things"][method]
    return found


def test_the_document_has_the_schemas_of_the_structs() -> None:
    document = make_app().openapi()

    schemas = document["components"]["schemas"]
    assert document["openapi"].startswith("3.1")
    assert schemas["MakeThing"]["properties"]["name"] == {"type": "string", "maxLength": 5}
    assert schemas["MakeThing"]["additionalProperties"] is False
    assert schemas["Thing"]["properties"]["made_at"] == {"type": "string", "format": "date-time"}
    assert schemas["Part"]["properties"]["size"] == {"type": "integer", "minimum": 1}
    assert operation(document, "post")["requestBody"] == {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/MakeThing"}},
        },
    }


def test_the_document_says_what_each_route_answers() -> None:
    document = make_app().openapi()

    assert set(operation(document, "post")["responses"]) == {"201", "409", "422"}
    assert set(operation(document, "get")["responses"]) == {"200", "422"}
    assert operation(document, "get")["responses"]["200"]["content"] == {
        "application/json": {
            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
        }
    }
    assert "content" not in operation(document, "delete")["responses"]["204"]


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = make_app().openapi()

    text = json.dumps(document)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(document["components"]["schemas"])


def test_the_document_is_made_once() -> None:
    app = make_app()

    assert app.openapi() is app.openapi()
