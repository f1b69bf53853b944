"""Law 5, with two witnesses: the log says what was watched, the workers' diaries what was sent.

Usage is what the log says, to the microsecond. That it was seen is another matter: of a gap in the
pictures somebody must notice and be able to tell. How long that takes is what is allowed here, for
each gap by itself. See `oracle`.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from diorama.kernel.units import SECOND_US
from diorama.metering.usage import LoggedEvent, metered_us
from diorama.protocol.states import SessionState
from tests.simulation.history import History, LawBroken, Stay

if TYPE_CHECKING:
    from tests.simulation.pictures import Diary, Pictures

UNSEEN_US: Final = 16 * SECOND_US
"""A page asks for a new peer connection after 10 s without a picture, and a viewer that is not
heard is away after 10 s, since it last was; a beat, the page's look, and words that are late."""
UNTOLD_US: Final = 65 * SECOND_US
"""The same while gateways or store are away, or words are lost: nobody can be told of a gap then,
which is no longer than a worker's self-fence if its pictures go on afterwards."""
LOOK_US: Final = 10 * SECOND_US
"""How long before and after a gap bad weather may have kept a word about it."""


class Metering:
    """The judge of what is metered. Attributes are what the world tells of itself."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        history: History,
        diary: "Diary",
        now_us: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._history = history
        self._diary = diary
        self.now_us = now_us
        self.rough_us: list[int] = [0]
        self.database_us: Callable[[], int] = lambda: 0
        self.clock_jumps: Callable[[], list[tuple[int, int]]] = list

    def check_stay(self, stay: Stay) -> None:
        """Usage is the union of what was watched, and of nothing that nobody saw."""
        log = [
            LoggedEvent(session_id=stay.id, version=v, state=SessionState(s), at_us=at)
            for v, s, at in self._connection.execute(
                "SELECT version, state, at_us FROM event WHERE session_id = ? ORDER BY version",
                (stay.id,),
            ).fetchall()
        ]
        said_us = metered_us(log, until_us=self.database_us())
        if said_us != stay.watched_us:
            raise LawBroken(5, f"{stay.id}: usage says {said_us} us, its log {stay.watched_us}")
        if not stay.watched:
            return
        sent = sorted(self._diary.of(stay.id), key=lambda one: one.from_us)
        began_us = sent[0].from_us if sent else self.now_us()
        stepped = [by_us for at_us, by_us in self.clock_jumps() if at_us > began_us - LOOK_US]
        if stepped:
            self._check_sum(stay, sent, sum(max(by_us, 0) for by_us in stepped))
        else:
            self._check_gaps(stay, sent)

    def _check_sum(self, stay: Stay, sent: list["Pictures"], stepped_us: int) -> None:
        """Where the database's clock was set meanwhile, its times are not the world's."""
        sent_us = sum(self.until_us(one) - one.from_us for one in sent)
        if stay.watched_us > sent_us + UNTOLD_US * len(stay.watched) + stepped_us:
            raise LawBroken(
                5, f"{stay.id}: {stay.watched_us} us are metered, pictures went for {sent_us}"
            )

    def _check_gaps(self, stay: Stay, sent: list["Pictures"]) -> None:
        ahead_us = self.database_us() - self.now_us()
        for from_us, to_us in stay.watched:
            for gap in self._gaps(from_us - ahead_us, to_us - ahead_us, sent):
                allowed_us = UNTOLD_US if self.was_rough(*gap) else UNSEEN_US
                if gap[1] - gap[0] > allowed_us:
                    raise LawBroken(5, f"{stay.id}: metered without a picture in {gap}")

    def _gaps(self, from_us: int, to_us: int, sent: list["Pictures"]) -> Iterator[tuple[int, int]]:
        """Yield the parts of an interval in which no picture was sent."""
        for one in sent:
            if from_us < one.from_us < to_us:
                yield from_us, one.from_us
            from_us = max(from_us, min(self.until_us(one), to_us))
        if from_us < to_us:
            yield from_us, to_us

    def until_us(self, one: "Pictures") -> int:
        """Return until when something was sent."""
        return self.now_us() if one.to_us is None else one.to_us

    def was_rough(self, from_us: int, to_us: int) -> bool:
        """Return whether gateways, store or network were bad about that time."""
        found = bisect_left(self.rough_us, from_us - LOOK_US)
        return found < len(self.rough_us) and self.rough_us[found] <= to_us + LOOK_US

    def check_months(self, account_id: str) -> None:
        """The sums that hours are counted by are the log's, to the microsecond."""
        ((settled_us, running),) = self._connection.execute(
            "SELECT COALESCE(SUM(settled_us), 0), COALESCE(SUM(running), 0) FROM stream_month"
            " WHERE account_id = ?",
            (account_id,),
        ).fetchall()
        used_us = self._history.used_us(account_id, self.database_us())
        if (settled_us, running) != (used_us, 0):
            raise LawBroken(5, f"{account_id} is said to have used {settled_us}, not {used_us}")
