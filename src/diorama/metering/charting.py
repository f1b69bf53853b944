"""What a chart of concurrency and waits is drawn from. Use cases: load, a page at a time.

Whoever reads a page of rows holds others up meanwhile (SQLite has one thread), so a chart is
gathered from many reads. It is counted up to the instant of the first; what still ran then is known
from the first, and left out where a later page has it again, ended.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US
from diorama.metering.series import Point, Steps, points
from diorama.protocol.usage_views import SeriesPoint, SeriesView
from diorama.sessions.show import time_of
from diorama.sessions.usage_store import Stay, Wait, Window
from diorama.sessions.work import Work

PAGE: Final = 5_000
"""Rows of one read: about ten milliseconds."""
MAX_ROWS: Final = 1_000_000
"""Rows of one chart: more is a question for a shorter time."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of what a chart is drawn from."""

    stays: Sequence[Stay]
    waits: Sequence[Wait]


@dataclass(slots=True)
class Chart:
    """What has been gathered so far.

    Attributes:
        window: from when to when is drawn.
        steps: in which steps.
        holding: since when those were in their state that held a slot when this began.
        starts: from when stays were, in microseconds.
        ends: to when, in the same order.
        waits: when sessions were served, and how long they had waited.
    """

    account_id: str
    window: Window
    steps: Steps
    holding: Mapping[str, int]
    starts: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    waits: list[tuple[int, int]] = field(default_factory=list)
    last_stay: Stay | None = None
    last_wait: Wait | None = None
    is_whole: bool = False

    def take(self, rows: Rows) -> None:
        """Add a page.

        Raises:
            Invalid: there is too much to draw (`too_many_sessions`).
        """
        for stay in rows.stays:
            if stay.from_us < self.holding.get(stay.session_id, self.window.until_us):
                self.starts.append(stay.from_us)
                self.ends.append(stay.to_us)
        self.waits += [(wait.served_us, wait.waited_us) for wait in rows.waits]
        if len(self.starts) + len(self.waits) > MAX_ROWS:
            raise Invalid(
                "there was too much in that time to draw at once: ask for a shorter one",
                code="too_many_sessions",
            )
        self.last_stay = rows.stays[-1] if rows.stays else self.last_stay
        self.last_wait = rows.waits[-1] if rows.waits else self.last_wait
        self.is_whole = len(rows.stays) < PAGE and len(rows.waits) < PAGE


def begin(work: Work, account_id: str, window: Window, steps: Steps) -> Chart:
    """Return a chart with what holds a slot now, and nothing of what is over."""
    holding = work.stores.usage.holding(account_id)
    chart = Chart(account_id, window, steps, holding)
    chart.starts.extend(holding.values())
    chart.ends.extend(max(window.until_us, since_us) for since_us in holding.values())
    chart.is_whole = not steps.edges_us
    return chart


def rows_of(work: Work, chart: Chart) -> Rows:
    """Return the next page of a chart's rows."""
    usage, window = work.stores.usage, chart.window
    return Rows(
        usage.stays(chart.account_id, window, after=chart.last_stay, limit=PAGE),
        usage.waits(chart.account_id, window, after=chart.last_wait, limit=PAGE),
    )


def drawn(chart: Chart) -> SeriesView:
    """Return a whole chart. Computes for a while where there is much: not on an event loop."""
    held = np.array(chart.starts, np.int64), np.array(chart.ends, np.int64)
    window = chart.window
    return SeriesView(
        from_=time_of(window.from_us),
        to=time_of(window.to_us),
        until=time_of(window.until_us),
        step_s=chart.steps.step_s,
        points=tuple(_point(one) for one in points(chart.steps, held, chart.waits)),
    )


def _point(point: Point) -> SeriesPoint:
    return SeriesPoint(
        at=time_of(point.from_us),
        concurrency_max=point.most,
        concurrency_avg=point.held_us / (point.to_us - point.from_us),
        served=point.served,
        wait_p50_s=None if point.wait_p50_us is None else point.wait_p50_us / SECOND_US,
        wait_p90_s=None if point.wait_p90_us is None else point.wait_p90_us / SECOND_US,
    )
