"""When a spectator is gone: both sides of each boundary, from what becomes of its connection."""

import pytest

from diorama.agent.media.engine import ConnectionState
from diorama.agent.presence import BACK_WITHIN_S, CONNECT_WITHIN_S, Presence
from diorama.kernel.units import seconds

CONNECTED = ConnectionState.CONNECTED


def watching() -> Presence:
    presence = Presence(now_us=0)
    presence.connection_changed(CONNECTED, now_us=0)
    return presence


def test_who_is_connected_is_there_however_long() -> None:
    assert watching().gone(now_us=seconds(86_400)) is None


def test_who_does_not_connect_is_given_up_in_time() -> None:
    presence = Presence(now_us=0)
    presence.connection_changed(ConnectionState.CONNECTING, now_us=seconds(3))

    assert presence.gone(now_us=seconds(CONNECT_WITHIN_S) - 1) is None
    assert presence.gone(now_us=seconds(CONNECT_WITHIN_S)) == "not_connected"


def test_a_connection_that_breaks_may_come_back_for_a_while() -> None:
    presence = watching()
    presence.connection_changed(ConnectionState.DISCONNECTED, now_us=seconds(60))

    assert presence.gone(now_us=seconds(60 + BACK_WITHIN_S) - 1) is None
    assert presence.gone(now_us=seconds(60 + BACK_WITHIN_S)) == "lost"


def test_a_connection_that_came_back_is_there() -> None:
    presence = watching()
    presence.connection_changed(ConnectionState.DISCONNECTED, now_us=seconds(60))
    presence.connection_changed(CONNECTED, now_us=seconds(62))

    assert presence.gone(now_us=seconds(600)) is None


@pytest.mark.parametrize(
    ("state", "why"), [(ConnectionState.CLOSED, "left"), (ConnectionState.FAILED, "lost")]
)
def test_what_is_over_is_over_at_once(state: ConnectionState, why: str) -> None:
    presence = watching()
    presence.connection_changed(state, now_us=seconds(60))

    assert presence.gone(now_us=seconds(60)) == why


@pytest.mark.parametrize("state", [ConnectionState.CLOSED, ConnectionState.FAILED])
def test_who_never_connected_was_never_there(state: ConnectionState) -> None:
    presence = Presence(now_us=0)
    presence.connection_changed(state, now_us=1)

    assert presence.gone(now_us=1) == "not_connected"


def test_a_spectator_that_vanished_is_gone_within_15_seconds() -> None:
    engine_notices_after_s = 8.0

    assert engine_notices_after_s + BACK_WITHIN_S < 15
