"""Where waiters stand, and why a position rose."""

import random

import pytest

from diorama.admission.line import Place, Reason, Waiter, places


def waiter(name: str, ticket: int, *, priority: int = 0, was_aside: bool = False) -> Waiter:
    return Waiter(session_id=name, priority=priority, ticket=ticket, was_aside=was_aside)


def test_positions_count_from_one_and_all_know_the_length() -> None:
    found = dict(places([waiter("a", 3), waiter("b", 5)]))

    assert found == {"a": Place(1, 2), "b": Place(2, 2)}


def test_nobody_stands_in_an_empty_line() -> None:
    assert list(places([])) == []


def test_who_was_passed_by_a_higher_class_is_told_so() -> None:
    line = [waiter("vip", 9, priority=1), waiter("early", 3), waiter("late", 12)]

    found = dict(places(line))

    assert found["vip"].reason is None
    assert found["early"].reason is Reason.HIGHER_PRIORITY
    assert found["late"].reason is None


def test_who_stands_behind_one_that_came_back_is_told_so() -> None:
    line = [waiter("a", 1), waiter("back", 2, was_aside=True), waiter("b", 3)]

    found = dict(places(line))

    assert [found[i].reason for i in ("a", "back", "b")] == [None, None, Reason.PUT_BACK]


@pytest.mark.parametrize("seed", range(50))
def test_no_position_rises_without_a_reason(seed: int) -> None:
    rng = random.Random(seed)
    line: list[Waiter] = []
    away: list[Waiter] = []
    told: dict[str, Place] = {}
    for ticket in range(200):
        what = rng.random()
        if what < 0.5:
            line.append(waiter(f"w{ticket}", ticket, priority=rng.choice((0, 0, 0, 1, 2))))
        elif what < 0.6 and away:
            gone = away.pop(rng.randrange(len(away)))
            line.append(
                waiter(gone.session_id, gone.ticket, priority=gone.priority, was_aside=True)
            )
        elif what < 0.8 and line:
            away.append(line.pop(0))
        elif line:
            line.pop(rng.randrange(len(line)))
        line.sort(key=lambda one: (-one.priority, one.ticket))
        for name, place in places(line):
            rose = name in told and place.position > told[name].position
            assert not rose or place.reason is not None, f"{name} rose at {ticket}"
            told[name] = place
