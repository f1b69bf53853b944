"""The judge of a simulated world: after each commit and each word, the laws of DESIGN section 2.

It trusts three witnesses: the rows that are committed, the workers' own diaries of the pictures
they sent, and what viewers, workers and callers were told. It imports nothing of `sessions`,
`admission` or `leases`: `history` writes their promises again.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diorama.kernel.units import SECOND_US
from diorama.protocol.views import OpenedSession, SessionView
from tests.simulation.history import FINAL, HOLDING, History, LawBroken
from tests.simulation.metering import Metering
from tests.simulation.ruled import Rulings
from tests.simulation.run_laws import RunLaws
from tests.simulation.time_limits import TimeLimits

if TYPE_CHECKING:
    from diorama.sessions.opening import Opening
    from tests.simulation.pictures import Diary

UNHEARD_US: Final = 10 * SECOND_US
TOLD_WITHIN_US: Final = 5 * SECOND_US
"""Once a worker is heard again, what its viewers did is known a heartbeat later."""
STALE_US: Final = 15 * SECOND_US
SELF_FENCE_US: Final = 60 * SECOND_US
BACK_TO_ZERO_US: Final = 100 * SECOND_US
"""Law 6: 75 s until a slot is reused without proof, a stop, two beats and 5 s."""
LATE_US: Final = 12 * SECOND_US
"""How long after its deadline something may still be undone: sweeps, slow disks, batches."""
CALM_US: Final = 45 * SECOND_US
"""How long gateways and store must have been well before lateness is held against them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the world's and the database's time, and which start of the database that was."""

    world_us: int
    database_us: int
    start: int


@dataclass(slots=True)
class Beats:
    """The renewals of one worker's process, as it sent them and heard them confirmed."""

    sent: dict[int, "Moment"] = field(default_factory=dict)
    hello: "Moment" = field(default_factory=lambda: Moment(0, 0, 0))
    last_confirmed_us: int = -(10**15)


class Oracle:
    """See above. `now_us` is the world's time; what is in rows is the database's."""

    def __init__(self, now_us: Callable[[], int], diary: "Diary") -> None:
        self._now_us = now_us
        self._diary = diary
        self._connection: sqlite3.Connection
        self.history: History
        self.metering: Metering
        self.rulings: Rulings
        self.time_limits: TimeLimits
        self.runs: RunLaws
        self._slots: dict[str, str] = {}
        self.database_us: Callable[[], int]
        self.database_start: Callable[[], int] = lambda: 0
        self.is_sending: Callable[[str, int], list[int]] = lambda _host, _index: []
        self.is_living: Callable[[str, int], list[int]] = lambda _host, _index: []
        self.checks: Counter[int] = Counter()
        self._hosts: dict[str, str] = {}
        self._unheard_us: dict[str, int] = {}
        self._beats: dict[tuple[str, int], Beats] = {}
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self._answers: dict[str, str] = {}
        self._pictures_seen = 0
        self._final: dict[str, tuple[object, ...]] = {}
        self._worlds: dict[tuple[str, int, int], int] = {}
        self._worlds_seen = 0
        self._told_end: dict[str, int] = {}

    def watch(self, connection: sqlite3.Connection) -> None:
        """Begin, with the connection of the store."""
        self._connection = connection
        self.history = History(connection)
        self.metering = Metering(connection, self.history, self._diary, self._now_us)
        self.rulings = Rulings(connection, self.history)
        self.time_limits = TimeLimits(connection, self.history, self._diary)
        self.runs = RunLaws(connection, self.history, self.metering, self.rulings, self._diary)

    # After each commit

    def committed(self) -> None:
        """Read what was written, and hold it to the laws."""
        is_ruled = self.rulings.has_changed
        if is_ruled:
            self.rulings.read()
        run_rows = self.runs.history.read()
        rows = self.history.read()
        if is_ruled:
            self.rulings.check()
        self._check_freed()
        if run_rows:
            self.runs.check(run_rows, {row.session_id for row in rows})
        if not rows:
            return
        for row in rows:
            self.rulings.take(row)
            self.time_limits.take(row)
        self._check_rows({row.session_id for row in rows})
        self._check_counts(
            {row.account_id for row in rows}, {(row.project_id, row.region) for row in rows}
        )
        self.checks.update((1, 2, 3, 4, 5, 7))

    def _check_rows(self, sessions: set[str]) -> None:
        """The rows of sessions and slots say what the log says."""
        for session_id in sorted(sessions):
            stay = self.history.stays[session_id]
            row = self._session(session_id)
            state, version, slot_id, term, entered_us, code, ended_us = row
            if (state, version) != (stay.state, stay.version):
                raise LawBroken(5, f"{session_id} is {state} {version}, its log says {stay.state}")
            if entered_us != stay.entered_us:
                raise LawBroken(5, f"{session_id} entered at {entered_us}, not {stay.entered_us}")
            if (code is not None) != (state in FINAL) or ended_us != stay.ended_us:
                raise LawBroken(3, f"{session_id} is {state} with code {code} at {ended_us}")
            if state in FINAL:
                self._final[session_id] = row
                self.metering.check_stay(stay)
            elif state in HOLDING:
                self._check_slot(session_id, slot_id, term)

    def _session(self, session_id: str) -> tuple[object, ...]:
        (row,) = self._connection.execute(
            "SELECT state, version, slot_id, term, entered_us, end_code, ended_us FROM session"
            " WHERE id = ?",
            (session_id,),
        ).fetchall()
        return tuple(row)

    def _check_slot(self, session_id: str, slot_id: object, term: object) -> None:
        rows = self._connection.execute(
            "SELECT state, session_id, term FROM slot WHERE id = ?", (slot_id,)
        ).fetchall()
        if rows != [("held", session_id, term)]:
            raise LawBroken(2, f"{session_id} has {slot_id} under {term}, the slot says {rows}")

    def _check_counts(self, accounts: set[str], lanes: set[tuple[str, str]]) -> None:
        for account_id in sorted(accounts):
            ((held,),) = self._connection.execute(
                "SELECT held FROM account WHERE id = ?", (account_id,)
            ).fetchall()
            if held != self.history.by_account[account_id]:
                raise LawBroken(1, f"{account_id} counts {held} as held")
        for lane in sorted(lanes):
            (counts,) = self._connection.execute(
                "SELECT held, waiting FROM lane WHERE project_id = ? AND region = ?", lane
            ).fetchall()
            if counts != (self.history.by_lane[lane], len(self.history.lines[lane])):
                raise LawBroken(1, f"{lane} counts {counts} as held and waiting")

    def _check_freed(self) -> None:
        """Law 2: a slot is not given back, or away, while a world of an older term lives on it."""
        for slot_id, state, term in self._connection.execute(
            "SELECT id, state, term FROM slot"
        ).fetchall():
            given = state if state == "free" else f"{state} {term}"
            if given != self._slots.get(slot_id) and state in {"free", "held"}:
                self._check_nobody_lives(slot_id, term + (state == "free"))
            self._slots[slot_id] = given

    def _check_nobody_lives(self, slot_id: str, term: int) -> None:
        host = self.host_of(slot_id)
        if host is None:
            return
        for older in self.is_living(host, int(slot_id.rpartition(".")[2])):
            if older < term:
                raise LawBroken(2, f"{slot_id} is free while {older} still lives on {host}")

    def host_of(self, slot_id: str) -> str | None:
        """Return the host whose worker has a slot."""
        return self._hosts.get(slot_id.rpartition(".")[0])

    # Every few seconds

    def look_around(self) -> None:
        """Check what no single commit shows."""
        self._check_fences()
        self._check_started()
        self._check_ended_stay_ended()
        self._check_pictures_of_ended()
        self.rulings.check()
        self.runs.look_around()
        if self._now_us() - self.metering.rough_us[-1] > CALM_US:
            self._check_deadlines()
            now_us = self.database_us()
            self.time_limits.check_hours(LATE_US, now_us)
            self.rulings.check_nobody_waits_in_vain(now_us, LATE_US)
            self.runs.check_deadlines(now_us, LATE_US)
            self.runs.check_nobody_waits_in_vain(now_us, LATE_US)
            self.checks.update((4, 7))

    def _check_ended_stay_ended(self) -> None:
        for session_id, row in list(self._final.items())[-20:]:
            if self._session(session_id) != row:
                raise LawBroken(3, f"{session_id} changed after its end")

    def _check_fences(self) -> None:
        """Law 2: no picture later than the self-fence, from the sending of a confirmed renewal."""
        now_us = self._now_us()
        pictures = self._diary.pictures
        for one in pictures[self._pictures_seen :]:
            beats = self._beats.get((one.worker, one.boot))
            until_us = now_us if one.to_us is None else one.to_us
            fence_us = (beats.last_confirmed_us if beats else 0) + SELF_FENCE_US
            open_and_fenced = one.to_us is None and one.term not in self.is_sending(
                one.worker, one.index
            )
            if until_us > fence_us and not open_and_fenced:
                raise LawBroken(
                    2, f"{one.worker} sent pictures of {one.term} {until_us - fence_us} us fenced"
                )
        while self._pictures_seen < len(pictures):
            if pictures[self._pictures_seen].to_us is None:
                break
            self._pictures_seen += 1
        self.checks[2] += 1

    def _check_started(self) -> None:
        """Law 2: a worker's slot starts worlds under rising terms only."""
        started = self._diary.started
        for host, boot, index, term in started[self._worlds_seen :]:
            last = self._worlds.get((host, boot, index), 0)
            if term <= last:
                raise LawBroken(2, f"{host} slot {index} started term {term} after {last}")
            self._worlds[host, boot, index] = term
        self._worlds_seen = len(started)

    def _check_pictures_of_ended(self) -> None:
        """Law 7: no session outlives its lease plus grace, whatever its worker hears."""
        for one in self._diary.pictures[self._pictures_seen :]:
            stay = self.history.stays.get(one.session)
            if one.to_us is not None or stay is None or stay.recorded_end_us is None:
                continue
            since_us = self.database_us() - stay.recorded_end_us
            if since_us > BACK_TO_ZERO_US and one.term in self.is_sending(one.worker, one.index):
                raise LawBroken(7, f"{one.worker} still sends {one.session}, ended long ago")

    def _look_for_unheard_workers(self, now_us: int) -> None:
        for (worker_id,) in self._connection.execute(
            "SELECT worker_id FROM worker_lease WHERE heard_us + ? <= ?", (UNHEARD_US, now_us)
        ).fetchall():
            self._unheard_us[worker_id] = now_us

    def _check_deadlines(self) -> None:
        """Law 7: what every state waits for ends in time, though gateways came and went."""
        now_us = self.database_us()
        self._look_for_unheard_workers(now_us)
        for row in self._connection.execute(
            "SELECT s.id, s.state, s.entered_us, s.detached_us, s.runs_until_us, s.rules,"
            " s.created_us, s.first_frame_us, s.aside_us, s.worker_id FROM session s"
            " WHERE s.end_code IS NULL"
        ).fetchall():
            known_us = self._unheard_us.get(row[9], 0) + TOLD_WITHIN_US
            latest_us = _latest_us(row, known_us)
            if latest_us is not None and latest_us + LATE_US < now_us:
                late_s = (now_us - latest_us) / SECOND_US
                raise LawBroken(7, f"{row[0]} is {row[1]} {late_s:.1f} s past its deadline")
        rows = self._connection.execute(
            "SELECT s.id FROM slot s JOIN worker_lease l ON l.worker_id = s.worker_id"
            " WHERE s.state = 'held' AND l.hard_until_us + ? < ?",
            (LATE_US, now_us),
        ).fetchall()
        if rows:
            raise LawBroken(7, f"{rows} are held though their workers' leases are long over")
        self._check_unheard(now_us)

    def _check_unheard(self, now_us: int) -> None:
        """A viewer unheard for 10 s is detached, soon."""
        rows = self._connection.execute(
            "SELECT s.id FROM session s JOIN viewer_lease l ON l.session_id = s.id"
            " WHERE s.end_code IS NULL AND s.attachment > 0 AND s.detached_us IS NULL"
            " AND s.state IN ('connecting', 'streaming', 'idle') AND l.heard_us + ? < ?",
            (UNHEARD_US + LATE_US, now_us),
        ).fetchall()
        if rows:
            raise LawBroken(7, f"{rows} count as attached though nobody hears their viewers")

    def back_to_zero(self) -> None:
        """Law 6: long enough after the last viewer, nothing is held."""
        rows = self._connection.execute(
            "SELECT id, state, session_id FROM slot WHERE state IN ('held', 'fencing')"
        ).fetchall()
        if rows:
            raise LawBroken(6, f"slots are not given back: {rows}")
        rows = self._connection.execute(
            "SELECT id, state FROM session WHERE end_code IS NULL"
        ).fetchall()
        if rows:
            raise LawBroken(6, f"sessions never end: {rows}")
        for account_id, held in self._connection.execute("SELECT id, held FROM account"):
            if held:
                raise LawBroken(6, f"{account_id} still counts {held}")
            self.metering.check_months(account_id)
        self.runs.back_to_zero()
        self.checks[6] += 1

    # What callers and viewers were told

    def refused(self, opening: "Opening", code: str, connection: sqlite3.Connection) -> None:
        """Law 1: the limit that refuses is reached by sessions that are not stale."""
        self.checks[1] += 1
        if code == "hours_exhausted":
            account_id = _project(opening, connection)[1]
            self.time_limits.refused(account_id, self.database_us())
            return
        where, values = _counted_in(opening, code, connection)
        counted = connection.execute(
            "SELECT s.id, s.detached_us, l.heard_us FROM session s"
            " LEFT JOIN viewer_lease l ON l.session_id = s.id"
            f" WHERE s.state IN ('connecting', 'streaming', 'idle') AND {where}",
            values,
        ).fetchall()
        now_us = self.database_us()
        fresh = [
            i
            for i, detached, heard in counted
            if detached is None or (heard or detached) + STALE_US > now_us
        ]
        limit = _limit_of(opening, code, connection)
        if len(fresh) < limit:
            raise LawBroken(
                1, f"refused by {code} of {limit} while only {fresh} of {counted} are not stale"
            )

    def opened(self, opening: "Opening", answer: OpenedSession) -> None:
        """Law 8: a caller was told "yes": it is on disk, and one key is one session."""
        self.checks[8] += 1
        self._check_on_disk(answer.session)
        key = opening.idempotency_key
        if (
            key is not None
            and self._answers.setdefault(key, answer.session.id) != answer.session.id
        ):
            raise LawBroken(8, f"{key} was answered with two sessions")

    def refused_otherwise(self, opening: "Opening", code: str) -> None:
        """Law 8: a request that is asked again under its key is not taken for another one."""
        if code == "idempotency_mismatch":
            raise LawBroken(8, f"{opening.idempotency_key} was refused as another request's key")

    def shown(self, viewer: str, view: SessionView) -> None:
        """A viewer was shown its session: it is on disk, and its place did not get worse."""
        self.checks[8] += 1
        self._check_on_disk(view)
        if view.queue is None:
            return
        key = (viewer, view.id)
        before = self._places.get(key)
        reason = getattr(view.queue, "reason", None)
        if before is not None and view.queue.position > before[0] and reason is None:
            raise LawBroken(
                4, f"{viewer} in {view.id}: from place {before[0]} to {view.queue.position}"
            )
        self._places[key] = (view.queue.position, view.version)
        self.checks[4] += 1

    def _check_on_disk(self, view: SessionView) -> None:
        rows = self._connection.execute(
            "SELECT version, end_code FROM session WHERE id = ?", (view.id,)
        ).fetchall()
        if not rows or rows[0][0] < view.version:
            raise LawBroken(8, f"{view.id} was shown at version {view.version}, on disk is {rows}")
        if view.end is None:
            return
        told = self._told_end.setdefault(view.id, view.end.code)
        if rows[0][1] != view.end.code or told != view.end.code:
            raise LawBroken(8, f"{view.id}: told the end {view.end.code}, on disk is {rows}")

    # What workers said and heard

    def worker_hello(self, host: str, boot: int) -> None:
        """A worker says hello: a welcome renews its lease from now."""
        beats = self._beats.setdefault((host, boot), Beats())
        beats.hello = self._moment()
        beats.sent.clear()

    def worker_welcomed(self, host: str, boot: int, worker_id: str) -> None:
        """A worker is welcome."""
        self._hosts[worker_id] = host
        self._renewed(host, boot, self._beats[host, boot].hello)

    def worker_beat(self, host: str, boot: int, n: int) -> None:
        """A worker beats."""
        beats = self._beats.setdefault((host, boot), Beats())
        beats.sent[n] = self._moment()

    def beat_confirmed(self, host: str, boot: int, n: int) -> None:
        """A worker hears that its beat is on disk."""
        sent = self._beats[host, boot].sent.pop(n, None)
        if sent is not None:
            self._renewed(host, boot, sent)

    def _moment(self) -> Moment:
        return Moment(self._now_us(), self.database_us(), self.database_start())

    def _renewed(self, host: str, boot: int, sent: Moment) -> None:
        """Law 8: what a worker counts its fence from is on disk."""
        self.checks[8] += 1
        beats = self._beats[host, boot]
        beats.last_confirmed_us = max(beats.last_confirmed_us, sent.world_us)
        rows = self._connection.execute(
            "SELECT l.heard_us, l.boot_id FROM worker w JOIN worker_lease l ON l.worker_id = w.id"
            " WHERE w.name = ?",
            (host,),
        ).fetchall()
        # A database that was killed goes on from what it had written, so its time may lag then.
        on_disk = rows and (rows[0][0] >= sent.database_us or sent.start != self.database_start())
        newer = rows and rows[0][1] != f"{host}-boot-number-{boot:06}"
        if not on_disk and not newer:
            raise LawBroken(8, f"{host} heard a renewal confirmed that is not on disk: {rows}")


def _latest_us(row: tuple[object, ...], known_us: int) -> int | None:
    """Return when a session must have left its state, from its row; DESIGN sections 2, 4, 5.

    `known_us` is since when is known what its viewer does: while a worker is not heard, nobody is.
    """
    _, state, entered_us, detached_us, runs_until_us, rules, *others = row
    created_us, first_us, aside_us, _ = others
    assert isinstance(rules, str)
    assert isinstance(entered_us, int)
    assert isinstance(created_us, int)
    given = json.loads(rules)
    window_s = given.get("resume_window_s", 60.0) if first_us is not None else 60.0
    found = [] if not isinstance(runs_until_us, int) else [runs_until_us]
    match state:
        case "requesting":
            found.append(entered_us + 10 * SECOND_US)
        case "queued":
            wait_s = given.get("queue", {}).get("max_wait_s")
            if wait_s is not None:
                found.append(created_us + round(wait_s * SECOND_US))
            if isinstance(detached_us, int) or isinstance(aside_us, int):
                away_us = detached_us if aside_us is None else aside_us
                assert isinstance(away_us, int)
                found.append(away_us + 30 * SECOND_US)
        case "connecting":
            limit_s = window_s + given.get("connect_timeout_s", 60.0)
            found.append(entered_us + round(limit_s * SECOND_US))
            if isinstance(detached_us, int):
                since_us = max(detached_us, entered_us)
                found.append(since_us + round(window_s * SECOND_US))
        case "idle":
            afk_s = given.get("afk", {}).get("disconnect_after_s", 30.0)
            # Input that only the lease knows of is looked up when the countdown is over.
            found.append(max(entered_us + round(afk_s * SECOND_US), known_us))
    return min(found, default=None)


def _counted_in(
    opening: "Opening", code: str, connection: sqlite3.Connection
) -> tuple[str, tuple[object, ...]]:
    project_id, account_id, _ = _project(opening, connection)
    match code:
        case "account_limit":
            return "s.account_id = ?", (account_id,)
        case "end_user_limit":
            return "s.project_id = ? AND s.end_user = ?", (project_id, opening.end_user)
        case _:
            return "s.project_id = ?", (project_id,)


def _limit_of(opening: "Opening", code: str, connection: sqlite3.Connection) -> int:
    _, account_id, rules = _project(opening, connection)
    if code == "account_limit":
        ((limit,),) = connection.execute(
            "SELECT concurrent_streams FROM account WHERE id = ?", (account_id,)
        ).fetchall()
        return int(limit)
    found = rules["end_user_limit" if code == "end_user_limit" else "worker_count"]
    assert isinstance(found, int)
    return found


def _project(
    opening: "Opening", connection: sqlite3.Connection
) -> tuple[str, str, dict[str, object]]:
    ((project_id, account_id, document),) = connection.execute(
        "SELECT id, account_id, document FROM project WHERE name = ?", (opening.project,)
    ).fetchall()
    return project_id, account_id, json.loads(document)["rules"]
