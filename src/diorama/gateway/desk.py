"""Where use cases meet the database: one unit of work each, and word of what it changed.

It decides nothing. Whoever asks gets the answer after the commit is durable (law 8); what the unit
changed is told to the hub by id after that.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, TypeAlias, TypeVar

from diorama.admission.eta import Forecasts
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import Timers
from diorama.sessions.work import Changes, Work
from diorama.simulations.deadlines import PATIENCE
from diorama.storage.database import Database, Transaction
from diorama.storage.stores import SqlStores

T = TypeVar("T")
Watch: TypeAlias = Callable[[Literal["read", "write"]], AbstractContextManager[None]]
"""Makes the block in which one unit of work runs, its wait for the store included."""


def watch_nothing(_kind: Literal["read", "write"]) -> AbstractContextManager[None]:
    """Return a block that nobody looks at."""
    return nullcontext()


class Desk:
    """Runs use cases.

    Args:
        database: the store.
        timers: of liveness.
        ids: makes ids.
        told: takes what a committed unit changed, on the event loop; must not block.
        watch: measures units of work.

    Attributes:
        patience: with runs of simulations.
    """

    def __init__(
        self,
        database: Database,
        timers: Timers,
        ids: IdFactory,
        told: Callable[[Changes, int], None],
        watch: Watch = watch_nothing,
    ) -> None:
        self._database = database
        self.timers = timers
        self._ids = ids
        self._told = told
        self._watch = watch
        self.patience = PATIENCE
        self.forecasts = Forecasts()

    async def do(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that writes, and return its answer once it is durable.

        Raises:
            DioramaError: what the use case refuses, or `Unavailable` from the store.
        """

        def unit(tx: Transaction) -> tuple[T, Work]:
            work = self._work(tx)
            return use_case(work), work

        with self._watch("write"):
            answer, work = await self._database.run(unit)
        self._told(work.changes, work.now_us)
        return answer

    async def look(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that only reads, on one consistent state."""
        with self._watch("read"):
            return await self._database.read(lambda tx: use_case(self._work(tx)))

    def _work(self, tx: Transaction) -> Work:
        stores = SqlStores(tx, self._database.incarnation)
        return Work(
            stores,
            self.timers,
            self._ids,
            tx.now_us(),
            forecasts=self.forecasts,
            patience=self.patience,
        )
