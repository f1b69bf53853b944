import msgspec
import pytest

from diorama import client
from diorama.client.answers import PROBLEM_TYPE, Reply, error_of, problem_of, read
from diorama.client.questions import get_health
from diorama.protocol.views import Health


def problem(status: int, code: str, **facts: object) -> Reply:
    document = {"type": "about:blank", "title": "T", "status": status, "code": code, **facts}
    body = msgspec.json.encode({"detail": "A sentence.", "request_id": "req_1", **document})
    return Reply(status, {"content-type": PROBLEM_TYPE}, body)


def test_an_answer_is_read_as_what_was_asked_for() -> None:
    reply = Reply(200, {}, b'{"status":"ok","version":"1","news":1}')

    assert read(get_health(), reply) == Health(status="ok", version="1")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"status":1,"version":"1"}'])
def test_an_answer_that_is_something_else_is_not_understood(body: bytes) -> None:
    with pytest.raises(client.NotUnderstood, match="GET /healthz: this is no Health"):
        read(get_health(), Reply(200, {}, body))


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "json_syntax", client.Invalid),
        (401, "credential_refused", client.Unauthorized),
        (403, "forbidden", client.Forbidden),
        (404, "project_unknown", client.NotFound),
        (409, "project_disabled", client.Refused),
        (412, "version_changed", client.Refused),
        (422, "idempotency_mismatch", client.Invalid),
        (429, "account_limit", client.LimitReached),
        (429, "end_user_limit", client.LimitReached),
        (429, "project_cap", client.LimitReached),
        (429, "hours_exhausted", client.LimitReached),
        (429, "rate_limited", client.TooManyRequests),
        (500, "internal", client.Failed),
        (502, "refused", client.Unavailable),
        (503, "unavailable", client.Unavailable),
        (504, "refused", client.Unavailable),
        (302, "refused", client.NotUnderstood),
    ],
)
def test_each_kind_of_refusal_is_an_error_of_its_own(
    status: int, code: str, kind: type[client.ClientError]
) -> None:
    error = error_of(problem_of(problem(status, code)))

    assert type(error) is kind
    assert (error.status, error.code, str(error)) == (status, code, "A sentence.")
    assert error.request_id == "req_1"


def test_a_reached_limit_names_what_holds_the_slots() -> None:
    holder = {
        "session": "ses_1",
        "project": "cove",
        "state": "streaming",
        "age_s": 12.0,
        "last_heard_s": None,
        "device": "Chrome on Linux",
        "end": "/v1/sessions/ses_1",
    }

    error = error_of(problem_of(problem(429, "account_limit", holders=[holder], end_code=4010)))

    assert isinstance(error, client.LimitReached)
    assert [(held.session, held.device) for held in error.holders] == [("ses_1", "Chrome on Linux")]
    assert error.detail["end_code"] == 4010


def test_holders_of_another_shape_are_none() -> None:
    error = error_of(problem_of(problem(429, "account_limit", holders=[{"session": 1}])))

    assert isinstance(error, client.LimitReached)
    assert list(error.holders) == []


@pytest.mark.parametrize(
    ("header", "seconds"), [("2", 2.0), ("soon", None), ("Wed, 21 Oct 2026", None), ("-1", None)]
)
def test_when_to_ask_again_is_read_in_seconds(header: str, seconds: float | None) -> None:
    reply = Reply(503, {"retry-after": header}, b"")

    assert problem_of(reply).retry_after_s == seconds


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"", b"[1]", b"{"])
def test_a_refusal_without_a_document_is_told_by_its_status(body: bytes) -> None:
    for kind in ("text/html", PROBLEM_TYPE):
        found = problem_of(Reply(502, {"content-type": kind}, body))

        assert (found.code, found.detail) == (
            "refused",
            "What answered with 502 said nothing else: is this the address of a gateway?",
        )
