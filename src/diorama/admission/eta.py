"""How long a waiter still waits: the middle and the ninth decile of its wait. Pure.

A Kaplan-Meier estimate of how long sessions hold their slot (those still running count as longer
than their age), then a few hundred seeded futures of the lane: each live session ends by that
estimate, given its age, and no later than its time limit; each slot is then held by the next; each
waiter ahead may give up first, at the rate that was measured. What half and nine tenths of the
futures stay under is told.

Not foreseen: a higher class that keeps coming, slots that other projects of the pool take or give,
workers that start or stop. The measured coverage says how much that matters.
Source: DESIGN section 3. E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete
observations", 1958.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

ENOUGH: Final = 10
"""Sessions that must have ended: a ninth decile of fewer is a guess."""
FUTURES: Final = 400
DEEPEST: Final = 256
"""Positions that are played through; further back the line is long enough for its averages."""
DRAWS: Final = 250_000
"""A bound on what one forecast costs: about ten milliseconds."""
STEPS: Final = 2_048
P90_NORMAL: Final = 1.2816
"""The ninth decile of a normal distribution, in standard deviations."""
STALE_US: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a session held its slot; one that has not ended holds it for longer than that."""

    held_s: float
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Live:
    """A session that holds a slot: for how long, and for how long at most; None is not known."""

    age_s: float
    left_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a lane looks like.

    Attributes:
        stays: of the newest sessions by when they began, live ones included.
        live: every session of the lane that holds a slot.
        turning: slots of the lane on their way back.
        excess: how many must end before the next end serves anybody: a limit was lowered.
        longest_s: what the rules let a session last.
        waiting: the length of the line.
        gave_up: how many of the newest waiters left the line unserved.
        waited_s: how long these newest waiters waited, all together.
    """

    stays: Sequence[Stay]
    live: Sequence[Live]
    turning: int
    excess: int
    longest_s: float
    waiting: int
    gave_up: int
    waited_s: float


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds from now that half, and nine tenths, of such waits stay under."""

    p50_s: float
    p90_s: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The waits of a lane by position: known at some positions, between them on a straight line.

    It never falls with the position.
    """

    positions: tuple[int, ...]
    p50_s: tuple[float, ...]
    p90_s: tuple[float, ...]
    stay_p50_s: float

    def at(self, position: int) -> Eta:
        """Return what the waiter at a position is told: 1 is next."""
        above = bisect_right(self.positions, position)
        if above >= len(self.positions):
            return Eta(rounded(self.p50_s[-1]), rounded(self.p90_s[-1]))
        low, high = self.positions[above - 1], self.positions[above]
        share = (position - low) / (high - low)
        return Eta(_between(self.p50_s, above, share), _between(self.p90_s, above, share))


def _between(values: tuple[float, ...], above: int, share: float) -> float:
    low, high = values[above - 1], values[above]
    return rounded(low + share * (high - low))


def rounded(wait_s: float) -> float:
    """Return a wait as finely as it is worth saying, so that not each second is news."""
    for below_s, step_s in ((60.0, 1.0), (600.0, 5.0), (3_600.0, 30.0)):
        if wait_s < below_s:
            return round(wait_s / step_s) * step_s
    return round(wait_s / 60) * 60.0


@dataclass(slots=True)
class Forecasts:
    """The newest forecast of each lane, and when it was made; None where there is too little data.

    Each gateway has its own: what it holds is made anew from rows whenever it is missing or old.
    """

    _made: dict[tuple[str, str], tuple[int, Forecast | None]] = field(default_factory=dict)

    def put(self, lane: tuple[str, str], forecast: Forecast | None, now_us: int) -> None:
        """Keep a lane's newest forecast."""
        self._made[lane] = now_us, forecast

    def age_us(self, lane: tuple[str, str], now_us: int) -> int | None:
        """Return how old a lane's forecast is; None where there is none."""
        made = self._made.get(lane)
        return None if made is None else now_us - made[0]

    def get(self, lane: tuple[str, str]) -> Forecast | None:
        """Return a lane's newest forecast."""
        made = self._made.get(lane)
        return None if made is None else made[1]


@dataclass(frozen=True, slots=True)
class Survival:
    """How long sessions hold their slot.

    Attributes:
        ends_s: the times at which some ended, rising, 0 first.
        ended: the share that has ended by each.
        tail_s: how much longer one lasts on average that outlasted all of them.
        uncertainty: the standard error of the mean, as a share of it.
    """

    ends_s: Floats
    ended: Floats
    tail_s: float
    uncertainty: float

    def quantile(self, share: Floats) -> Floats:
        """Return the times by which these shares have ended, beyond what was seen by the tail."""
        found = np.searchsorted(self.ended, share, side="left")
        inside = self.ends_s[np.minimum(found, len(self.ends_s) - 1)]
        rest = (1 - share) / max(1 - self.ended[-1], 1e-9)
        beyond = self.ends_s[-1] - self.tail_s * np.log(np.clip(rest, 1e-9, 1))
        return np.where(share > self.ended[-1], beyond, inside)

    def ended_by(self, age_s: Floats) -> Floats:
        """Return the shares that have ended by these ages."""
        return self.ended[np.searchsorted(self.ends_s, age_s, side="right") - 1]


def survival(stays: Sequence[Stay]) -> Survival | None:
    """Return the Kaplan-Meier estimate; None where fewer than `ENOUGH` have ended."""
    ended_s = sorted(stay.held_s for stay in stays if stay.has_ended)
    if len(ended_s) < ENOUGH:
        return None
    held_s = np.sort(np.array([stay.held_s for stay in stays]))
    times, counts = np.unique(np.array(ended_s), return_counts=True)
    at_risk = len(held_s) - np.searchsorted(held_s, times, side="left")
    lasting = np.cumprod(1 - counts / at_risk)
    mean_s = float(held_s.sum()) / len(ended_s)
    spread_s = float(np.std(ended_s))
    return Survival(
        ends_s=np.concatenate(([0.0], times)),
        ended=np.concatenate(([0.0], 1 - lasting)),
        tail_s=max(mean_s, 1e-3),
        uncertainty=spread_s / max(mean_s, 1e-3) / math.sqrt(len(ended_s)),
    )


def forecast(seen: Observed, *, seed: int = 1) -> Forecast | None:
    """Return the waits of a lane; None while there is too little data, or nobody to wait for.

    The same observation and seed give the same forecast.
    """
    known = survival(seen.stays)
    slots = len(seen.live) + seen.turning
    if known is None or slots == 0:
        return None
    reach = max(seen.waiting + seen.waiting // 2, seen.waiting + 16)
    positions = _grid(reach)
    played = [position for position in positions if position <= DEEPEST]
    rng = np.random.default_rng(seed)
    stays_s = np.minimum(known.quantile((np.arange(STEPS) + 0.5) / STEPS), seen.longest_s)
    frees_s = _frees(seen, known, stays_s, played[-1] + seen.excess, rng)
    gives_up_per_s = seen.gave_up / seen.waited_s if seen.waited_s > 0 else 0.0
    waits_s = _waits(frees_s[:, seen.excess :], played, gives_up_per_s, rng)
    p50_s, p90_s = np.quantile(waits_s, (0.5, 0.9), axis=0)
    rate_per_s = slots / max(float(stays_s.mean()), 1e-3)
    fluid_s = np.array([_fluid_s(at, rate_per_s, gives_up_per_s) for at in positions])
    p50_s, p90_s = _further(p50_s, p90_s, fluid_s)
    unsure_s = P90_NORMAL * known.uncertainty * p50_s
    p90_s = p50_s + np.hypot(p90_s - p50_s, unsure_s)
    return Forecast(
        positions=tuple(positions),
        p50_s=tuple(np.maximum.accumulate(p50_s).tolist()),
        p90_s=tuple(np.maximum.accumulate(p90_s).tolist()),
        stay_p50_s=float(np.median(stays_s)),
    )


def _grid(reach: int) -> list[int]:
    """Return the positions to be known: the first each, then further and further apart."""
    positions = list(range(1, 17))
    while positions[-1] < max(reach, 17):
        step = positions[-1] // 8
        last = positions[-1]
        positions.append(DEEPEST if last < DEEPEST < last + step else last + step)
    return positions


def _frees(
    seen: Observed, known: Survival, stays_s: Floats, wanted: int, rng: np.random.Generator
) -> Floats:
    """Return when slots come free, in order: an array (futures, at least `wanted`) of seconds."""
    slots = len(seen.live) + seen.turning
    each = min(wanted, 2 * math.ceil(wanted / slots) + 8)
    futures = max(50, min(FUTURES, DRAWS // (slots * each)))
    drawn = stays_s[rng.integers(0, STEPS, (futures, slots, each), dtype=np.int16)]
    drawn[:, :, 0] = 0.0
    if seen.live:
        drawn[:, : len(seen.live), 0] = _lefts(seen, known, rng.random((futures, len(seen.live))))
    frees_s = np.cumsum(drawn, axis=2).reshape(futures, slots * each)
    frees_s.sort(axis=1)
    return frees_s[:, : max(wanted, 1)]


def _lefts(seen: Observed, known: Survival, chance: Floats) -> Floats:
    """Return how much longer live sessions last, given that they lasted so long."""
    ages_s = np.array([live.age_s for live in seen.live])
    limit_s = np.array(
        [
            max(seen.longest_s - live.age_s, 0.0) if live.left_s is None else live.left_s
            for live in seen.live
        ]
    )
    gone = known.ended_by(ages_s)
    ends_s = known.quantile(gone + chance * (1 - gone))
    # One older than all that ended is only known to last on: by the tail, from its age.
    outlasts = ages_s >= known.ends_s[-1]
    lefts_s = np.where(outlasts, -known.tail_s * np.log(1 - chance), ends_s - ages_s)
    return np.clip(lefts_s, 0.0, limit_s)


def _waits(
    frees_s: Floats, positions: Sequence[int], gives_up_per_s: float, rng: np.random.Generator
) -> Floats:
    """Return the waits at these positions, an array (futures, positions) of seconds."""
    if gives_up_per_s == 0:
        return frees_s[:, np.array(positions) - 1]
    futures = np.arange(len(frees_s))
    served = np.zeros(len(frees_s), dtype=np.int64)
    found: list[Floats] = []
    patience_s = rng.exponential(1 / gives_up_per_s, (positions[-1], len(frees_s)))
    for position in range(1, positions[-1] + 1):
        turn_s = frees_s[futures, served]
        if position == positions[len(found)]:
            found.append(turn_s)
        served += patience_s[position - 1] > turn_s
    return np.stack(found, axis=1)


def _fluid_s(position: int, rate_per_s: float, gives_up_per_s: float) -> float:
    """Return how long a line so long takes on average, slots coming free and waiters giving up."""
    if gives_up_per_s == 0:
        return position / rate_per_s
    return math.log1p(gives_up_per_s * position / rate_per_s) / gives_up_per_s


def _further(p50_s: Floats, p90_s: Floats, fluid_s: Floats) -> tuple[Floats, Floats]:
    """Continue both beyond what was played: by averages, with a spread that grows as their root."""
    last = len(p50_s) - 1
    if last == len(fluid_s) - 1:
        return p50_s, p90_s
    more_s = fluid_s[last + 1 :]
    further_s = p50_s[last] + more_s - fluid_s[last]
    spread_s = (p90_s[last] - p50_s[last]) * np.sqrt(more_s / fluid_s[last])
    return (
        np.concatenate((p50_s, further_s)),
        np.concatenate((p90_s, further_s + spread_s)),
    )
