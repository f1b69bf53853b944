"""What happened to each run of a simulation, rebuilt from the run log alone, and its laws.

As `history` for sessions: nothing of `simulations` or `sessions` is imported, and the promises of
docs/simulations.md are written again.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.history import History, LawBroken

ON_SLOT: Final = frozenset({"dispatched", "processing"})
OVER: Final = frozenset({"completed", "failed", "cancelled"})
MOVES: Final = {
    None: {"pending"},
    "pending": {"dispatched", *OVER},
    "dispatched": {"processing", "pending", *OVER},
    "processing": {"pending", *OVER},
    "completed": set[str](),
    "failed": set[str](),
    "cancelled": set[str](),
}
MOST_ATTEMPTS: Final = 2
STOPS_METER: Final = frozenset({"rendered", "retried", "ended"})
REASONS: Final[dict[str, set[str | None]]] = {
    "completed": {None},
    "cancelled": {None},
    "failed": {
        "worker_lost",
        "world_failed_to_start",
        "no_worker",
        "world_unknown",
        "world_crashed",
        "run_timed_out",
        "upload_failed",
        "hours_exhausted",
        "account_suspended",
        "project_disabled",
    },
}
TRIED_AGAIN: Final = frozenset({"worker_lost", "world_failed_to_start"})
"""What does not end a run that was on one slot only."""
COLUMNS: Final = (
    "seq, run_id, version, kind, state, at_us, recorded_us, reason, slot_id, term, account_id"
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row of the run log."""

    seq: int
    run_id: str
    version: int
    kind: str
    state: str
    at_us: int
    recorded_us: int
    reason: str | None
    slot_id: str | None
    term: int
    account_id: str


@dataclass(slots=True)
class RunStay:
    """One run, as its log tells it."""

    id: str
    simulation_id: str
    account_id: str
    line: tuple[str, str, str]  # pool, region, kind
    ticket: int
    created_us: int
    state: str | None = None
    version: int = 0
    at_us: int = 0
    attempts: int = 0
    slot_id: str | None = None
    term: int = 0
    accepted_us: int | None = None
    dispatched_us: int | None = None
    since_us: int | None = None
    began_us: int | None = None
    rendered_us: int | None = None
    metered: list[tuple[int, int, int]] = field(default_factory=list)  # from, to, term
    waits_since_us: int = 0
    ended_us: int | None = None
    reason: str | None = None

    @property
    def metered_us(self) -> int:
        """How long it rendered, by its log: each attempt."""
        return sum(to_us - from_us for from_us, to_us, _ in self.metered)

    @property
    def is_over(self) -> bool:
        """Whether nothing may happen to it any more."""
        return self.state in OVER


class RunHistory:
    """Every run that ever was."""

    def __init__(self, connection: sqlite3.Connection, sessions: History) -> None:
        self._connection = connection
        self._sessions = sessions
        self._last_seq = 0
        self.stays: dict[str, RunStay] = {}
        self.of_simulation: dict[str, list[RunStay]] = {}
        self.living: dict[str, RunStay] = {}
        self.pending: Counter[str] = Counter()
        self.granted: list[tuple[str, int, str]] = []  # slot, term, run: by this commit

    def read(self) -> list[RunRow]:
        """Take the rows that are new, hold each to the laws, and return them.

        To be called before the sessions' log is read: both are of one commit, whose units may have
        come in any order, and terms must rise above those that were given before it.
        """
        rows = [
            RunRow(*values)
            for values in self._connection.execute(
                f"SELECT {COLUMNS} FROM run_event WHERE seq > ? ORDER BY seq", (self._last_seq,)
            ).fetchall()
        ]
        self.granted.clear()
        for row in rows:
            self._take(row)
        if rows:
            self._last_seq = rows[-1].seq
        return rows

    def settle_terms(self) -> None:
        """After the sessions' log was read: what runs were given counts for everybody."""
        terms = self._sessions.terms
        for slot_id, term, run_id in self.granted:
            if terms[slot_id] == term:
                raise LawBroken(2, f"{slot_id} was given to {run_id} and another under {term}")
            terms[slot_id] = max(terms[slot_id], term)

    def used_us(self, account_id: str) -> int:
        """Return what the runs of an account that are over come to."""
        return sum(s.metered_us for s in self.stays.values() if s.account_id == account_id)

    def _take(self, row: RunRow) -> None:
        stay = self.stays.get(row.run_id) or self._new(row)
        if stay.is_over:
            raise LawBroken(3, f"{row.kind} came after the end of {row.run_id}")
        if row.version != stay.version + 1:
            raise LawBroken(5, f"version {row.version} of {row.run_id} follows {stay.version}")
        if row.state != stay.state and row.state not in MOVES[stay.state]:
            raise LawBroken(3, f"{row.run_id} went from {stay.state} to {row.state}")
        if row.at_us < stay.at_us:
            raise LawBroken(5, f"{row.kind} of {row.run_id} took effect before what was before it")
        before, stay.state = stay.state, row.state
        stay.version, stay.at_us = row.version, row.at_us
        self.pending[stay.account_id] += (row.state == "pending") - (before == "pending")
        self._meter(stay, row)
        match row.kind:
            case "dispatched":
                self._dispatch(stay, row)
            case "accepted":
                stay.accepted_us = row.at_us
            case "rendered":
                stay.rendered_us = row.at_us
            case "retried":
                self._retry(stay, row)
            case "ended":
                self._end(stay, row)

    def _new(self, row: RunRow) -> RunStay:
        ((job, pool, region, kind, ticket),) = self._connection.execute(
            "SELECT simulation_id, pool, region, kind, ticket FROM simulation_run WHERE id = ?",
            (row.run_id,),
        ).fetchall()
        stay = RunStay(
            id=row.run_id,
            simulation_id=job,
            account_id=row.account_id,
            line=(pool, region, kind),
            ticket=ticket,
            created_us=row.at_us,
            waits_since_us=row.at_us,
        )
        self.stays[row.run_id] = self.living[row.run_id] = stay
        self.of_simulation.setdefault(job, []).append(stay)
        return stay

    def _meter(self, stay: RunStay, row: RunRow) -> None:
        if stay.since_us is not None and row.kind in STOPS_METER:
            stay.metered.append((stay.since_us, row.at_us, stay.term))
            stay.since_us = None
        if row.kind == "started":
            stay.since_us = stay.began_us = row.at_us

    def _dispatch(self, stay: RunStay, row: RunRow) -> None:
        stay.attempts += 1
        if stay.attempts > MOST_ATTEMPTS:
            raise LawBroken(7, f"{stay.id} is tried for the {stay.attempts}th time")
        slot_id = row.slot_id or ""
        known = [term for slot, term, _ in self.granted if slot == slot_id]
        if row.term <= max([self._sessions.terms[slot_id], *known]):
            raise LawBroken(2, f"{slot_id} was given to {stay.id} under term {row.term} again")
        self.granted.append((slot_id, row.term, stay.id))
        stay.slot_id, stay.term, stay.dispatched_us = slot_id, row.term, row.at_us
        stay.accepted_us = stay.began_us = stay.rendered_us = None

    def _retry(self, stay: RunStay, row: RunRow) -> None:
        stay.slot_id = None
        stay.waits_since_us = row.at_us

    def _end(self, stay: RunStay, row: RunRow) -> None:
        if row.state not in OVER or row.reason not in REASONS[row.state]:
            raise LawBroken(3, f"{stay.id} ended {row.state} because of {row.reason}")
        if row.reason in TRIED_AGAIN and stay.attempts < MOST_ATTEMPTS:
            raise LawBroken(7, f"{stay.id} ended for {row.reason} after {stay.attempts} attempts")
        stay.slot_id = None
        stay.ended_us, stay.reason = row.at_us, row.reason
        del self.living[stay.id]
