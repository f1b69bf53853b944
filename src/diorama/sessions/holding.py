"""The AFK clock: when who does nothing is warned and ended, and how a world may put that off. Pure.

A world whose viewer rightly does nothing (a film is playing) holds the warning off for so many
seconds, out of a budget that the project's rule gives to each session. What is spent is the real
time held: a word that is taken back, or overlaps the one before, costs what it held and no more.

After a hold-off the clock goes on from its end. So that a world with a small budget cannot start
the clock anew for ever with short words, what is held moves the warning by twice its length at
most: no silence lasts longer than `warn_after_s`, `disconnect_after_s` and twice the budget.
Source: DESIGN section 5.
"""

import math
from dataclasses import dataclass
from typing import Final

from diorama.kernel.units import SECOND_US, seconds
from diorama.projects.rules import AfkRules

LEAST_CHANGE_US: Final = SECOND_US
"""What moves the end of a hold-off by less is not written: repeats and floods cost nothing."""


@dataclass(frozen=True, slots=True)
class HoldOff:
    """The newest hold-off of a session, and what those before it have spent.

    Attributes:
        since_us: when it began; None where there was none.
        until_us: when it ends; the same as `since_us` where the world let go.
        spent_us: of the budget, before `since_us`.
    """

    since_us: int | None = None
    until_us: int | None = None
    spent_us: int = 0

    def spent_by(self, now_us: int) -> int:
        """Return what is spent of the budget at `now_us`."""
        if self.since_us is None or self.until_us is None:
            return self.spent_us
        return self.spent_us + max(min(now_us, self.until_us) - self.since_us, 0)

    def asked(self, asked_s: float, *, budget_s: float, now_us: int) -> "HoldOff | None":
        """Return what a world's word comes to, for so many seconds from now; None is no change.

        The newest word counts; one for 0 seconds lets go. What the budget does not cover is cut
        off; what is no number of seconds changes nothing.
        """
        if math.isnan(asked_s):
            return None
        spent_us = self.spent_by(now_us)
        wanted_us = seconds(min(max(asked_s, 0), budget_s))
        until_us = now_us + max(min(wanted_us, seconds(budget_s) - spent_us), 0)
        until_now_us = max(self.until_us or 0, now_us)
        if abs(until_us - until_now_us) < LEAST_CHANGE_US:
            return None
        return HoldOff(since_us=now_us, until_us=until_us, spent_us=spent_us)

    def warn_us(self, afk: AfkRules, input_us: int) -> int:
        """Return when who did something last at `input_us` is to be warned."""
        goes_on_us = max(input_us, self.until_us or 0)
        return min(goes_on_us, self._latest_us(input_us)) + seconds(afk.warn_after_s)

    def end_us(self, afk: AfkRules, input_us: int, warned_us: int) -> int:
        """Return when who was warned at `warned_us` is to be ended."""
        latest_us = self._latest_us(input_us) + seconds(afk.warn_after_s)
        return min(warned_us, latest_us) + seconds(afk.disconnect_after_s)

    def _latest_us(self, input_us: int) -> int:
        return input_us + 2 * self.spent_by(self.until_us or 0)


NEVER_HELD: Final = HoldOff()
