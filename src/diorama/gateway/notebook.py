"""What is seen of sessions beside what happens to them, collected and written now and then.

Apart from the beats, whose one statement nothing may delay. A note that is lost with its gateway,
or because too many came at once, changes nothing but what a timeline can tell.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from diorama.gateway.desk import Desk
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import DAY_US, seconds
from diorama.protocol.timeline_views import Fact
from diorama.sessions.timeline_store import Note, NoteKind
from diorama.sessions.work import Work

WRITE_EVERY_S: Final = 2.0
AT_ONCE: Final = 1_000
MAX_WAITING: Final = 10_000
KEEP: Final = 600
"""Notes of one session; see `sessions.noting` for why a day's has fewer."""
KEPT_US: Final = 30 * DAY_US
FORGET_AT_ONCE: Final = 1_000

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A note that is not written yet.

    Attributes:
        unless_within_s: it is left out where one of its kind was made so shortly before.
    """

    session_id: str
    kind: NoteKind
    actor: str
    facts: Mapping[str, Fact]
    unless_within_s: float = 0.0


class Notebook:
    """The notes of one gateway."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: deque[tuple[float, Remark]] = deque(maxlen=MAX_WAITING)

    def add(self, remark: Remark) -> None:
        """Take a note; of too many, the oldest go."""
        self._waiting.append((asyncio.get_running_loop().time(), remark))

    async def run(self) -> None:
        """Write, and drop what is old, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            try:
                await self.write()
            except Unavailable as error:
                _log.warning("notes could not be written", code=error.code)

    async def write(self) -> None:
        """Write what waits, a bounded number at once; then drop what is old."""
        while self._waiting:
            now_s = asyncio.get_running_loop().time()
            count = min(len(self._waiting), AT_ONCE)
            batch = [self._waiting.popleft() for _ in range(count)]

            def put(
                work: Work, batch: list[tuple[float, Remark]] = batch, now_s: float = now_s
            ) -> None:
                notes = [_note(work, remark, now_s - at_s) for at_s, remark in batch]
                work.stores.timeline.note(notes, keep=KEEP)

            await self._desk.do(put)
        await self._desk.do(_forget)


def _note(work: Work, remark: Remark, age_s: float) -> Note:
    return Note(
        session_id=remark.session_id,
        kind=remark.kind,
        at_us=work.now_us - seconds(age_s),
        actor=remark.actor,
        facts=remark.facts,
        unless_within_us=seconds(remark.unless_within_s),
    )


def _forget(work: Work) -> int:
    return work.stores.timeline.forget_notes(work.now_us - KEPT_US, limit=FORGET_AT_ONCE)
