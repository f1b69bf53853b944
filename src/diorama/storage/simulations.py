"""Simulations, their runs, scripts and log in SQL."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from diorama.protocol.scripts import Script
from diorama.protocol.states import OVER, SimulationState
from diorama.protocol.worker import Frame
from diorama.simulations.lifecycle import Run, RunEvent, Simulation
from diorama.simulations.line import Line, Waiting
from diorama.simulations.store import (
    KeptRun,
    LoggedRunEvent,
    RunCounts,
    RunRow,
    SimulationFilter,
    Submitted,
)
from diorama.storage.database import Transaction, Value

_JOB_FIXED: Final = (
    "id",
    "account_id",
    "project_id",
    "region",
    "pool",
    "kind",
    "end_user",
    "name",
    "seed",
    "frame",
    "scripts",
    "created_us",
)
_JOB_CHANGING: Final = ("state", "version", "dispatched_us", "started_us", "ended_us")
_JOB: Final = (*_JOB_FIXED, *_JOB_CHANGING)
_FIXED: Final = (
    "id",
    "simulation_id",
    "account_id",
    "project_id",
    "region",
    "pool",
    "kind",
    "end_user",
    "index",
    "length_ms",
    "start_timeout_s",
    "ticket",
    "created_us",
)
_CHANGING: Final = (
    "state",
    "version",
    "entered_us",
    "attempt",
    "worker_id",
    "slot_id",
    "term",
    "dispatched_us",
    "accepted_us",
    "started_us",
    "rendered_us",
    "first_us",
    "moved_us",
    "frames",
    "frames_total",
    "metered_us",
    "metered_since_us",
    "recording_id",
    "ended_us",
    "reason",
    "detail",
)
_RUN: Final = (*_FIXED, *_CHANGING)


def _columns(names: Sequence[str]) -> list[str]:
    return ["number" if name == "index" else name for name in names]  # a word of SQL's own


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_SELECT_JOB: Final = f"SELECT {', '.join(_JOB)} FROM simulation"
_SELECT_RUN: Final = f"SELECT {', '.join(_columns(_RUN))} FROM simulation_run"
_WHOLE: Final = """
SELECT COALESCE(SUM(metered_us), 0) FROM simulation_run
WHERE account_id = ? AND ended_us >= ? AND ended_us <= ? AND first_us >= ?
"""
"""Runs of which all lies between two instants."""
_PARTS: Final = """
SELECT COALESCE(SUM(CASE WHEN m.b > m.a THEN m.b - m.a ELSE 0 END), 0) FROM (
    SELECT CASE WHEN s.at_us < w.from_us THEN w.from_us ELSE s.at_us END AS a,
        CASE WHEN n.at_us <= w.until_us THEN n.at_us ELSE w.until_us END AS b
    FROM (
        SELECT id FROM simulation_run WHERE account_id = ? AND ended_us IS NULL
        UNION ALL SELECT id FROM simulation_run
            WHERE account_id = ? AND ended_us >= ? AND ended_us <= ? AND first_us < ?
        UNION ALL SELECT id FROM simulation_run
            WHERE account_id = ? AND ended_us > ? AND first_us < ?
    ) r
    JOIN run_event s ON s.run_id = r.id AND s.kind = 'started'
    LEFT JOIN run_event n ON n.run_id = s.run_id AND n.version = s.version + 1
    CROSS JOIN (SELECT CAST(? AS BIGINT) AS from_us, CAST(? AS BIGINT) AS until_us) w
) m
"""
"""Those that reach over an instant. What follows `started` in a log is what stopped the meter:
`lifecycle.TRANSITIONS`."""
_IN_LOCK_ORDER: Final = "ORDER BY simulation_id, id"
_LINE: Final = "pool = ? AND region = ? AND kind = ?"
_EVENT: Final = (
    "INSERT INTO run_event (run_id, version, kind, state, at_us, recorded_us, actor, reason,"
    " account_id, project_id, region, end_user, worker_id, slot_id, term)"
    f" VALUES ({_marks(15)})"
)


class SqlSimulationStore:
    """See `diorama.simulations.store.SimulationStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, submitted: Submitted, row: RunRow, *, deadline_us: int | None) -> None:
        """Store a simulation that is new, with its runs, scripts and the first rows of the log."""
        job = submitted.simulation
        self._tx.run(
            f"INSERT INTO simulation ({', '.join(_JOB)}, request_key, fingerprint)"
            f" VALUES ({_marks(len(_JOB) + 2)})",
            *(_job_value(job, name) for name in _JOB),
            submitted.request_key,
            submitted.fingerprint,
        )
        self._tx.run_many(
            f"INSERT INTO simulation_run ({', '.join(_columns(_RUN))}, deadline_us)"
            f" VALUES ({_marks(len(_RUN) + 1)})",
            [[*_values(run, _RUN), deadline_us] for run in submitted.runs],
        )
        self._tx.run_many(
            "INSERT INTO run_script (run_id, script) VALUES (?, ?)",
            [
                [run.id, msgspec.json.encode(submitted.scripts[run.id]).decode()]
                for run in submitted.runs
            ],
        )
        self._tx.run_many(_EVENT, [_event(run, row) for run in submitted.runs])

    def save_run(self, before: Run, after: Run, row: RunRow, *, deadline_us: int | None) -> None:
        """Replace a locked run by its next version, with its row of the log."""
        sets = ", ".join(f"{name} = ?" for name in _CHANGING)
        saved = self._tx.run(
            f"UPDATE simulation_run SET {sets}, deadline_us = ? WHERE id = ? AND version = ?"
            " RETURNING id",
            *_values(after, _CHANGING),
            deadline_us,
            after.id,
            before.version,
        )
        if not saved:
            raise AssertionError(f"run {after.id} was changed without its lock")
        self._tx.run(_EVENT, *_event(after, row))

    def get_on(self, run: Run, *, deadline_us: int | None) -> None:
        """Write how far a locked run is, which is no event."""
        self._tx.run(
            "UPDATE simulation_run SET frames = ?, frames_total = ?, moved_us = ?, deadline_us = ?"
            " WHERE id = ? AND version = ?",
            run.frames,
            run.frames_total,
            run.moved_us,
            deadline_us,
            run.id,
            run.version,
        )

    def save(self, before: Simulation, after: Simulation) -> None:
        """Replace a locked simulation by its next version."""
        sets = ", ".join(f"{name} = ?" for name in _JOB_CHANGING)
        saved = self._tx.run(
            f"UPDATE simulation SET {sets} WHERE id = ? AND version = ? RETURNING id",
            *(_job_value(after, name) for name in _JOB_CHANGING),
            after.id,
            before.version,
        )
        if not saved:
            raise AssertionError(f"simulation {after.id} was changed without its lock")

    def get(self, simulation_id: str, *, lock: bool = False) -> Simulation | None:
        """Return a simulation."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"{_SELECT_JOB} WHERE id = ?{suffix}", simulation_id)
        return _job(rows[0]) if rows else None

    def run(self, run_id: str, *, lock: bool = False) -> Run | None:
        """Return a run."""
        suffix = " {for_update}" if lock else ""
        return next(iter(self._runs(f"WHERE id = ?{suffix}", run_id)), None)

    def runs_of(self, simulation_ids: Collection[str]) -> list[Run]:
        """Return the runs of simulations, by simulation and index."""
        if not simulation_ids:
            return []
        where = f"WHERE simulation_id IN ({_marks(len(simulation_ids))})"
        return self._runs(f"{where} ORDER BY simulation_id, number", *simulation_ids)

    def script(self, run_id: str) -> Script:
        """Return the script of a run."""
        ((text,),) = self._tx.run("SELECT script FROM run_script WHERE run_id = ?", run_id)
        return msgspec.json.decode(text, type=Script)

    def answered(self, account_id: str, key: str, *, since_us: int) -> tuple[str, str] | None:
        """Return (fingerprint, simulation) of what a key was answered with since; forget older."""
        self._tx.run(
            "UPDATE simulation SET request_key = NULL WHERE account_id = ? AND request_key = ?"
            " AND created_us < ?",
            account_id,
            key,
            since_us,
        )
        rows = self._tx.run(
            "SELECT fingerprint, id FROM simulation WHERE account_id = ? AND request_key = ?",
            account_id,
            key,
        )
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    def listed(
        self, account_id: str, wanted: SimulationFilter, *, after: str | None, limit: int
    ) -> list[Simulation]:
        """Return simulations of an account that fit, the newest first, older than `after`."""
        parts, values = ["account_id = ?"], list[Value]([account_id])
        if wanted.active or (wanted.states and not wanted.states & OVER):
            parts.append("ended_us IS NULL")
        if wanted.states:
            parts.append(f"state IN ({_marks(len(wanted.states))})")
            values += sorted(wanted.states)
        for condition, value in (("project_id = ?", wanted.project_id), ("id < ?", after)):
            if value is not None:
                parts.append(condition)
                values.append(value)
        where = " AND ".join(parts)
        rows = self._tx.run(f"{_SELECT_JOB} WHERE {where} ORDER BY id DESC LIMIT ?", *values, limit)
        return [_job(row) for row in rows]

    def next_tickets(self, line: Line, count: int) -> int:
        """Return the first of so many new tickets of a line, which is locked from then on."""
        ((after,),) = self._tx.run(
            "INSERT INTO simulation_line (pool, region, kind, next_ticket) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (pool, region, kind)"
            " DO UPDATE SET next_ticket = simulation_line.next_ticket + ? RETURNING next_ticket",
            line.pool,
            line.region,
            line.kind,
            count,
            count,
        )
        return int(after) - count

    def lock_line(self, line: Line) -> None:
        """Let nobody else give slots to a line meanwhile."""
        self._tx.run(f"SELECT 1 FROM simulation_line WHERE {_LINE} {{for_update}}", *_key(line))

    def waiting_lines(self, *, limit: int) -> list[Line]:
        """Return the lines in which somebody waits."""
        rows = self._tx.run(
            "SELECT pool, region, kind FROM simulation_line l WHERE EXISTS (SELECT 1"
            " FROM simulation_run r WHERE r.pool = l.pool AND r.region = l.region"
            " AND r.kind = l.kind AND r.state = 'pending') ORDER BY pool, region, kind LIMIT ?",
            limit,
        )
        return [Line(pool=pool, region=region, kind=kind) for pool, region, kind in rows]

    def waiting(self, line: Line) -> list[Waiting]:
        """Return the first run of each account that waits in a line."""
        rows = self._tx.run(
            "SELECT r.account_id, r.id, r.ticket, (SELECT COUNT(*) FROM simulation_run o"
            " WHERE o.account_id = r.account_id AND o.state IN ('dispatched', 'processing'))"
            " FROM simulation_run r JOIN (SELECT account_id, MIN(ticket) AS ticket"
            f" FROM simulation_run WHERE {_LINE} AND state = 'pending' GROUP BY account_id) f"
            " ON f.account_id = r.account_id AND f.ticket = r.ticket"
            " WHERE r.pool = ? AND r.region = ? AND r.kind = ? AND r.state = 'pending'",
            *_key(line),
            *_key(line),
        )
        return [
            Waiting(account_id=account, run_id=run, ticket=ticket, running=int(running))
            for account, run, ticket, running in rows
        ]

    def position(self, line: Line, ticket: int) -> int:
        """Return where one stands in line: 1 is first come."""
        return 1 + self._count(
            f"simulation_run WHERE {_LINE} AND state = 'pending' AND ticket < ?",
            *_key(line),
            ticket,
        )

    def waiting_of(self, account_id: str) -> int:
        """Return how many runs of an account wait."""
        return self._count(
            "simulation_run WHERE account_id = ? AND ended_us IS NULL AND state = 'pending'",
            account_id,
        )

    def waited_for(self, pool: str, region: str, *, limit: int) -> dict[str, str]:
        """Return whose projects have a viewer, not aside, in line for a slot of a pool in a region.

        One look into the index for each line: however long they are, waiters are not read.
        """
        rows = self._tx.run(
            "SELECT l.project_id, p.account_id FROM lane l JOIN project p ON p.id = l.project_id"
            " WHERE l.region = ? AND l.waiting > 0 AND EXISTS"
            " (SELECT 1 FROM session s WHERE s.pool = ? AND s.region = l.region"
            " AND s.project_id = l.project_id AND s.state = 'queued' AND s.aside_us IS NULL)"
            " ORDER BY l.project_id LIMIT ?",
            region,
            pool,
            limit,
        )
        return dict(rows)

    def counts(self, account_id: str) -> RunCounts:
        """Return how many runs of an account wait, and run."""
        running = self._count(
            "simulation_run WHERE account_id = ? AND state IN ('dispatched', 'processing')",
            account_id,
        )
        return RunCounts(waiting=self.waiting_of(account_id), running=running)

    def on_worker(self, worker_id: str) -> list[Run]:
        """Return the runs that hold a slot of a worker, in the order in which they are locked."""
        return self._runs(
            "WHERE slot_id IN (SELECT id FROM slot WHERE worker_id = ? AND state = 'held')"
            f" AND state IN ('dispatched', 'processing') {_IN_LOCK_ORDER}",
            worker_id,
        )

    def live_of_account(self, account_id: str, *, limit: int) -> list[Run]:
        """Return runs of an account that are not over, in the order in which they are locked."""
        where = f"WHERE account_id = ? AND ended_us IS NULL {_IN_LOCK_ORDER} LIMIT ?"
        return self._runs(where, account_id, limit)

    def live_of_project(self, project_id: str) -> list[Run]:
        """Return the runs of a project that are not over, in the order in which they are locked."""
        where = f"WHERE project_id = ? AND ended_us IS NULL {_IN_LOCK_ORDER}"
        return self._runs(where, project_id)

    def due(self, now_us: int, *, limit: int) -> list[str]:
        """Return the ids of runs whose deadline is at or before `now_us`, the oldest first."""
        rows = self._tx.run(
            "SELECT id FROM simulation_run WHERE deadline_us <= ? ORDER BY deadline_us LIMIT ?",
            now_us,
            limit,
        )
        return [i for (i,) in rows]

    def used_us(self, account_id: str, from_us: int, until_us: int, now_us: int) -> int:
        """Return the metered time of an account's runs between two instants.

        What is settled of a run is known, so only the logs of those that reach over an instant, or
        are not over, are read.
        """
        until_us = min(until_us, now_us)
        ((whole_us,),) = self._tx.run(_WHOLE, account_id, from_us, until_us, from_us)
        ((parts_us,),) = self._tx.run(
            _PARTS,
            account_id,
            *(account_id, from_us, until_us, from_us),
            *(account_id, until_us, until_us),
            *(from_us, until_us),
        )
        return int(whole_us) + int(parts_us)

    def kept(self, account_id: str | None, *, after: str, limit: int) -> list[KeptRun]:
        """Return what is kept of the runs past this id, of an account or of all."""
        own, of = ("", ()) if account_id is None else ("account_id = ? AND ", (account_id,))
        rows = self._tx.run(
            "SELECT r.id, r.account_id, r.metered_us, r.metered_since_us, e.version, e.kind,"
            f" e.at_us FROM (SELECT * FROM simulation_run WHERE {own}id > ? ORDER BY id LIMIT ?) r"
            " LEFT JOIN run_event e ON e.run_id = r.id ORDER BY r.id, e.version",
            *of,
            after,
            limit,
        )
        return [
            KeptRun(
                account_id=account,
                run_id=run,
                metered_us=int(metered_us),
                since_us=since_us,
                log=[
                    LoggedRunEvent(version=version, kind=RunEvent(kind), at_us=at_us)
                    for *_, version, kind, at_us in events
                    if version is not None
                ],
            )
            for (run, account, metered_us, since_us), events in groupby(rows, lambda row: row[:4])
        ]

    def accounts_with_hours(self, *, limit: int) -> list[str]:
        """Return accounts with a limit of simulation hours and a run that is not over."""
        rows = self._tx.run(
            "SELECT a.id FROM account a WHERE a.simulation_us IS NOT NULL AND EXISTS (SELECT 1"
            " FROM simulation_run r WHERE r.account_id = a.id AND r.ended_us IS NULL) LIMIT ?",
            limit,
        )
        return [i for (i,) in rows]

    def _runs(self, where: str, *values: Value) -> list[Run]:
        return [_run(row) for row in self._tx.run(f"{_SELECT_RUN} {where}", *values)]

    def _count(self, source: str, *values: Value) -> int:
        ((count,),) = self._tx.run(f"SELECT COUNT(*) FROM {source}", *values)
        return int(count)


def _key(line: Line) -> tuple[str, str, str]:
    return line.pool, line.region, line.kind


def _job_value(job: Simulation, name: str) -> Value:
    if name == "frame":
        return msgspec.json.encode(job.frame).decode()
    value: Value = getattr(job, name)
    return value


def _job(
    row: Sequence[Any],
) -> Simulation:  # a row is what the driver gives; types are the schema's
    known = dict(zip(_JOB, row, strict=True))
    known["frame"] = msgspec.json.decode(known["frame"], type=Frame)
    known["state"] = SimulationState(known["state"])
    return Simulation(**known)


def _values(run: Run, names: Sequence[str]) -> list[Value]:
    return [getattr(run, name) for name in names]


def _run(row: Sequence[Any]) -> Run:  # as above
    known = dict(zip(_RUN, row, strict=True))
    known["state"] = SimulationState(known["state"])
    return Run(**known)


def _event(run: Run, row: RunRow) -> list[Value]:
    return [
        run.id,
        run.version,
        row.kind,
        run.state,
        row.at_us,
        row.recorded_us,
        row.actor,
        run.reason,
        run.account_id,
        run.project_id,
        run.region,
        run.end_user,
        run.worker_id,
        run.slot_id,
        run.term,
    ]
