"""What slots cost, split by what they did. Pure.

A worker counts as one GPU that its slots share: an hour of one of four slots is a quarter of an
hour of the GPU. Shares are exact fractions until each part is rounded, to six decimals; the whole
is the sum of its parts as they are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from diorama.kernel.units import HOUR_US
from diorama.sessions.slot_time_store import SlotSum, SlotTime

_CENT: Final = Decimal("0.000001")
_MADE_OF: Final[Mapping[str, tuple[tuple[SlotTime, int], ...]]] = {
    "streaming": ((SlotTime.STREAMING, 1),),
    "idle": ((SlotTime.IDLE, 1),),
    "simulation": ((SlotTime.SIMULATION, 1),),
    "waiting": (
        (SlotTime.HELD, 1),
        (SlotTime.STREAMING, -1),
        (SlotTime.IDLE, -1),
        (SlotTime.SIMULATION, -1),
    ),
    "warm": ((SlotTime.THERE, 1), (SlotTime.BOTH, -1)),
}
"""What is metered lies within what is held, and `both` within what is there: none is negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Time of slots, and the share of GPUs that it is."""

    slot_us: int
    gpu_us: Fraction

    @property
    def gpu_hours(self) -> float:
        """Return the share in hours."""
        return float(self.gpu_us / HOUR_US)

    def cost(self, price_per_gpu_hour: Decimal) -> Decimal:
        """Return what it costs."""
        exact = self.gpu_us / HOUR_US * Fraction(price_per_gpu_hour)
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            _CENT, ROUND_HALF_UP
        )


def parts(sums: Iterable[SlotSum]) -> Mapping[str, Part]:
    """Return streaming, idle, simulation, waiting and warm time."""
    known = list(sums)
    return {name: _part(known, made_of) for name, made_of in _MADE_OF.items()}


def _part(sums: Iterable[SlotSum], made_of: Iterable[tuple[SlotTime, int]]) -> Part:
    signs = dict(made_of)
    signed = [(signs[one.kind] * one.slot_us, one.slots) for one in sums if one.kind in signs]
    return Part(
        slot_us=sum(slot_us for slot_us, _ in signed),
        gpu_us=sum((Fraction(slot_us, slots) for slot_us, slots in signed), Fraction()),
    )
