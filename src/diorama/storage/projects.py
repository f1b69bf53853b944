"""Projects and lanes in SQL. A project is one document; what is searched by is a column."""

from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal

import msgspec

from diorama.projects.rules import Project
from diorama.projects.store import Lane
from diorama.storage.database import Transaction, stays

_CACHED: Final = 1_024
_LANE: Final = "project_id, region, held, waiting"


@lru_cache(_CACHED)
def _project(document: str) -> Project:
    return msgspec.json.decode(document, type=Project)


class SqlProjectStore:
    """See `diorama.projects.store.ProjectStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._lanes: dict[tuple[str, str], Lane] = {}  # nobody else changes these meanwhile
        self._known: dict[tuple[str, str], Project] = {}  # nor these, by id and by name

    def put(self, project: Project) -> None:
        """Store a project, or its next version, with a lane for each region."""
        self._known.clear()
        self._tx.run(
            "INSERT INTO project (id, account_id, name, document, version) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, document = excluded.document,"
            " version = excluded.version",
            project.id,
            project.account_id,
            project.name,
            msgspec.json.encode(project).decode(),
            project.version,
        )
        for region in project.regions:
            self._tx.run(
                "INSERT INTO lane (project_id, region, next_ticket, held, waiting)"
                " VALUES (?, ?, 1, 0, 0) ON CONFLICT (project_id, region) DO NOTHING",
                project.id,
                region,
            )

    def add(self, project: Project) -> bool:
        """Store a project that is new; False where another one has its name."""
        added = self._tx.run(
            "INSERT INTO project (id, account_id, name, document, version)"
            " VALUES (?, ?, ?, '', 0) ON CONFLICT (name) DO NOTHING RETURNING id",
            project.id,
            project.account_id,
            project.name,
        )
        if added:
            self.put(project)
        return bool(added)

    def remove(self, project_id: str, now_us: int) -> None:
        """Hide a project, which `get` alone still finds; its name is free again."""
        self._known.clear()
        # A slash is in no project's name: what is hidden is found under none, and bars none.
        self._tx.run(
            "UPDATE project SET deleted_us = ?, name = 'deleted/' || id WHERE id = ?",
            now_us,
            project_id,
        )

    def settings(self, project_id: str) -> str | None:
        """Return the digest of what the settings said of a project last; None is not known."""
        for (digest,) in self._tx.run("SELECT settings FROM project WHERE id = ?", project_id):
            return None if digest is None else str(digest)
        return None

    def keep_settings(self, project_id: str, digest: str) -> None:
        """Keep the digest of what the settings say of a project."""
        self._tx.run("UPDATE project SET settings = ? WHERE id = ?", digest, project_id)

    def get(self, project_id: str) -> Project | None:
        """Return a project by its id."""
        return self._one("id", project_id)

    def named(self, name: str) -> Project | None:
        """Return a project by its name."""
        return self._one("name", name)

    def all(self) -> list[Project]:
        """Return every project, by name."""
        rows = self._tx.run("SELECT document FROM project WHERE deleted_us IS NULL ORDER BY name")
        return [_project(document) for (document,) in rows]

    def lane(self, project_id: str, region: str, *, lock: bool = False) -> Lane | None:
        """Return a lane; with `lock`, no one else enqueues or dispatches in it meanwhile."""
        if (project_id, region) in self._lanes:
            return self._lanes[project_id, region]
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(
            f"SELECT {_LANE} FROM lane WHERE project_id = ? AND region = ?{suffix}",
            project_id,
            region,
        )
        lane = _lane(*rows[0]) if rows else None
        if lane is not None and stays(self._tx, locked=lock):
            self._lanes[project_id, region] = lane
        return lane

    def waiting_lanes(self, *, limit: int) -> list[Lane]:
        """Return lanes with someone waiting, the one whose head waits longest first."""
        rows = self._tx.run(
            f"SELECT {_LANE} FROM lane WHERE waiting > 0 ORDER BY (SELECT s.created_us"
            " FROM session s WHERE s.project_id = lane.project_id AND s.region = lane.region"
            " AND s.state = 'queued' AND s.aside_us IS NULL ORDER BY s.priority DESC, s.ticket"
            " LIMIT 1), project_id, region LIMIT ?",
            limit,
        )
        return [_lane(*row) for row in rows]

    def next_ticket(self, project_id: str, region: str) -> int:
        """Take the next ticket of a locked lane."""
        ((ticket,),) = self._tx.run(
            "UPDATE lane SET next_ticket = next_ticket + 1 WHERE project_id = ? AND region = ?"
            " RETURNING next_ticket - 1",
            project_id,
            region,
        )
        return int(ticket)

    def count(self, project_id: str, region: str, *, held: int = 0, waiting: int = 0) -> None:
        """Add to a lane's counts."""
        self._tx.write(
            "UPDATE lane SET held = held + ?, waiting = waiting + ?"
            " WHERE project_id = ? AND region = ?",
            held,
            waiting,
            project_id,
            region,
        )
        lane = self._lanes.get((project_id, region))
        if lane is not None:
            self._lanes[project_id, region] = replace(
                lane, held=lane.held + held, waiting=lane.waiting + waiting
            )

    def _one(self, column: Literal["id", "name"], value: str) -> Project | None:
        if (column, value) in self._known:
            return self._known[column, value]
        rows = self._tx.run(f"SELECT document FROM project WHERE {column} = ?", value)
        project = _project(rows[0][0]) if rows else None
        if project is not None and stays(self._tx):
            self._known |= {(column, value): project, ("id", project.id): project}
        return project


def _lane(project_id: str, region: str, held: int, waiting: int) -> Lane:
    return Lane(project_id=project_id, region=region, held=held, waiting=waiting)
