"""What slots cost: shares of GPUs, and money that adds up."""

from decimal import Decimal

import pytest

from diorama.kernel.units import HOUR_US
from diorama.metering.costing import parts
from diorama.sessions.slot_time_store import SlotSum, SlotTime

K = SlotTime


def hours(kind: SlotTime, slots: int, count: float) -> SlotSum:
    return SlotSum(kind, slots, round(count * HOUR_US))


def test_an_hour_of_a_slot_is_its_share_of_the_gpu() -> None:
    found = parts([hours(K.STREAMING, 1, 2), hours(K.STREAMING, 4, 2)])

    assert found["streaming"].slot_us == 4 * HOUR_US
    assert found["streaming"].gpu_hours == 2.5
    assert found["streaming"].cost(Decimal("3.10")) == Decimal("7.75")


def test_waiting_is_what_was_held_and_not_metered_and_warm_what_nobody_had() -> None:
    found = parts(
        [
            hours(K.HELD, 2, 10),
            hours(K.STREAMING, 2, 6),
            hours(K.IDLE, 2, 1),
            hours(K.SIMULATION, 2, 2),
            hours(K.THERE, 2, 48),
            hours(K.BOTH, 2, 9),
        ]
    )

    assert {name: part.slot_us / HOUR_US for name, part in found.items()} == {
        "streaming": 6,
        "idle": 1,
        "simulation": 2,
        "waiting": 1,
        "warm": 39,
    }


def test_nothing_costs_nothing() -> None:
    assert [part.cost(Decimal(9)) for part in parts([]).values()] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("slot_us", "slots", "price", "cost"),
    [
        (1, 1, "1", "0.000000"),
        (1_800, 1, "1", "0.000001"),
        (1_799, 1, "1", "0.000000"),
        (HOUR_US, 3, "1", "0.333333"),
        (2 * HOUR_US, 3, "1", "0.666667"),
        (HOUR_US, 7, "999999.999999", "142857.142857"),
    ],
)
def test_a_part_is_rounded_once_to_six_decimals(
    slot_us: int, slots: int, price: str, cost: str
) -> None:
    part = parts([SlotSum(K.IDLE, slots, slot_us)])["idle"]

    assert str(part.cost(Decimal(price))) == cost
