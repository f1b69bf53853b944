"""Whether and when a question is asked again. Pure: the clients wait, and this says how long.

Only what does no more when it is asked twice (`Question.repeatable`) is asked again, and only where
the answer was lost, the gateway was away, or one asked too often; then nothing was done, so any
question is asked again. What is decided about a session,
such as a full queue, carries an end code: that is an answer, not a hiccup.
"""

from dataclasses import dataclass
from typing import Final

from diorama.client.errors import ClientError, TooManyRequests, Unavailable, Unreachable

_HICCUPS: Final = (Unreachable, Unavailable, TooManyRequests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How patient a client is.

    Attributes:
        times: how often it asks again.
        first_wait_s: the longest wait before it does so first; doubled each time, cut by chance.
        longest_wait_s: the longest of all waits. An answer that asks for more is raised.
    """

    times: int = 3
    first_wait_s: float = 0.25
    longest_wait_s: float = 10.0

    def wait_s(self, error: ClientError, *, asked: int, chance: float) -> float | None:
        """Return how long to wait before asking again; None to give up and raise `error`.

        Args:
            error: what came of the last time.
            asked: how often it was asked, 1 or more.
            chance: a draw in [0, 1), so that many clients of one gateway do not come in step.
        """
        if asked > self.times or not isinstance(error, _HICCUPS) or "end_code" in error.detail:
            return None
        told = error.retry_after_s or 0.0
        if told > self.longest_wait_s:
            return None
        own = self.first_wait_s * 2.0 ** (asked - 1) * (1 - chance / 2)
        return min(told + own, self.longest_wait_s)


PATIENT: Final = Retries()
TOO_OFTEN: Final = "rate_limited"
"""The code of a request that was refused before anything was looked at: it passes later."""


def is_undone(error: ClientError) -> bool:
    """Return whether an answer says that nothing was done, so that asking again is the first."""
    return error.code == TOO_OFTEN
