"""What a worker is and whether it may be given a session. Pure."""

from dataclasses import dataclass
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
        drains_until_us: when it stops what still runs, while it drains.
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

    def standing(self, now_us: int) -> Standing:
        """Return how the worker stands at `now_us`. The end of a lease is too late."""
        if self.hard_until_us <= now_us:
            return Standing.LOST
        if self.soft_until_us <= now_us:
            return Standing.SUSPECT
        return Standing.DRAINING if self.draining else Standing.READY
