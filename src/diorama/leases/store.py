"""What workers and their slots need from a database."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from diorama.leases.past import PastWorker
from diorama.leases.slots import Slot
from diorama.workers.capabilities import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What one beat of a worker renews. A renewal under another `boot_id` misses."""

    worker_id: str
    boot_id: str


class WorkerStore(Protocol):
    """Workers and the leases of their hosts at rest."""

    def put(self, worker: Worker) -> None:
        """Store a worker, or what it says of itself at a new registration."""

    def get(self, worker_id: str, *, lock: bool = False) -> Worker | None:
        """Return a worker by its id."""

    def named(self, name: str, *, lock: bool = False) -> Worker | None:
        """Return a worker by its name."""

    def wait_for_name(self, name: str) -> None:
        """Let nobody else register a worker of this name until the transaction is over."""

    def replace_boot(self, worker: Worker, now_us: int, *, keep_us: int) -> None:
        """Remember that a newer start took this one's place; forget those older than `keep_us`."""

    def was_replaced(self, worker_id: str, boot_id: str) -> bool:
        """Whether a newer start took the place of this one."""

    def all(self) -> list[Worker]:
        """Return every worker, by name."""

    def draining(self) -> dict[str, int]:
        """Return when what still runs on each worker that drains ends, by its id."""

    def drained(self, now_us: int, *, limit: int) -> list[str]:
        """Return workers out of service whose time is up and whose slots are still held."""

    def renew(
        self, renewals: Collection[Renewal], *, now_us: int, soft_us: int, hard_us: int
    ) -> set[Renewal]:
        """Renew in one statement the leases that still stand; return which those are."""

    def lost(self, now_us: int, *, limit: int) -> list[Worker]:
        """Return workers past their hard limit whose slots are still held."""

    def any_for(self, pool: str, region: str, kind: str, now_us: int) -> bool:
        """Whether a worker that is not lost could ever serve this."""


class PastWorkerStore(Protocol):
    """Workers that were forgotten, and the names of all that ever were, at rest."""

    def unheard(self, since_us: int, now_us: int, *, limit: int) -> list[str]:
        """Return lost workers not heard since then whose slots hold nothing, by id."""

    def replace(self, past: PastWorker) -> None:
        """Put this in the place of the worker, its lease and its slots."""

    def take(self, name: str) -> PastWorker | None:
        """Return the worker last forgotten under a name, which is forgotten no more."""

    def names(self, worker_ids: Collection[str]) -> dict[str, str]:
        """Return what workers are or were called, by their ids."""

    def id_of(self, name: str) -> str | None:
        """Return the id of the worker of this name that is, or last was."""


class SlotStore(Protocol):
    """Slots at rest."""

    def add(self, slot: Slot) -> None:
        """Store a slot that is new."""

    def save(self, slot: Slot) -> None:
        """Replace the version before this one; asserts that it was that one."""

    def get(self, slot_id: str, *, lock: bool = False) -> Slot | None:
        """Return a slot by its id."""

    def of_worker(self, worker_id: str, *, lock: bool = False) -> list[Slot]:
        """Return a worker's slots, by index."""

    def of_workers(self) -> dict[str, list[Slot]]:
        """Return every slot that is not retired, by worker and index."""

    def take_free(
        self, pool: str, region: str, kind: str, now_us: int, *, not_on: str | None = None
    ) -> Slot | None:
        """Return a free slot of a ready worker, locked; never one on the worker `not_on`."""

    def count_free(self, pool: str, region: str, kind: str, now_us: int) -> int:
        """Return how many free slots of ready workers there are."""

    def is_any_fencing(self, pool: str, region: str) -> bool:
        """Whether a slot there is about to come back: its session ended, proof is awaited."""

    def fences_due(self, now_us: int, *, limit: int) -> list[Slot]:
        """Return slots whose fence or quarantine ran out, locked."""
