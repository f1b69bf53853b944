"""A whole Diorama in one thread: gateways, workers, viewers and bad luck, from one seed.

Time goes in rounds: a storm in which people come and go and things break, a calm in which all is
mended, then everybody leaves, and what was held must come back to zero. One seed is one history.
"""

import asyncio
import contextlib
import dataclasses
import gc
import hashlib
import logging
import random
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog

from diorama.accounts.plans import Account, Plan
from diorama.kernel.units import HOUR_US, SECOND_US, seconds
from diorama.leases.timers import DEFAULTS
from diorama.projects.rules import AfkRules, OnLimit, Project, QueueRules, Rules
from diorama.protocol import worker as wire
from diorama.sessions.run_hours import used_simulation_us
from diorama.sessions.work import Work
from diorama.simulations.deadlines import Patience
from tests.simulation.bucket import Bucket
from tests.simulation.customers import Customers
from tests.simulation.gateway import WORKERS_KEY, Gateway, Surroundings
from tests.simulation.history import LawBroken
from tests.simulation.luck import BadLuck
from tests.simulation.machine import HostClock, VirtualLoop
from tests.simulation.network import Network, Weather
from tests.simulation.operators import Operators
from tests.simulation.oracle import BACK_TO_ZERO_US, Oracle
from tests.simulation.pictures import Devices, Diary
from tests.simulation.run_laws import RunLaws
from tests.simulation.store import Disk, Store
from tests.simulation.viewer import Person, Viewer
from tests.simulation.worker import Host

STORM_S: Final = 900.0
CALM_S: Final = 60.0
LOOK_EVERY_S: Final = 5.0
COMES_EVERY_S: Final = {False: 15, True: 18}
"""Between two people, without simulations beside them and with."""
GATEWAYS: Final = 2
HOSTS: Final = 3
PLANS: Final = {
    "acc_one": Plan(name="one", concurrent_streams=4, max_runtime_s=86_400.0, stream_hours=None),
    "acc_two": Plan(name="two", concurrent_streams=3, max_runtime_s=150.0, stream_hours=None),
}
PATIENCE: Final = Patience(max_wait_s=240.0, stalled_s=40.0, upload_within_s=90.0)
"""With runs: less than anybody would rule, so that it runs out within a storm."""
CROWDED: Final = QueueRules(per_end_user=None)
"""One end user may be everywhere in line: more of it waits than people do."""
RULES: Final = (
    (
        "acc_one",
        Rules(
            end_user_limit=2,
            afk=AfkRules(warn_after_s=20, disconnect_after_s=10, hold_off_budget_s=40),
            queue=QueueRules(priorities={"gold": 5}, per_end_user=None),
        ),
    ),
    (
        "acc_one",
        Rules(
            on_limit=OnLimit.TAKE_OVER,
            worker_count=3,
            max_runtime_s=90,
            resume_window_s=5,
            queue=CROWDED,
        ),
    ),
    (
        "acc_one",
        Rules(
            on_limit=OnLimit.REJECT,
            queue=QueueRules(max_length=3, max_wait_s=40, per_end_user=None),
        ),
    ),
    ("acc_two", Rules(worker_count=2, connect_timeout_s=20, max_runtime_s=120, queue=CROWDED)),
)


@dataclass
class Outcome:
    """What a world came to.

    `law` is the one that was broken, 0 where the product itself gave up on something.
    """

    seed: int
    hours: float
    digest: str = ""
    faults: Counter[str] = field(default_factory=Counter)
    checks: Counter[int] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    run_ends: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    runs: int = 0
    events: int = 0
    law: int | None = None
    broken: str = ""
    broken_after_s: float = 0.0
    story: list[str] = field(default_factory=list)

    @property
    def replay(self) -> str:
        """The command that runs this world again."""
        return f"python -m tests.simulation --seed {self.seed} --hours {self.hours:g}"

    def told(self) -> str:
        """Return what broke, after what, and how to see it again."""
        return (
            f"{self.broken}\nseed {self.seed}, {self.broken_after_s:.1f} s into it, after"
            f" {', '.join(self.story[-8:])}\nagain: {self.replay}"
        )


class World:
    """Everything there is."""

    def __init__(self, seed: int, loop: VirtualLoop, *, has_scripts: bool) -> None:
        self.seed = seed
        self.loop = loop
        self.has_scripts = has_scripts
        self.rng = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.diary = Diary()
        self.devices = Devices()
        self.oracle = Oracle(lambda: loop.now_us, self.diary)
        self.store_clock = HostClock(loop)
        self.store = Store(loop, self.store_clock, self._fork("store"), Disk())
        self.network = Network(loop, self._fork("network"), Weather())
        self.around = Surroundings(
            loop=loop,
            network=self.network,
            store=self.store,
            oracle=self.oracle,
            rng=self._fork("around"),
            timers=DEFAULTS,
            patience=dataclasses.replace(PATIENCE, keep_free=seed % 3 // 2),
            bucket=Bucket(),
        )
        self.gateways = [
            Gateway(self.around, f"gateway{i}", self._fork(f"gateway{i}")) for i in range(GATEWAYS)
        ]
        self.around.gateways = self.gateways
        self.hosts = [
            Host(self.around, self.devices, self.diary, f"worker{i}", self._fork(f"worker{i}"))
            for i in range(HOSTS)
        ]
        self.operators = Operators(
            self, self._fork("operators"), [rules for _, rules in RULES], PLANS
        )
        self.customers = Customers(self, self._fork("customers"), _projects_by_account())
        self.viewers: list[Viewer] = []
        self.story: list[str] = []
        self.people = 0
        self._rough_us = [0]
        self.failure: BaseException | None = None
        self._is_over = False
        self._digest = hashlib.sha256()
        self._watch()

    def _fork(self, name: str) -> random.Random:
        """Return a source of chance of its own, so that one part's use does not move another's."""
        return random.Random(f"{self.seed}/{name}")

    def _watch(self) -> None:
        self.oracle.watch(self.store.connection)
        self.oracle.is_sending = self._terms_sent
        self.oracle.is_living = self._terms_alive
        self.oracle.metering.rough_us = self._rough_us
        self.oracle.database_us = self.oracle.metering.database_us = self.diary.database_us = (
            self.store.database_us
        )
        self.oracle.metering.clock_jumps = lambda: self.store.jumps
        self.oracle.time_limits.clock_jumps = lambda: self.store.jumps
        self.oracle.database_start = lambda: self.store.incarnation
        self.store.committed = self.oracle.committed
        self._watch_runs(self.oracle.runs)
        self.loop.set_exception_handler(self._on_error)

    def _watch_runs(self, runs: RunLaws) -> None:
        patience = self.around.patience
        runs.keep_free = patience.keep_free
        runs.max_wait_us = seconds(patience.max_wait_s)
        runs.stalled_us = seconds(patience.stalled_s)
        runs.upload_us = seconds(patience.upload_within_s)
        runs.usage_us = self._usage_of_runs

    def _usage_of_runs(self, account_id: str) -> int:
        """Return what usage says of an account's runs, to whoever asks a gateway."""
        core = self.gateways[0].desk
        return self.store.ask(lambda tx: used_simulation_us(core._work(tx), account_id))

    def _terms_sent(self, name: str, index: int) -> list[int]:
        host = next(host for host in self.hosts if host.name == name)
        return [] if host.worker is None else host.worker.terms_sent(index)

    def _terms_alive(self, name: str, index: int) -> list[int]:
        host = next(host for host in self.hosts if host.name == name)
        return [] if host.worker is None else host.worker.terms_alive(index)

    def _on_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if "was never retrieved" in str(context.get("message")) or self._is_over:
            return
        self._is_over = True
        self.failure = error if isinstance(error, BaseException) else RuntimeError(str(context))
        loop.stop()

    # What there is at the beginning

    def build(self) -> None:
        """Put up accounts and projects, and start everything."""
        for gateway in self.gateways:
            gateway.start()
        self.loop.create_task(self._put_up())
        for host in self.hosts:
            host.start()

    async def _put_up(self) -> None:
        def put_up(work: Work) -> None:
            for account_id, plan in PLANS.items():
                work.stores.accounts.add(
                    Account(
                        id=account_id,
                        name=account_id,
                        plan=plan.name,
                        concurrent_streams=plan.concurrent_streams,
                        held=0,
                        max_runtime_s=plan.max_runtime_s,
                    )
                )
            work.stores.keys.add(WORKERS_KEY)
            for number, (account_id, rules) in enumerate(RULES):
                work.stores.projects.put(_project(number, account_id, rules))

        await self.gateways[0].do(put_up)

    # What happens

    async def live(self, hours: float) -> None:
        """Live for so many hours, storm after storm."""
        await asyncio.sleep(2)
        looking = self.loop.create_task(self._look_around())
        looking.add_done_callback(lambda task: task.cancelled() or task.result())
        until_us = round(hours * HOUR_US)
        while self.loop.now_us < until_us:
            left_s = (until_us - self.loop.now_us) / SECOND_US
            await self._storm(min(STORM_S, left_s))
        looking.cancel()

    async def _storm(self, length_s: float) -> None:
        luck = BadLuck(self)
        coming = self.loop.create_task(self._people_come())
        asking = self.loop.create_task(self.customers.come()) if self.has_scripts else None
        luck.begin()
        await asyncio.sleep(max(length_s - CALM_S - BACK_TO_ZERO_US / SECOND_US, 60))
        luck.mend()
        await asyncio.sleep(CALM_S)
        coming.cancel()
        if asking is not None:
            asking.cancel()
        await self.customers.cancel_all()
        for viewer in self.viewers:
            viewer.leave()
        self.viewers.clear()
        await asyncio.sleep(BACK_TO_ZERO_US / SECOND_US)
        self.oracle.back_to_zero()

    async def _people_come(self) -> None:
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / COMES_EVERY_S[self.has_scripts]))
            self.let_come(self.rng.randrange(self.projects))

    @property
    def projects(self) -> int:
        """How many projects there are."""
        return len(RULES)

    def let_come(self, number: int) -> None:
        """Let somebody come to a project."""
        self.loop.create_task(self._stay(self._person(number)))

    def _person(self, number: int) -> Person:
        rng = self.rng
        self.people += 1
        end_user = rng.choice((None, "ann", "bob", "cyn"))
        has_key = end_user is not None or rng.random() < 0.2
        return Person(
            name=f"viewer{self.people}",
            project=f"p{number}",
            client_id=rng.choice((None, f"client-number-{rng.randrange(12):04}")),
            end_user=end_user,
            account_id=RULES[number][0] if has_key else None,
            stays_s=rng.choice((5, 30, 60, 120, 240)) * rng.uniform(0.5, 1.5),
            input_every_s=rng.choice((3, 10, 25, 200)),
            priority="gold" if number == 0 and has_key and rng.random() < 0.4 else None,
            leaves=rng.choice(("bye", "bye", "close", "close", "vanish")),
        )

    async def _stay(self, person: Person) -> None:
        """Let one person come, do things, and go."""
        viewer = Viewer(self.around, self.devices, person, self._fork(person.name), self.counts)
        self.viewers.append(viewer)
        viewer.open_page()
        until_s = self.loop.time() + person.stays_s
        while self.loop.time() < until_s and not viewer.is_gone:
            await asyncio.sleep(person.input_every_s * self.rng.uniform(0.5, 1.5))
            viewer.touch()
            if self.rng.random() < 0.02:
                self.counts["reload"] += 1
                self.viewers.remove(viewer)
                viewer = viewer.reload()
                self.viewers.append(viewer)
        if viewer in self.viewers:
            self.viewers.remove(viewer)
            viewer.leave()

    async def _look_around(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._is_rough():
                self.note_rough()
            for host in self.hosts:
                if not host.is_heard:
                    self.oracle.runs.troubled_us[host.name].append(self.loop.now_us)
            self.oracle.look_around()

    def note_rough(self) -> None:
        """Write down that gateways or store could not do their work until now."""
        self._rough_us.append(self.loop.now_us)

    def _is_rough(self) -> bool:
        """Whether gateways or store cannot do their work as they should."""
        well = all(
            gateway.is_up and gateway.process.runs and not gateway.handle.is_out_of_reach
            for gateway in self.gateways
        )
        fine = (self.network.weather, self.store.disk) == (Weather(), Disk())
        return self.store.is_down or not (well and fine)

    # The end

    def run(self, hours: float) -> Outcome:
        """Live, and return what came of it."""
        self.build()
        living = self.loop.create_task(self.live(hours))
        living.add_done_callback(lambda _: None if self._is_over else self.loop.stop())
        self.loop.run_forever()
        error = self.failure
        if error is None and living.done() and not living.cancelled():
            error = living.exception()
        self.last_error = error
        outcome = self._outcome(hours, error)
        self._end()
        return outcome

    def _outcome(self, hours: float, error: BaseException | None) -> Outcome:
        history = self.oracle.history
        for log in ("event", "run_event"):
            for row in self.store.connection.execute(f"SELECT * FROM {log} ORDER BY seq"):
                self._digest.update(repr(row).encode())
        for one in self.diary.pictures:
            self._digest.update(repr(one).encode())
        return Outcome(
            seed=self.seed,
            hours=hours,
            digest=self._digest.hexdigest(),
            faults=self.counts + self.network.counts + Counter(self.store.counts),
            checks=Counter(self.oracle.checks),
            ends=_ends(self.store),
            run_ends=self.oracle.runs.ends,
            sessions=len(history.stays),
            runs=len(self.oracle.runs.history.stays),
            events=history.events,
            law=_law_of(error),
            broken="" if error is None else "".join(traceback.format_exception(law_in(error))),
            broken_after_s=self.loop.time(),
            story=self.story,
        )

    def _end(self) -> None:
        """Let what is left of every task be cancelled, so that none is collected in the middle."""
        self._is_over = True
        for gateway in self.gateways:
            gateway.handle.is_cut = True
        buried = [process for gateway in self.gateways for process in gateway.buried]
        buried += [process for host in self.hosts for process in host.buried]
        for process in [*buried, *self.around.pages]:
            process.bury()
        for task in self.loop.tasks():
            task.cancel()
        self.loop.call_later(5, self.loop.stop)
        self.loop.run_forever()
        self.store.connection.close()


def _projects_by_account() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {account_id: [] for account_id in PLANS}
    for number, (account_id, _) in enumerate(RULES):
        found[account_id].append(f"p{number}")
    return found


def _ends(store: Store) -> Counter[str]:
    rows = store.connection.execute(
        "SELECT end_code, end_reason, COUNT(*) FROM session WHERE end_code IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    return Counter({f"{code} {reason}": count for code, reason, count in rows})


def law_in(error: BaseException) -> BaseException:
    """Return the broken law inside groups of errors, or the first of them."""
    if isinstance(error, BaseExceptionGroup):
        found = [law_in(one) for one in error.exceptions]
        return next((one for one in found if isinstance(one, LawBroken)), found[0])
    return error


def _law_of(error: BaseException | None) -> int | None:
    if error is None:
        return None
    found = law_in(error)
    return found.law if isinstance(found, LawBroken) else 0


def _project(number: int, account_id: str, rules: Rules) -> Project:
    return Project(
        id=f"prj_p{number}",
        account_id=account_id,
        name=f"p{number}",
        title=f"p{number}",
        description="",
        enabled=True,
        public=True,
        pool="default",
        regions=("here",),
        world=wire.WorldSpec(kind="python", entry="a:B"),
        video=wire.VideoSpec(),
        rules=rules,
        prompts=(),
        version=1,
    )


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keep the product's log quiet: a history is in its rows."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.ReturnLoggerFactory(),
    )
    asyncio_log = logging.getLogger("asyncio")
    level = asyncio_log.level
    asyncio_log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        asyncio_log.setLevel(level)
        structlog.configure(**before)


def simulate(
    seed: int, hours: float, planted: str | None = None, *, has_scripts: bool | None = None
) -> Outcome:
    """Run one world from its seed; with a planted bug, if one is named.

    In every other world programs submit simulations beside the people who come, unless
    `has_scripts` says otherwise.
    """
    if planted is not None:
        from tests.simulation.planted import plant

        with plant(planted):
            return simulate(seed, hours, has_scripts=has_scripts)
    if has_scripts is None:
        has_scripts = seed % 2 == 0
    loop = VirtualLoop()
    gc.disable()  # a world is one garbage: looking for some in between costs a fifth
    with silence():
        try:
            return World(seed, loop, has_scripts=has_scripts).run(hours)
        finally:
            loop.close()
            gc.enable()
            gc.collect()
