"""How Diorama's things look as JSON."""

from datetime import UTC, datetime

import msgspec
import pytest

from diorama.protocol.states import SessionState
from diorama.protocol.views import SessionView

VIEW = SessionView(
    id="ses_1",
    project="cove",
    region="local",
    state=SessionState.QUEUED,
    version=1,
    attached=False,
    attachment=0,
    created_at=datetime(2030, 1, 1, 12, tzinfo=UTC),
    state_entered_at=datetime(2030, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC),
)


def test_instants_go_out_in_utc_and_say_so() -> None:
    sent = msgspec.json.decode(msgspec.json.encode(VIEW))

    assert sent["created_at"] == "2030-01-01T12:00:00Z"
    assert sent["state_entered_at"] == "2030-01-01T12:00:00.250000Z"


def test_a_view_survives_the_wire() -> None:
    assert msgspec.json.decode(msgspec.json.encode(VIEW), type=SessionView) == VIEW


def test_an_instant_without_a_time_zone_is_not_one() -> None:
    sent = msgspec.json.encode(VIEW).replace(b"12:00:00Z", b"12:00:00")

    with pytest.raises(msgspec.ValidationError, match="timezone"):
        msgspec.json.decode(sent, type=SessionView)
