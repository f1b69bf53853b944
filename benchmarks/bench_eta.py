"""How true the waits are that waiters are told: seeded traces through the production estimator.

Of an estimate that is right, half of the waits stay under its p50 and nine tenths under its p90.
Each trace is a lane of its own kind: how long sessions last, whether a limit ends them, whether
waiters give up, whether load changes. Nothing is fitted to them. Waits of those who gave up are not
measured, in production either; the lengths of the lines are told beside the shares.
"""

import math
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from replay import Outcome, Replay, Trace
from report import Figures, publish, quantile, scaled, versions, wait_for_quiet

from diorama.admission.eta import Live, Observed, Stay, forecast

SEEDS: Final = (1, 2, 3)
ARRIVALS: Final = 3_000
ASK_EVERY: Final = 7
MEAN_S: Final = 600.0
COSTS: Final = ((10, 100), (10, 1_000), (100, 10_000), (1_000, 10_000))
ROUNDS: Final = 15


def _steady(slots: int, load: float) -> Callable[[random.Random, float], float]:
    return lambda rng, _now_s: rng.expovariate(load * slots / MEAN_S)


def _daily(slots: int) -> Callable[[random.Random, float], float]:
    """Return gaps of a load that swings between 0.5 and 1.7 of the slots, every 8 hours."""

    def gap_s(rng: random.Random, now_s: float) -> float:
        load = 1.1 + 0.6 * math.sin(2 * math.pi * now_s / 28_800)
        return rng.expovariate(load * slots / MEAN_S)

    return gap_s


def _exponential(rng: random.Random) -> float:
    return rng.expovariate(1 / MEAN_S)


def _heavy(rng: random.Random) -> float:
    """Return a stay whose logarithm is normal: the middle 220 s, the mean 600, a long tail."""
    return rng.lognormvariate(math.log(MEAN_S) - 1.0, math.sqrt(2.0))


def _two_kinds(rng: random.Random) -> float:
    """Return the stay of one who looks in for a minute, or of one who stays."""
    return rng.expovariate(1 / 60) if rng.random() < 0.5 else rng.gauss(1_140, 200)


def _patience(rng: random.Random) -> float:
    return rng.expovariate(1 / 900)


def _growing() -> Callable[[random.Random], float]:
    """Return stays that grow from half the mean to twice it: the past is a poor guide."""
    count = 0

    def stay_s(rng: random.Random) -> float:
        nonlocal count
        count += 1
        return rng.expovariate(1 / (MEAN_S * min(0.5 + count / 2_000, 2.0)))

    return stay_s


def traces() -> list[Trace]:
    """Return the lanes."""
    count = scaled(ARRIVALS, least=300)
    base = Trace(
        name="exponential", slots=10, arrivals=count, gap_s=_steady(10, 1.0), stay_s=_exponential
    )
    swings = replace(base, name="load swings", gap_s=_daily(10))
    hundred = replace(base, name="a hundred slots", slots=100, arrivals=3 * count)
    return [
        base,
        replace(base, name="heavy tail", stay_s=_heavy, limit_s=14_400),
        replace(base, name="two kinds", stay_s=_two_kinds),
        replace(base, name="limit ends most", stay_s=lambda r: 4 * _exponential(r), limit_s=660),
        replace(base, name="waiters give up", gap_s=_steady(10, 1.3), patience_s=_patience),
        swings,
        replace(
            swings,
            name="load swings, heavy tail, give up",
            stay_s=_heavy,
            limit_s=14_400,
            patience_s=_patience,
        ),
        replace(base, name="one slot", slots=1, gap_s=_steady(1, 0.9)),
        replace(hundred, gap_s=_steady(100, 1.05)),
        replace(base, name="stays grow fourfold", gap_s=_steady(10, 0.9), stay_s=_growing()),
    ]


def coverage(trace: Trace) -> Figures:
    """Return how true the waits of a trace were, over all seeds."""
    total = Outcome()
    for seed in SEEDS:
        found = Replay(trace, seed=seed, ask_every=ASK_EVERY).run()
        total.waits += found.waits
        total.unknown += found.unknown
        total.gave_up += found.gave_up
    waits = [wait_s for _, wait_s in total.waits]
    return {
        "trace": trace.name,
        "told": len(waits),
        "unknown": total.unknown,
        "gave up": total.gave_up,
        "under p50": round(total.under("p50"), 3),
        "under p90": round(total.under("p90"), 3),
        "wait p50 s": round(quantile(waits, 0.5)),
        "wait p90 s": round(quantile(waits, 0.9)),
    }


def cost(slots: int, waiting: int) -> Figures:
    """Return what one forecast of a lane takes."""
    rng = random.Random(slots)
    seen = Observed(
        stays=[Stay(_exponential(rng), has_ended=True) for _ in range(500)],
        live=[Live(rng.uniform(0, 900), None) for _ in range(slots)],
        turning=0,
        excess=0,
        longest_s=1_860,
        waiting=waiting,
        gave_up=30,
        waited_s=100_000,
    )
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        forecast(seen)
        took.append((time.perf_counter() - began) * 1_000)
    return {"slots": slots, "waiting": waiting, "median ms": round(quantile(took, 0.5), 2)}


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    sections = {
        "Waits under what was told (0.5 and 0.9 are right)": [coverage(t) for t in traces()],
        "One forecast of a whole lane": [cost(*size) for size in COSTS],
    }
    publish("eta", load, versions("numpy"), sections)


if __name__ == "__main__":
    main()
