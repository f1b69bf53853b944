"""When a stream of events that was lost is asked for again. Pure: the clients wait.

The first answer is waited for as any other is (`retries`). A stream that was heard once is asked
for again as a viewer's socket is (`core.backoff`): at once, then after 1, 2, 4, 8 and 15 s. What
the gateway decides, such as a key that opens nothing any more, is no loss and is raised.
"""

from dataclasses import dataclass, replace
from typing import Final

from diorama.client.core.backoff import delay_s
from diorama.client.errors import ClientError, TooManyRequests, Unavailable, Unreachable
from diorama.client.retries import Retries

_LOSSES: Final = (Unreachable, Unavailable, TooManyRequests)
TIMES: Final = 12
"""Attempts in a row that may fail before a stream is given up: some two minutes."""
SILENT_S: Final = 40.0
"""So long a stream may say nothing: the gateway says that nothing is new after 15 s."""


@dataclass(frozen=True, slots=True)
class Following:
    """One reader of a stream.

    Attributes:
        heard: whether it was ever heard.
        failed: how many attempts in a row were lost since.
    """

    heard: bool = False
    failed: int = 0

    def hear(self) -> "Following":
        """Return it after something was told, or said that nothing is new."""
        return Following(heard=True)

    def lose(self) -> "Following":
        """Return it after the stream, or an attempt to get it, was lost."""
        return replace(self, failed=self.failed + 1)

    def wait_s(self, error: ClientError | None, patience: Retries, chance: float) -> float | None:
        """Return how long to wait before asking again; None to give up and raise `error`.

        Args:
            error: how the stream was lost; None where the gateway closed it without a word.
            patience: for the first answer.
            chance: a draw in [0, 1), so that many readers do not come back in step.
        """
        if error is not None and not self.heard:
            return patience.wait_s(error, asked=self.failed, chance=chance)
        if error is not None and (not isinstance(error, _LOSSES) or self.failed > TIMES):
            return None
        if error is None:  # it was closed on purpose: not at once, or both would be kept busy
            return delay_s(self.failed, chance)
        return max(error.retry_after_s or 0.0, delay_s(self.failed - 1, chance))
