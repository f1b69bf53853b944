from dataclasses import replace

import pytest

from diorama.client.core.vitals import SILENT_AFTER_S, STALLED_AFTER_S, Vitals, seen

UP = Vitals(connected_s=10.0, frame_s=10.5, pong_s=10.5)


def test_a_connection_that_is_being_set_up_says_nothing() -> None:
    assert seen(Vitals(), 100.0) is None


def test_a_connection_without_a_frame_is_connected() -> None:
    assert seen(Vitals(connected_s=10.0), 10.0) == "connected"


def test_frames_are_playing() -> None:
    assert seen(UP, 10.6) == "playing"


def test_frames_that_stop_while_pings_are_answered_are_stalled() -> None:
    still = replace(UP, pong_s=100.0, frame_s=50.0)

    assert seen(still, 50.0 + STALLED_AFTER_S - 0.01) == "playing"
    assert seen(still, 50.0 + STALLED_AFTER_S) == "stalled"


def test_a_connection_that_says_nothing_at_all_is_lost() -> None:
    assert seen(UP, 10.5 + SILENT_AFTER_S - 0.01) == "playing"
    assert seen(UP, 10.5 + SILENT_AFTER_S) == "disconnected"


@pytest.mark.parametrize("vitals", [replace(UP, cut=True), replace(UP, cut=True, frame_s=None)])
def test_a_picture_that_nobody_can_touch_is_lost(vitals: Vitals) -> None:
    assert seen(vitals, 10.6) == "disconnected"


def test_what_is_over_is_failed_whatever_was_heard() -> None:
    assert seen(replace(UP, failed=True), 10.6) == "failed"
