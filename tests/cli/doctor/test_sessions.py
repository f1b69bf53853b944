"""Sessions that nobody is at, explained."""

from datetime import UTC, datetime, timedelta

import pytest

from diorama.cli.doctor.findings import Verdict
from diorama.cli.doctor.sessions import explain, explain_limit, explain_sessions, explain_slots
from diorama.protocol.states import SessionState
from diorama.protocol.views import LoadView, SessionView, SlotView, WorkerView
from tests.cli.viewing import a_session

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def away(**more: object) -> SessionView:
    return a_session(attached=False, **more)


@pytest.mark.parametrize(
    ("session", "why"),
    [
        (away(state=SessionState.QUEUED), "keeps its place for 30 s"),
        (away(state=SessionState.CONNECTING, attachment=0), "its viewer never came"),
        (away(state=SessionState.CONNECTING), "left before the first picture"),
        (away(state=SessionState.STREAMING, first_frame_at=NOON), "back to the same world"),
    ],
)
def test_why_a_session_is_still_there_is_said(session: SessionView, why: str) -> None:
    found = explain(session, NOON + timedelta(seconds=42))

    assert found is not None
    assert why in found.text
    assert "for 42 s" in found.text
    assert found.advice == "diorama sessions end ses_1"


def test_a_session_with_its_viewer_is_no_finding() -> None:
    assert explain(a_session(), NOON + timedelta(hours=2)) is None


def test_a_session_that_never_gets_a_picture_is_a_warning() -> None:
    connecting = a_session(state=SessionState.CONNECTING)

    assert explain(connecting, NOON + timedelta(seconds=150)) is None
    found = explain(connecting, NOON + timedelta(seconds=151))
    assert found is not None
    assert found.verdict is Verdict.WARN


def test_a_limit_that_is_reached_is_a_warning() -> None:
    assert explain_limit(4, 5).verdict is Verdict.OK
    assert explain_limit(5, 5).verdict is Verdict.WARN


def test_where_nothing_hangs_that_is_said() -> None:
    (none,) = explain_sessions([], NOON)
    (fine,) = explain_sessions([a_session()], NOON)

    assert (none.text, fine.text) == ("none is live", "1 live, a viewer at each")


def test_slots_on_their_way_back_and_lost_workers_are_explained() -> None:
    worker = WorkerView(
        id="wrk_1",
        name="one",
        region="local",
        pool="default",
        state="lost",
        heard_at=NOON,
        slots=tuple(
            SlotView(index=index, state=state, term=1)
            for index, state in enumerate(("free", "held", "fencing", "quarantined"))
        ),
        kinds=("python",),
        encoders=(),
        version="1",
        load=LoadView(slots=4, held=1, free=1, fencing=1, quarantined=1),
        health="lost",
        registered_at=NOON,
    )

    texts = [one.text for one in explain_slots([worker])]

    assert len(texts) == 3
    assert texts[0].startswith("one is not heard")
    assert texts[1].startswith("slot 2 of one is fencing")
    assert texts[2].startswith("slot 3 of one is quarantined")
