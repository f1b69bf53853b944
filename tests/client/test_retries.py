import pytest

from diorama.client import errors
from diorama.client.errors import ClientError, Problem
from diorama.client.retries import Retries

PATIENT = Retries(times=3, first_wait_s=1.0, longest_wait_s=10.0)


def unavailable(*, retry_after_s: float | None = None, **facts: int) -> ClientError:
    problem = Problem(
        status=503, code="unavailable", detail="", facts=facts, retry_after_s=retry_after_s
    )
    return errors.Unavailable("away", problem=problem)


@pytest.mark.parametrize(("asked", "wait_s"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, None)])
def test_waits_double_and_end(asked: int, wait_s: float | None) -> None:
    assert PATIENT.wait_s(errors.Unreachable("no"), asked=asked, chance=0.0) == wait_s


def test_chance_cuts_a_wait_by_half_at_most() -> None:
    assert PATIENT.wait_s(errors.Unreachable("no"), asked=1, chance=1.0) == 0.5


def test_no_wait_is_shorter_than_the_answer_asked_for() -> None:
    assert PATIENT.wait_s(unavailable(retry_after_s=2.0), asked=1, chance=0.0) == 3.0


def test_a_wait_that_would_be_too_long_is_not_waited() -> None:
    assert PATIENT.wait_s(unavailable(retry_after_s=10.0), asked=1, chance=0.0) == 10.0
    assert PATIENT.wait_s(unavailable(retry_after_s=10.1), asked=1, chance=0.0) is None


@pytest.mark.parametrize(
    "error",
    [
        errors.Invalid("no"),
        errors.Unauthorized("no"),
        errors.NotFound("no"),
        errors.Refused("no"),
        errors.LimitReached("no"),
        errors.Failed("no"),
        errors.NotUnderstood("no"),
    ],
)
def test_an_answer_is_taken_as_one(error: ClientError) -> None:
    assert PATIENT.wait_s(error, asked=1, chance=0.0) is None


def test_a_decision_about_a_session_is_no_hiccup() -> None:
    assert PATIENT.wait_s(unavailable(end_code=4001), asked=1, chance=0.0) is None


def test_asking_too_often_is_waited_out() -> None:
    assert PATIENT.wait_s(errors.TooManyRequests("no"), asked=1, chance=0.0) == 1.0


def test_no_retries_are_none() -> None:
    assert Retries(times=0).wait_s(errors.Unreachable("no"), asked=1, chance=0.0) is None
