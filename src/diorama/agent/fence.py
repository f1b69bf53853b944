"""When a worker must kill what it runs because nobody may count on it any more. Pure.

The lease is counted from the *sending* of the last beat that a gateway confirmed to be on disk, on
CLOCK_BOOTTIME, which a suspend does not stop. Whoever is about to send a picture asks first
(`is_due` is safe to call from any thread), so a machine that wakes late sends not one more.
Source: DESIGN section 4; reliability notes 4.1, 4.2 and F21.
"""

from collections import OrderedDict
from typing import Final

from diorama.kernel.units import seconds

_REMEMBERED: Final = 64  # beats under way; with 5 s between them the fence falls long before
NEVER_US: Final = -(2**62)


class Fence:
    """The fence of one worker; due until the first confirmation, as nothing may run before."""

    def __init__(self) -> None:
        self._sent: OrderedDict[int, int] = OrderedDict()
        self._deadline_us = NEVER_US
        self._self_fence_us = 0

    @property
    def deadline_us(self) -> int:
        """When the fence falls, unless another beat is confirmed."""
        return self._deadline_us

    def is_due(self, now_us: int) -> bool:
        """Return whether the fence has fallen. The deadline itself is too late."""
        return now_us >= self._deadline_us

    def welcomed(self, *, sent_us: int, self_fence_s: float) -> None:
        """Take a gateway's answer to the `hello` sent at `sent_us`."""
        self._self_fence_us = seconds(self_fence_s)
        self._sent.clear()  # a gateway confirms what it was sent, not what another was
        self._extend(sent_us)

    def sent(self, n: int, now_us: int) -> None:
        """Note that beat `n` is being sent."""
        self._sent[n] = now_us
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)

    def confirmed(self, n: int) -> None:
        """Take that beat `n` is on disk; one never sent, or confirmed before, changes nothing."""
        sent_us = self._sent.pop(n, None)
        if sent_us is not None:
            self._extend(sent_us)

    def _extend(self, sent_us: int) -> None:
        self._deadline_us = max(self._deadline_us, sent_us + self._self_fence_us)
