"""What a worker makes of what it hears of a viewer, told in seconds."""

import pytest

from diorama.agent.hearing import Hearing, HoldOffs, InputActivity
from diorama.agent.media.engine import ConnectionState
from diorama.kernel.units import seconds


def looked_at(hearing: Hearing, *, from_s: float, to_s: float) -> str:
    """Look four times a second, as a worker does, and return what was seen last."""
    for quarter in range(int(from_s * 4), int(to_s * 4)):
        hearing.media(seconds(quarter / 4))
    return hearing.media(seconds(to_s))


def connected() -> Hearing:
    hearing = Hearing(now_us=0)
    hearing.connection_changed(ConnectionState.CONNECTED)
    hearing.frame_sent(seconds(10))
    return hearing


def test_media_connects_until_the_first_picture_went_out() -> None:
    hearing = Hearing(now_us=0)
    hearing.connection_changed(ConnectionState.CONNECTED)

    assert hearing.media(seconds(60)) == "connecting"


@pytest.mark.parametrize(("at_s", "media"), [(12.999, "connected"), (13, "lost")])
def test_media_is_lost_three_seconds_after_a_viewer_fell_silent(at_s: float, media: str) -> None:
    assert looked_at(connected(), from_s=10, to_s=at_s) == media


def test_a_worker_that_stood_still_takes_its_own_pause_for_no_silence_of_the_viewer() -> None:
    hearing = connected()
    looked_at(hearing, from_s=10, to_s=12)

    assert hearing.media(seconds(40)) == "lost"
    hearing.heard(seconds(40))
    assert hearing.media(seconds(70)) == "connected"
    assert looked_at(hearing, from_s=70, to_s=71.75) == "connected"
    assert looked_at(hearing, from_s=72, to_s=72) == "lost"


def test_a_viewer_who_is_heard_again_is_connected_again() -> None:
    hearing = connected()
    hearing.heard(seconds(20))

    assert hearing.media(seconds(22)) == "connected"
    assert hearing.viewer_age_ms(seconds(22)) == 2_000


@pytest.mark.parametrize("state", [ConnectionState.FAILED, ConnectionState.CLOSED])
def test_media_is_lost_with_its_connection(state: ConnectionState) -> None:
    hearing = connected()
    hearing.connection_changed(state)

    assert hearing.media(seconds(10)) == "lost"


def test_a_connection_that_is_interrupted_may_come_back() -> None:
    hearing = connected()
    hearing.connection_changed(ConnectionState.DISCONNECTED)

    assert hearing.media(seconds(12)) == "connected"


def test_a_viewer_who_was_never_heard_has_no_age() -> None:
    assert connected().viewer_age_ms(seconds(99)) is None


def test_input_is_told_at_once_where_no_telling_is_near() -> None:
    activity = InputActivity(5)

    seen = [activity.seen(seconds(at_s)) for at_s in (0, 4.999, 5, 9.999, 10)]

    assert seen == [True, False, True, False, True]


def test_a_beat_tells_of_input_too() -> None:
    activity = InputActivity(5)

    assert activity.told_ms(seconds(1)) is None
    assert activity.seen(seconds(2))
    assert activity.told_ms(seconds(6)) == 4_000
    assert not activity.seen(seconds(10.999))
    assert activity.seen(seconds(11))


def test_a_beat_before_any_input_puts_nothing_off() -> None:
    activity = InputActivity(5)
    activity.told_ms(seconds(1))

    assert activity.seen(seconds(2))


def told_by(hold_offs: HoldOffs, *, until_s: int, every_s: float, asked_s: float) -> list[float]:
    """Let a world ask again and again; return when it was told, in seconds."""
    told, now_us = [], 0
    while now_us < seconds(until_s):
        hold_offs.asked(asked_s, now_us)
        due_us = hold_offs.due_us()
        if due_us is not None and due_us <= now_us:
            hold_offs.tell(now_us)
            told.append(now_us / seconds(1))
        now_us += seconds(every_s)
    return told


def test_a_world_that_asks_with_every_picture_is_passed_on_at_half_time() -> None:
    assert told_by(HoldOffs(), until_s=20, every_s=0.02, asked_s=10) == [0, 5, 10, 15]
    assert len(told_by(HoldOffs(), until_s=20, every_s=0.02, asked_s=1.5)) <= 20


def test_a_world_that_lets_go_is_passed_on_within_a_second_and_once() -> None:
    hold_offs = HoldOffs()
    hold_offs.asked(600, 0)
    assert (hold_offs.due_us(), hold_offs.tell(0)) == (0, 600)
    hold_offs.asked(0, seconds(0.5))

    assert hold_offs.due_us() == seconds(1)
    assert hold_offs.tell(seconds(1)) == 0
    assert hold_offs.due_us() is None


def test_what_is_left_of_a_hold_off_is_what_a_new_gateway_is_told() -> None:
    hold_offs = HoldOffs()
    assert not hold_offs.was_told
    hold_offs.asked(600, 0)
    hold_offs.tell(0)

    assert hold_offs.was_told
    assert hold_offs.tell(seconds(400)) == 200
    assert hold_offs.tell(seconds(700)) == 0
