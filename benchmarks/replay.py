"""A queue played from a seeded trace, with the production estimator asked at each arrival.

It is written apart from `diorama.admission.eta`: a plain event by event simulation, in which the
truth is known. Who gives up is taken out of the line at the moment it does; how long it would have
waited is not measured, as in production.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from diorama.admission.eta import Live, Observed, Stay, forecast

STAYS: Final = 500
WAITS: Final = 1_000
_ARRIVES: Final = 0
_ENDS: Final = 1
_GIVES_UP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What happens to a lane.

    Attributes:
        slots: of the lane.
        arrivals: how many come.
        gap_s: the time until the next arrival, given the time now.
        stay_s: how long a session would hold its slot, without a limit.
        limit_s: after which a session is ended.
        patience_s: after which a waiter gives up; None never does.
    """

    name: str
    slots: int
    arrivals: int
    gap_s: Callable[[random.Random, float], float]
    stay_s: Callable[[random.Random], float]
    limit_s: float = 86_400.0
    patience_s: Callable[[random.Random], float] | None = None


@dataclass(slots=True)
class Told:
    """A waiter that was told something: when it came, and its waits by p50 and p90."""

    came_s: float
    p50_s: float
    p90_s: float


@dataclass(slots=True)
class Outcome:
    """Waits as they were told and as they came out; `unknown` were told nothing."""

    waits: list[tuple[Told, float]] = field(default_factory=list)
    unknown: int = 0
    gave_up: int = 0

    def under(self, share: Literal["p50", "p90"]) -> float:
        """Return the share of waits that stayed under what was told."""
        under = 0
        for told, wait_s in self.waits:
            under += wait_s <= (told.p50_s if share == "p50" else told.p90_s)
        return under / len(self.waits)


class Replay:
    """Plays one trace.

    Args:
        trace: what happens.
        seed: of everything that is by chance.
        ask_every: each how many-th waiter asks the estimator; the others cost nothing.
    """

    def __init__(self, trace: Trace, *, seed: int, ask_every: int = 1) -> None:
        self._trace = trace
        self._rng = random.Random(seed)
        self._ask_every = ask_every
        self._events: list[tuple[float, int, int]] = []
        self._line: dict[int, float] = {}
        self._told: dict[int, Told] = {}
        self._live: dict[int, float] = {}
        self._stays: deque[tuple[int, float]] = deque(maxlen=STAYS)
        self._ended: dict[int, float] = {}
        self._waits: deque[tuple[float, bool]] = deque(maxlen=WAITS)
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Play to the end, and return how the waits came out."""
        now_s, left = 0.0, self._trace.arrivals
        heapq.heappush(self._events, (0.0, _ARRIVES, 0))
        while self._events:
            now_s, what, number = heapq.heappop(self._events)
            if what == _ARRIVES:
                self._arrive(now_s, number)
                left -= 1
                if left:
                    gap_s = self._trace.gap_s(self._rng, now_s)
                    heapq.heappush(self._events, (now_s + gap_s, _ARRIVES, number + 1))
            elif what == _ENDS:
                since_s = self._live.pop(number)
                self._ended[number] = now_s - since_s
                self._serve(now_s)
            elif number in self._line:
                self._waits.append((now_s - self._line.pop(number), True))
                self._told.pop(number, None)
                self.outcome.gave_up += 1
        return self.outcome

    def _arrive(self, now_s: float, number: int) -> None:
        if not self._line and len(self._live) < self._trace.slots:
            self._begin(now_s, number)
            return
        self._line[number] = now_s
        if number % self._ask_every == 0:
            self._ask(now_s, number)
        if self._trace.patience_s is not None:
            until_s = now_s + self._trace.patience_s(self._rng)
            heapq.heappush(self._events, (until_s, _GIVES_UP, number))

    def _ask(self, now_s: float, number: int) -> None:
        found = forecast(self._observed(now_s))
        if found is None:
            self.outcome.unknown += 1
            return
        eta = found.at(len(self._line))
        self._told[number] = Told(now_s, eta.p50_s, eta.p90_s)

    def _observed(self, now_s: float) -> Observed:
        limit_s = self._trace.limit_s
        waited_s = sum(wait_s for wait_s, _ in self._waits)
        return Observed(
            stays=list(self._measured(now_s)),
            live=[Live(now_s - since, limit_s - now_s + since) for since in self._live.values()],
            turning=0,
            excess=0,
            longest_s=limit_s,
            waiting=len(self._line),
            gave_up=sum(left for _, left in self._waits),
            waited_s=waited_s + sum(now_s - since for since in self._line.values()),
        )

    def _measured(self, now_s: float) -> Iterator[Stay]:
        for number, began_s in self._stays:
            ended_s = self._ended.get(number)
            yield Stay(now_s - began_s if ended_s is None else ended_s, ended_s is not None)

    def _serve(self, now_s: float) -> None:
        if self._line:
            number = next(iter(self._line))
            came_s = self._line.pop(number)
            self._waits.append((now_s - came_s, False))
            told = self._told.pop(number, None)
            if told is not None:
                self.outcome.waits.append((told, now_s - came_s))
            self._begin(now_s, number)

    def _begin(self, now_s: float, number: int) -> None:
        self._live[number] = now_s
        self._stays.append((number, now_s))
        stay_s = min(self._trace.stay_s(self._rng), self._trace.limit_s)
        heapq.heappush(self._events, (now_s + stay_s, _ENDS, number))
