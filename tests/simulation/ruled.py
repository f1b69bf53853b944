"""What follows at once from what an operator rules, written again from DESIGN sections 2 and 3.

A disabled project has no sessions, a queue that is off has no waiters, and who could be served by
the limits as they are does not wait. See `oracle`.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from tests.simulation.history import History, LawBroken, Row, Stay

WAITING: Final = frozenset({"requesting", "queued"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """A project as it is ruled."""

    version: int
    is_enabled: bool
    has_queue: bool


class Rulings:
    """The judge of what is ruled."""

    def __init__(self, connection: sqlite3.Connection, history: History) -> None:
        self._connection = connection
        self._history = history
        self._now: dict[str, Ruling] = {}
        self._before: dict[str, Ruling] = {}
        self._vain_since_us: dict[str, int] = {}
        self.has_changed = True

    def read(self) -> None:
        """After a commit that may hold a ruling: what it forbids is over."""
        self.has_changed = False
        self._history.read_rulings()
        rows = self._connection.execute("SELECT id, version, document FROM project").fetchall()
        found = {name: _ruling(version, json.loads(document)) for name, version, document in rows}
        self._before, self._now = self._now or found, found

    def take(self, row: Row) -> None:
        """Nobody comes in, or to stand in line, where that is not allowed."""
        rulings = (self._before[row.project_id], self._now[row.project_id])
        if row.kind == "requested" and not any(ruling.is_enabled for ruling in rulings):
            raise LawBroken(7, f"{row.session_id} came into {row.project_id}, which is disabled")
        is_new = self._history.stays[row.session_id].attempts == 0
        if row.kind == "queued" and is_new and not any(ruling.has_queue for ruling in rulings):
            raise LawBroken(4, f"{row.session_id} stands in line, {row.project_id} has none")

    def check(self) -> None:
        """What is ruled out is not there; one that was put aside keeps its place to the end."""
        for stay in self._history.living():
            ruling = self._now[stay.lane[0]]
            if not ruling.is_enabled:
                raise LawBroken(7, f"{stay.id} lives on in {stay.lane[0]}, which is disabled")
            if not ruling.has_queue and stay.state in WAITING and not stay.is_aside:
                raise LawBroken(4, f"{stay.id} waits on in {stay.lane[0]}, which has no queue")

    def check_nobody_waits_in_vain(self, now_us: int, patience_us: int) -> None:
        """Law 4, in a calm: a free slot and room in every limit find who is next."""
        found = [self._could_be_served(lane, now_us) for lane in self._history.lines]
        heads = {stay.id for stay in found if stay is not None}
        since_us = self._vain_since_us
        self._vain_since_us = {one: since_us.get(one, now_us) for one in heads}
        for one, first_us in self._vain_since_us.items():
            if now_us - first_us > patience_us:
                raise LawBroken(4, f"{one} waits though it could be served")

    def _could_be_served(self, lane: tuple[str, str], now_us: int) -> Stay | None:
        """Return who is next in a lane, if nothing stands in its way."""
        stay = self.next_of(lane)
        if stay is None or stay.attempts or not self._has_free_slot(lane[1], now_us):
            return None
        return stay

    def next_of(self, lane: tuple[str, str], *, surely: bool = False) -> Stay | None:
        """Return who is next in a lane, if no limit stands in its way.

        Args:
            lane: project and region.
            surely: whether by what was ruled before the last ruling as well.
        """
        history = self._history
        line = sorted(history.lines[lane].values(), key=lambda s: (-s.priority, s.ticket))
        for stay in line:
            if stay.is_aside or not history.fits_end_user(stay, added=1):
                continue
            limits, caps = history.limits, history.caps
            limit, cap = limits.now[stay.account_id], caps.now[lane[0]]
            if surely:
                limit, cap = limits.least(stay.account_id), caps.least(lane[0])
            has_room = history.by_account[stay.account_id] < limit
            return stay if has_room and history.by_lane[lane] < cap else None
        return None

    def _has_free_slot(self, region: str, now_us: int) -> bool:
        rows = self._connection.execute(
            "SELECT 1 FROM slot s JOIN worker w ON w.id = s.worker_id"
            " JOIN worker_lease l ON l.worker_id = w.id WHERE s.state = 'free' AND s.region = ?"
            " AND w.draining = 0 AND l.soft_until_us > ? LIMIT 1",
            (region, now_us),
        ).fetchall()
        return bool(rows)


def _ruling(version: int, document: dict[str, object]) -> Ruling:
    rules = document["rules"]
    assert isinstance(rules, dict)
    return Ruling(
        version=version,
        is_enabled=bool(document["enabled"]),
        has_queue=bool(rules.get("queue", {}).get("enabled", True)),
    )
