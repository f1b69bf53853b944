"""A small Diorama without sockets: an account, projects and workers over a real database.

Every step is one use case in one unit of work, and after each the laws are looked at over every
row: what is counted equals what is there, slots and sessions agree, terms rise, what has ended
stays as it ended, and each log can be metered.
"""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, TypeVar

from diorama.accounts.credentials import SessionToken
from diorama.accounts.plans import FREE, Account
from diorama.accounts.tickets import Ticket
from diorama.kernel.errors import LimitReached
from diorama.kernel.ids import IdFactory
from diorama.kernel.units import HOUR_US
from diorama.leases.slots import Slot
from diorama.leases.store import Renewal
from diorama.leases.timers import DEFAULTS, Timers
from diorama.metering.usage import metered_us
from diorama.projects.rules import Project, Rules
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.media import MediaState
from diorama.protocol.requests import AskedAfk
from diorama.protocol.states import SessionState
from diorama.sessions import sweep
from diorama.sessions.dispatch import dispatch_lane, waiting_lanes, yield_slot
from diorama.sessions.doors import OPEN, Door
from diorama.sessions.forgetting import forget_workers
from diorama.sessions.hours import due_accounts, end_without_hours
from diorama.sessions.lifecycle import Session
from diorama.sessions.opening import (
    AS_RULED,
    Opened,
    Opening,
    RefusedByLimit,
    open_session,
    yield_stale,
)
from diorama.sessions.run_dispatch import dispatch_runs, waiting_runs
from diorama.sessions.run_hours import accounts_with_hours, end_runs_out_of_hours
from diorama.sessions.run_sweep import due_runs, expire_run
from diorama.sessions.store import ViewerLease
from diorama.sessions.viewing import Arrival, Asker, attach, leave
from diorama.sessions.work import Work
from diorama.sessions.working import HeardWorker, register, renew, report
from diorama.simulations.deadlines import PATIENCE
from diorama.storage.database import Database, Transaction
from diorama.storage.stores import SqlStores
from diorama.workers.capabilities import Worker
from tests.clock import SteppedClock
from tests.sessions.laws import Findings, findings

T = TypeVar("T")
PATIENT_S: Final = 120.0
ACCOUNT: Final = "acc_house"
REGION: Final = "here"
POOL: Final = "default"
ASKER: Final = Asker(account_id=ACCOUNT, actor="key:key_house")
STRANGER: Final = Asker(account_id="acc_other", actor="key:key_other")
BEAT_S: Final = DEFAULTS.heartbeat_s


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a viewer asks with; an end user is named with the account's key."""

    project: str = "cove"
    region: str | None = None
    client_id: str | None = None
    end_user: str | None = None
    device: str | None = None
    account_id: str | None = None
    key: str | None = None
    priority: str | None = None
    body: str = "one body"
    door: Door = OPEN


class House:
    """Runs use cases one after the other, or at once, and holds them to the laws."""

    def __init__(
        self, database: Database, clock: SteppedClock, *, timers: Timers = DEFAULTS, seed: int = 1
    ) -> None:
        self.clock = clock
        self.timers = timers
        self._database = database
        self._ids = IdFactory(clock, random.Random(seed))
        self._seen = Findings()
        self.patience = PATIENCE
        self.limits_may_be_exceeded = False  # where a story lowers a limit below what is held

    async def run(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case without a look at the laws."""

        def unit(tx: Transaction) -> T:
            return use_case(self._work(tx))

        return await self._database.run(unit, timeout_s=PATIENT_S)

    async def do(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case, then look at the laws."""
        answer = await self.run(use_case)
        await self.look_at_laws()
        return answer

    async def look(self, use_case: Callable[[Work], T]) -> T:
        return await self._database.read(lambda tx: use_case(self._work(tx)), timeout_s=PATIENT_S)

    async def look_at_laws(self) -> None:
        found = await self._database.read(findings, timeout_s=PATIENT_S)
        found.check(limits=not self.limits_may_be_exceeded)
        found.check_after(self._seen)
        self._seen = found

    def _work(self, tx: Transaction) -> Work:
        stores = SqlStores(tx, self._database.incarnation)
        return Work(stores, self.timers, self._ids, tx.now_us(), patience=self.patience)

    # What there is

    async def build(
        self,
        *,
        limit: int = 5,
        projects: Sequence[Project] = (),
        max_runtime_s: float = FREE.max_runtime_s,
        stream_hours: float | None = None,
        simulation_hours: float | None = None,
    ) -> None:
        """Put up the account and its projects, one named `cove` unless told otherwise."""

        def put_up(work: Work) -> None:
            work.stores.accounts.add(
                Account(
                    id=ACCOUNT,
                    name="house",
                    plan=FREE.name,
                    concurrent_streams=limit,
                    held=0,
                    max_runtime_s=max_runtime_s,
                    stream_us=_hours_us(stream_hours),
                    simulation_us=_hours_us(simulation_hours),
                )
            )
            for one in projects or (project(),):
                work.stores.projects.put(one)

        await self.do(put_up)

    async def worker(self, name: str = "one", *, slots: int = 1) -> "Rig":
        rig = Rig(self, name=name, slots=slots)
        await rig.start()
        return rig

    # What viewers do

    async def open(self, asked: Asked | None = None) -> Opened:
        try:
            return await self.do(partial(open_session, opening=opening(asked or Asked())))
        except RefusedByLimit as refusal:
            await self.do(partial(yield_stale, ending=refusal.ending))
            raise

    async def open_at_once(self, *asked: Asked) -> list[Opened | BaseException]:
        """Ask for many sessions at the same time; return what each got."""
        units = (self.run(partial(open_session, opening=opening(one))) for one in asked)
        found = await asyncio.gather(*units, return_exceptions=True)
        await self.look_at_laws()
        return found

    async def at_once(self, units: Iterable[Callable[[Work], object]]) -> None:
        """Run use cases at the same time, as many gateways do."""
        async with asyncio.TaskGroup() as gateways:
            for unit in units:
                gateways.create_task(self.run(unit))
        await self.look_at_laws()

    async def attach(self, session: Session, *, attachment: int | None = None) -> Session:
        """Come with the newest token."""
        issue = (await self.session(session)).issue
        return await self.do(partial(attach, arrival=arrival(session, issue, attachment)))

    async def streaming(self, rig: "Rig", asked: Asked | None = None) -> Session:
        """Open a session and bring it to its first frame, all in one instant."""
        return await rig.stream((await self.open(asked)).session)

    async def end(self, session: Session) -> None:
        """Let the viewer end it on purpose."""
        await self.do(lambda work: leave(work, session.id, 1000))

    # What time brings

    async def after(self, seconds: float) -> None:
        """Let time pass, then sweep once."""
        self.clock.step(seconds=seconds)
        await self.sweep()

    async def sweep(self, *, in_grace: bool = False) -> None:
        for session_id in await self.look(sweep.due_sessions):
            await self.do(partial(sweep.expire, session_id=session_id, in_grace=in_grace))
        if not in_grace:
            for session_id in await self.look(sweep.unheard_sessions):
                await self.do(partial(sweep.detach_unheard, session_id=session_id))
            for worker_id in await self.look(sweep.lost_workers):
                await self.do(partial(sweep.lose_worker, worker_id=worker_id))
            for account_id in await self.look(due_accounts):
                await self.do(partial(end_without_hours, account_id=account_id))
            for account_id in await self.look(accounts_with_hours):
                await self.do(partial(end_runs_out_of_hours, account_id=account_id))
            for run_id in await self.look(due_runs):
                await self.do(partial(expire_run, run_id=run_id))
        await self.do(sweep.free_fenced)
        if not in_grace:
            await self.do(forget_workers)
        await self.dispatch()

    async def sweep_at_once(self, gateways: int) -> None:
        """Sweep as so many gateways do: each finds the same, then all go on it together."""
        due = await self.look(sweep.due_sessions)
        lost = await self.look(sweep.lost_workers)
        units: list[Callable[[Work], None]] = []
        for _ in range(gateways):
            units += [partial(sweep.expire, session_id=one) for one in due]
            units += [partial(sweep.lose_worker, worker_id=one) for one in lost]
            units += [sweep.free_fenced, forget_workers]
        async with asyncio.TaskGroup() as gateways_sweep:
            for unit in units:
                gateways_sweep.create_task(self.run(unit))
        await self.look_at_laws()

    async def dispatch(self) -> None:
        for project_id, region in await self.look(waiting_lanes):
            await self.do(partial(dispatch_lane, project_id=project_id, region=region))
            await self.do(partial(yield_slot, project_id=project_id, region=region))
        for line in await self.look(waiting_runs):
            await self.do(partial(dispatch_runs, line=line))

    # What stands

    async def session(self, session: Session) -> Session:
        found = await self.look(lambda work: work.stores.sessions.get(session.id))
        assert found is not None
        return found

    async def slot(self, slot_id: str) -> Slot:
        found = await self.look(lambda work: work.stores.slots.get(slot_id))
        assert found is not None
        return found

    async def slots_of(self, rig: "Rig") -> list[Slot]:
        return await self.look(lambda work: work.stores.slots.of_worker(rig.worker.id))

    async def line(self) -> list[str]:
        """Return who waits for the cove and is not away, the first first."""
        found = await self.look(lambda work: work.stores.sessions.line("prj_cove", REGION))
        return [waiter.session_id for waiter in found]

    async def held(self) -> int:
        account = await self.look(lambda work: work.stores.accounts.get(ACCOUNT))
        assert account is not None
        return account.held

    async def metered_s(self, session: Session) -> float:
        """Return what a session is billed, from its log alone."""
        found = await self._database.read(findings, timeout_s=PATIENT_S)
        return metered_us(found.log(session.id), until_us=self.clock.now_us()) / 1_000_000

    async def hear(self, *sessions: Session) -> None:
        """Let viewers' sockets be heard now."""
        await self.do(
            lambda work: renew(
                work,
                (),
                [
                    ViewerLease(session_id=one.id, heard_us=work.now_us, input_us=0)
                    for one in sessions
                ],
            )
        )

    async def look_for_stale(self, refusal: LimitReached) -> None:
        """Assert that no stale session counts in the limit that has just refused: law 1."""
        named = refusal.detail["holders"]
        assert isinstance(named, list)
        counted = {one["session"] for one in named if isinstance(one, dict)}
        holders = await self.look(lambda work: work.stores.sessions.holders(ACCOUNT))
        now_us, after_s = self.clock.now_us(), self.timers.stale_after_s
        stale = {one.session_id for one in holders if one.is_stale(now_us, after_s)}
        assert not stale & counted, f"law 1: {stale & counted} are stale and stood in the way"
        if refusal.code == "account_limit":
            assert not stale, f"law 1: {stale} are stale and counted"

    async def set_limit(self, limit: int) -> None:
        await self.do(lambda work: work.stores.accounts.set_limit(ACCOUNT, limit))

    async def change(self, changed: Project) -> None:
        await self.do(lambda work: work.stores.projects.put(changed))


class Rig:
    """A worker as a script: it says what a story lets it say."""

    def __init__(self, house: House, *, name: str, slots: int, host: str = "host") -> None:
        self._house = house
        self._name = name
        self._host = host
        self._slots = slots
        self._boots = 0
        self.worker: Worker

    @property
    def boot_id(self) -> str:
        return f"{self._name}-on-{self._host}-boot-number-{self._boots:04}"

    def hello(self, *first: wire.SlotReport) -> wire.Hello:
        return wire.Hello(
            protocol=wire.PROTOCOL,
            name=self._name,
            boot_id=self.boot_id,
            region=REGION,
            pool=POOL,
            slots=(
                *first,
                *(wire.SlotReport(index=i, term=0) for i in range(len(first), self._slots)),
            ),
            kinds=("python",),
            encoders=("openh264",),
            version="test",
            host=self._host,
        )

    async def start(self, *, slots: int | None = None) -> None:
        """Start anew, as a new process does."""
        self._boots += 1
        self._slots = self._slots if slots is None else slots
        await self.register()

    async def register(
        self, *, viewer_of: Session | None = None, input_age_ms: int | None = None
    ) -> None:
        """Say hello under the boot it is in, perhaps with the ages of the viewer in slot 0."""
        first = () if viewer_of is None else (_report(viewer_of, 0, input_age_ms),)
        self.worker = await self._house.do(partial(register, hello=self.hello(*first)))

    async def beat(self, *slots: wire.SlotReport, boot_id: str | None = None) -> bool:
        """Beat; return whether it was renewed."""
        beat = wire.Beat(n=1, sent_us=0, slots=slots)
        renewal = Renewal(worker_id=self.worker.id, boot_id=boot_id or self.boot_id)
        renewed = await self._house.do(lambda work: renew(work, [HeardWorker(renewal, beat)], ()))
        return renewal in renewed

    async def beat_with(
        self, session: Session, *, viewer_age_ms: int | None, input_age_ms: int | None = None
    ) -> bool:
        return await self.beat(_report(session, viewer_age_ms, input_age_ms))

    async def say(self, message: wire.FromWorker) -> None:
        await self._house.do(partial(report, worker_id=self.worker.id, message=message))

    async def accept(self, session: Session) -> None:
        await self.say(wire.Accepted(session=session.id, term=session.term))

    async def start_world(self, session: Session) -> None:
        await self.say(wire.WorldStarted(session=session.id, term=session.term))

    async def media(self, session: Session, state: MediaState, *, age_ms: int = 0) -> None:
        attachment = (await self._house.session(session)).attachment
        await self.say(
            wire.MediaChanged(
                session=session.id,
                term=session.term,
                attachment=attachment,
                state=state,
                age_ms=age_ms,
            )
        )

    async def world_ended(
        self, session: Session, outcome: Literal["ended", "crashed", "failed_to_start"]
    ) -> None:
        await self.say(
            wire.WorldEnded(session=session.id, term=session.term, outcome=outcome, exit_code=1)
        )

    async def stopped(self, session: Session) -> None:
        """Confirm that nothing of a session runs."""
        index = int((session.slot_id or "").rpartition(".")[2])
        await self.say(wire.Stopped(index=index, session=session.id, term=session.term))

    async def stream(self, session: Session) -> Session:
        """Do all that leads to the first frame."""
        await self._house.attach(session)
        await self.accept(session)
        await self.start_world(session)
        await self.media(session, "connected")
        return await self._house.session(session)


def _hours_us(hours: float | None) -> int | None:
    return None if hours is None else round(hours * HOUR_US)


def project(name: str = "cove", *, rules: Rules | None = None) -> Project:
    return Project(
        id=f"prj_{name}",
        account_id=ACCOUNT,
        name=name,
        title=name,
        description="",
        enabled=True,
        public=True,
        pool=POOL,
        regions=(REGION,),
        world=wire.WorldSpec(kind="python", entry="a:B"),
        video=wire.VideoSpec(),
        rules=rules or Rules(),
        prompts=(),
        version=1,
    )


def opening(asked: Asked, *, afk: AskedAfk = AS_RULED) -> Opening:
    names = asked.end_user or asked.priority
    return Opening(
        project=asked.project,
        region=asked.region,
        client_id=asked.client_id,
        end_user=asked.end_user,
        device=asked.device,
        account_id=asked.account_id or (ACCOUNT if names and not asked.door.ticket else None),
        priority=asked.priority,
        idempotency_key=asked.key,
        fingerprint=asked.body,
        afk=afk,
        door=asked.door,
    )


def ticket(end_user: str | None = None, *, number: int = 1) -> Door:
    """Return the door that a ticket for the cove opens."""
    return Door(
        ticket=Ticket(
            id=f"tkt_{number}",
            account_id=ACCOUNT,
            project_id="prj_cove",
            project="cove",
            by="key:key_house",
            issued_s=0,
            expires_s=300,
            end_user=end_user,
        )
    )


def arrival(session: Session, issue: int, attachment: int | None = None) -> Arrival:
    token = SessionToken(session_id=session.id, issue=issue)
    return Arrival(token=token, attachment=attachment, codecs=("H264",))


def ended(session: Session) -> tuple[SessionState, EndCode, str]:
    """Return how a session ended."""
    assert session.end is not None, f"{session.id} is {session.state}"
    return session.state, session.end.code, session.end.reason


def _report(
    session: Session, viewer_age_ms: int | None, input_age_ms: int | None
) -> wire.SlotReport:
    return wire.SlotReport(
        index=0,
        term=session.term,
        session=session.id,
        viewer_age_ms=viewer_age_ms,
        input_age_ms=input_age_ms,
    )
