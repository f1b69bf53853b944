"""What happened to each session, rebuilt from the event log alone, and the laws that it must keep.

Nothing of `sessions`, `admission` or `leases` is imported: the rules are written here again, from
DESIGN section 2, so that a mistake there is not repeated here.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from diorama.protocol.end_codes import END_CODES, EndCode

WATCHED: Final = frozenset({"streaming", "idle"})
HOLDING: Final = frozenset({"connecting", "streaming", "idle"})
FINAL: Final = frozenset({"disconnected", "failed"})
MOVES: Final = {
    None: {"requesting"},
    "requesting": {"queued", "connecting", *FINAL},
    "queued": {"connecting", *FINAL},
    "connecting": {"streaming", "queued", *FINAL},
    "streaming": {"connecting", "idle", *FINAL},
    "idle": {"connecting", "streaming", *FINAL},
    "disconnected": set[str](),
    "failed": set[str](),
}
NO_END: Final = 10**18
"""What is ruled where there is no limit."""
EVENT_COLUMNS: Final = (
    "seq, session_id, version, kind, state, at_us, recorded_us, code, reason, slot_id, term,"
    " account_id, project_id, region, end_user, until_us"
)


class LawBroken(AssertionError):
    """A law of DESIGN section 2 does not hold."""

    def __init__(self, law: int, what: str) -> None:
        super().__init__(f"law {law}: {what}")
        self.law = law


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the event log."""

    seq: int
    session_id: str
    version: int
    kind: str
    state: str
    at_us: int
    recorded_us: int
    code: int | None
    reason: str | None
    slot_id: str | None
    term: int
    account_id: str
    project_id: str
    region: str
    end_user: str | None
    until_us: int | None


@dataclass(slots=True)
class Stay:
    """One session, as its log tells it."""

    id: str
    account_id: str
    lane: tuple[str, str]
    end_user: str | None
    rules: dict[str, object]
    state: str | None = None
    version: int = 0
    entered_us: int = 0
    slot_id: str | None = None
    term: int = 0
    attempts: int = 0
    ticket: int = 0
    priority: int = 0
    is_aside: bool = False
    since_us: int | None = None
    watched: list[tuple[int, int]] = field(default_factory=list)
    ended_us: int | None = None
    recorded_end_us: int | None = None

    @property
    def watched_us(self) -> int:
        """How long it was watched, by its log."""
        return sum(to_us - from_us for from_us, to_us in self.watched)

    def watched_until(self, at_us: int) -> int:
        """Return how long it was watched, with what goes on until an instant."""
        open_us = 0 if self.since_us is None else max(at_us - self.since_us, 0)
        return self.watched_us + open_us


@dataclass(slots=True)
class Ruled:
    """What an operator rules, as it is and as it was before the last ruling.

    Rounds of the store hold many units: what a commit shows was decided under either.
    """

    now: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)

    def take(self, found: dict[str, int]) -> None:
        """Take what is ruled now."""
        self.before, self.now = self.now or found, found

    def most(self, name: str) -> int:
        """Return the higher of both."""
        return max(self.before.get(name, 0), self.now.get(name, 0))

    def least(self, name: str) -> int:
        """Return the lower of both."""
        return min(self.before.get(name, 0), self.now.get(name, 0))


@dataclass
class History:
    """Every session that ever was."""

    connection: sqlite3.Connection
    stays: dict[str, Stay] = field(default_factory=dict)
    in_slot: dict[str, str] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_account: Counter[str] = field(default_factory=Counter)
    by_lane: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_end_user: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: dict[tuple[str, str], dict[str, Stay]] = field(default_factory=lambda: defaultdict(dict))
    limits: Ruled = field(default_factory=Ruled)
    caps: Ruled = field(default_factory=Ruled)
    hours: Ruled = field(default_factory=Ruled)
    of_account: dict[str, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    events: int = 0
    _living: dict[str, Stay] = field(default_factory=dict)
    _last_seq: int = 0

    def read(self) -> list[Row]:
        """Take the rows that are new, hold each to the laws, and return them."""
        rows = [
            Row(*values)
            for values in self.connection.execute(
                f"SELECT {EVENT_COLUMNS} FROM event WHERE seq > ? ORDER BY seq", (self._last_seq,)
            ).fetchall()
        ]
        for row in rows:
            self._take(row)
        if rows:
            self._last_seq = rows[-1].seq
            self.events += len(rows)
        return rows

    def read_rulings(self) -> None:
        """Take what operators ruled, as it is committed now."""
        accounts = self.connection.execute(
            "SELECT id, concurrent_streams, stream_us FROM account"
        ).fetchall()
        self.limits.take({name: limit for name, limit, _ in accounts})
        self.hours.take({name: NO_END if us is None else us for name, _, us in accounts})
        caps = self.connection.execute(
            "SELECT id, json_extract(document, '$.rules.worker_count') FROM project"
        ).fetchall()
        self.caps.take({name: NO_END if cap is None else cap for name, cap in caps})

    def used_us(self, account_id: str, at_us: int) -> int:
        """Return the stream time of an account, with what goes on until an instant."""
        return sum(stay.watched_until(at_us) for stay in self.of_account[account_id])

    def living(self) -> list[Stay]:
        """Return the sessions that have not ended."""
        return list(self._living.values())

    def _take(self, row: Row) -> None:
        stay = self.stays.get(row.session_id)
        if stay is None:
            stay = self.stays[row.session_id] = self._new(row)
            self.of_account[row.account_id].append(stay)
            self._living[row.session_id] = stay
        if stay.state in FINAL:
            raise LawBroken(3, f"{row.kind} came after the end of {row.session_id}")
        if row.version != stay.version + 1:
            raise LawBroken(5, f"version {row.version} of {row.session_id} follows {stay.version}")
        if row.state != stay.state and row.state not in MOVES[stay.state]:
            raise LawBroken(3, f"{row.session_id} went from {stay.state} to {row.state}")
        before, stay.version = stay.state, row.version
        if row.kind == "ended" or row.state in FINAL:
            self._end(stay, row)
        self._stand_in_line(stay, row)
        if row.state != before:
            self._move(stay, row)
        if row.kind == "reserved":
            self._reserve(stay, row, before)

    def _new(self, row: Row) -> Stay:
        ((rules, priority),) = self.connection.execute(
            "SELECT rules, priority FROM session WHERE id = ?", (row.session_id,)
        ).fetchall()
        return Stay(
            id=row.session_id,
            account_id=row.account_id,
            lane=(row.project_id, row.region),
            end_user=row.end_user,
            rules=json.loads(rules),
            priority=priority,
        )

    def _end(self, stay: Stay, row: Row) -> None:
        known = row.code in {int(code) for code in END_CODES}
        if row.code is None or not known:
            raise LawBroken(3, f"{stay.id} ended with {row.code}, which is no code")
        entry = END_CODES[EndCode(row.code)]
        if row.reason not in entry.reasons or entry.ends != row.state:
            raise LawBroken(3, f"{stay.id} ended {row.state} with {row.code} {row.reason}")
        self._living.pop(stay.id, None)
        stay.ended_us, stay.recorded_end_us = row.at_us, row.recorded_us

    def _stand_in_line(self, stay: Stay, row: Row) -> None:
        if row.kind == "put_aside":
            stay.is_aside, stay.attempts = True, 0
        elif row.kind in {"attached", "rejoined", "reserved"}:
            stay.is_aside = False
        if row.kind != "queued":
            return
        ((ticket,),) = self.connection.execute(
            "SELECT ticket FROM session WHERE id = ?", (stay.id,)
        ).fetchall()
        stay.ticket = int(ticket)

    def _move(self, stay: Stay, row: Row) -> None:
        """Take a change of state: what is held, who waits, what is watched."""
        before, stay.state = stay.state, row.state
        if before is not None and row.at_us < stay.entered_us:
            raise LawBroken(5, f"{row.kind} of {stay.id} took effect before what came before it")
        stay.entered_us = row.at_us
        held = (row.state in HOLDING) - (before in HOLDING)
        if held:
            self.by_account[stay.account_id] += held
            self.by_lane[stay.lane] += held
            if stay.end_user is not None:
                self.by_end_user[stay.lane[0], stay.end_user] += held
        if held < 0 and stay.slot_id is not None:
            self.in_slot.pop(stay.slot_id, None)
            stay.slot_id = None
        if row.state == "queued":
            self.lines[stay.lane][stay.id] = stay
        elif before == "queued":
            self.lines[stay.lane].pop(stay.id, None)
        self._watch(stay, row)

    def _watch(self, stay: Stay, row: Row) -> None:
        if row.state in WATCHED and stay.since_us is None:
            stay.since_us = row.at_us
        elif row.state not in WATCHED and stay.since_us is not None:
            stay.watched.append((stay.since_us, row.at_us))
            stay.since_us = None

    def _reserve(self, stay: Stay, row: Row, before: str | None) -> None:
        slot_id = row.slot_id or ""
        if row.term <= self.terms[slot_id]:
            raise LawBroken(2, f"{slot_id} was given under term {row.term} again")
        self.terms[slot_id] = row.term
        other = self.in_slot.get(slot_id)
        if other is not None:
            raise LawBroken(2, f"{slot_id} was given to {stay.id} while {other} has it")
        self.in_slot[slot_id] = stay.id
        stay.slot_id, stay.term = slot_id, row.term
        stay.attempts += 1
        self._check_limits(stay)
        if stay.attempts == 1:
            self._check_order(stay, before)

    def _check_limits(self, stay: Stay) -> None:
        """Law 1, at the instant at which a session is given a slot."""
        held, limit = self.by_account[stay.account_id], self.limits.most(stay.account_id)
        if held > limit:
            raise LawBroken(1, f"{stay.account_id} holds {held} of {limit} after {stay.id}")
        cap = self.caps.most(stay.lane[0])
        if self.by_lane[stay.lane] > cap:
            raise LawBroken(1, f"{stay.lane} holds {self.by_lane[stay.lane]}, its cap is {cap}")
        if not self.fits_end_user(stay, added=0):
            raise LawBroken(1, f"{stay.end_user} holds too many with {stay.id}")

    def fits_end_user(self, stay: Stay, *, added: int) -> bool:
        """Whether its end user may hold that many more."""
        limit = stay.rules.get("end_user_limit")
        if stay.end_user is None or not isinstance(limit, int):
            return True
        return self.by_end_user[stay.lane[0], stay.end_user] + added <= limit

    def _check_order(self, stay: Stay, before: str | None) -> None:
        """Law 4: nobody who could have been served stood before."""
        for other in self.lines[stay.lane].values():
            first = (-other.priority, other.ticket) < (-stay.priority, stay.ticket)
            passed = first or before == "requesting"
            if passed and not other.is_aside and self.fits_end_user(other, added=1):
                raise LawBroken(4, f"{stay.id} passed {other.id} in {stay.lane}")
