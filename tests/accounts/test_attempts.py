"""How often may be guessed."""

import pytest

from diorama.accounts.attempts import MAX_KNOWN, Allowance, Attempts

THREE = Allowance(burst=3, every_s=10)


def after(attempts: Attempts, count: int, now_s: float = 0.0, name: str = "bo") -> Attempts:
    for _ in range(count):
        attempts.take(name, now_s)
    return attempts


@pytest.mark.parametrize(("count", "wait_s"), [(0, 0), (2, 0), (3, 10), (4, 10), (100, 10)])
def test_a_burst_is_free_and_then_one_waits_for_one_more(count: int, wait_s: float) -> None:
    assert after(Attempts(THREE), count).wait_s("bo", 0.0) == wait_s


@pytest.mark.parametrize(("now_s", "wait_s"), [(9.5, 0.5), (10.0, 0.0), (1_000.0, 0.0)])
def test_waiting_gives_attempts_back(now_s: float, wait_s: float) -> None:
    assert after(Attempts(THREE), 3).wait_s("bo", now_s) == wait_s


def test_long_waiting_gives_a_burst_back_and_no_more() -> None:
    attempts = after(Attempts(THREE), 3)

    assert after(attempts, 2, now_s=1_000.0).wait_s("bo", 1_000.0) == 0
    assert after(attempts, 1, now_s=1_000.0).wait_s("bo", 1_000.0) == 10


def test_one_name_waits_for_itself_alone() -> None:
    assert after(Attempts(THREE), 3).wait_s("ada", 0.0) == 0


def test_who_is_no_guesser_starts_anew() -> None:
    attempts = after(Attempts(THREE), 3)
    attempts.forgive("bo")
    attempts.forgive("ada")

    assert attempts.wait_s("bo", 0.0) == 0


def test_what_is_kept_is_bounded_and_the_longest_unused_goes_first() -> None:
    attempts = after(Attempts(THREE), 3, name="first")
    for number in range(MAX_KNOWN):
        attempts.take(f"name {number}", 0.0)

    assert attempts.wait_s("first", 0.0) == 0
    assert after(attempts, 2, name="name 1").wait_s("name 1", 0.0) == 10
