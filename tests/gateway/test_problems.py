"""What a caller reads when something is refused, or breaks."""

import json
from collections.abc import Mapping

import pytest
from fastapi import FastAPI

from diorama.gateway import problems
from diorama.gateway.front import Front
from diorama.kernel import errors
from diorama.kernel.errors import DioramaError, Invalid, LimitReached, Unauthorized, Unavailable
from tests.gateway.raw_http import RawAnswer, ask, listening


def app_that_raises(error: Exception) -> FastAPI:
    app = FastAPI(openapi_url=None)
    problems.install(app)

    @app.get("/thing")
    async def thing(count: int = 1) -> None:  # noqa: ARG001 - a parameter to get wrong
        raise error

    return app


async def refused(error: Exception, request: str = "GET /thing") -> RawAnswer:
    async with listening(Front(rest=app_that_raises(error))) as running:
        return await ask(running, request + " HTTP/1.1\r\nHost: x\r\n\r\n")


def document(answer: RawAnswer) -> Mapping[str, object]:
    assert answer.header("content-type") == "application/problem+json"
    found: dict[str, object] = json.loads(answer.body)
    return found


ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, DioramaError) and kind is not DioramaError
]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_of_diorama_has_a_status_of_its_own(kind: type[DioramaError]) -> None:
    assert kind in problems.STATUS
    assert problems.status_of(kind("x")) is problems.STATUS[kind]


def test_a_narrower_error_has_the_status_of_its_class() -> None:
    class UnknownWorld(errors.NotFound):
        code = "unknown_world"

    assert problems.status_of(UnknownWorld("x")) == 404


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("schema", 422),
        ("json_syntax", 400),
        ("json_depth", 400),
        ("json_duplicate_key", 400),
        ("json_number", 400),
        ("json_text", 400),
        ("too_large", 413),
        ("media_type", 415),
    ],
)
def test_what_cannot_be_read_has_a_status_of_its_own(code: str, status: int) -> None:
    assert problems.status_of(Invalid("x", code=code)) == status


async def test_a_refusal_says_what_why_and_what_holds_it() -> None:
    error = LimitReached(
        "account a holds 5 of 5", detail={"holders": [{"session": "s1"}], "status": 200}
    )

    answer = await refused(error)

    found = dict(document(answer))
    assert str(found.pop("request_id")).startswith("req_")
    assert found == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "code": "limit_reached",
        "detail": "account a holds 5 of 5",
        "holders": [{"session": "s1"}],
    }


async def test_who_is_not_known_is_told_how_to_say_it() -> None:
    assert (await refused(Unauthorized("x"))).header("www-authenticate") == "Bearer"


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Unavailable("x"), "2"),
        (Unavailable("x", detail={"retry_after_s": 7.6}), "8"),
        (LimitReached("x", detail={"retry_after_s": 0}), "1"),
    ],
)
async def test_who_may_come_back_is_told_when(error: DioramaError, seconds: str) -> None:
    assert (await refused(error)).header("retry-after") == seconds


async def test_a_limit_without_a_time_names_none() -> None:
    assert not (await refused(LimitReached("x"))).has("retry-after")


async def test_an_unknown_address_is_not_found() -> None:
    answer = await refused(ValueError(), "GET /elsewhere")

    assert (answer.status, document(answer)["code"]) == (404, "not_found")


async def test_a_wrong_method_is_told_which_are_right() -> None:
    answer = await refused(ValueError(), "DELETE /thing")

    assert (answer.status, document(answer)["code"]) == (405, "method_not_allowed")
    assert answer.header("allow") == "GET"


async def test_a_wrong_parameter_is_named_and_not_repeated() -> None:
    answer = await refused(ValueError(), "GET /thing?count=secret")

    found = document(answer)
    assert (answer.status, found["code"]) == (422, "schema")
    assert str(found["detail"]).startswith("query.count: ")
    assert b"secret" not in answer.body


async def test_a_bug_is_logged_once_under_its_request_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = await refused(ValueError("the secret of the bug"))

    found = document(answer)
    log = capsys.readouterr()
    assert (answer.status, found["code"]) == (500, "internal")
    assert b"secret" not in answer.body
    assert (log.out + log.err).count("ValueError: the secret of the bug") == 1
    assert str(found["request_id"]) in log.out + log.err


def test_documented_problems_point_to_one_schema() -> None:
    (answer,) = problems.documented([409]).values()

    assert answer["description"] == "Conflict"
    assert "#/components/schemas/Problem" in json.dumps(answer["content"])
