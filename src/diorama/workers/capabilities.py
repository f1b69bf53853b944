"""What a worker is and whether it may be given a session. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Standing(StrEnum):
    """How a worker stands now. Only a `ready` one is given sessions."""

    READY = "ready"
    DRAINING = "draining"
    SUSPECT = "suspect"  # unheard for a while: no new sessions, those it has go on
    LOST = "lost"  # unheard past the hard limit: its slots are counted out


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process on a host that offers slots.

    Attributes:
        name: what the operator calls it; a restart keeps the name and brings a new `boot_id`.
        kinds: kinds of world it runs.
        heard_us: when its last renewal was written, database time.
        soft_until_us: until when it counts as heard.
        hard_until_us: until when its slots may be in use, whatever is heard of it.
        draining: whether it takes no new sessions, for one of the two reasons below or for both.
        drains_until_us: when what still runs on it ends, while it drains.
        stopping: whether it said that it stops; its next start does not.
        drained_by: who put it out of service; it stays so through restarts until it is resumed.
        host: the name of its machine, for the operator.
        socket: the number of its registration; the highest is that of its newest socket.
    """

    id: str
    name: str
    region: str
    pool: str
    boot_id: str
    draining: bool
    kinds: tuple[str, ...]
    encoders: tuple[str, ...]
    version: str
    registered_us: int
    heard_us: int
    soft_until_us: int
    hard_until_us: int
    host: str = ""
    socket: int = 1
    drains_until_us: int | None = None
    stopping: bool = False
    drained_by: str | None = None

    def started_anew(self) -> "Worker":
        """Return it as its next start is: out of service only where somebody put it there."""
        kept = self.drained_by is not None
        until_us = self.drains_until_us if kept else None
        return replace(self, draining=kept, drains_until_us=until_us, stopping=False)

    def standing(self, now_us: int) -> Standing:
        """Return how the worker stands at `now_us`. The end of a lease is too late."""
        if self.hard_until_us <= now_us:
            return Standing.LOST
        if self.soft_until_us <= now_us:
            return Standing.SUSPECT
        return Standing.DRAINING if self.draining else Standing.READY
