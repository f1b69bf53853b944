"""Spans from the event log: which stays, and where midnight cuts them."""

import pytest

from diorama.metering.spans import DAY_US, Span, by_day, day_of, spans
from diorama.metering.usage import LoggedEvent
from diorama.protocol.states import SessionState
from tests.metering.test_usage import WHOLE, log

S = SessionState


def test_each_stay_that_holds_a_slot_is_a_span_under_the_event_that_ended_it() -> None:
    found = [(one.state, one.from_us, one.to_us, one.version) for one in spans(WHOLE)]

    assert found == [
        (S.CONNECTING, 100, 200, 4),
        (S.STREAMING, 200, 320, 5),
        (S.IDLE, 320, 330, 6),
        (S.STREAMING, 330, 400, 7),
        (S.CONNECTING, 400, 450, 8),
        (S.STREAMING, 450, 500, 9),
    ]


def test_what_is_not_over_is_no_span_yet() -> None:
    assert [one.state for one in spans(WHOLE[:5])] == [S.CONNECTING, S.STREAMING]


def test_what_took_no_time_is_no_span() -> None:
    assert spans(log((S.REQUESTING, 0), (S.CONNECTING, 5), (S.FAILED, 5))) == []


def test_an_event_within_a_stay_does_not_cut_it() -> None:
    noted = log((S.REQUESTING, 0), (S.CONNECTING, 1), (S.CONNECTING, 3), (S.FAILED, 9))

    assert spans(noted) == [Span(version=4, state=S.CONNECTING, from_us=1, to_us=9)]


def test_a_log_with_a_gap_has_no_spans() -> None:
    torn: list[LoggedEvent] = [*WHOLE[:3], *WHOLE[4:]]

    with pytest.raises(AssertionError, match="was due"):
        spans(torn)


@pytest.mark.parametrize(
    ("from_us", "to_us", "parts"),
    [
        (5, 5, []),
        (5, 6, [(0, 5, 6)]),
        (5, DAY_US, [(0, 5, DAY_US)]),
        (5, DAY_US + 1, [(0, 5, DAY_US), (DAY_US, DAY_US, DAY_US + 1)]),
        (DAY_US, 2 * DAY_US, [(DAY_US, DAY_US, 2 * DAY_US)]),
        (
            DAY_US - 1,
            3 * DAY_US,
            [
                (0, DAY_US - 1, DAY_US),
                (DAY_US, DAY_US, 2 * DAY_US),
                (2 * DAY_US, 2 * DAY_US, 3 * DAY_US),
            ],
        ),
    ],
)
def test_midnight_cuts(from_us: int, to_us: int, parts: list[tuple[int, int, int]]) -> None:
    assert list(by_day(from_us, to_us)) == parts


@pytest.mark.parametrize(("at_us", "day_us"), [(0, 0), (DAY_US - 1, 0), (DAY_US, DAY_US)])
def test_a_day_begins_at_midnight(at_us: int, day_us: int) -> None:
    assert day_of(at_us) == day_us
