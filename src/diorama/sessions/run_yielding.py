"""Which viewers a run of a simulation yields to: those who could have the slot it would take.

Who is next of a line, and whether a limit stands in the way, is the queue's own decision; whoever
waits for a limit alone holds up nobody's runs. The lines in which viewers wait are locked first,
with what counts their limits: until the run has its slot nobody comes into them, leaves them, or
moves a limit. The slot is locked next, and only then it is asked whether viewers wait in another
line as well. So at that instant nobody who waits could have had the slot. Source: DESIGN section 3.
"""

from dataclasses import dataclass
from typing import Final

from diorama.leases.slots import Slot
from diorama.sessions.dispatch import fits, next_in_line
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work, lock_lanes
from diorama.simulations.line import Line

LINES: Final = 1_000
"""Lines of viewers looked at in one transaction; where there are more, runs yield to them all."""


@dataclass(frozen=True, slots=True)
class Viewers:
    """The lines in which viewers wait, by project, and who is next of those that have a next."""

    projects: frozenset[str] = frozenset()
    next: tuple[Session, ...] = ()


def viewers_in_line(work: Work, line: Line, *, most: int = LINES) -> Viewers:
    """Lock the lines in which viewers wait for the slots of a line of runs; return who is next."""
    accounts = work.stores.simulations.waited_for(line.pool, line.region, limit=most + 1)
    if len(accounts) > most:
        return Viewers()  # each is one that was not looked at: see `yields`
    lock_lanes(work, ((project_id, line.region) for project_id in accounts))
    locked = [work.stores.accounts.get(one, lock=True) for one in sorted(set(accounts.values()))]
    full = {account.id for account in locked if account is not None and account.is_full}
    ahead = [
        next_in_line(work, project_id, line.region, set())
        for project_id, account_id in accounts.items()
        if account_id not in full  # which lets nobody in, whoever is first: no need to look
    ]
    return Viewers(frozenset(accounts), tuple(viewer for viewer in ahead if viewer is not None))


def yields(work: Work, line: Line, slot: Slot, viewers: Viewers) -> bool:
    """Whether a run leaves a locked slot to a viewer: one of these, or one who has come since."""
    waited_for = work.stores.simulations.waited_for(line.pool, line.region, limit=LINES + 1)
    if not viewers.projects.issuperset(waited_for):
        work.changes.room |= len(waited_for) <= LINES  # the next round looks at that line as well
        return True
    return any(fits(work, viewer, slot) for viewer in viewers.next)
