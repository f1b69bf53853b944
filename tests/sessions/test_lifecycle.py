"""What a session does, told in seconds since it was asked for. Nothing here waits."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diorama.kernel.errors import Refused
from diorama.kernel.units import seconds
from diorama.leases.timers import DEFAULTS
from diorama.projects.rules import AfkRules, QueueRules, Rules
from diorama.protocol.end_codes import END_CODES, End, EndCode
from diorama.protocol.states import FINAL, HOLDS_SLOT, METERED, SessionState
from diorama.sessions.deadlines import DUE_ENDS, Due, next_deadline
from diorama.sessions.lifecycle import TRANSITIONS, Event, Happened, Session, advance
from tests.clock import NOON_US
from tests.sessions.stories import LEFT, at, happened, requested

E, S = Event, SessionState
Story = tuple[tuple[float, Event], ...]


def after(*story: tuple[float, Event], rules: Rules | None = None) -> Session:
    """Play a story of (seconds, event) on a session asked for at second 0."""
    session = requested(rules)
    for instant_s, event in story:
        session = advance(session, happened(session, event, at(instant_s)))
    return session


ASKED: Final[Story] = ()
IN_LINE: Final[Story] = ((1, E.QUEUED),)
WAITING: Final[Story] = (*IN_LINE, (2, E.ATTACHED))
RESERVED: Final[Story] = ((1, E.RESERVED),)
STARTING: Final[Story] = (*RESERVED, (2, E.ACCEPTED), (3, E.ATTACHED))
STREAMING: Final[Story] = (*STARTING, (4, E.WORLD_STARTED), (10, E.FRAMES))
IDLE: Final[Story] = (*STREAMING, (130, E.SILENCE))
PROMOTED: Final[Story] = ((100, E.RESERVED), (101, E.ACCEPTED))
PUT_ASIDE: Final[Story] = (*PROMOTED, (130, E.PUT_ASIDE))
PUT_ASIDE_AGAIN: Final[Story] = (
    *((140, E.ATTACHED), (150, E.DETACHED), (151, E.RESERVED), (152, E.ACCEPTED)),
    *((181, E.PUT_ASIDE), (200, E.ATTACHED), (250, E.DETACHED)),
    *((300, E.RESERVED), (301, E.ACCEPTED)),
)

BY_STATE: Final[Mapping[SessionState, Story]] = {
    S.REQUESTING: ASKED,
    S.QUEUED: WAITING,
    S.CONNECTING: STARTING,
    S.STREAMING: STREAMING,
    S.IDLE: IDLE,
    S.DISCONNECTED: (*IDLE, (140, E.ENDED)),
}


# Stories


def test_a_session_that_goes_well() -> None:
    session = after(*WAITING, *PROMOTED, (102, E.WORLD_STARTED), (103, E.FRAMES), (200, E.ENDED))

    assert session.state is S.DISCONNECTED
    assert session.version == 8
    assert (session.first_frame_us, session.ended_us) == (at(103), at(200))
    assert (session.ticket, session.attempt, session.term) == (7, 1, 1)
    assert session.end == LEFT


def test_who_does_not_answer_a_promotion_keeps_its_ticket_and_holds_nothing() -> None:
    session = after(*WAITING, (95, E.DETACHED), *PUT_ASIDE)

    assert session.state is S.QUEUED
    assert (session.ticket, session.slot_id, session.attempt) == (7, None, 0)
    assert (session.aside_us, session.asides) == (at(130), 1)


def test_who_was_put_aside_is_in_line_again_once_it_is_heard() -> None:
    session = after(*WAITING, (95, E.DETACHED), *PUT_ASIDE, (140, E.ATTACHED))

    assert session.state is S.QUEUED
    assert (session.aside_us, session.asides, session.detached_us) == (None, 1, None)


def test_since_when_a_slot_is_held_is_told_of_its_last_reservation() -> None:
    session = after(*WAITING, (95, E.DETACHED), *PUT_ASIDE, (140, E.ATTACHED), (150, E.RESERVED))

    assert (session.reserved_us, session.served_us) == (at(150), at(100))


def test_a_viewer_who_comes_back_in_time_keeps_world_and_runtime() -> None:
    before = after(*STREAMING)
    session = after(*STREAMING, (50, E.DETACHED), (100, E.ATTACHED), (101, E.FRAMES))

    assert session.state is S.STREAMING
    assert session.slot_id == before.slot_id
    assert session.runs_until_us == before.runs_until_us
    assert (session.attachment, session.socket, session.detached_us) == (2, 2, None)


def test_a_new_socket_while_media_flows_changes_nothing_that_is_seen() -> None:
    session = after(*STREAMING, (50, E.SOCKET_CLOSED), (51, E.REJOINED))

    assert session.state is S.STREAMING
    assert (session.attachment, session.socket) == (1, 2)
    assert session.entered_us == at(10)


def test_a_closed_socket_is_no_silence_while_media_flows() -> None:
    session = after(*STREAMING, (50, E.SOCKET_CLOSED))

    assert session.state is S.STREAMING
    assert session.detached_us is None


def test_without_socket_and_media_the_viewer_is_gone() -> None:
    session = after(*STREAMING, (50, E.SOCKET_CLOSED), (60, E.MEDIA_LOST))

    assert session.state is S.CONNECTING
    assert session.detached_us == at(60)


def test_a_viewer_with_a_new_socket_is_not_gone_without_media() -> None:
    session = after(*STREAMING, (50, E.SOCKET_CLOSED), (51, E.REJOINED), (60, E.MEDIA_LOST))

    assert session.state is S.CONNECTING
    assert session.detached_us is None


def test_the_second_word_that_a_viewer_is_gone_moves_nothing() -> None:
    session = after(*STREAMING, (50, E.DETACHED), (70, E.DETACHED), (80, E.SOCKET_CLOSED))

    assert session.detached_us == at(50)


def test_a_page_that_was_only_reloaded_is_not_left() -> None:
    session = after(*STREAMING, (50, E.LEAVING), (50.5, E.CONTINUED))

    assert next_deadline(session, DEFAULTS) == (at(130), Due.SILENCE)
    assert session.issue == 2


def test_input_ends_the_countdown() -> None:
    session = after(*IDLE, (150, E.INPUT))

    assert session.state is S.STREAMING
    assert next_deadline(session, DEFAULTS) == (at(270), Due.SILENCE)


def test_one_who_is_sent_back_stands_where_it_stood() -> None:
    session = after(*WAITING, (100, E.RESERVED), (101, E.ACCEPTED), (121, E.QUEUED))

    assert session.state is S.QUEUED
    assert (session.ticket, session.attempt, session.slot_id) == (7, 1, None)
    assert session.accepted_us is None


def test_the_runtime_is_counted_from_the_first_frame_and_never_anew() -> None:
    session = after(*STREAMING, (50, E.MEDIA_LOST), (55, E.FRAMES))

    assert session.first_frame_us == at(10)
    assert session.runs_until_us == at(10 + 1_800)


def test_what_took_effect_before_its_state_counts_from_its_state() -> None:
    session = after(*IDLE, (120, E.DETACHED))

    assert session.entered_us == at(130)
    assert session.detached_us == at(130)


def test_a_late_word_is_refused_and_names_the_session() -> None:
    ended = after((1, E.ENDED))

    with pytest.raises(Refused, match="ses_1 is disconnected: world_started changes nothing"):
        advance(ended, happened(ended, E.WORLD_STARTED, at(2)))


def test_a_session_never_ends_without_a_code() -> None:
    with pytest.raises(AssertionError, match="without a code"):
        advance(requested(), Happened(event=E.ENDED, at_us=at(1)))


def test_a_session_is_never_reserved_nothing() -> None:
    with pytest.raises(AssertionError, match="reserved nothing"):
        advance(requested(), Happened(event=E.RESERVED, at_us=at(1)))


# Deadlines, each on both sides of its instant

HASTY: Final = Rules(queue=QueueRules(accept_s=5))
IMPATIENT: Final = Rules(queue=QueueRules(max_wait_s=40))
UNWATCHED: Final = Rules(afk=AfkRules(enabled=False))
SHORT: Final = Rules(max_runtime_s=60)
NO_WINDOW: Final = Rules(resume_window_s=0)

DEADLINES: list[tuple[Story, Rules, float, Due]] = [
    (ASKED, Rules(), 10, Due.ADMISSION_EXPIRED),
    (IN_LINE, Rules(), 60, Due.NEVER_ATTACHED),
    (IN_LINE, IMPATIENT, 40, Due.WAITED_TOO_LONG),
    (WAITING, IMPATIENT, 40, Due.WAITED_TOO_LONG),
    ((*WAITING, (5, E.DETACHED)), Rules(), 35, Due.PLACE_LOST),
    ((*WAITING, (5, E.SOCKET_CLOSED)), Rules(), 35, Due.PLACE_LOST),
    ((*WAITING, (5, E.LEAVING)), Rules(), 5.75, Due.PAGE_LEFT),
    (RESERVED, Rules(), 21, Due.ASSIGNMENT_EXPIRED),
    ((*RESERVED, (2, E.ACCEPTED)), Rules(), 61, Due.NEVER_ATTACHED),
    ((*WAITING, (95, E.DETACHED), *PROMOTED), Rules(), 130, Due.NOT_ANSWERED),
    ((*WAITING, (95, E.DETACHED), *PROMOTED), HASTY, 105, Due.NOT_ANSWERED),
    ((*WAITING, *PROMOTED, (110, E.SOCKET_CLOSED)), Rules(), 140, Due.NOT_ANSWERED),
    ((*WAITING, (95, E.DETACHED), *PUT_ASIDE), Rules(), 160, Due.PLACE_LOST),
    ((*IN_LINE, *PUT_ASIDE), Rules(), 160, Due.NEVER_ATTACHED),
    ((*WAITING, *PUT_ASIDE, *PUT_ASIDE_AGAIN), Rules(), 330, Due.NEVER_ATTACHED),
    ((*WAITING, *PROMOTED), Rules(), 160, Due.START_TIMED_OUT),
    ((*WAITING, *PROMOTED, (130, E.WORLD_STARTED)), Rules(), 190, Due.CONNECT_TIMED_OUT),
    ((*RESERVED, (2, E.ACCEPTED), (59, E.ATTACHED)), NO_WINDOW, 119, Due.START_TIMED_OUT),
    (STREAMING, Rules(), 130, Due.SILENCE),
    ((*STREAMING, (100, E.INPUT)), Rules(), 220, Due.SILENCE),
    ((*STREAMING, (100, E.INPUT), (90, E.INPUT)), Rules(), 220, Due.SILENCE),
    (STREAMING, UNWATCHED, 1_810, Due.RUNTIME_OVER),
    (STREAMING, SHORT, 70, Due.RUNTIME_OVER),
    (IDLE, Rules(), 160, Due.AFK_EXPIRED),
    ((*STREAMING, (50, E.MEDIA_LOST)), Rules(), 110, Due.MEDIA_GONE),
    ((*STREAMING, (50, E.DETACHED)), Rules(), 110, Due.RESUME_EXPIRED),
    ((*STREAMING, (50, E.DETACHED)), SHORT, 70, Due.RUNTIME_OVER),
    ((*STREAMING, (50, E.DETACHED)), NO_WINDOW, 50, Due.RESUME_EXPIRED),
    ((*STREAMING, (50, E.DETACHED), (100, E.ATTACHED)), Rules(), 160, Due.MEDIA_GONE),
    ((*STREAMING, (50, E.LEAVING)), Rules(), 50.75, Due.PAGE_LEFT),
    ((*STREAMING, (50, E.LEAVING), (60, E.LEAVING)), Rules(), 50.75, Due.PAGE_LEFT),
]


def due(session: Session, now_us: int) -> Due | None:
    found = next_deadline(session, DEFAULTS)
    return found[1] if found is not None and found[0] <= now_us else None


@pytest.mark.parametrize(("story", "rules", "instant_s", "what"), DEADLINES)
def test_a_deadline_is_due_at_its_instant_and_not_before(
    story: Story, rules: Rules, instant_s: float, what: Due
) -> None:
    session = after(*story, rules=rules)

    assert due(session, at(instant_s) - 1) is None
    assert due(session, at(instant_s)) is what


def test_every_deadline_has_a_story() -> None:
    assert {what for _, _, _, what in DEADLINES} == set(Due)


def test_one_who_waits_and_is_heard_may_wait_for_ever() -> None:
    assert next_deadline(after(*WAITING), DEFAULTS) is None


def test_a_viewer_who_comes_and_goes_keeps_no_slot_without_a_picture() -> None:
    new = after(*STARTING, (50, E.DETACHED), (100, E.ATTACHED), (110, E.DETACHED))
    resumed = after(*STREAMING, (50, E.DETACHED), (100, E.ATTACHED), (150, E.DETACHED))

    assert next_deadline(new, DEFAULTS) == (at(1 + 60 + 60), Due.NEVER_ATTACHED)
    assert next_deadline(resumed, DEFAULTS) == (at(50 + 60 + 60), Due.RESUME_EXPIRED)


def test_a_viewer_who_comes_again_and_again_keeps_no_slot_without_a_picture() -> None:
    new = after(*STARTING, (50, E.ATTACHED), (100, E.ATTACHED))
    resumed = after(*STREAMING, (50, E.DETACHED), (100, E.ATTACHED), (150, E.ATTACHED))

    assert next_deadline(new, DEFAULTS) == (at(1 + 60 + 60), Due.START_TIMED_OUT)
    assert next_deadline(resumed, DEFAULTS) == (at(50 + 60 + 60), Due.MEDIA_GONE)


# The table is data, so what must hold of every session is asked of the table.

ROWS = [(state, event, to) for state, row in TRANSITIONS.items() for event, to in row.items()]


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(SessionState)


def test_final_is_final() -> None:
    assert {state for state, row in TRANSITIONS.items() if not row} == FINAL


def test_what_is_metered_holds_a_slot() -> None:
    assert METERED < HOLDS_SLOT


def test_only_a_reservation_takes_a_slot() -> None:
    taken = {event for s, event, to in ROWS if s not in HOLDS_SLOT and to in HOLDS_SLOT}

    assert taken == {E.RESERVED}


def test_a_slot_is_given_back_by_the_end_or_by_standing_in_line_again() -> None:
    given_back = {event for s, event, to in ROWS if s in HOLDS_SLOT and to not in HOLDS_SLOT}

    assert given_back == {E.ENDED, E.QUEUED, E.PUT_ASIDE}


def test_nothing_is_metered_before_frames_reach_the_viewer() -> None:
    assert {event for s, event, to in ROWS if s not in METERED and to in METERED} == {E.FRAMES}


def test_an_end_is_obeyed_wherever_it_can_still_matter() -> None:
    assert {state for state, row in TRANSITIONS.items() if E.ENDED in row} == set(S) - FINAL


@pytest.mark.parametrize("state", set(S) - FINAL)
@pytest.mark.parametrize("code", EndCode)
def test_each_code_ends_in_its_state_wherever_it_comes(state: SessionState, code: EndCode) -> None:
    entry = END_CODES[code]
    session = after(*BY_STATE[state])
    end = End(code, entry.reasons[0])

    ended = advance(session, happened(session, E.ENDED, at(200), end))

    assert (ended.state, ended.end, ended.ended_us) == (entry.ends, end, at(200))
    assert next_deadline(ended, DEFAULTS) is None


@pytest.mark.parametrize("event", Event)
def test_nothing_changes_an_ended_session(event: Event) -> None:
    ended = after((1, E.ENDED))

    with pytest.raises(Refused):
        advance(ended, happened(ended, event, at(2)))


@pytest.mark.parametrize("state", BY_STATE)
@pytest.mark.parametrize("event", Event)
def test_an_event_raises_the_version_by_one_or_is_refused(
    state: SessionState, event: Event
) -> None:
    session = after(*BY_STATE[state])
    if event not in TRANSITIONS[state]:
        with pytest.raises(Refused):
            advance(session, happened(session, event, at(150)))
        return

    moved = advance(session, happened(session, event, at(150)))

    assert moved.version == session.version + 1
    assert (moved.id, moved.created_us) == (session.id, session.created_us)
    assert moved.entered_us == (session.entered_us if moved.state is state else at(150))


def test_every_deadline_ends_a_session_or_says_what_else() -> None:
    assert set(Due) - set(DUE_ENDS) == {Due.SILENCE, Due.ASSIGNMENT_EXPIRED, Due.NOT_ANSWERED}


# Whatever people do

MAX_ATTEMPTS: Final = 2
FOR_EVER_US: Final = NOON_US + seconds(1e6)
STORIES: Final = st.tuples(
    st.sampled_from([ASKED, IN_LINE, WAITING, RESERVED, STARTING, STREAMING, IDLE]),
    st.lists(st.tuples(st.integers(0, 63), st.integers(min_value=-5, max_value=50)), max_size=40),
)
"""How it starts; then numbers that choose among what can happen, and how many seconds later."""
Played = tuple[Story, list[tuple[int, int]]]
RULES: Final = st.sampled_from([Rules(), IMPATIENT, UNWATCHED, SHORT, NO_WINDOW])
quick = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def bring_due(session: Session, at_us: int, what: Due) -> Session:
    """What the sweep does when a deadline has come."""
    if what is Due.SILENCE:
        return advance(session, happened(session, E.SILENCE, at_us))
    if what is Due.NOT_ANSWERED:
        return advance(session, happened(session, E.PUT_ASIDE, at_us))
    if what is Due.ASSIGNMENT_EXPIRED and session.attempt < MAX_ATTEMPTS:
        return advance(session, happened(session, E.QUEUED, at_us))
    failed = End(EndCode.APP_UNABLE_TO_LAUNCH, "assignment_expired")
    return advance(session, happened(session, E.ENDED, at_us, DUE_ENDS.get(what, failed)))


def pass_time(session: Session, now_us: int) -> list[Session]:
    """Return what becomes of a session by `now_us` if nobody acts, step by step."""
    found, passed = next_deadline(session, DEFAULTS), list[Session]()
    while found is not None and found[0] <= now_us:
        session = bring_due(session, *found)
        passed.append(session)
        assert len(passed) <= 2 * len(S), "a session in silence visits no state for ever"
        found = next_deadline(session, DEFAULTS)
    return passed


def played(story: Played, rules: Rules) -> list[Session]:
    """Return every version of a session to which people, and time, do this."""
    beginning, acts = story
    history = [after(*beginning[:length], rules=rules) for length in range(len(beginning) + 1)]
    now_us = history[-1].entered_us
    for choice, later_s in acts:
        now_us += seconds(max(later_s, 0))
        history.extend(pass_time(history[-1], now_us))
        last = history[-1]
        if last.is_final:
            break
        possible = [E.ENDED] if choice == 0 else sorted(TRANSITIONS[last.state].keys() - {E.ENDED})
        event = possible[choice % len(possible)]
        end = LEFT if later_s % 2 else End(EndCode.APP_CRASHED, "world_crashed")
        at_us = now_us + seconds(min(later_s, 0))  # reported late
        history.append(advance(last, happened(last, event, at_us, end)))
    return history


@quick
@given(STORIES, RULES)
def test_any_story_ends_once_people_stop_acting(story: Played, rules: Rules) -> None:
    last = played(story, rules)[-1]
    settled = [last, *pass_time(last, FOR_EVER_US)][-1]
    if settled.state is S.QUEUED:  # heard, and waiting: the only one whom time does not end
        settled = advance(settled, happened(settled, E.DETACHED, settled.entered_us))

    ended = [settled, *pass_time(settled, FOR_EVER_US)][-1]

    assert ended.is_final
    assert ended.end is not None
    assert ended.state is ended.end.entry.ends


@quick
@given(STORIES, RULES)
def test_every_state_that_waits_has_a_deadline(story: Played, rules: Rules) -> None:
    for session in played(story, rules):
        is_heard = session.attachment > 0 and session.detached_us is None
        heard_in_line = session.state is S.QUEUED and is_heard and session.aside_us is None
        waits_for_ever = heard_in_line and rules.queue.max_wait_s is None
        is_left = session.leaving_us is not None

        has_deadline = next_deadline(session, DEFAULTS) is not None
        assert has_deadline is not (session.is_final or (waits_for_ever and not is_left))


@quick
@given(STORIES, RULES)
def test_a_history_never_goes_back(story: Played, rules: Rules) -> None:
    history = played(story, rules)

    for before, session in pairwise(history):
        assert session.version == before.version + 1
        assert session.entered_us >= before.entered_us
        assert session.attachment >= before.attachment
        assert session.term >= before.term
        assert not before.is_final


@quick
@given(STORIES, RULES)
def test_a_slot_is_held_exactly_where_limits_count_it(story: Played, rules: Rules) -> None:
    for session in played(story, rules):
        if not session.is_final:
            assert (session.slot_id is not None) is (session.state in HOLDS_SLOT)


@quick
@given(STORIES, RULES)
def test_no_slot_is_kept_for_long_without_a_picture(story: Played, rules: Rules) -> None:
    history = played(story, rules)
    window_s = max(DEFAULTS.claim_s, rules.resume_window_s) + rules.connect_timeout_s

    for before, session in pairwise(history):
        if before.state is S.CONNECTING and session.state is not S.CONNECTING:
            assert session.entered_us - before.entered_us <= seconds(window_s)


@quick
@given(STORIES, RULES)
def test_the_end_is_known_exactly_when_a_session_has_ended(story: Played, rules: Rules) -> None:
    for session in played(story, rules):
        assert (session.end is not None) is session.is_final
        assert (session.ended_us is not None) is session.is_final
