"""The gateway's loops: push what changed, dispatch where there is room, sweep what time brings.

Each loop is woken by a hint and, without one, every second: hints make it fast, the poll makes it
right. An error of the store is logged and tried again; any other is a bug and ends the gateway.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub, ViewerEnd
from diorama.gateway.viewer_socket import seen_by_viewer
from diorama.kernel.clock import Clock
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import SECOND_US, seconds
from diorama.sessions import sweep
from diorama.sessions.dispatch import dispatch_lane, waiting_lanes, yield_slot
from diorama.sessions.draining import drained_workers, end_drained
from diorama.sessions.foresight import foresee
from diorama.sessions.forgetting import forget_workers
from diorama.sessions.hours import due_accounts, end_without_hours
from diorama.sessions.opening import forget_old_answers
from diorama.sessions.relay import forget_signals
from diorama.sessions.run_dispatch import dispatch_runs, waiting_runs
from diorama.sessions.run_hours import accounts_with_hours, end_runs_out_of_hours
from diorama.sessions.run_sweep import due_runs, expire_run
from diorama.sessions.spectating import end_overdue, forget_watches, overdue_watches
from diorama.sessions.suspending import end_suspended, suspended_live
from diorama.sessions.work import Work

SWEEP_EVERY_S: Final = 1.0
STORAGE_FAILED: Final = "storage_failed"
ANSWERS_KEPT_S: Final = 24 * 3_600.0
ANSWERS_A_SWEEP: Final = 1_000
STEP_S: Final = 2.0
"""A difference between the database's clock and CLOCK_BOOTTIME that is no drift."""

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The database's time, and CLOCK_BOOTTIME before it was asked for and after it was known."""

    now_us: int
    before_us: int
    after_us: int

    def step_us(self, last: "_Reading") -> int:
        """Return how far the database's clock moved beyond what can have passed since the last.

        However long an answer was on its way, or this machine stood still, is no step.
        """
        moved_us = self.now_us - last.now_us
        least_us, most_us = self.before_us - last.after_us, self.after_us - last.before_us
        return moved_us - min(max(moved_us, least_us), most_us)


class Sweeps:
    """The loops of one gateway.

    Attributes:
        every_s: between two rounds of what time brings.
    """

    def __init__(self, desk: Desk, hub: Hub, clock: Clock) -> None:
        self.every_s = SWEEP_EVERY_S
        self._desk = desk
        self._hub = hub
        self._clock = clock
        self._grace_until_us = 0
        self._last: _Reading | None = None
        self._start_grace()

    async def run(self) -> None:
        """Run every loop until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._push())
            tasks.create_task(self._dispatch())
            tasks.create_task(self._sweep())
            tasks.create_task(self._sweep_soon())

    @property
    def in_grace(self) -> bool:
        """Whether silence is held against nobody."""
        return self._clock.boottime_us() < self._grace_until_us

    def _start_grace(self) -> None:
        grace_us = seconds(self._desk.timers.recovery_grace_s)
        self._grace_until_us = self._clock.boottime_us() + grace_us

    async def _push(self) -> None:
        while True:
            await self._hub.changed.wait()
            for session_id in sorted(self._hub.take_changed()):
                end = self._hub.viewer(session_id)
                if end is not None:
                    await self._show(end)

    async def _show(self, end: ViewerEnd) -> None:
        try:
            found = await self._desk.look(lambda work: seen_by_viewer(work, end.session_id))
        except Unavailable as error:
            _complain(error, "a change could not be shown")
            return
        if found is not None:
            await end.show(*found)
            if end.version >= found[0].version:
                self._hub.trust(end.session_id)

    async def _dispatch(self) -> None:
        while True:
            await set_or_after(self._hub.room, SWEEP_EVERY_S)
            self._hub.room.clear()
            try:
                for project_id, region in await self._desk.look(waiting_lanes):
                    for serve in (dispatch_lane, yield_slot):
                        await self._desk.do(partial(serve, project_id=project_id, region=region))
                for line in await self._desk.look(waiting_runs):  # after viewers, who come first
                    await self._desk.do(partial(dispatch_runs, line=line))
            except Unavailable as error:
                _complain(error, "waiters could not be served")

    async def _sweep_soon(self) -> None:
        """Sweep at a deadline that is due before the next round."""
        while True:
            await self._hub.until_due()
            try:
                await self._expire()
            except Unavailable as error:
                _complain(error, "a deadline could not be kept")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self.every_s)
            await self.round()

    async def round(self) -> None:
        """Sweep once. While the store is away nobody can renew a lease: the grace starts anew."""
        try:
            await self.once()
        except Unavailable as error:
            _complain(error, "a sweep failed")
            self._start_grace()

    async def once(self) -> None:
        """Do what time brought since the last round."""
        now_us = await self._look_at_clock()
        await self._warn(now_us)
        await self._expire()
        if not self.in_grace:
            for session_id in await self._desk.look(sweep.unheard_sessions):
                await self._desk.do(partial(sweep.detach_unheard, session_id=session_id))
            for worker_id in await self._desk.look(sweep.lost_workers):
                await self._desk.do(partial(sweep.lose_worker, worker_id=worker_id))
            # After those: whom nobody heard did not stream, and has used no hours meanwhile.
            for account_id in await self._desk.look(due_accounts):
                await self._desk.do(partial(end_without_hours, account_id=account_id))
            for account_id in await self._desk.look(accounts_with_hours):
                await self._desk.do(partial(end_runs_out_of_hours, account_id=account_id))
        for worker_id in await self._desk.look(drained_workers):
            await self._desk.do(partial(end_drained, worker_id=worker_id))
        for account_id in await self._desk.look(suspended_live):
            await self._desk.do(partial(end_suspended, account_id=account_id))
        await self._desk.do(sweep.free_fenced)
        await self._desk.do(partial(_forget, in_grace=self.in_grace))
        await self._desk.do(forget_signals)
        for watch in await self._desk.look(overdue_watches):
            await self._desk.do(partial(end_overdue, watch=watch))
        await self._desk.do(forget_watches)

    async def _expire(self) -> None:
        in_grace = self.in_grace
        for session_id in await self._desk.look(sweep.due_sessions):
            await self._desk.do(partial(sweep.expire, session_id=session_id, in_grace=in_grace))
        if not in_grace:  # it is workers that move runs, and they may have been unable to say so
            for run_id in await self._desk.look(due_runs):
                await self._desk.do(partial(expire_run, run_id=run_id))

    async def _warn(self, now_us: int) -> None:
        foreseen = await self._desk.look(foresee)
        for end in self._hub.viewers():
            await end.warn(now_us, foreseen)

    async def _look_at_clock(self) -> int:
        """Return the database's time; start the grace anew where it moved otherwise than time."""
        before_us = self._clock.boottime_us()
        now_us = await self._desk.look(lambda work: work.now_us)
        found = _Reading(now_us, before_us, self._clock.boottime_us())
        if self._last is not None:
            step_us = found.step_us(self._last)
            if abs(step_us) > seconds(STEP_S):
                _log.warning("the database's clock was stepped", step_s=step_us / SECOND_US)
                self._start_grace()
        self._last = found
        return now_us


def _complain(error: Unavailable, what: str) -> None:
    """Log what will be tried again; a store that failed for good ends this gateway.

    Its supervisor starts another, which recovers what is on disk.
    """
    if error.code == STORAGE_FAILED:
        raise error
    _log.warning(what, code=error.code)


def _forget(work: Work, *, in_grace: bool) -> None:
    forget_old_answers(work, older_than_s=ANSWERS_KEPT_S, limit=ANSWERS_A_SWEEP)
    if not in_grace:
        forget_workers(work)


async def set_or_after(event: asyncio.Event, seconds_: float) -> None:
    """Return once an event is set, or the time is up."""
    try:
        async with asyncio.timeout(seconds_):
            await event.wait()
    except TimeoutError:
        return
