"""The sentence that says why a session ended, for every reason there is."""

import pytest
from msgspec.structs import replace

from diorama.kernel.units import seconds
from diorama.leases.timers import DEFAULTS
from diorama.protocol.end_codes import END_CODES, End, EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.lifecycle import Event, Session
from diorama.sessions.timeline_store import Logged
from diorama.sessions.why import WHY, Story, duration, hint, sentence
from tests.sessions.stories import requested

REASONS = [End(code, reason) for code, entry in END_CODES.items() for reason in entry.reasons]


def session(end: End | None = None, *, state: S = S.STREAMING, ended_s: float = 100) -> Session:
    return replace(
        requested(),
        state=state if end is None else end.entry.ends,
        version=2,
        created_us=0,
        entered_us=seconds(10),
        wait_since_us=0,
        worker_id="wrk_1",
        attachment=1,
        first_frame_us=seconds(10),
        ended_us=None if end is None else seconds(ended_s),
        end=end,
    )


def row(kind: Event, at_s: float, state: S, **more: object) -> Logged:
    at_us = seconds(at_s)
    return Logged(
        kind=kind,
        state=state,
        at_us=at_us,
        recorded_us=at_us,
        **{"actor": "gateway", **more},  # type: ignore[arg-type] # rows differ in a word or two
    )


def story(end: End | None = None, *log: Logged, **more: object) -> Story:
    return Story(
        session=session(end),
        project="cove",
        log=log,
        timers=DEFAULTS,
        now_us=seconds(190),
        streamed_us=seconds(90),
        workers={"wrk_1": "gpu-1", "wrk_2": "gpu-2"},
        **more,  # type: ignore[arg-type] # as above
    )


@pytest.mark.parametrize("end", REASONS, ids=lambda end: end.reason)
def test_every_reason_of_the_registry_becomes_one_plain_sentence(end: End) -> None:
    told = sentence(story(end, row(Event.ENDED, 100, end.entry.ends, end=end)))

    assert told.endswith(".")
    assert told[0].isupper()
    assert not set("{}_") & set(told)


@pytest.mark.parametrize("end", REASONS, ids=lambda end: end.reason)
def test_a_session_that_failed_says_what_may_help_and_no_other_does(end: End) -> None:
    failed = end.entry.ends is S.FAILED

    assert hint(session(end)) == (end.entry.operator if failed else None)
    assert hint(session()) is None


def test_no_sentence_is_of_a_reason_that_is_not_there() -> None:
    assert WHY.keys() <= {end.reason for end in REASONS}


def test_an_end_by_somebody_names_them() -> None:
    end = End(EndCode.ENDED_BY_OPERATOR, "ended_by_api")
    ended = row(Event.ENDED, 100, S.DISCONNECTED, actor="key:key_7", end=end)

    assert sentence(story(end, ended)) == "Key key_7 ended it after 1 min 30 s of streaming."
    named = story(end, ended, names={"key:key_7": "ci"})
    assert sentence(named) == 'Key "ci" ended it after 1 min 30 s of streaming.'
    person = row(Event.ENDED, 100, S.DISCONNECTED, actor="member:mem_1", end=end)
    told = sentence(story(end, person, names={"member:mem_1": "Ada"}))
    assert told.startswith("Ada ended it")


def test_a_lost_viewer_s_end_says_for_how_long_it_was_not_heard() -> None:
    end = End(EndCode.ABNORMAL, "viewer_lost")
    log = row(Event.DETACHED, 40, S.CONNECTING), row(Event.ENDED, 100, S.FAILED, end=end)

    told = sentence(story(end, *log))

    assert told.startswith("The viewer was last heard 1 min before the end")


def test_a_world_that_started_nowhere_names_each_worker_it_was_tried_on() -> None:
    end = End(EndCode.APP_UNABLE_TO_LAUNCH, "world_failed_to_start")
    log = (
        row(Event.RESERVED, 1, S.CONNECTING, slot_id="wrk_1.0"),
        row(Event.RESERVED, 5, S.CONNECTING, slot_id="wrk_2.0"),
        row(Event.ENDED, 9, S.FAILED, end=end),
    )

    assert sentence(story(end, *log)) == "The world did not start on worker gpu-1, nor on gpu-2."


def test_a_live_session_says_what_it_is_at() -> None:
    assert sentence(story()) == "It has streamed from worker gpu-1 for 3 min without a break."


@pytest.mark.parametrize(
    ("length_s", "written"),
    [
        (-1, "0 s"),
        (0.44, "0.4 s"),
        (2, "2 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3_599.6, "1 h"),
        (3_720, "1 h 2 min"),
    ],
)
def test_a_length_of_time_is_written_as_people_write_it(length_s: float, written: str) -> None:
    assert duration(seconds(length_s)) == written
