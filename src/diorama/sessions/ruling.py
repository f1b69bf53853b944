"""Changing what a project allows, with what follows at once. Use case: load, decide, save.

The rules are read under the lane's lock by whoever admits or dispatches, and a change is written
under the locks of all its lanes. So no request is decided by rules that are no longer, and what a
change makes possible, or ends, is done in the transaction that makes it.
Source: DESIGN sections 2 and 3.
"""

from collections.abc import Sequence

import msgspec

from diorama.kernel.errors import NotFound, Refused
from diorama.projects.rules import Project
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import WAITING
from diorama.sessions.dispatch import dispatch_lane
from diorama.sessions.lifecycle import Session
from diorama.sessions.running import end_runs
from diorama.sessions.work import Work, end, lock_lanes, locked
from diorama.simulations.lifecycle import failed

DISABLED = End(EndCode.PROJECT_DISABLED, "project_disabled")
QUEUE_OFF = End(EndCode.NO_WORKER_AVAILABLE, "queue_off")


def rule(work: Work, changed: Project, *, actor: str = "operator") -> Project:
    """Store a project's next version, do what follows from it, and return it.

    A higher worker count serves who waits. A lower one ends nobody, and lets nobody in until fewer
    are left. A disabled project ends its sessions, waiters too, with 4000. A queue that is switched
    off ends with 4001 those whom no slot is free for.

    Args:
        work: the unit.
        changed: the project as it should be, with the version it was read at.
        actor: who changes it.

    Raises:
        NotFound: there is no such project.
        Refused: with code `version_conflict`: it was changed since it was read.
    """
    lock_project(work, changed)
    known = work.stores.projects.get(changed.id)
    if known is None:
        raise NotFound(f"there is no project {changed.id}", code="project_unknown")
    if known.version != changed.version:
        raise Refused(
            f"project {known.name} is at version {known.version}, not {changed.version}",
            code="version_conflict",
        )
    ruled = msgspec.structs.replace(changed, version=known.version + 1)
    work.stores.projects.put(ruled)
    if not ruled.enabled:
        _end_all(work, work.stores.sessions.of_project(ruled.id), DISABLED, actor)
        end_runs(
            work,
            work.stores.simulations.live_of_project(ruled.id),
            failed("project_disabled"),
            actor=actor,
        )
        return ruled
    for region in ruled.regions:
        dispatch_lane(work, ruled.id, region)
        work.changes.lanes.add((ruled.id, region))
    work.changes.room = True  # a line longer than one batch goes on with the gateway's next
    if not ruled.rules.queue.enabled:
        left = [s for s in work.stores.sessions.of_project(ruled.id) if s.state in WAITING]
        _end_all(work, left, QUEUE_OFF, actor)
    return ruled


def lock_project(work: Work, changed: Project) -> None:
    """Lock what counts the project's sessions: every lane that has or may get some, the account."""
    known = work.stores.projects.get(changed.id)
    regions = {*changed.regions, *(known.regions if known else ())}
    regions.update(session.region for session in work.stores.sessions.of_project(changed.id))
    lock_lanes(work, ((changed.id, region) for region in regions))
    work.stores.accounts.get(changed.account_id, lock=True)


def _end_all(work: Work, sessions: Sequence[Session], why: End, actor: str) -> None:
    for seen in sessions:
        session = locked(work, seen.id)
        if session is not None:
            end(work, session, why, actor=actor)
