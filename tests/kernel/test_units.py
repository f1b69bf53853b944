"""Seconds become the integers of the store."""

import pytest

from diorama.kernel.units import seconds


@pytest.mark.parametrize(
    ("count", "us"),
    [(0, 0), (1, 1_000_000), (0.75, 750_000), (1e-6, 1), (4e-7, 0), (0.1 + 0.2, 300_000)],
)
def test_seconds_are_rounded_to_the_nearest_microsecond(count: float, us: int) -> None:
    assert seconds(count) == us
