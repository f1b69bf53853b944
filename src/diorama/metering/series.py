"""How many sessions held a slot, and how long those served had waited, step by step. Pure.

A step is half open, as every stretch of time here: what ends at an instant does not overlap what
begins there, so a session that goes from one state to the next counts as one throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US

MAX_POINTS: Final = 1_000
NICE_S: Final = (10, 30, 60, 300, 900, 3_600, 6 * 3_600, 86_400)
"""Steps that are taken where none is asked for: the first that makes no more than 300 points."""
FEW_POINTS: Final = 300

Times: TypeAlias = NDArray[np.int64]
"""UTC microseconds, one a row."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Equal steps from an instant on; the last ends where the known time does.

    Attributes:
        edges_us: where each step begins, and where the last one ends; none where no time is known.
    """

    step_s: int
    edges_us: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One step.

    Attributes:
        most: sessions that held a slot at once, at most.
        held_us: for how long they did, all together.
        served: sessions that were first given a slot in it.
        wait_p50_us: how long the middle one of those had waited; None where there is none.
        wait_p90_us: what nine tenths of them stayed within.
    """

    from_us: int
    to_us: int
    most: int
    held_us: int
    served: int
    wait_p50_us: int | None
    wait_p90_us: int | None


def steps(from_us: int, until_us: int, *, step_s: int | None) -> Steps:
    """Return the steps from an instant until another.

    Raises:
        Invalid: they would be too many (`too_many_points`).
    """
    length_us = max(until_us - from_us, 0)
    if step_s is None:
        fitting = (s for s in NICE_S if length_us <= s * SECOND_US * FEW_POINTS)
        step_s = next(fitting, NICE_S[-1])
    step_us = step_s * SECOND_US
    if length_us > step_us * MAX_POINTS:
        raise Invalid(
            f"steps of {step_s} s make more than {MAX_POINTS} points: ask for longer ones",
            code="too_many_points",
        )
    return Steps(step_s, (*range(from_us, until_us, step_us), until_us) if length_us else ())


def points(into: Steps, held: tuple[Times, Times], waits: Sequence[tuple[int, int]]) -> list[Point]:
    """Return a point for each step.

    Args:
        into: the steps.
        held: from when and to when slots were held, one row a stay, within the steps or not.
        waits: when sessions were first given a slot, and how long they had waited, in microseconds.
    """
    if not into.edges_us:
        return []
    edges = np.array(into.edges_us, np.int64)
    most, held_us = _concurrency(*held, edges)
    found = []
    for number, waited in enumerate(_by_step(waits, edges)):
        found.append(
            Point(
                from_us=int(edges[number]),
                to_us=int(edges[number + 1]),
                most=int(most[number]),
                held_us=int(held_us[number]),
                served=len(waited),
                wait_p50_us=_share(waited, 50),
                wait_p90_us=_share(waited, 90),
            )
        )
    return found


def _concurrency(starts: Times, ends: Times, edges: Times) -> tuple[Times, Times]:
    """Return for each step the most that ran at once, and their time all together."""
    starts, ends = (np.clip(side, edges[0], edges[-1]) for side in (starts, ends))
    times = np.concatenate((starts, ends, edges))
    change = np.concatenate((np.ones_like(starts), -np.ones_like(ends), np.zeros_like(edges)))
    order = np.argsort(times, kind="stable")
    times = times[order]
    length = np.diff(times)
    # Between two changes at one instant there is no time in which anything could run.
    running = np.where(length > 0, np.cumsum(change[order])[:-1], 0)
    first = np.searchsorted(times, edges[:-1], side="left")
    return np.maximum.reduceat(running, first), np.add.reduceat(running * length, first)


def _by_step(waits: Sequence[tuple[int, int]], edges: Times) -> list[list[int]]:
    """Return the waits of those served in each step, the shortest first."""
    found: list[list[int]] = [[] for _ in edges[:-1]]
    served = np.array([at_us for at_us, _ in waits], np.int64)
    where = np.searchsorted(edges, served, side="right") - 1
    for number, (_, waited_us) in zip(where.tolist(), waits, strict=True):
        if 0 <= number < len(found):
            found[number].append(waited_us)
    return [sorted(waited) for waited in found]


def _share(ordered: Sequence[int], percent: int) -> int | None:
    """Return what so many of a hundred stay within (nearest rank)."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1] if ordered else None
