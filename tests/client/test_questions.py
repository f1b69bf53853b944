import msgspec

from diorama.client import questions


def test_each_request_for_a_session_has_a_key_of_its_own() -> None:
    one, other = (questions.open_session("cove", {}, None) for _ in range(2))

    assert len(one.headers[questions.IDEMPOTENCY_KEY]) >= 16
    assert one.headers != other.headers


def test_a_key_that_is_given_is_kept() -> None:
    question = questions.open_session("cove", {"end_user": "ann"}, "the key")

    assert question.headers == {questions.IDEMPOTENCY_KEY: "the key"}
    assert msgspec.json.decode(question.body or b"")["end_user"] == "ann"


def test_a_name_cannot_leave_its_place_in_the_address() -> None:
    assert questions.get_session("../workers?x").path == "/v1/sessions/..%2Fworkers%3Fx"


def test_what_is_secret_is_not_shown() -> None:
    asked = questions.open_session("cove", {"client_id": "c" * 16}, "the key")
    bye = questions.say_bye("ses_1", "dst_secret", 1000)

    assert "the key" not in repr(asked)
    assert "cccc" not in repr(asked)
    assert "secret" not in repr(bye)


def test_a_change_that_is_held_to_a_version_is_asked_for_once() -> None:
    held = questions.change_project("cove", {"enabled": False}, 7)
    free = questions.change_project("cove", {"enabled": False}, None)

    assert (held.headers["If-Match"], held.repeatable) == ('"7"', False)
    assert ("If-Match" in free.headers, free.repeatable) == (False, True)
    assert held.body == free.body == b'{"enabled":false}'
