"""What a gateway counts, and how it is shown to Prometheus.

Two kinds of figures: what this gateway did and saw (counters, histograms, its sockets), which are
to be summed over gateways; and what there is in the store (the census), which every gateway shows
alike, so that any one of them, or the greatest, is the truth.

How many series there are is bounded, whatever viewers, tenants and worlds do: a label is one of a
table in the code, or one of the fullest projects and pools, and all others together are `other`.
No label names an account, a session, a viewer or a worker.
"""

import contextlib
import time
from collections import Counter as Sums
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Final, Literal, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from diorama import __version__
from diorama.events.retrying import Outcome, Verdict
from diorama.gateway.rate_limits import Counted
from diorama.kernel.units import SECOND_US
from diorama.leases.slots import SlotState
from diorama.protocol.end_codes import END_CODES, End
from diorama.protocol.states import HOLDS_SLOT, OVER, SessionState, SimulationState
from diorama.sessions.census import Census
from diorama.sessions.census_store import Pool
from diorama.sessions.lifecycle import Event, Session
from diorama.sessions.work import RunStep, Step
from diorama.simulations.lifecycle import RunEvent
from diorama.workers.capabilities import Standing

K = TypeVar("K", bound=Hashable)
MAX_LANES: Final = 60
MAX_POOLS: Final = 25
OTHER: Final = "other"
OTHERS: Final = (OTHER, OTHER)
METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
UNKNOWN_ROUTE: Final = "unknown"
_REASONS: Final = frozenset(
    (int(code), reason) for code, row in END_CODES.items() for reason in row.reasons
)
_QUICK_S: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_WAIT_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0)
_RUN_WAIT_S: Final = (1.0, 5.0, 30.0, 120.0, 600.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0)
_STAY_S: Final = (10.0, 30.0, 60.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0)


class Metrics:
    """The figures of one gateway."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # each counter would be two series
        self.registry: Final = CollectorRegistry(auto_describe=False)
        self._seen = _Seen()
        self.registry.register(self._seen)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        Gauge(
            "diorama_build_info", "1, with the version.", ["version"], registry=self.registry
        ).labels(__version__).set(1)
        events = Counter(
            "diorama_session_events",
            "What happened to sessions, by the events of the log.",
            ["event"],
            registry=self.registry,
        )
        self._ends = Counter(
            "diorama_sessions_ended",
            "Sessions that ended, by end code and reason.",
            ["code", "reason"],
            registry=self.registry,
        )
        self._waits = self._histogram(
            "diorama_queue_wait_seconds", "From the request to the slot.", _WAIT_S
        )
        self._starts = self._histogram(
            "diorama_session_start_seconds", "From the slot to the first frame.", _WAIT_S
        )
        self._stays = self._histogram(
            "diorama_session_stay_seconds", "From the first frame to the end.", _STAY_S
        )
        self._runs = _RunFigures(self.registry)
        self._deliveries = Counter(
            "diorama_webhook_deliveries",
            "Attempts to deliver to webhooks, by what they came to.",
            ["outcome"],
            registry=self.registry,
        )
        self._limited = Counter(
            "diorama_rate_limited",
            "Requests and sockets refused because too many came, by whose limit it was.",
            ["limit"],
            registry=self.registry,
        )
        self._requests = Counter(
            "diorama_http_requests",
            "Requests answered, by route and class of status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._answers = self._histogram(
            "diorama_http_answer_seconds",
            "From a request to the start of its answer.",
            _QUICK_S,
        )
        self._store = Histogram(
            "diorama_store_seconds",
            "Units of work at the store, waits included.",
            ["kind"],
            buckets=_QUICK_S,
            registry=self.registry,
        )
        for verdict in Verdict:
            self._deliveries.labels(verdict.value)
        for counted in Counted:
            self._limited.labels(counted.value)
        self._counts = {event: events.labels(event.value) for event in Event}

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, meaning, buckets=buckets, registry=self.registry)

    def happened(self, steps: Iterable[Step]) -> None:
        """Count what a committed unit of work did to sessions."""
        for step in steps:
            self._counts[step.event].inc()
            match step.event:
                case Event.RESERVED:
                    self._waits.observe(_seconds(step.after.created_us, step.after.reserved_us))
                case Event.FRAMES if step.before is not None and step.before.first_frame_us is None:
                    since_us = step.before.reserved_us or step.before.created_us
                    self._starts.observe(_seconds(since_us, step.after.first_frame_us))
                case Event.ENDED:
                    self._ended(step.after)

    def runs_happened(self, steps: Iterable[RunStep]) -> None:
        """Count what a committed unit of work did to runs of simulations."""
        for step in steps:
            self._runs.happened(step)

    def _ended(self, session: Session) -> None:
        if session.end is None:
            raise AssertionError(f"session {session.id} ended without a code")
        self.count_end(session.end)
        if session.first_frame_us is not None:
            self._stays.observe(_seconds(session.first_frame_us, session.ended_us))

    def count_end(self, end: End) -> None:
        """Count one end; a reason that the registry does not know is `other`."""
        code, reason = int(end.code), end.reason
        shown = reason if (code, reason) in _REASONS else OTHER
        self._ends.labels(str(code), shown).inc()

    def answered(self, method: str, route: str, status: int, took_s: float | None) -> None:
        """Count a request: `route` is a route's own template, never an address that came."""
        shown = method if method in METHODS else OTHER
        self._requests.labels(shown, route, f"{status // 100}xx").inc()
        if took_s is not None:
            self._answers.observe(took_s)

    def delivered(self, outcome: Outcome) -> None:
        """Count one attempt to deliver to a webhook."""
        self._deliveries.labels(outcome.verdict.value).inc()

    def limited(self, limit: Counted) -> None:
        """Count one refusal by a rate limit."""
        self._limited.labels(limit.value).inc()

    @contextlib.contextmanager
    def store(self, kind: Literal["read", "write"]) -> Iterator[None]:
        """Measure one unit of work."""
        began_s = time.perf_counter()
        try:
            yield
        finally:
            self._store.labels(kind).observe(time.perf_counter() - began_s)

    def page(self, census: Census | None, sockets: Mapping[str, int], accept: str) -> "Page":
        """Return everything as Prometheus reads it; without a census where the store is away.

        Args:
            census: what there is.
            sockets: how many this gateway holds, by kind.
            accept: the request's header.
        """
        self._seen.census, self._seen.sockets = census, dict(sockets)
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type


class _RunFigures:
    """What happened to runs of simulations."""

    def __init__(self, registry: CollectorRegistry) -> None:
        events = Counter(
            "diorama_run_events",
            "What happened to runs of simulations, by the events of their log.",
            ["event"],
            registry=registry,
        )
        ends = Counter(
            "diorama_runs_ended",
            "Runs of simulations that are over, by what became of them.",
            ["state"],
            registry=registry,
        )
        self._waits = Histogram(
            "diorama_run_wait_seconds",
            "From a simulation's request to the first slot of a run.",
            buckets=_RUN_WAIT_S,
            registry=registry,
        )
        self._counts = {event: events.labels(event.value) for event in RunEvent}
        self._ends = {state: ends.labels(state.value) for state in OVER}

    def happened(self, step: RunStep) -> None:
        """Count one step."""
        run = step.after
        self._counts[step.event].inc()
        if step.event is RunEvent.DISPATCHED and run.attempt == 1:
            self._waits.observe(_seconds(run.created_us, run.dispatched_us))
        elif step.event is RunEvent.ENDED:
            self._ends[run.state].inc()


Page = tuple[bytes, str]
"""The text, and its media type."""


class _Seen(Collector):
    """What was seen last, as gauges."""

    def __init__(self) -> None:
        self.census: Census | None = None
        self.sockets: dict[str, int] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; names and labels are those of docs/observability.md."""
        sockets = GaugeMetricFamily(
            "diorama_sockets", "WebSockets that this gateway holds.", labels=["kind"]
        )
        for kind, count in sorted(self.sockets.items()):
            sockets.add_metric([kind], count)
        yield sockets
        yield GaugeMetricFamily(
            "diorama_store_up",
            "Whether the store answered when it was counted.",
            value=self.census is not None,
        )
        yield from _of_census(self.census or Census())
        yield from _of_simulations(self.census or Census())


def _of_census(census: Census) -> Iterator[GaugeMetricFamily]:
    sessions, waiting = _lanes(census)
    yield _gauge(
        "diorama_sessions",
        "Sessions that have not ended.",
        ["project", "region", "state"],
        {(*lane, state): count for (lane, state), count in sessions.items()}.items(),
    )
    yield _gauge(
        "diorama_queue_length", "Sessions in line.", ["project", "region"], waiting.items()
    )
    standing = [one.value for one in Standing]
    slots = [one.value for one in SlotState if one is not SlotState.RETIRED]
    labels = ["region", "pool", "state"]
    fullest = _fullest(census)
    yield _gauge("diorama_slots", "Slots.", labels, _pools(census.slots, fullest, slots).items())
    yield _gauge(
        "diorama_workers", "Workers.", labels, _pools(census.workers, fullest, standing).items()
    )
    wanted: Sums[Pool] = Sums()
    for pool, count in census.wanted.items():
        wanted[_kept(pool, fullest)] += count
    yield _gauge(
        "diorama_wanted_workers",
        "Workers that would serve who is there and who waits.",
        ["region", "pool"],
        wanted.items(),
    )


def _of_simulations(census: Census) -> Iterator[GaugeMetricFamily]:
    going_on = [state.value for state in SimulationState if state not in OVER]
    for name, meaning, counts in (
        ("diorama_simulations", "Simulations that are not over.", census.simulations),
        ("diorama_runs", "Runs of simulations that are not over.", census.runs),
    ):
        values = {(state,): counts.get(state, 0) for state in going_on}
        yield _gauge(name, meaning, ["state"], values.items())
    yield GaugeMetricFamily(
        "diorama_recordings_made",
        "Recordings that are being made or uploaded.",
        value=census.recordings,
    )
    yield GaugeMetricFamily("diorama_spectators", "Spectators who watch.", value=census.spectators)


def _lanes(census: Census) -> tuple[dict[tuple[Pool, str], int], Sums[Pool]]:
    """Return sessions by lane and state, and waiters by lane; the fullest lanes by name."""
    sessions: Sums[tuple[Pool, str]] = Sums()
    waiting: Sums[Pool] = Sums()
    for at, lane in enumerate(census.lanes):
        name = (lane.project, lane.region) if at < MAX_LANES else OTHERS
        for state in HOLDS_SLOT:
            sessions[name, state.value] += lane.states.get(state.value, 0)
        sessions[name, SessionState.QUEUED.value] += lane.waiting
        waiting[name] += lane.waiting
    return dict(sessions), waiting


def _pools(
    counts: Mapping[tuple[Pool, str], int], fullest: frozenset[Pool], states: list[str]
) -> dict[tuple[str, ...], int]:
    """Return counts by pool and state; a state that a pool has none of is shown as 0."""
    found: Sums[tuple[str, ...]] = Sums()
    for (pool, state), count in counts.items():
        name = _kept(pool, fullest)
        for one in states:
            found[*name, one] += count if one == state else 0
    return dict(found)


def _fullest(census: Census) -> frozenset[Pool]:
    sizes: Sums[Pool] = Sums(census.wanted)
    for (pool, _), count in census.slots.items():
        sizes[pool] += count
    for pool, _ in census.workers:
        sizes[pool] += 0
    ranked = sorted(sizes, key=lambda pool: (-sizes[pool], pool))
    return frozenset(ranked[:MAX_POOLS])


def _kept(pool: Pool, fullest: frozenset[Pool]) -> Pool:
    return pool if pool in fullest else OTHERS


def _gauge(
    name: str, meaning: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], int]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for label, value in sorted(values):
        family.add_metric(list(label), value)
    return family


def _seconds(since_us: int, until_us: int | None) -> float:
    return 0.0 if until_us is None else max(until_us - since_us, 0) / SECOND_US
