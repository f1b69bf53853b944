"""Usage from the event log, against an independent count of the same time."""

import random
from dataclasses import replace

import pytest
from msgspec import structs

from diorama.metering.usage import Interval, LoggedEvent, intervals, metered_us, total_us
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import TRANSITIONS, Event, Session, advance
from tests.sessions.stories import happened, requested

S = SessionState
UNTIL_US = 10_000


def log(*story: tuple[SessionState, int]) -> list[LoggedEvent]:
    """The log of one session: each state with the microsecond it took effect."""
    return [
        LoggedEvent(session_id="ses_1", version=number, state=state, at_us=at_us)
        for number, (state, at_us) in enumerate(story, start=1)
    ]


WHOLE = log(
    (S.REQUESTING, 0),
    (S.QUEUED, 10),
    (S.CONNECTING, 100),
    (S.STREAMING, 200),
    (S.IDLE, 320),
    (S.STREAMING, 330),
    (S.CONNECTING, 400),
    (S.STREAMING, 450),
    (S.DISCONNECTED, 500),
)


def test_streaming_and_idle_count_and_nothing_else_does() -> None:
    assert intervals(WHOLE, until_us=UNTIL_US) == [
        Interval("ses_1", 200, 400),
        Interval("ses_1", 450, 500),
    ]
    assert metered_us(WHOLE, until_us=UNTIL_US) == 250


def test_a_session_that_never_streamed_costs_nothing() -> None:
    never = log((S.REQUESTING, 0), (S.CONNECTING, 5), (S.FAILED, 900))

    assert metered_us(never, until_us=UNTIL_US) == 0
    assert metered_us([], until_us=UNTIL_US) == 0


@pytest.mark.parametrize(("until_us", "us"), [(199, 0), (200, 0), (201, 1), (320, 120)])
def test_a_session_that_still_streams_is_counted_up_to_now(until_us: int, us: int) -> None:
    assert metered_us(WHOLE[:4], until_us=until_us) == us


def test_events_read_twice_or_out_of_order_count_once() -> None:
    shuffled = [*WHOLE, *WHOLE[2:7]]
    random.Random(1).shuffle(shuffled)

    assert intervals(shuffled, until_us=UNTIL_US) == intervals(WHOLE, until_us=UNTIL_US)


def test_what_changes_no_state_changes_no_usage_whenever_it_was() -> None:
    noted = log(
        (S.REQUESTING, 0),
        (S.CONNECTING, 10),
        (S.STREAMING, 20),
        (S.STREAMING, 90),
        (S.CONNECTING, 80),
        (S.FAILED, 95),
    )

    assert metered_us(noted, until_us=UNTIL_US) == 60


@pytest.mark.parametrize("missing", range(len(WHOLE) - 1))
def test_a_log_with_a_gap_is_no_bill(missing: int) -> None:
    torn = [event for number, event in enumerate(WHOLE) if number != missing]

    with pytest.raises(AssertionError, match="was due"):
        intervals(torn, until_us=UNTIL_US)


def test_a_log_in_which_time_goes_back_is_no_bill() -> None:
    back = [*WHOLE[:5], replace(WHOLE[5], at_us=319)]

    with pytest.raises(AssertionError, match="before its last"):
        intervals(back, until_us=UNTIL_US)


def test_sessions_add_up_whether_they_overlap_or_not() -> None:
    logs = {"ses_1": WHOLE, "ses_2": log((S.REQUESTING, 0), (S.CONNECTING, 1), (S.IDLE, 9_000))}

    assert total_us(logs, until_us=UNTIL_US) == 250 + 1_000


# Against every microsecond, one by one


def history(rng: random.Random) -> list[tuple[Session, LoggedEvent]]:
    """A session to which anything happens that can, reported in time or late."""
    session, now_us = structs.replace(requested(), created_us=0, entered_us=0, wait_since_us=0), 0
    found = [(session, LoggedEvent(session_id="ses_1", version=1, state=session.state, at_us=0))]
    for _ in range(rng.randrange(1, 40)):
        possible = sorted(TRANSITIONS[session.state].keys() - {Event.ENDED}) or []
        if not session.is_final and rng.random() < 0.05:
            possible = [Event.ENDED]
        if not possible:
            break
        now_us += rng.randrange(20)
        event = rng.choice(possible)
        at_us = now_us - rng.choice([0, 0, 7])
        session = advance(session, happened(session, event, at_us))
        took_effect_us = max(at_us, session.entered_us)
        entry = LoggedEvent(
            session_id="ses_1", version=session.version, state=session.state, at_us=took_effect_us
        )
        found.append((session, entry))
    return found


def metered_microseconds(versions: list[Session], until_us: int) -> set[int]:
    """Every microsecond in which the session was metered, from its versions alone."""
    ends = [*(version.entered_us for version in versions[1:]), until_us]
    union = set[int]()
    for version, end_us in zip(versions, ends, strict=True):
        if version.state in {S.STREAMING, S.IDLE}:
            union.update(range(version.entered_us, end_us))
    return union


@pytest.mark.parametrize("batch", range(20))
def test_metered_time_is_the_union_of_what_streamed_or_idled(batch: int) -> None:
    streamed = 0
    for seed in range(batch * 100, batch * 100 + 100):
        played = history(random.Random(seed))
        union = metered_microseconds([version for version, _ in played], 1_000)

        assert metered_us([event for _, event in played], until_us=1_000) == len(union), seed
        streamed += bool(union)

    assert streamed > 10, "these histories say something"
