"""Making projects and taking them away. Use cases: load, decide, save.

A project that is taken away is hidden: its sessions and what they cost stay in the account's
history, while its name is free again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from diorama.accounts.permissions import OPERATOR
from diorama.kernel.errors import NotFound, Refused
from diorama.projects.creating import created, is_offer
from diorama.projects.rules import Project
from diorama.projects.store import BY_API
from diorama.protocol.project_views import CreateProject
from diorama.sessions.ruling import lock_project
from diorama.sessions.work import Work

MAX_PROJECTS: Final = 1_000
"""Projects of one account: each is a line of its own for every sweep to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Founder:
    """Who makes a project: `operates` is whether of the operator's account."""

    account_id: str
    actor: str
    operates: bool


def offers(work: Work) -> Sequence[Project]:
    """Return the operator's projects whose worlds other accounts may make projects from."""
    return [
        project
        for project in work.stores.projects.all()
        if project.account_id == OPERATOR and is_offer(project)
    ]


def create_project(work: Work, ask: CreateProject, who: Founder) -> Project:
    """Store a project that is new, and return it.

    Raises:
        Invalid: see `projects.creating.created`.
        Forbidden: see there.
        Refused: another project has the name (`project_name_taken`), or the account has too many
            (`projects_full`).
    """
    stores = work.stores
    stores.accounts.get(who.account_id, lock=True)
    offer = next((one for one in offers(work) if one.name == ask.world), None)
    project = created(
        ask,
        offer,
        project_id=work.ids.new("prj"),
        account_id=who.account_id,
        operates=who.operates,
    )
    if sum(one.account_id == who.account_id for one in stores.projects.all()) >= MAX_PROJECTS:
        raise Refused(f"an account has at most {MAX_PROJECTS} projects", code="projects_full")
    if not stores.projects.add(project):
        raise Refused(f"the name {project.name} is taken", code="project_name_taken")
    stores.projects.keep_settings(project.id, BY_API)
    stores.audit.add(
        who.account_id, who.actor, "project.created", project.name, {"world": ask.world}
    )
    return project


def delete_project(work: Work, project: Project, *, actor: str) -> None:
    """Take a project away that nobody uses.

    Raises:
        NotFound: it is gone.
        Refused: sessions or simulations of it have not ended (`project_in_use`).
    """
    lock_project(work, project)
    known = work.stores.projects.named(project.name)
    if known is None or known.id != project.id:
        raise NotFound(f"there is no project {project.name}", code="project_unknown")
    left = work.stores.sessions.of_project(project.id)
    if left:
        raise Refused(
            f"project {project.name} has {len(left)} sessions that have not ended: end them, or "
            "disable it first",
            code="project_in_use",
            detail={"sessions": len(left)},
        )
    runs = work.stores.simulations.live_of_project(project.id)
    if runs:
        raise Refused(
            f"project {project.name} has simulations that have not ended: cancel them, or disable"
            " it first",
            code="project_in_use",
            detail={"runs": len(runs)},
        )
    gone = msgspec.structs.replace(known, enabled=False, version=known.version + 1)
    work.stores.projects.put(gone)
    work.stores.projects.remove(gone.id, work.now_us)
    work.stores.audit.add(known.account_id, actor, "project.deleted", known.name)
