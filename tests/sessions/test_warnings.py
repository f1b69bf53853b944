"""What a viewer is warned of, told in seconds since the first frame. Nothing here waits."""

import pytest
from msgspec.structs import replace

from diorama.kernel.units import SECOND_US, seconds
from diorama.projects.rules import Rules
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import Session
from diorama.sessions.warnings import Ends, Notice, warnings
from tests.sessions.stories import at, requested

RULES = Rules(max_runtime_s=600)


def streaming(rules: Rules = RULES) -> Session:
    return replace(
        requested(rules),
        state=SessionState.STREAMING,
        version=5,
        slot_id="wrk_1.0",
        first_frame_us=at(0),
        runs_until_us=at(rules.max_runtime_s),
    )


@pytest.mark.parametrize(
    ("now_s", "expected"),
    [
        (299.9, []),
        (300, [Notice("runtime", (at(600), 300), 300.0)]),
        (539.5, [Notice("runtime", (at(600), 300), 60.5)]),
        (540, [Notice("runtime", (at(600), 60), 60.0)]),
        (700, [Notice("runtime", (at(600), 60), 0.0)]),
    ],
)
def test_the_end_of_the_runtime_is_told_five_minutes_and_one_minute_before(
    now_s: float, expected: list[Notice]
) -> None:
    assert warnings(streaming(), at(now_s)) == expected


def test_a_runtime_of_five_minutes_is_warned_of_once() -> None:
    short = streaming(Rules(max_runtime_s=300))

    assert warnings(short, at(1)) == []
    assert warnings(short, at(240)) == [Notice("runtime", (at(300), 60), 60.0)]


def test_who_does_nothing_is_told_how_long_is_left() -> None:
    idle = replace(streaming(), state=SessionState.IDLE, entered_us=at(120), input_us=at(0))

    assert warnings(idle, at(125)) == [Notice("afk", (at(120), 0), 25.0)]
    assert warnings(idle, at(151)) == [Notice("afk", (at(120), 0), 0.0)]


def test_more_runtime_takes_the_warning_back_and_gives_it_anew() -> None:
    warned = warnings(streaming(), at(545))
    longer = replace(streaming(), extra_us=seconds(200), runs_until_us=at(800))

    assert warned == [Notice("runtime", (at(600), 60), 55.0)]
    assert warnings(longer, at(499.999999)) == []
    assert warnings(longer, at(545)) == [Notice("runtime", (at(800), 300), 255.0)]
    assert warnings(longer, at(740)) == [Notice("runtime", (at(800), 60), 60.0)]


@pytest.mark.parametrize(
    ("now_s", "expected"),
    [
        (99.9, []),
        (100, [Notice("hours", (at(400) // SECOND_US, 300), 300.0)]),
        (340, [Notice("hours", (at(400) // SECOND_US, 60), 60.0)]),
        (500, [Notice("hours", (at(400) // SECOND_US, 60), 0.0)]),
    ],
)
def test_the_end_of_the_hours_is_told_five_minutes_and_one_minute_before(
    now_s: float, expected: list[Notice]
) -> None:
    session = streaming(Rules(max_runtime_s=86_400))

    assert warnings(session, at(now_s), Ends(hours_us=at(400))) == expected


def test_who_waits_for_a_slot_is_not_warned_of_what_ends_streams() -> None:
    waiting = replace(streaming(), state=SessionState.QUEUED, runs_until_us=None)

    assert warnings(waiting, at(1), Ends(hours_us=at(2), drains_us=at(2))) == []


def test_a_machine_that_goes_is_told_at_once() -> None:
    assert warnings(streaming(), at(1), Ends(drains_us=at(5))) == [
        Notice("draining", (at(5), 0), 4.0)
    ]


def test_who_has_ended_is_warned_of_nothing() -> None:
    ended = replace(streaming(), state=SessionState.DISCONNECTED)

    assert warnings(ended, at(599)) == []
