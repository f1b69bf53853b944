"""The promises of DESIGN section 5, written again: AFK, hold-off, runtime, and the plan's hours.

What a viewer did is in the workers' diary, what an operator asked for is told by who asked, what
was watched is in the log. See `oracle`.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diorama.kernel.units import SECOND_US
from tests.simulation.history import (
    FINAL,
    NO_END,
    WATCHED,
    History,
    LawBroken,
    Row,
    Stay,
)

if TYPE_CHECKING:
    from tests.simulation.pictures import Diary

KNOWN_AFTER_US: Final = 15 * SECOND_US
"""How long ago input was that a gateway must know of, whatever became of the word that told it: two
beats and a late one."""
ROUNDED_US: Final = SECOND_US
"""Ages are told in milliseconds, and arrive late: input counts from before it was made, at most."""


@dataclass(slots=True)
class Clocks:
    """The clocks of one session, by its log."""

    state: str | None = None
    entered_us: int = 0
    first_frame_us: int | None = None
    jumps: int = 0  # of the database's clock, when it began
    hold_since_us: int = 0
    hold_until_us: int = 0
    held_us: int = 0

    def held_by(self, at_us: int) -> int:
        """Return for how long its world has held the warning off by an instant."""
        return self.held_us + max(min(at_us, self.hold_until_us) - self.hold_since_us, 0)


@dataclass(slots=True)
class Extensions:
    """What an operator asked for one session, by key, and what was answered."""

    asked_us: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)


class TimeLimits:
    """The judge of the clocks."""

    def __init__(self, connection: sqlite3.Connection, history: History, diary: "Diary") -> None:
        self._connection = connection
        self._history = history
        self._diary = diary
        self._clocks: dict[str, Clocks] = defaultdict(Clocks)
        self._extensions: dict[str, Extensions] = defaultdict(Extensions)
        self.clock_jumps: Callable[[], list[tuple[int, int]]] = list

    # After each commit

    def take(self, row: Row) -> None:
        """Take one row of the log."""
        stay, clocks = self._history.stays[row.session_id], self._clocks[row.session_id]
        if clocks.state is None:
            clocks.jumps = len(self.clock_jumps())
        match row.kind:
            case "requested":
                self._check_hours_left(row)
            case "frames" if clocks.first_frame_us is None:
                clocks.first_frame_us = row.at_us
            case "held_off":
                self._take_hold(stay, clocks, row)
            case "silence":
                self._check_silence(stay, clocks, row.at_us, _afk(stay, "warn_after_s", 120.0))
            case "extended":
                self._check_runtime(stay, clocks)
            case "ended":
                self._take_end(stay, clocks, row)
        if row.state != clocks.state:
            clocks.state, clocks.entered_us = row.state, row.at_us

    def _take_end(self, stay: Stay, clocks: Clocks, row: Row) -> None:
        match row.reason:
            case "afk_timeout":
                warned_us = _afk(stay, "warn_after_s", 120.0)
                allowed_us = warned_us + _afk(stay, "disconnect_after_s", 30.0)
                self._check_silence(stay, clocks, row.at_us, allowed_us)
            case "max_runtime":
                self._check_runtime_end(stay, clocks, row)
            case "hours_exhausted":
                self._check_hours_end(stay, row)
        self._check_runtime(stay, clocks)

    # Who does nothing

    def _take_hold(self, stay: Stay, clocks: Clocks, row: Row) -> None:
        """A world holds off within its budget, however often and for how long it asks."""
        until_us = row.until_us or row.at_us
        clocks.held_us = clocks.held_by(row.at_us)
        clocks.hold_since_us, clocks.hold_until_us = row.at_us, until_us
        budget_us = _afk(stay, "hold_off_budget_s", 0.0)
        if clocks.held_by(until_us) > budget_us:
            over_s = (clocks.held_by(until_us) - budget_us) / SECOND_US
            raise LawBroken(7, f"the world of {stay.id} holds off {over_s:.1f} s over its budget")

    def _check_silence(self, stay: Stay, clocks: Clocks, at_us: int, allowed_us: int) -> None:
        """Nobody is warned or ended sooner than its silence allows.

        Where the database's clock was set meanwhile, what was before is not comparable.
        """
        if clocks.jumps != len(self.clock_jumps()):
            return
        known_us = at_us - KNOWN_AFTER_US
        inputs = [us for us in self._diary.inputs.get(stay.id, ()) if us <= known_us]
        last_us = max([*inputs[-1:], clocks.first_frame_us or 0])
        held_us = clocks.held_by(clocks.hold_until_us)
        last_us = min(max(last_us, clocks.hold_until_us), last_us + 2 * held_us)
        if at_us + ROUNDED_US < last_us + allowed_us:
            early_s = (last_us + allowed_us - at_us) / SECOND_US
            raise LawBroken(7, f"{stay.id} counts as away {early_s:.1f} s too soon")

    # The runtime

    def _check_runtime(self, stay: Stay, clocks: Clocks) -> None:
        """Its end is the first frame, the rule, and what was asked for: each key once."""
        if stay.state in FINAL and clocks.first_frame_us is None:
            return
        extra_us, until_us, ((plan_s,),) = self._runtime_of(stay)
        rule_us = _us(stay.rules.get("max_runtime_s", 1_800.0))
        if until_us is not None and until_us != (clocks.first_frame_us or 0) + rule_us + extra_us:
            raise LawBroken(7, f"{stay.id} runs until {until_us}, its rule says otherwise")
        asked = self._extensions[stay.id]
        if extra_us > sum(asked.asked_us.values()):
            raise LawBroken(8, f"{stay.id} was given {extra_us} us more, less was asked for")
        room_us = max(_us(plan_s) - rule_us, 0)
        promised_us = sum(asked.asked_us[key] for key in asked.answered)
        if not min(promised_us, room_us) <= extra_us <= room_us:
            raise LawBroken(
                8, f"{stay.id} has {extra_us} us more, {promised_us} were promised of {room_us}"
            )

    def _runtime_of(self, stay: Stay) -> tuple[int, int | None, list[tuple[float]]]:
        ((extra_us, until_us),) = self._connection.execute(
            "SELECT extra_us, runs_until_us FROM session WHERE id = ?", (stay.id,)
        ).fetchall()
        plan = self._connection.execute(
            "SELECT max_runtime_s FROM account WHERE id = ?", (stay.account_id,)
        ).fetchall()
        return extra_us, until_us, plan

    def _check_runtime_end(self, stay: Stay, clocks: Clocks, row: Row) -> None:
        _, until_us, _ = self._runtime_of(stay)
        if row.at_us != max(until_us or 0, clocks.entered_us):
            raise LawBroken(7, f"the runtime of {stay.id} ended at {row.at_us}, not {until_us}")

    def extension_asked(self, session_id: str, key: str, extra_us: int) -> None:
        """Somebody asks for more runtime, perhaps for the second time under its key."""
        self._extensions[session_id].asked_us[key] = extra_us

    def extended(self, session_id: str, key: str) -> None:
        """Somebody was told that a session has it."""
        self._extensions[session_id].answered.add(key)
        self._check_runtime(self._history.stays[session_id], self._clocks[session_id])

    # The hours of the plan

    def _check_hours_left(self, row: Row) -> None:
        limit_us = self._history.hours.most(row.account_id)
        if limit_us < NO_END and self._history.used_us(row.account_id, row.at_us) >= limit_us:
            raise LawBroken(1, f"{row.session_id} came in after the hours of {row.account_id}")

    def _check_hours_end(self, stay: Stay, row: Row) -> None:
        """Nobody is ended for hours that are not used."""
        limit_us = self._hours_of(stay)
        used_us = self._history.used_us(stay.account_id, row.at_us)
        if used_us + len(self._history.of_account[stay.account_id]) < limit_us:
            raise LawBroken(7, f"{stay.id} ended for hours, {used_us} us of {limit_us} are used")

    def _hours_of(self, stay: Stay) -> int:
        """Return what an account's hours must come to before one of its sessions ends for them."""
        ((own_us,),) = self._connection.execute(
            "SELECT stream_us FROM session WHERE id = ?", (stay.id,)
        ).fetchall()
        ruled = self._history.hours
        least_us = min(ruled.now[stay.account_id], ruled.before[stay.account_id])
        return NO_END if own_us is None else max(own_us, least_us)

    def _most_hours_of(self, stay: Stay) -> int:
        """Return what they come to at most before it must end: they may just be raised."""
        return max(self._hours_of(stay), self._history.hours.before[stay.account_id])

    def refused(self, account_id: str, now_us: int) -> None:
        """Somebody was refused for hours: they are used."""
        limit_us = min(self._history.hours.now[account_id], self._history.hours.before[account_id])
        if self._used_by_units_before(account_id, now_us) < limit_us:
            raise LawBroken(1, f"{account_id} was refused with hours left")

    def _used_by_units_before(self, account_id: str, now_us: int) -> int:
        """Return what is used, with what the units before in this round did: not committed yet."""
        used_us = 0
        since: dict[str, int] = {}
        for session_id, state, at_us in self._connection.execute(
            "SELECT session_id, state, at_us FROM event WHERE account_id = ? ORDER BY seq",
            (account_id,),
        ):
            if state in WATCHED:
                since.setdefault(session_id, at_us)
            elif session_id in since:
                used_us += at_us - since.pop(session_id)
        return used_us + sum(max(now_us - since_us, 0) for since_us in since.values())

    def check_hours(self, late_us: int, now_us: int) -> None:
        """Law 7, in a calm: nobody streams, starts or waits on without hours."""
        for account_id, limit_us in self._history.hours.now.items():
            if self._history.hours.most(account_id) == NO_END or limit_us == NO_END:
                continue
            used_us = self._history.used_us(account_id, now_us - late_us)
            for stay in self._history.of_account[account_id]:
                if stay.state not in FINAL and used_us > max(self._most_hours_of(stay), limit_us):
                    raise LawBroken(7, f"{stay.id} goes on though {account_id} has no hours left")


def _afk(stay: Stay, name: str, default_s: float) -> int:
    rules = stay.rules.get("afk", {})
    assert isinstance(rules, dict)
    return _us(rules.get(name, default_s))


def _us(seconds: object) -> int:
    assert isinstance(seconds, int | float)
    return round(seconds * SECOND_US)
