"""What an outage of the store does to those who could not renew their leases meanwhile: nothing."""

from pathlib import Path

from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub
from diorama.gateway.sweeps import Sweeps
from diorama.kernel.errors import Unavailable
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import DEFAULTS
from diorama.storage.database import TIMEOUT_S, Database, T, Unit, open_database
from tests.clock import SteppedClock


class Outage:
    """A database that can be out of reach, or far: its answers take their time."""

    def __init__(self, database: Database, clock: SteppedClock) -> None:
        self._database = database
        self._clock = clock
        self.is_away = False
        self.answers_after_s = 0.0

    @property
    def incarnation(self) -> int:
        return self._database.incarnation

    def _check(self) -> None:
        if self.is_away:
            raise Unavailable("out of reach", code="database_unreachable")

    async def run(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        self._check()
        return await self._database.run(unit, timeout_s=timeout_s)

    async def read(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        self._check()
        found = await self._database.read(unit, timeout_s=timeout_s)
        self._clock.step(seconds=self.answers_after_s)
        return found

    async def close(self) -> None:
        await self._database.close()


def sweeps_of(database: Database, clock: SteppedClock) -> Sweeps:
    hub = Hub()
    return Sweeps(Desk(database, DEFAULTS, IdFactory(clock), hub.told), hub, clock)


async def test_silence_during_an_outage_of_the_store_is_held_against_nobody(
    tmp_path: Path,
) -> None:
    clock = SteppedClock()
    database = Outage(open_database(f"sqlite://{tmp_path / 'diorama.db'}", clock=clock), clock)
    sweeps = sweeps_of(database, clock)
    clock.step(seconds=DEFAULTS.recovery_grace_s)
    before = sweeps.in_grace
    database.is_away = True
    await sweeps.round()
    database.is_away = False
    clock.step(seconds=DEFAULTS.recovery_grace_s - 1)
    await sweeps.round()
    during = sweeps.in_grace
    clock.step(seconds=1)
    after = sweeps.in_grace
    await database.close()

    assert (before, during, after) == (False, True, False)


async def test_an_answer_that_takes_long_is_no_step_of_the_clock_and_a_step_is_one(
    postgresql_url: str,
) -> None:
    """On PostgreSQL: SQLite's clock follows the machine's, and cannot be set."""
    clock = SteppedClock()
    database = Outage(open_database(postgresql_url, clock=clock), clock)
    sweeps = sweeps_of(database, clock)
    clock.step(seconds=DEFAULTS.recovery_grace_s)
    in_grace = []
    for answers_after_s in (0.0, 5.0, 0.0):
        database.answers_after_s = answers_after_s
        await sweeps.once()
        in_grace.append(sweeps.in_grace)
    clock.step_wall(seconds=60)
    await sweeps.once()
    stepped = sweeps.in_grace
    await database.close()

    assert in_grace == [False] * 3
    assert stepped
