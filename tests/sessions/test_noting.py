"""What is worth a note, and how often."""

import pytest

from diorama.protocol.media import MediaPath
from diorama.protocol.viewer import Quality
from diorama.protocol.views import QueueView
from diorama.protocol.worker import Beat, SlotReport
from diorama.sessions.noting import (
    PATH_EVERY_S,
    PLACE_EVERY_S,
    QUALITY_EVERY_S,
    Noted,
    NotedWorker,
    missed_beats,
    pause_s,
)
from diorama.sessions.timeline_store import NoteKind

DIRECT = MediaPath(local="host", remote="host", protocol="udp")
RELAYED = MediaPath(local="relay", remote="host", protocol="udp", relay="tls")
MEASURED = Quality(attachment=1, path=DIRECT, fps=59.9, rtt_ms=12.0)


def beat(session: str | None = "ses_1", *, fps: float | None = 60.0) -> Beat:
    slot = SlotReport(
        index=0, term=1, session=session, media="connected" if session else "none", fps=fps
    )
    return Beat(n=1, sent_us=0, slots=(slot,))


@pytest.mark.parametrize(
    ("silent_s", "missed"), [(5, 0), (9.9, 0), (10, 1), (14, 2), (15, 2), (30, 5)]
)
def test_a_heartbeat_is_missed_and_not_only_late(silent_s: float, missed: int) -> None:
    assert missed_beats(silent_s, 5) == missed


def test_a_path_is_noted_where_it_is_another_one() -> None:
    noted = Noted()
    quality = Quality(attachment=1, path=RELAYED)

    assert noted.news_of_path(MEASURED, 0) == {"local": "host", "remote": "host", "protocol": "udp"}
    assert noted.news_of_path(MEASURED, 99) is None
    moved = noted.news_of_path(quality, 100)
    assert moved is not None
    assert moved["relay"] == "tls"
    assert noted.news_of_path(MEASURED, 100 + PATH_EVERY_S - 0.1) is None
    assert noted.news_of_path(MEASURED, 100 + PATH_EVERY_S) is not None


def test_quality_is_noted_every_half_minute_at_most() -> None:
    noted = Noted()

    assert noted.news_of_quality(MEASURED, 0) == {"fps": 59.9, "rtt_ms": 12.0}
    assert noted.news_of_quality(MEASURED, QUALITY_EVERY_S - 0.1) is None
    assert noted.news_of_quality(MEASURED, QUALITY_EVERY_S) is not None
    assert noted.news_of_quality(Quality(attachment=1, path=DIRECT), 999) is None


def test_a_day_costs_some_hundred_samples() -> None:
    noted = Noted()

    found = [at for at in range(0, 86_400, 5) if noted.news_of_quality(MEASURED, at)]

    assert 300 < len(found) < 500
    assert pause_s(86_400) == 864


def test_moves_in_line_that_come_soon_are_one() -> None:
    noted = Noted()

    def move(position: int, now_s: float) -> object:
        return noted.news_of_place(QueueView(position=position, length=9, eta_p50_s=1.26), now_s)

    assert move(9, 0) == {"position": 9, "length": 9, "eta_p50_s": 1}
    assert move(8, 1) is None
    assert move(5, PLACE_EVERY_S - 1) is None
    assert move(5, PLACE_EVERY_S) == {"position": 5, "length": 9, "eta_p50_s": 1}
    assert move(5, 999) is None


def test_a_worker_s_samples_begin_a_while_after_its_session_streams() -> None:
    noted = NotedWorker(0.0)

    assert noted.news(beat(), 5, 5) == []
    assert noted.news(beat(), 10, 5) == []
    found = [noted.news(beat(), at, 5) for at in range(15, 40, 5)]
    assert [one for one in found if one] == [[("ses_1", NoteKind.QUALITY, {"fps": 60.0})]]


def test_a_worker_that_was_silent_is_noted_in_each_of_its_sessions() -> None:
    noted = NotedWorker(0.0)

    assert noted.news(beat(), 12, 5) == [
        ("ses_1", NoteKind.HEARTBEATS_MISSED, {"unheard_s": 12, "heartbeats_missed": 1})
    ]
    assert noted.news(beat(None), 99, 5) == []
