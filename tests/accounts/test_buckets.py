"""How much may be asked at once, and how soon again."""

import pytest

from diorama.accounts.buckets import MAX_KNOWN, Allowance, Buckets

THREE = Allowance(burst=3, every_s=10)


def after(buckets: Buckets, count: int, now_s: float = 0.0, name: str = "bo") -> Buckets:
    for _ in range(count):
        buckets.take(name, now_s)
    return buckets


@pytest.mark.parametrize(("count", "wait_s"), [(0, 0), (2, 0), (3, 10), (4, 10), (100, 10)])
def test_a_burst_is_free_and_then_one_waits_for_one_more(count: int, wait_s: float) -> None:
    assert after(Buckets(THREE), count).wait_s("bo", 0.0) == wait_s


@pytest.mark.parametrize(("now_s", "wait_s"), [(9.5, 0.5), (10.0, 0.0), (1_000.0, 0.0)])
def test_waiting_gives_buckets_back(now_s: float, wait_s: float) -> None:
    assert after(Buckets(THREE), 3).wait_s("bo", now_s) == wait_s


def test_long_waiting_gives_a_burst_back_and_no_more() -> None:
    buckets = after(Buckets(THREE), 3)

    assert after(buckets, 2, now_s=1_000.0).wait_s("bo", 1_000.0) == 0
    assert after(buckets, 1, now_s=1_000.0).wait_s("bo", 1_000.0) == 10


def test_one_name_waits_for_itself_alone() -> None:
    assert after(Buckets(THREE), 3).wait_s("ada", 0.0) == 0


def test_who_is_no_guesser_starts_anew() -> None:
    buckets = after(Buckets(THREE), 3)
    buckets.forget("bo")
    buckets.forget("ada")

    assert buckets.wait_s("bo", 0.0) == 0


def test_what_is_kept_is_bounded_and_the_longest_unused_goes_first() -> None:
    buckets = after(Buckets(THREE), 3, name="first")
    for number in range(MAX_KNOWN):
        buckets.take(f"name {number}", 0.0)

    assert buckets.wait_s("first", 0.0) == 0
    assert after(buckets, 2, name="name 1").wait_s("name 1", 0.0) == 10


@pytest.mark.parametrize(("taken", "wait_s"), [(0, 0), (1, 0), (2, 10), (3, 20)])
def test_what_costs_more_waits_longer(taken: int, wait_s: float) -> None:
    assert after(Buckets(THREE), taken).wait_s("bo", 0.0, cost=2) == wait_s


def test_what_costs_more_takes_more() -> None:
    buckets = Buckets(THREE)
    buckets.take("bo", 0.0, cost=3)

    assert buckets.wait_s("bo", 0.0) == 10


def test_what_was_not_ones_own_is_given_back() -> None:
    buckets = after(Buckets(THREE), 3)
    buckets.give_back("bo", cost=2)
    buckets.give_back("ada")

    assert after(buckets, 2).wait_s("bo", 0.0) == 10
    assert after(Buckets(THREE), 1).wait_s("ada", 0.0) == 0


@pytest.mark.parametrize("every_s", [1 / 3, 0.1, 1 / 7, 1 / 200])
def test_a_wait_that_is_told_is_enough(every_s: float) -> None:
    now_s = 86_400.1
    buckets = Buckets(Allowance(burst=30, every_s=every_s))
    for _ in range(30):
        buckets.take("bo", now_s)
    wait_s = buckets.wait_s("bo", now_s)

    assert wait_s > 0
    assert buckets.wait_s("bo", now_s + wait_s) == 0
