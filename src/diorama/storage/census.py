"""Counts over everything, in SQL: a row for each group, through the indexes of what is live."""

from collections import defaultdict

from diorama.sessions.census_store import LaneCount, Pool
from diorama.storage.database import Transaction
from diorama.storage.projects import SqlProjectStore


class SqlCensusStore:
    """See `diorama.sessions.census.CensusStore`."""

    def __init__(self, tx: Transaction, projects: SqlProjectStore) -> None:
        self._tx = tx
        self._projects = projects

    def lanes(self) -> list[LaneCount]:
        """Return the lanes with anybody in them, the fullest first."""
        states: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for project_id, region, state, count in self._tx.run(
            "SELECT project_id, region, state, COUNT(*) FROM session"
            " WHERE state IN ('connecting', 'streaming', 'idle')"
            " GROUP BY project_id, region, state"
        ):
            states[project_id, region][state] = int(count)
        waiting = {
            (project_id, region): int(count)
            for project_id, region, count in self._tx.run(
                "SELECT project_id, region, waiting FROM lane WHERE waiting > 0"
            )
        }
        found = [
            self._lane(lane, states.get(lane, {}), waiting.get(lane, 0))
            for lane in states.keys() | waiting.keys()
        ]
        return sorted(found, key=lambda one: (-one.held - one.waiting, one.project, one.region))

    def slots(self, now_us: int) -> dict[tuple[Pool, str], int]:
        """Return how many slots each pool has in each state, of workers that are not lost."""
        return {
            ((region, pool), state): int(count)
            for region, pool, state, count in self._tx.run(
                "SELECT s.region, s.pool, s.state, COUNT(*) FROM slot s"
                " JOIN worker_lease l ON l.worker_id = s.worker_id"
                " WHERE s.state <> 'retired' AND l.hard_until_us > ?"
                " GROUP BY s.region, s.pool, s.state",
                now_us,
            )
        }

    def simulations(self) -> dict[str, int]:
        """Return how many simulations that are not over there are in each state."""
        rows = self._tx.run(
            "SELECT state, COUNT(*) FROM simulation WHERE ended_us IS NULL GROUP BY state"
        )
        return {state: int(count) for state, count in rows}

    def runs(self) -> dict[tuple[Pool, str], int]:
        """Return how many of their runs that are not over each pool has in each state."""
        rows = self._tx.run(
            "SELECT region, pool, state, COUNT(*) FROM simulation_run WHERE ended_us IS NULL"
            " GROUP BY region, pool, state"
        )
        return {((region, pool), state): int(count) for region, pool, state, count in rows}

    def recordings(self) -> int:
        """Return how many recordings are being made or uploaded."""
        return self._count("SELECT COUNT(*) FROM recording WHERE state = 'recording'")

    def spectators(self) -> int:
        """Return how many spectators watch."""
        return self._count("SELECT COUNT(*) FROM watch WHERE state <> 'ended' AND state = 'live'")

    def _count(self, question: str) -> int:
        return int(self._tx.run(question)[0][0])

    def _lane(self, lane: tuple[str, str], states: dict[str, int], waiting: int) -> LaneCount:
        project = self._projects.get(lane[0])
        if project is None:
            raise AssertionError(f"lane {lane} is of no project")
        return LaneCount(
            project=project.name,
            region=lane[1],
            pool=project.pool,
            states=states,
            waiting=waiting,
            cap=project.rules.worker_count,
        )
