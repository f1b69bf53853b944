"""What the cost of slots needs from a database: for how long each was there, and was held.

Rows are written where a slot is given back and where a worker starts anew, never with a heartbeat.
A slot is held from its reservation until its world is proven or bound to be gone; a worker is there
from its registration until it was last heard.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from diorama.leases.slots import Slot
from diorama.sessions.usage_store import Window
from diorama.workers.capabilities import Worker


class SlotTime(StrEnum):
    """What time of slots is summed up."""

    STREAMING = "streaming"
    IDLE = "idle"
    SIMULATION = "simulation"  # a simulation's run renders on it
    HELD = "held"  # a session or run has it, or had it and its world may not be gone
    THERE = "there"  # its worker is heard
    BOTH = "both"  # held while its worker is heard


@dataclass(frozen=True, slots=True)
class SlotSum:
    """Time of slots of one kind, of workers with so many slots."""

    kind: SlotTime
    slots: int
    slot_us: int


class SlotTimeStore(Protocol):
    """Time of slots at rest."""

    def worker_started(self, worker: Worker, slots: int, *, before: Worker | None) -> None:
        """Keep that a worker started anew with so many slots, and until when it was heard before.

        Args:
            worker: as it is now.
            slots: how many it offers.
            before: as it was under its last start; None is the first.
        """

    def worker_gone(self, worker: Worker) -> None:
        """Keep until when a worker was heard that is not heard any more."""

    def slot_held(self, slot: Slot, until_us: int) -> None:
        """Keep for how long a slot was held that is given back now; it is told as it was held."""

    def sums(self, account_id: str | None, window: Window, now_us: int) -> list[SlotSum]:
        """Return the time that the sessions and runs of an account took up, or of all.

        Of all, the time for which slots were there too: it is nobody's in particular.
        """
