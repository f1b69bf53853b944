import pytest

from diorama.workers.wanted import Demand, wanted_workers


@pytest.mark.parametrize(
    ("demands", "slots", "workers", "wanted"),
    [
        ([], 8, 2, 0),
        ([Demand(held=3, waiting=0)], 8, 2, 1),
        ([Demand(held=4, waiting=0)], 8, 2, 1),
        ([Demand(held=4, waiting=1)], 8, 2, 2),
        ([Demand(held=4, waiting=1), Demand(held=0, waiting=7)], 8, 2, 3),
        ([Demand(held=0, waiting=3)], 0, 0, 3),
        ([Demand(held=0, waiting=3)], 0, 1, 3),
        ([Demand(held=2, waiting=9, cap=4)], 4, 2, 2),
        ([Demand(held=6, waiting=9, cap=4)], 4, 2, 3),
        ([Demand(held=0, waiting=9, cap=0)], 4, 2, 0),
        ([Demand(held=1, waiting=0), Demand(held=3, waiting=4)], 4, 1, 2),
        ([Demand(held=3, waiting=4, spare=2)], 4, 1, 3),
        ([Demand(held=4, waiting=0, spare=2)], 4, 1, 1),
    ],
)
def test_enough_workers_are_wanted_for_everybody_who_may_be_served(
    demands: list[Demand], slots: int, workers: int, wanted: int
) -> None:
    assert wanted_workers(demands, slots=slots, workers=workers) == wanted
