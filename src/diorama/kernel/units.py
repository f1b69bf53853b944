"""Units of time in the store: UTC microseconds, as integers, since the Unix epoch."""

from typing import Final

MILLISECOND_US: Final = 1_000
SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US


def seconds(count: float) -> int:
    """Return `count` seconds in microseconds, rounded to the nearest."""
    return round(count * SECOND_US)
