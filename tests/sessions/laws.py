"""The judge of a store: everything that DESIGN section 2 promises of rows, counted anew.

It reads the tables themselves, not the stores: a store that counts wrongly cannot vouch for itself.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from diorama.accounts.hours import Months, StreamMonth, rolled
from diorama.kernel.units import HOUR_US
from diorama.metering.usage import LoggedEvent, intervals, total_us, used_in_month_us
from diorama.protocol.states import (
    FINAL,
    HOLDS_SLOT,
    OVER,
    RUNS_ON_SLOT,
    SessionState,
    SimulationState,
)
from diorama.storage.database import Transaction

DAY_US = 24 * HOUR_US
EVER_US = 2**63


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session, as far as the laws are concerned."""

    id: str
    account_id: str
    lane: tuple[str, str]
    state: SessionState
    version: int
    slot_id: str | None
    term: int
    ended: tuple[int, str, int] | None
    end_user: str | None
    rank: tuple[int, int] | None
    """Its place in line: the lower is served first. None where it never stood in one."""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot, as far as the laws are concerned."""

    id: str
    state: str
    term: int
    session_id: str | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of a simulation, as far as the laws are concerned."""

    id: str
    simulation_id: str
    state: SimulationState
    version: int
    slot_id: str | None
    term: int
    metered_us: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class RunEventLine:
    """A row of a run's log, as far as the laws are concerned."""

    run_id: str
    version: int
    kind: str
    state: SimulationState
    at_us: int
    slot_id: str | None
    term: int


@dataclass(frozen=True, slots=True)
class EventLine:
    """A row of the log, as far as the laws are concerned."""

    session_id: str
    version: int
    kind: str
    state: SessionState
    at_us: int
    slot_id: str | None
    term: int


@dataclass(frozen=True)
class Findings:
    """What a store holds at one instant."""

    sessions: dict[str, SessionRow] = field(default_factory=dict)
    slots: dict[str, SlotRow] = field(default_factory=dict)
    events: list[EventLine] = field(default_factory=list)
    accounts: dict[str, tuple[int, int]] = field(default_factory=dict)
    lanes: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    months: dict[str, Months] = field(default_factory=dict)
    spans: set[tuple[str, int, str, int, int, int]] = field(default_factory=set)
    """Session, version, state, day, from when, to when."""
    holds: set[tuple[str, int, str, int, int]] = field(default_factory=set)
    """Slot, term, session, from when, to when."""
    runs: dict[str, RunLine] = field(default_factory=dict)
    run_events: list[RunEventLine] = field(default_factory=list)
    simulations: dict[str, SimulationState] = field(default_factory=dict)
    forgotten: dict[str, SlotRow] = field(default_factory=dict)
    """Slots of workers that were forgotten, as they last were."""

    def check(self, *, limits: bool) -> None:
        """Assert what holds at every instant."""
        self._check_counts(limits=limits)
        self._check_slots()
        self._check_terms()
        self._check_ends()
        self._check_order()
        self._check_hours()
        self._check_spans()
        self._check_holds()
        self._check_runs()

    def check_after(self, before: "Findings") -> None:
        """Assert what holds between one instant and a later one."""
        for one in before.sessions.values():
            if one.state in FINAL:
                assert self.sessions[one.id] == one, "law 3: what has ended changed"
        for run in before.runs.values():
            if run.state in OVER:
                assert self.runs[run.id] == run, "law 3: a run that is over changed"
        self.forgotten.update(before.forgotten)
        for slot in (before.forgotten | before.slots).values():
            after = self.slots.get(slot.id)
            if after is None:
                assert slot.state in {"free", "retired"}, "a slot was forgotten that was in use"
                self.forgotten[slot.id] = slot
                continue
            assert after.term >= slot.term, "law 2: a term went back"
            if slot.session_id != after.session_id and after.state == "held":
                assert after.term > slot.term, "law 2: a slot was given away under an old term"

    def log(self, session_id: str) -> list[LoggedEvent]:
        """Return the log of one session, as metering takes it."""
        return [_logged(event) for event in self.events if event.session_id == session_id]

    def _check_counts(self, *, limits: bool) -> None:
        """Laws 1 and 6: what is counted is there."""
        holding = [s for s in self.sessions.values() if s.state in HOLDS_SLOT]
        waiting = [s for s in self.sessions.values() if s.state is SessionState.QUEUED]
        by_account = Counter(s.account_id for s in holding)
        for account, (held, limit) in self.accounts.items():
            assert held == by_account[account], f"{account} counts {held}"
            assert not limits or held <= limit, f"law 1: {account} holds {held} of {limit}"
        held_by_lane = Counter(s.lane for s in holding)
        waiting_by_lane = Counter(s.lane for s in waiting)
        for lane, counts in self.lanes.items():
            assert counts == (held_by_lane[lane], waiting_by_lane[lane]), f"{lane} counts {counts}"

    def _check_slots(self) -> None:
        """Law 2: a slot has at most one session, a session at most one slot, and both say so."""
        for session in self.sessions.values():
            if session.state in HOLDS_SLOT:
                assert session.slot_id is not None
                slot = self.slots[session.slot_id]
                assert (slot.state, slot.session_id, slot.term) == (
                    "held",
                    session.id,
                    session.term,
                ), f"law 2: {slot} is not in the hands of {session}"
        held = [slot.session_id for slot in self.slots.values() if slot.state == "held"]
        assert len(held) == len(set(held)), "law 2: a session has two slots"
        for holder in held:
            assert holder is not None
            if holder in self.runs:
                assert self.runs[holder].state in RUNS_ON_SLOT, "law 6: a slot is held by nobody"
            else:
                assert self.sessions[holder].state in HOLDS_SLOT, "law 6: a slot is held by nobody"

    def _check_terms(self) -> None:
        """Law 2: each reservation of a slot has a higher term than the one before."""
        given = [(e.slot_id, e.term) for e in self.events if e.kind == "reserved"]
        to_runs = [(e.slot_id, e.term) for e in self.run_events if e.kind == "dispatched"]
        _check_rising(given)
        _check_rising(to_runs)
        terms = [*given, *to_runs]
        assert len(terms) == len(set(terms)), "law 2: a term was given twice"

    def _check_order(self) -> None:
        """Law 4: nobody is given a slot past another who waits, is there, and no limit holds back.

        One whose end user holds something already may be held back by that limit, and is let be.
        One whose slot failed is given the next at once: it stands in no line meanwhile.
        """
        lines: dict[tuple[str, str], set[str]] = defaultdict(set)
        holding: Counter[tuple[str, str | None]] = Counter()
        state: dict[str, SessionState] = {}
        moving: set[str] = set()
        for event in self.events:
            session = self.sessions[event.session_id]
            line, user = lines[session.lane], (session.lane[0], session.end_user)
            before = state.get(session.id)
            state[session.id] = event.state
            moves = event.kind == "queued" and before is SessionState.CONNECTING
            if event.kind == "reserved" and session.id not in moving:
                self._check_passed(session, line, holding)
            moving = moving | {session.id} if moves else moving - {session.id}
            if event.state is not SessionState.QUEUED:
                line.discard(session.id)
            elif event.kind in {"queued", "attached"} and not moves:
                line.add(session.id)
            holding[user] += (event.state in HOLDS_SLOT) - (before in HOLDS_SLOT)

    def _check_passed(
        self, session: SessionRow, line: set[str], holding: Counter[tuple[str, str | None]]
    ) -> None:
        for other in (self.sessions[i] for i in line - {session.id}):
            assert other.rank is not None, f"{other.id} waits without a ticket"
            held_back = other.end_user and holding[other.lane[0], other.end_user]
            is_behind = session.rank is not None and session.rank < other.rank
            assert held_back or is_behind, f"law 4: {session.id} passed {other.id}"

    def _check_ends(self) -> None:
        """Laws 3 and 5: one end, the last word of its log, which can be metered."""
        logs: dict[str, list[EventLine]] = defaultdict(list)
        for event in self.events:
            logs[event.session_id].append(event)
        for session in self.sessions.values():
            log = logs[session.id]
            versions = [event.version for event in log]
            assert versions == list(range(1, session.version + 1)), f"law 5: {session.id}'s log"
            kinds = [event.kind for event in log]
            assert log[-1].state is session.state, f"law 5: {session.id}'s log ends otherwise"
            assert (session.ended is not None) == (session.state in FINAL), "law 3"
            assert kinds.count("ended") == (session.state in FINAL), "law 3: one end"
            if session.ended is not None:
                assert log[-1].at_us == session.ended[2], "law 3: ended at another time"
            until_us = max(event.at_us for event in log)
            intervals([_logged(event) for event in log], until_us=until_us)

    def _check_runs(self) -> None:
        """Laws 2, 3, 5 for runs: one slot that says so too, one end, a meter that the log gives."""
        logs: dict[str, list[RunEventLine]] = defaultdict(list)
        for event in self.run_events:
            logs[event.run_id].append(event)
        of_simulation: dict[str, set[SimulationState]] = defaultdict(set)
        for run in self.runs.values():
            of_simulation[run.simulation_id].add(run.state)
            if run.state in RUNS_ON_SLOT:
                slot = self.slots[run.slot_id or ""]
                has = (slot.state, slot.session_id, slot.term)
                assert has == ("held", run.id, run.term), f"law 2: {slot} is not {run}'s"
            log = logs[run.id]
            assert [e.version for e in log] == list(range(1, run.version + 1)), "a log has a hole"
            assert log[-1].state is run.state, f"{run.id}'s log ends otherwise"
            assert [e.kind for e in log].count("ended") == (run.state in OVER), "law 3: one end"
            metered_us = sum(
                after.at_us - before.at_us
                for before, after in pairwise(log)
                if before.kind == "started"
            )
            assert run.metered_us == metered_us, f"law 5: {run.id} is metered otherwise"
            times = [event.at_us for event in log]
            assert times == sorted(times), f"{run.id}'s log goes back in time"
        for simulation, states in of_simulation.items():
            is_over = self.simulations[simulation] in OVER
            assert is_over == (states <= OVER), f"{simulation} does not follow from its runs"

    def _check_hours(self) -> None:
        """Law 5: the sums of an account's months are the log's, to the microsecond."""
        if not self.events:
            return
        until_us = max(event.at_us for event in self.events) + 24 * HOUR_US
        logs: dict[str, list[LoggedEvent]] = defaultdict(list)
        for event in self.events:
            logs[event.session_id].append(_logged(event))
        for account in self.accounts:
            own = {i: log for i, log in logs.items() if self.sessions[i].account_id == account}
            months = rolled(self.months.get(account, {}), until_us).values()
            for month in months:
                used_us = used_in_month_us(own, month.start_us, until_us=until_us)
                assert month.used_us(until_us) == used_us, f"law 5: {account} sums {month}"
            whole_us = total_us(own, until_us=until_us)
            assert sum(one.used_us(until_us) for one in months) == whole_us, "law 5: a month lacks"

    def _check_spans(self) -> None:
        """Law 5: what usage is summed up from is what the log says, cut at midnight."""
        said = set()
        entered: dict[str, tuple[SessionState, int]] = {}
        for event in self.events:
            state, since_us = entered.get(event.session_id, (None, 0))
            if state is event.state:
                continue
            entered[event.session_id] = (event.state, event.at_us)
            while state in HOLDS_SLOT and since_us < event.at_us:
                day_us = since_us // DAY_US * DAY_US
                to_us = min(event.at_us, day_us + DAY_US)
                said.add((event.session_id, event.version, state, day_us, since_us, to_us))
                since_us = to_us
        assert self.spans == said, "law 5: the spans are not those of the log"

    def _check_holds(self) -> None:
        """What is metered was held: by a slot that was given back since, or by one that is not."""
        reserved = {(e.slot_id, e.term): e.at_us for e in self.events if e.kind == "reserved"}
        given = [e for e in self.run_events if e.kind == "dispatched"]
        reserved |= {(e.slot_id, e.term): e.at_us for e in given}
        for slot, term, _, from_us, _ in self.holds:
            assert reserved[slot, term] == from_us, "a slot was held that nobody reserved"
        held = [(session, from_us, to_us) for _, _, session, from_us, to_us in self.holds]
        held += [
            (slot.session_id, reserved[slot.id, slot.term], EVER_US)
            for slot in self.slots.values()
            if slot.session_id is not None
        ]
        metered = [(holder, since_us, to_us) for holder, _, _, _, since_us, to_us in self.spans]
        metered += [
            (before.run_id, before.at_us, after.at_us)
            for before, after in pairwise(sorted(self.run_events, key=_by_run))
            if before.kind == "started"
            and after.run_id == before.run_id
            and before.at_us < after.at_us
        ]
        for session_id, since_us, until_us in metered:
            assert any(
                holder == session_id
                and from_us <= since_us
                and (to_us is None or until_us <= to_us)
                for holder, from_us, to_us in held
            ), f"{session_id} is metered for what it did not hold"


def _by_run(event: RunEventLine) -> tuple[str, int]:
    return event.run_id, event.version


def _check_rising(given: Sequence[tuple[str | None, int]]) -> None:
    last: dict[str | None, int] = defaultdict(int)
    for slot_id, term in given:
        assert term > last[slot_id], f"law 2: {slot_id} under an old term"
        last[slot_id] = term


def findings(tx: Transaction) -> Findings:
    """Return everything the laws are about."""
    sessions = [
        SessionRow(
            i,
            account,
            (project, region),
            SessionState(state),
            version,
            slot,
            term,
            None if code is None else (code, reason, at),
            user,
            None if ticket is None else (-priority, ticket),
        )
        for (
            i,
            account,
            project,
            region,
            state,
            version,
            slot,
            term,
            code,
            reason,
            at,
            user,
            priority,
            ticket,
        ) in tx.run(
            "SELECT id, account_id, project_id, region, state, version, slot_id, term, end_code,"
            " end_reason, ended_us, end_user, priority, ticket FROM session"
        )
    ]
    slots = [SlotRow(*row) for row in tx.run("SELECT id, state, term, session_id FROM slot")]
    events = [
        EventLine(i, version, kind, SessionState(state), at, slot, term)
        for i, version, kind, state, at, slot, term in tx.run(
            "SELECT session_id, version, kind, state, at_us, slot_id, term FROM event ORDER BY seq"
        )
    ]
    runs = [
        RunLine(i, job, SimulationState(state), *more)
        for i, job, state, *more in tx.run(
            "SELECT id, simulation_id, state, version, slot_id, term, metered_us, ended_us"
            " FROM simulation_run"
        )
    ]
    run_events = [
        RunEventLine(i, version, kind, SimulationState(state), at, slot, term)
        for i, version, kind, state, at, slot, term in tx.run(
            "SELECT run_id, version, kind, state, at_us, slot_id, term FROM run_event ORDER BY seq"
        )
    ]
    reserved = tx.run("SELECT id, held, concurrent_streams FROM account")
    lanes = tx.run("SELECT project_id, region, held, waiting FROM lane")
    return Findings(
        sessions={one.id: one for one in sessions},
        slots={one.id: one for one in slots},
        events=events,
        accounts={i: (held, limit) for i, held, limit in reserved},
        months=_months(tx),
        holds={
            (slot, term, session, from_us, to_us)
            for slot, term, session, from_us, to_us in tx.run(
                "SELECT slot_id, term, session_id, from_us, to_us FROM slot_hold"
            )
        },
        spans={
            (i, version, state, day_us, from_us, to_us)
            for i, version, state, day_us, from_us, to_us in tx.run(
                "SELECT session_id, version, state, day_us, from_us, to_us FROM usage_span"
            )
        },
        runs={one.id: one for one in runs},
        run_events=run_events,
        simulations={
            i: SimulationState(state) for i, state in tx.run("SELECT id, state FROM simulation")
        },
        lanes={(i, region): (held, waiting) for i, region, held, waiting in lanes},
    )


def _months(tx: Transaction) -> dict[str, Months]:
    found: dict[str, dict[int, StreamMonth]] = defaultdict(dict)
    for account, start_us, settled_us, running, late_us in tx.run(
        "SELECT account_id, month_us, settled_us, running, late_us FROM stream_month"
    ):
        found[account][start_us] = StreamMonth(
            start_us=start_us, settled_us=settled_us, running=running, late_us=late_us
        )
    return dict(found)


def _logged(event: EventLine) -> LoggedEvent:
    return LoggedEvent(
        session_id=event.session_id, version=event.version, state=event.state, at_us=event.at_us
    )
