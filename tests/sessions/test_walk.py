"""Whatever happens in whatever order, the laws hold: random walks over the real store.

The walker knows no rules: it does what viewers, workers and time may do, wrong and late words
included, and the judge looks at every row after each step. A seed that fails is printed with the
steps that led there.
"""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from diorama.accounts.hours import month_end_us
from diorama.admission.line import Place, places
from diorama.kernel.errors import LimitReached, Refused, Unavailable
from diorama.kernel.units import seconds
from diorama.projects.rules import AfkRules, OnLimit, QueueRules, Rules
from diorama.protocol import worker as wire
from diorama.protocol.states import FINAL
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import leave, renew_media, socket_closed
from diorama.sessions.work import Work
from diorama.storage.database import open_database
from tests.clock import NOON_US, SteppedClock
from tests.sessions.house import REGION, Asked, House, Rig, project

SEEDS: Final = range(20)
STEPS: Final = 200
NEAR_A_MONTH_S_END_US: Final = month_end_us(NOON_US) - seconds(150)
LIMIT: Final = 4
RULES: Final = (
    Rules(
        end_user_limit=2,
        queue=QueueRules(priorities={"vip": 5, "later": -5}),
        afk=AfkRules(warn_after_s=20, disconnect_after_s=10),
    ),
    Rules(
        on_limit=OnLimit.TAKE_OVER,
        queue=QueueRules(accept_s=3),
        worker_count=3,
        max_runtime_s=90,
        resume_window_s=5,
    ),
    Rules(on_limit=OnLimit.REJECT, queue=QueueRules(max_length=3, max_wait_s=40)),
)


class Walker:
    """Does one thing after the other, chosen by a seed."""

    def __init__(self, house: House, rng: random.Random) -> None:
        self._house = house
        self._rng = rng
        self._rigs: list[Rig] = []
        self._sessions: list[Session] = []
        self._told: dict[str, Place] = {}
        self.story: list[str] = []

    async def walk(self, steps: int) -> None:
        projects = [project(f"p{i}", rules=rules) for i, rules in enumerate(RULES)]
        await self._house.build(limit=LIMIT, projects=projects)
        self._rigs = [await self._house.worker(name, slots=2) for name in ("one", "two", "three")]
        can: list[Callable[[], Awaitable[None]]] = [
            *([self._open] * 4),
            *([self._go_on] * 8),
            *([self._time_passes] * 4),
            self._attach,
            self._leave,
            self._drop,
            self._lie,
            self._stop,
            self._restart,
            self._beat,
            self._beat,
        ]
        for _ in range(steps):
            step = self._rng.choice(can)
            self.story.append(step.__name__)
            await step()
            await self._look_at_places()

    async def _look_at_places(self) -> None:
        """Law 4: no position rises without a reason."""

        def look(work: Work) -> dict[str, Place]:
            lines = (
                work.stores.sessions.line(f"prj_p{number}", REGION) for number in range(len(RULES))
            )
            return {session_id: place for line in lines for session_id, place in places(line)}

        now = await self._house.look(look)
        for session_id, place in now.items():
            before = self._told.get(session_id, place)
            rose = place.position > before.position
            assert not rose or place.reason, f"law 4: {session_id} went from {before} to {place}"
        self._told |= now

    async def _open(self) -> None:
        number = self._rng.randrange(len(RULES))
        asked = Asked(
            project=f"p{number}",
            priority=self._rng.choice((None, "vip", "later")) if number == 0 else None,
            client_id=self._rng.choice((None, *(f"client-number-{i:04}" for i in range(4)))),
            end_user=self._rng.choice((None, "ann", "bob")),
        )
        try:
            self._sessions.append((await self._house.open(asked)).session)
        except LimitReached as refusal:
            await self._house.look_for_stale(refusal)
        except Unavailable:
            return

    async def _session(self) -> Session | None:
        if not self._sessions:
            return None
        seen = self._rng.choice(self._sessions)
        now = await self._house.session(seen)
        if now.state in FINAL and self._rng.random() < 0.9:
            self._sessions.remove(seen)
        return now

    def _rig_of(self, session: Session) -> Rig:
        own = (rig for rig in self._rigs if rig.worker.id == session.worker_id)
        return next(own, self._rigs[0])

    async def _go_on(self) -> None:
        """Let a session come some steps further, as it usually does."""
        session = await self._session()
        for _ in range(self._rng.randrange(1, 6)):
            if session is not None and session.slot_id is not None and session.state not in FINAL:
                await self._come_further(session)
                session = await self._house.session(session)

    async def _come_further(self, session: Session) -> None:
        rig = self._rig_of(session)
        if session.attachment == 0 or session.detached_us is not None:
            await self._house.attach(session)
        elif session.accepted_us is None:
            await rig.accept(session)
        elif session.world_started_us is None:
            await rig.start_world(session)
        else:
            await rig.media(session, "connected", age_ms=self._rng.choice((0, 700, 90_000)))

    async def _attach(self) -> None:
        session = await self._session()
        if session is None:
            return
        attachment = self._rng.choice((None, session.attachment))
        if session.state in FINAL:
            return
        await self._house.attach(session, attachment=attachment)

    async def _leave(self) -> None:
        session = await self._session()
        if session is not None:
            code = self._rng.choice((1000, 1001))
            await self._house.do(lambda work: leave(work, session.id, code))

    async def _drop(self) -> None:
        session = await self._session()
        if session is None:
            return
        drop = self._rng.choice((socket_closed, renew_media))
        await self._house.do(lambda work: drop(work, session.id, session.socket))
        await self._rig_of(session).media(session, "lost", age_ms=self._rng.choice((0, 3_000)))

    async def _lie(self) -> None:
        """Say something of any session as any worker, under any term."""
        session = await self._session()
        if session is None:
            return
        session_id, term = session.id, session.term + self._rng.choice((-1, 0, 0, 0, 1))
        if term < 0:
            return
        words: list[wire.FromWorker] = [
            wire.Accepted(session=session_id, term=term),
            wire.WorldStarted(session=session_id, term=term),
            wire.InputSeen(session=session_id, term=term),
            wire.ViewerLeft(session=session_id, term=term, code=self._rng.choice((1000, 1001))),
            wire.Rejected(session=session_id, term=term, reason="no"),
            wire.WorldEnded(
                session=session_id,
                term=term,
                outcome=self._rng.choice(("ended", "crashed", "failed_to_start", "unknown_world")),
            ),
            wire.Stopped(index=self._rng.randrange(3), session=session_id, term=term),
        ]
        await self._rng.choice(self._rigs).say(self._rng.choice(words))

    async def _stop(self) -> None:
        """Confirm every stop that a worker was asked for."""
        rig = self._rng.choice(self._rigs)
        for slot in await self._house.slots_of(rig):
            if slot.state == "fencing":
                await rig.say(
                    wire.Stopped(index=slot.index, session=slot.session_id or "", term=slot.term)
                )

    async def _restart(self) -> None:
        rig = self._rng.choice(self._rigs)
        how = self._rng.random()
        if how < 0.3:
            await rig.start(slots=self._rng.randrange(1, 4))
        elif how < 0.4:
            await rig.say(wire.Draining(deadline_s=1))
        else:
            try:
                await rig.register()
            except Refused:
                await rig.start()

    async def _beat(self) -> None:
        for rig in self._rigs:
            slots = await self._house.slots_of(rig)
            reports = [
                wire.SlotReport(
                    index=slot.index,
                    term=slot.term,
                    session=slot.session_id,
                    viewer_age_ms=self._rng.choice((None, 0, 4_000)),
                    input_age_ms=self._rng.choice((None, 0, 30_000)),
                )
                for slot in slots
            ]
            await rig.beat(*reports)

    async def _time_passes(self) -> None:
        self._house.clock.step(seconds=self._rng.choice((0.5, 1, 2, 5, 5, 10, 20)))
        await self._house.sweep(in_grace=self._rng.random() < 0.1)


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_walk_breaks_a_law(sqlite_url: str, seed: int, tmp_path: Path) -> None:
    clock = SteppedClock(now_us=NOON_US if seed % 2 else NEAR_A_MONTH_S_END_US)
    database = open_database(sqlite_url, clock=clock)
    house = House(database, clock, seed=seed)
    walker = Walker(house, random.Random(seed))
    try:
        await walker.walk(STEPS)
        for _ in range(60):
            await house.after(5)
        assert await house.held() == 0, "law 6"
        assert await house.line() == []
    except AssertionError as error:
        error.add_note(f"seed {seed} in {tmp_path}: {' '.join(walker.story[-40:])}")
        raise
    finally:
        await database.close()
