import pytest

from diorama.client import ClientError, NotUnderstood, Unreachable
from diorama.client.answers import Reply, error_of, problem_of
from diorama.client.core.model import RequestRefused, Unanswered
from diorama.client.streaming.connection import meaning


@pytest.mark.parametrize("error", [Unreachable("no"), NotUnderstood("what")])
def test_a_request_that_no_gateway_answered_is_sent_again(error: ClientError) -> None:
    assert meaning(error) == Unanswered()


def test_what_a_proxy_says_is_no_answer_of_a_gateway() -> None:
    by_proxy = error_of(problem_of(Reply(502, {"content-type": "text/html"}, b"<html>")))

    assert meaning(by_proxy) == Unanswered()


def test_what_a_gateway_says_is_an_answer() -> None:
    body = b'{"status":503,"code":"no_worker","detail":"None.","end_code":4001}'
    problem = problem_of(Reply(503, {"content-type": "application/problem+json"}, body))

    assert meaning(error_of(problem)) == RequestRefused(problem)


def test_a_refusal_without_a_document_is_one() -> None:
    problem = problem_of(Reply(403, {}, b""))

    assert meaning(error_of(problem)) == RequestRefused(problem)
