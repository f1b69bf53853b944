"""What a worker makes of what it hears of a viewer, told in seconds."""

import pytest

from diorama.agent.hearing import Hearing, InputActivity
from diorama.agent.media.engine import ConnectionState
from diorama.kernel.units import seconds


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
    assert connected().media(seconds(at_s)) == media


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


def test_input_is_told_after_a_silence_of_five_seconds_and_not_before() -> None:
    activity = InputActivity()

    seen = [activity.seen(seconds(at_s)) for at_s in (0, 4.999, 9.998, 14.998)]

    assert seen == [True, False, False, True]
    assert activity.age_ms(seconds(15.998)) == 1_000
    assert InputActivity().age_ms(0) is None
