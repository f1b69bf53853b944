"""What will end sessions beside their own clocks: their account's hours, their worker's going.

Reads only. A gateway asks once a round for all its viewers, and once for a session that it shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from diorama.protocol.states import HOLDS_SLOT
from diorama.sessions.hours import HoursLeft, ending_hours, soon_us
from diorama.sessions.lifecycle import Session
from diorama.sessions.warnings import NO_ENDS, Ends
from diorama.sessions.work import Work


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What will end sessions soon.

    Attributes:
        hours: what is left to each account whose hours may end soon, by its id.
        drains: when each worker that drains stops what still runs, by its id.
    """

    hours: Mapping[str, HoursLeft]
    drains: Mapping[str, int]

    def ends_of(self, session: Session) -> Ends:
        """Return what will end a session."""
        if session.state not in HOLDS_SLOT:
            return NO_ENDS
        left = self.hours.get(session.account_id)
        return Ends(
            hours_us=None if left is None else left.end_us(session),
            drains_us=self.drains.get(session.worker_id or ""),
        )


def foresee(work: Work) -> Foreseen:
    """Return what will end sessions soon."""
    return Foreseen(ending_hours(work), work.stores.workers.draining())


def ends_of(work: Work, session: Session) -> Ends:
    """Return what will end one session, its hours where that is soon enough to show."""
    if session.state not in HOLDS_SLOT or session.worker_id is None:
        return NO_ENDS
    worker = work.stores.workers.get(session.worker_id)
    drains_us = None if worker is None else worker.drains_until_us
    return Ends(hours_us=soon_us(work, session), drains_us=drains_us)
