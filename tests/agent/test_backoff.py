"""How long a worker waits between two tries."""

import random

from hypothesis import given
from hypothesis import strategies as st

from diorama.agent.backoff import FIRST_S, LONGEST_S, wait_s


@given(st.integers(0, 10_000), st.integers())
def test_a_wait_is_never_longer_than_the_bound(failures: int, seed: int) -> None:
    assert 0 <= wait_s(failures, random.Random(seed)) <= LONGEST_S


def test_the_first_try_comes_soon() -> None:
    assert wait_s(0, random.Random(1)) <= FIRST_S
