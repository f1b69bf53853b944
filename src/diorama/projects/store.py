"""What projects need from a database."""

from dataclasses import dataclass
from typing import Final, Protocol

from diorama.projects.rules import Project

BY_API: Final = "api"
"""What stands for the digest of the settings where a project was made by API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The line of one project in one region: what admission locks and counts.

    `held` is how many of its sessions hold a slot now, `waiting` how many are queued.
    """

    project_id: str
    region: str
    held: int
    waiting: int


class ProjectStore(Protocol):
    """Projects and their lanes at rest."""

    def put(self, project: Project) -> None:
        """Store a project, or its next version, with a lane for each region."""

    def add(self, project: Project) -> bool:
        """Store a project that is new; False where another one has its name."""

    def remove(self, project_id: str, now_us: int) -> None:
        """Hide a project, which `get` alone still finds; its name is free again."""

    def settings(self, project_id: str) -> str | None:
        """Return the digest of what the settings said of a project last; None is not known."""

    def keep_settings(self, project_id: str, digest: str) -> None:
        """Keep the digest of what the settings say of a project."""

    def get(self, project_id: str) -> Project | None:
        """Return a project by its id."""

    def named(self, name: str) -> Project | None:
        """Return a project by its name."""

    def all(self) -> list[Project]:
        """Return every project, by name."""

    def lane(self, project_id: str, region: str, *, lock: bool = False) -> Lane | None:
        """Return a lane; with `lock`, no one else enqueues or dispatches in it meanwhile."""

    def waiting_lanes(self, *, limit: int) -> list[Lane]:
        """Return lanes with someone waiting, the one whose head waits longest first."""

    def next_ticket(self, project_id: str, region: str) -> int:
        """Take the next ticket of a locked lane: tickets rise in the order of commits."""

    def count(self, project_id: str, region: str, *, held: int = 0, waiting: int = 0) -> None:
        """Add to a lane's counts."""
