"""What an attempt at a delivery came to, and when the next one is. Pure.

Ten tries over about three days: the schedule that Standard Webhooks suggests. Each wait is longer
or shorter by up to a tenth, so that receivers that come back are not met by all at once.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from diorama.kernel.units import seconds

WAITS_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
TRIES: Final = len(WAITS_S) + 1
JITTER: Final = 0.1
MAX_ASKED_S: Final = 86_400.0
"""A receiver may ask for more time (Retry-After), for a day at most."""


class Verdict(StrEnum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"  # the receiver says that it wants nothing more


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt met.

    Attributes:
        status: the receiver's; None where it did not get to answer.
        error: why there is no good answer, as a machine-readable word.
        answer: the beginning of what it answered.
        duration_ms: how long it took.
        asked_s: how long it asked to be left alone.
    """

    status: int | None = None
    error: str | None = None
    answer: str = ""
    duration_ms: int = 0
    asked_s: float | None = None

    @property
    def verdict(self) -> Verdict:
        """What it came to: any 2xx is delivered, whatever became of the rest of the answer."""
        if self.status == HTTPStatus.GONE:
            return Verdict.GONE
        if self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300):
            return Verdict.DELIVERED
        return Verdict.FAILED


def next_try_us(tries: int, *, now_us: int, luck: float, asked_s: float | None) -> int | None:
    """Return when to try again; None is never.

    Args:
        tries: how often it was tried.
        now_us: when that failed.
        luck: from 0 to 1.
        asked_s: how long the receiver asked to be left alone.
    """
    if tries >= TRIES:
        return None
    wait_s = WAITS_S[tries - 1] * (1 + JITTER * (2 * luck - 1))
    return now_us + seconds(max(wait_s, min(asked_s or 0.0, MAX_ASKED_S)))
