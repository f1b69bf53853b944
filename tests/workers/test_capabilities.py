"""Which workers may be given a session, at each edge of their lease."""

import pytest

from diorama.kernel.units import seconds
from diorama.workers.capabilities import Standing, Worker
from tests.clock import NOON_US


def worker(*, draining: bool = False) -> Worker:
    """A worker heard at noon, for 15 seconds and for 75."""
    return Worker(
        id="wrk_1",
        name="one",
        region="local",
        pool="default",
        boot_id="b" * 16,
        draining=draining,
        kinds=("python",),
        encoders=("openh264",),
        version="0.1.0",
        registered_us=NOON_US,
        heard_us=NOON_US,
        soft_until_us=NOON_US + seconds(15),
        hard_until_us=NOON_US + seconds(75),
    )


@pytest.mark.parametrize(
    ("later_s", "standing", "draining"),
    [
        (0, Standing.READY, Standing.DRAINING),
        (14.999999, Standing.READY, Standing.DRAINING),
        (15, Standing.SUSPECT, Standing.SUSPECT),
        (74.999999, Standing.SUSPECT, Standing.SUSPECT),
        (75, Standing.LOST, Standing.LOST),
    ],
)
def test_a_worker_stands_as_it_was_last_heard(
    later_s: float, standing: Standing, draining: Standing
) -> None:
    now_us = NOON_US + seconds(later_s)

    assert worker().standing(now_us) is standing
    assert worker(draining=True).standing(now_us) is draining
