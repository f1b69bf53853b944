"""What REST shows of usage: integers of microseconds, as the log has them.

Rounding is an invoice's to do, once, at its end.
"""

import msgspec

from diorama.protocol.views import Instant


class SlotCounts(msgspec.Struct, frozen=True):
    """Slots by state, of workers that are not lost."""

    free: int
    held: int
    fencing: int
    quarantined: int


class PeriodView(msgspec.Struct, frozen=True):
    """A stretch of time: from an instant to before another."""

    from_: Instant = msgspec.field(name="from")
    to: Instant


class Overview(msgspec.Struct, frozen=True):
    """An account at a glance.

    `streams` are the sessions that hold a slot now, and `limit` is how many may; `queued` wait.
    `workers` and `slots` are those of the pools that the account's projects use, and for the
    operator all. `stream_us` is what was streamed in `period`, the calendar month, of
    `stream_hours` hours that there are (None is no limit); so it is with simulations, of whose runs
    `runs_running` have a slot and `runs_queued` wait for one.
    """

    at: Instant
    streams: int
    limit: int
    queued: int
    workers: int
    slots: SlotCounts
    stream_us: int
    stream_hours: float | None
    simulation_us: int
    simulation_hours: float | None
    runs_running: int
    runs_queued: int
    period: PeriodView


class UsageSum(msgspec.Struct, frozen=True):
    """What was used: `stream_us` is `streaming_us` and `idle_us` together.

    `simulation_us` is the time in which the runs of simulations rendered. `sessions`
    streamed; one that streamed on two days counts in both, and once in the total.
    """

    stream_us: int
    streaming_us: int
    idle_us: int
    simulation_us: int
    sessions: int


class UsageGroup(UsageSum, frozen=True, kw_only=True):
    """What those used who share `key`; None are the sessions that have no such.

    By session, each run of a simulation has a group too, under its own id.
    """

    key: str | None


class UsageView(PeriodView, frozen=True, kw_only=True):
    """What an account used from an instant to before another.

    Sessions that run still are counted up to `until`: what is said of them may yet change, by as
    much as it takes to notice that nobody watches. `cursor` asks for the groups that follow; None
    is the end.
    """

    until: Instant
    group_by: str
    total: UsageSum
    groups: tuple[UsageGroup, ...]
    cursor: str | None = None


class SeriesPoint(msgspec.Struct, frozen=True):
    """One step: sessions that held a slot at once, and how long those given one had waited.

    `served` were first given a slot in it; half of them had waited no longer than `wait_p50_s`, and
    nine tenths no longer than `wait_p90_s`. None where nobody was served.
    """

    at: Instant
    concurrency_max: int
    concurrency_avg: float
    served: int
    wait_p50_s: float | None
    wait_p90_s: float | None


class SeriesView(PeriodView, frozen=True, kw_only=True):
    """Concurrency and waits step by step, up to `until`."""

    until: Instant
    step_s: int
    points: tuple[SeriesPoint, ...]


class Difference(msgspec.Struct, frozen=True):
    """Where what is kept is not what the log says.

    `what` is `spans` (the rows that sums are made of), `running` (since when a session streams),
    `month` (the sum of a calendar month, which `period` names, or of all there are), or `run` and
    `run_running` (the same of a simulation's run, whose id is in `session`). The two
    numbers are what is metered in microseconds, or since when an instant, as the rows have it
    and as the log does. Where they are the same, the rows differ in something else, as when
    somebody's time stands under another name.
    """

    what: str
    account: str
    session: str | None = None
    period: str | None = None
    kept_us: int | None = None
    log_us: int | None = None


class VerifiedView(msgspec.Struct, frozen=True):
    """What came of holding sessions and runs to their log: `cursor` asks for the next.

    None is the end. The sums are of what is over in these sessions and runs.
    """

    sessions: int
    events: int
    stream_us: int
    differences: tuple[Difference, ...]
    cursor: str | None = None
    runs: int = 0
    simulation_us: int = 0


class CostPart(msgspec.Struct, frozen=True):
    """Time of slots, the GPU time that is their share, and what that costs, to six decimals."""

    slot_us: int
    gpu_hours: float
    cost: str


class CostView(PeriodView, frozen=True, kw_only=True):
    """What slots cost at a price for an hour of a GPU, up to `until`.

    `streaming` and `idle` are what is metered of sessions, `simulation` what is of simulations.
    `waiting` is the rest of the time for which either held slots: starting, being away, handing in
    what was rendered, and until the world is gone. `warm` is the time for which
    slots were there and nobody had them: it is the operator's, and None for one account. `cost` is
    the sum of the parts that are shown.
    """

    until: Instant
    price_per_gpu_hour: str
    streaming: CostPart
    idle: CostPart
    simulation: CostPart
    waiting: CostPart
    warm: CostPart | None
    cost: str
