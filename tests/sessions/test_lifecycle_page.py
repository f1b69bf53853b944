"""docs/session-lifecycle.md says what the tables say."""

from pathlib import Path

from diorama.protocol.generate import stale
from diorama.protocol.states import SessionState
from diorama.sessions.deadlines import Due
from diorama.sessions.lifecycle import TRANSITIONS, Event
from diorama.sessions.lifecycle_page import (
    DUE_MEANINGS,
    EVENT_MEANINGS,
    PATH,
    STATE_DEADLINES,
    page,
)

ROOT = Path(__file__).parents[2]


def test_the_page_is_not_stale() -> None:
    assert stale({PATH: page()}, ROOT) == []


def test_every_state_event_and_deadline_is_explained() -> None:
    assert STATE_DEADLINES.keys() == set(SessionState)
    assert EVENT_MEANINGS.keys() == set(Event)
    assert DUE_MEANINGS.keys() == set(Due)


def test_every_change_of_state_is_drawn() -> None:
    drawn = [line.split(":")[0].strip() for line in page().splitlines() if " --> " in line]

    changes = {
        f"{state} --> {to}"
        for state, row in TRANSITIONS.items()
        for to in row.values()
        if to not in {state, None}
    }
    assert changes <= set(drawn)
