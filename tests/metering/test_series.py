"""Concurrency and waits step by step, against a count of every microsecond."""

import random
from itertools import pairwise

import numpy as np
import pytest

from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US
from diorama.metering.series import Point, Steps, Times, points, steps


def rows(*stays: tuple[int, int]) -> tuple[Times, Times]:
    pairs = np.array(stays, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def seen(edges: tuple[int, ...], *stays: tuple[int, int]) -> list[tuple[int, int]]:
    return [(one.most, one.held_us) for one in points(Steps(1, edges), rows(*stays), [])]


def test_a_step_knows_its_most_and_its_mean() -> None:
    assert seen((0, 10, 20, 30), (2, 12), (5, 8), (25, 40)) == [(2, 11), (1, 2), (1, 5)]


def test_who_goes_from_one_state_to_the_next_counts_once() -> None:
    assert seen((0, 10), (0, 4), (4, 9)) == [(1, 9)]


def test_what_ends_where_a_step_begins_is_not_in_it() -> None:
    assert seen((0, 10, 20), (0, 10), (20, 30)) == [(1, 10), (0, 0)]


def test_what_took_no_time_counts_nothing() -> None:
    assert seen((0, 10), (4, 4), (0, 0), (10, 10)) == [(0, 0)]


def test_without_stays_every_step_is_there_and_empty() -> None:
    assert seen((0, 10, 15)) == [(0, 0), (0, 0)]
    assert points(Steps(1, ()), rows((0, 5)), [(1, 1)]) == []


def test_waits_are_those_of_who_was_served_in_a_step() -> None:
    waits = [(0, 7), (9, 1), (9, 100), (10, 3), (19, 4), (20, 5), (-1, 6)]

    found = points(Steps(1, (0, 10, 20)), rows(), waits)

    assert found[0] == Point(
        from_us=0, to_us=10, most=0, held_us=0, served=3, wait_p50_us=7, wait_p90_us=100
    )
    assert (found[1].served, found[1].wait_p50_us, found[1].wait_p90_us) == (2, 3, 4)


def test_a_step_in_which_nobody_was_served_has_no_wait() -> None:
    (only,) = points(Steps(1, (0, 10)), rows(), [])

    assert (only.served, only.wait_p50_us, only.wait_p90_us) == (0, None, None)


@pytest.mark.parametrize("seed", range(20))
def test_every_microsecond_is_counted(seed: int) -> None:
    rng = random.Random(seed)
    stays = [tuple(sorted((rng.randrange(-5, 65), rng.randrange(-5, 65)))) for _ in range(12)]
    edges = (0, *sorted(rng.sample(range(1, 60), 4)), 60)

    at_each = [sum(a <= us < b for a, b in stays) for us in range(60)]
    counted = [
        (max(at_each[since:until]), sum(at_each[since:until])) for since, until in pairwise(edges)
    ]

    assert seen(edges, *[(a, b) for a, b in stays]) == counted


@pytest.mark.parametrize(
    ("length_s", "asked_s", "step_s", "edges"),
    [
        (0, None, 10, 0),
        (1, None, 10, 2),
        (3_000, None, 10, 301),
        (3_001, None, 30, 102),
        (86_400, None, 300, 289),
        (400 * 86_400, None, 86_400, 401),
        (1_000, 1, 1, 1_001),
        (10, 60, 60, 2),
    ],
)
def test_steps_fit_the_time(length_s: int, asked_s: int | None, step_s: int, edges: int) -> None:
    found = steps(7, 7 + length_s * SECOND_US, step_s=asked_s)

    assert (found.step_s, len(found.edges_us)) == (step_s, edges)
    assert not edges or found.edges_us[-1] == 7 + length_s * SECOND_US


def test_more_points_than_a_chart_has_are_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        steps(0, 1_000 * SECOND_US + 1, step_s=1)

    assert refusal.value.code == "too_many_points"
