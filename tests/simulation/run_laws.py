"""The judge of simulations' runs: after each commit and each word, the promises of their page.

Its witnesses are the committed rows, the workers' diary of what they rendered, and what callers and
workers were told. See `oracle`, of which it is a part, and docs/simulations.md.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from diorama.kernel.units import SECOND_US
from tests.simulation.history import History, LawBroken
from tests.simulation.metering import LOOK_US, UNSEEN_US, UNTOLD_US, Metering
from tests.simulation.ruled import Rulings
from tests.simulation.run_history import ON_SLOT, OVER, RunHistory, RunRow, RunStay

if TYPE_CHECKING:
    from tests.simulation.pictures import Diary

ACCEPT_US: Final = 20 * SECOND_US
START_US: Final = 190 * SECOND_US
"""Three minutes to the first picture; the worker gives up first, and we 10 s later."""
FURTHEST: Final[tuple[str, ...]] = ("processing", "dispatched", "pending")
WORST: Final[tuple[str, ...]] = ("failed", "cancelled", "completed")
LOOKS_BACK: Final = 20


class RunLaws:
    """See above. Attributes are what the world tells of itself."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        history: History,
        metering: Metering,
        rulings: Rulings,
        diary: "Diary",
    ) -> None:
        self._connection = connection
        self._sessions = history
        self._rulings = rulings
        self._metering = metering
        self._diary = diary
        self.history = RunHistory(connection, history)
        self.keep_free = 0
        self.max_wait_us = self.stalled_us = self.upload_us = 0
        self.usage_us: Callable[[str], int] = lambda _account: 0
        self.troubled_us: dict[str, list[int]] = defaultdict(list)
        self._final: dict[str, tuple[object, ...]] = {}
        self._answers: dict[str, str] = {}
        self._vain_since_us: dict[str, int] = {}
        self.ends: Counter[str] = Counter()

    # After each commit

    def check(self, rows: list[RunRow], moved: set[str]) -> None:
        """Hold a commit to the laws. `moved`: the sessions that it changed as well."""
        self.history.settle_terms()
        runs = sorted({row.run_id for row in rows})
        for run_id in runs:
            self._check_run(self.history.stays[run_id])
        for job in sorted({self.history.stays[run_id].simulation_id for run_id in runs}):
            self._check_simulation(job)
        for account_id in sorted({row.account_id for row in rows}):
            self._check_counts(account_id)
        changed = {row.run_id for row in rows}
        for row in rows:
            if row.kind == "dispatched":
                self._check_order(self.history.stays[row.run_id], moved, changed)

    def _check_run(self, stay: RunStay) -> None:
        row = self._row(stay.id)
        state, version, attempt, slot_id, term, ended_us, metered_us, since_us, _ = row
        if (state, version, attempt) != (stay.state, stay.version, stay.attempts):
            raise LawBroken(5, f"{stay.id} is {row}, its log says {stay.state} {stay.version}")
        if ended_us != stay.ended_us:
            raise LawBroken(3, f"{stay.id} is {state}, ended at {ended_us}, not {stay.ended_us}")
        if (metered_us, since_us) != (stay.metered_us, stay.since_us):
            raise LawBroken(5, f"{stay.id} is metered {metered_us}, by its log {stay.metered_us}")
        if stay.state in ON_SLOT:
            slots = self._connection.execute(
                "SELECT state, session_id, term FROM slot WHERE id = ?", (slot_id,)
            ).fetchall()
            if slots != [("held", stay.id, term)] or (slot_id, term) != (stay.slot_id, stay.term):
                raise LawBroken(2, f"{stay.id} has {slot_id} under {term}, the slot says {slots}")
            other = self._sessions.in_slot.get(stay.slot_id or "")
            if other is not None:
                raise LawBroken(2, f"{slot_id} has both {stay.id} and {other}")
        elif stay.is_over:
            self._final[stay.id] = row
            self.ends[f"{state} {row[-1] or ''}".strip()] += 1
            self._check_files(stay)
            self._check_rendered(stay)

    def _row(self, run_id: str) -> tuple[object, ...]:
        (row,) = self._connection.execute(
            "SELECT state, version, attempt, slot_id, term, ended_us, metered_us,"
            " metered_since_us, reason FROM simulation_run WHERE id = ?",
            (run_id,),
        ).fetchall()
        return tuple(row)

    def _check_files(self, stay: RunStay) -> None:
        """A run is completed once its files are there: no other is, and none whose are."""
        found = self._connection.execute(
            "SELECT state, json_extract(facts, '$.frames_sha256') FROM recording WHERE holder = ?",
            (stay.id,),
        ).fetchall()
        is_ready = bool(found) and found[0][0] == "ready"
        if is_ready != (stay.state == "completed"):
            raise LawBroken(3, f"{stay.id} is {stay.state}, its recording {found}")
        if is_ready and int(found[0][1], 16) != stay.term:
            raise LawBroken(2, f"{stay.id} under {stay.term} has the files of {found[0][1]}")

    def _check_rendered(self, stay: RunStay) -> None:
        """What is metered was rendered, but for what takes its time to be known."""
        if not stay.metered:
            return
        since_us = min(from_us for from_us, _, _ in stay.metered)
        ahead_us = self._metering.database_us() - self._metering.now_us()
        if any(at_us > since_us - ahead_us - LOOK_US for at_us, _ in self._metering.clock_jumps()):
            return
        for from_us, to_us, term in stay.metered:
            sent = self._diary.rendered.get((stay.id, term), [])
            rendered_us = sum(self._metering.until_us(one) - one.from_us for one in sent)
            over_us = to_us - from_us - rendered_us
            span = from_us - ahead_us, to_us - ahead_us
            rough = self._metering.was_rough(*span) or self._was_troubled(sent[0].worker, *span)
            # Of a world that hangs nobody knows before its time is over: who ends it sooner, or
            # loses its worker, has it metered until then.
            hangs = (stay.id, term) in self._diary.hung and stay.reason != "run_timed_out"
            unknown_us = self.stalled_us if hangs else 0
            if over_us > (UNTOLD_US if rough else UNSEEN_US) + unknown_us:
                raise LawBroken(5, f"{stay.id} under {term} is metered {over_us} us too long")

    def _was_troubled(self, host: str, from_us: int, to_us: int) -> bool:
        found = (from_us - LOOK_US <= at_us <= to_us + LOOK_US for at_us in self.troubled_us[host])
        return any(found)

    def _check_simulation(self, job: str) -> None:
        """A simulation follows from its runs."""
        ((state, ended_us),) = self._connection.execute(
            "SELECT state, ended_us FROM simulation WHERE id = ?", (job,)
        ).fetchall()
        states = {stay.state for stay in self.history.of_simulation[job]}
        if states <= OVER:
            due = next(one for one in WORST if one in states)
        elif states & OVER:
            due = "processing"
        else:
            due = next(one for one in FURTHEST if one in states)
        if state != due or (ended_us is not None) != (due in OVER):
            raise LawBroken(3, f"{job} is {state} with runs that are {sorted(map(str, states))}")

    def _check_counts(self, account_id: str) -> None:
        """Law 1: runs count in no limit of concurrent streams."""
        ((held,),) = self._connection.execute(
            "SELECT held FROM account WHERE id = ?", (account_id,)
        ).fetchall()
        if held != self._sessions.by_account[account_id]:
            raise LawBroken(1, f"{account_id} counts {held} as held, with its runs")

    def _check_order(self, stay: RunStay, moved: set[str], changed: set[str]) -> None:
        """Law 4, at a dispatch. Who was there before this commit and after it was there in it."""
        pool, region, _ = stay.line
        accounts = {self._sessions.stays[one].account_id for one in moved}
        for lane in self._sessions.lines:
            viewer = self._rulings.next_of(lane, surely=True) if lane[1] == region else None
            if viewer is None or viewer.attempts or viewer.account_id in accounts:
                continue  # nobody, or one whom a limit may have kept from it before this commit
            if self._waits(viewer.id, pool):
                raise LawBroken(4, f"{stay.id} was given a slot that {viewer.id} waits for")
        if stay.attempts == 1:
            for other in self.history.living.values():
                same = (other.account_id, other.line) == (stay.account_id, stay.line)
                passed = other.state == "pending" and other.ticket < stay.ticket
                if same and passed and other.id not in changed:
                    raise LawBroken(4, f"{stay.id} passed {other.id}, which came first")
        if self.keep_free and not moved and self._free(region) < self.keep_free:
            raise LawBroken(4, f"{stay.id} took a slot that was to be kept free")

    def _waits(self, session_id: str, pool: str) -> bool:
        """Whether a viewer who is there waits for a slot of a pool."""
        return bool(
            self._connection.execute(
                "SELECT 1 FROM session WHERE id = ? AND pool = ? AND detached_us IS NULL",
                (session_id, pool),
            ).fetchall()
        )

    def _free(self, region: str) -> int:
        ((free,),) = self._connection.execute(
            "SELECT COUNT(*) FROM slot WHERE state = 'free' AND region = ?", (region,)
        ).fetchall()
        return int(free)

    # Every few seconds

    def look_around(self) -> None:
        """Check that what is over stays so."""
        for run_id, row in list(self._final.items())[-LOOKS_BACK:]:
            if self._row(run_id) != row:
                raise LawBroken(3, f"{run_id} changed after its end")

    def check_deadlines(self, now_us: int, late_us: int) -> None:
        """Law 7, in a calm: no run is longer in its state than its page says."""
        for stay in self.history.living.values():
            due_us = self._due_us(stay)
            if due_us + late_us < now_us:
                late_s = (now_us - due_us) / SECOND_US
                raise LawBroken(7, f"{stay.id} is {stay.state} {late_s:.1f} s past its deadline")

    def _due_us(self, stay: RunStay) -> int:
        if stay.state == "pending":
            return stay.waits_since_us + self.max_wait_us
        if stay.rendered_us is not None:
            return stay.rendered_us + self.upload_us
        if stay.began_us is not None:
            ((moved_us,),) = self._connection.execute(
                "SELECT moved_us FROM simulation_run WHERE id = ?", (stay.id,)
            ).fetchall()
            return max(moved_us or 0, stay.began_us) + self.stalled_us
        if stay.accepted_us is not None:
            return stay.accepted_us + START_US
        return (stay.dispatched_us or 0) + ACCEPT_US

    def check_nobody_waits_in_vain(self, now_us: int, patience_us: int) -> None:
        """Law 4, in a calm: a slot that no viewer could have, and is not kept free, finds a run."""
        waits = any(stay.state == "pending" for stay in self.history.living.values())
        regions = {stay.line[1] for stay in self.history.living.values()} if waits else set[str]()
        vain = {region for region in regions if self._could_run(region, now_us)}
        self._vain_since_us = {one: self._vain_since_us.get(one, now_us) for one in vain}
        for region, since_us in self._vain_since_us.items():
            if now_us - since_us > patience_us:
                raise LawBroken(4, f"runs wait in {region} though a slot is free")

    def _could_run(self, region: str, now_us: int) -> bool:
        lanes = [lane for lane in self._sessions.lines if lane[1] == region]
        viewers = [lane for lane in lanes if self._rulings.next_of(lane) is not None]
        ((free,),) = self._connection.execute(
            "SELECT COUNT(*) FROM slot s JOIN worker w ON w.id = s.worker_id"
            " JOIN worker_lease l ON l.worker_id = w.id WHERE s.state = 'free' AND s.region = ?"
            " AND w.draining = 0 AND l.soft_until_us > ?",
            (region, now_us),
        ).fetchall()
        return not viewers and int(free) > self.keep_free

    def back_to_zero(self) -> None:
        """Laws 5 and 6: after the last job nothing runs, and usage is what the log says."""
        if self.history.living:
            raise LawBroken(6, f"runs never end: {sorted(self.history.living)}")
        for (account_id,) in self._connection.execute("SELECT id FROM account").fetchall():
            said_us, log_us = self.usage_us(account_id), self.history.used_us(account_id)
            if said_us != log_us:
                raise LawBroken(5, f"{account_id}: usage says {said_us} us of runs, logs {log_us}")

    # What callers and workers were told

    def refused(self, account_id: str, code: str, connection: sqlite3.Connection) -> None:
        """Law 1: who is refused for a crowd has one: any request here is for four at most."""
        if code != "simulation_limit":
            return
        ((waiting,),) = connection.execute(
            "SELECT COUNT(*) FROM simulation_run WHERE account_id = ? AND state = 'pending'",
            (account_id,),
        ).fetchall()
        ((limit,),) = connection.execute(
            "SELECT queued_simulations FROM account WHERE id = ?", (account_id,)
        ).fetchall()
        if waiting + 4 <= limit:
            raise LawBroken(1, f"{account_id} was refused with {waiting} of {limit} waiting")

    def submitted(self, key: str, simulation_id: str, scripts: int) -> None:
        """Law 8: a caller was told "yes": all of it is on disk, and one key is one simulation."""
        ((found,),) = self._connection.execute(
            "SELECT COUNT(*) FROM simulation_run WHERE simulation_id = ?", (simulation_id,)
        ).fetchall()
        if found != scripts:
            raise LawBroken(8, f"{simulation_id} was promised {scripts} runs, on disk are {found}")
        if self._answers.setdefault(key, simulation_id) != simulation_id:
            raise LawBroken(8, f"{key} was answered with two simulations")

    def cancelled(self, simulation_id: str) -> None:
        """Law 8: a caller was told that a simulation is over."""
        left = [s.id for s in self.history.of_simulation[simulation_id] if not s.is_over]
        if left:
            raise LawBroken(8, f"{simulation_id} was cancelled, and {left} are not over")

    def uploaded(self, run_id: str, term: int) -> None:
        """Law 8: a worker was told that its files are taken: they are there, and stay the run's."""
        found = self._connection.execute(
            "SELECT state, json_extract(facts, '$.frames_sha256') FROM recording WHERE holder = ?",
            (run_id,),
        ).fetchall()
        if not found or found[0][0] != "ready" or int(found[0][1], 16) != term:
            raise LawBroken(8, f"the files of {run_id} under {term} were taken, there is {found}")
