"""Which events a filter means."""

from pathlib import Path

import pytest

from diorama.events.types import FAMILIES, TYPES, meant_by
from diorama.kernel.errors import Invalid


def test_no_filter_and_a_star_mean_every_type() -> None:
    assert meant_by(()) == meant_by(("*",)) == frozenset(TYPES)


def test_a_family_means_its_types_and_a_type_itself() -> None:
    meant = meant_by(("queue.*", "session.ended"))

    assert meant == {
        "queue.joined",
        "queue.promoted",
        "queue.returned",
        "queue.put_aside",
        "session.ended",
    }


@pytest.mark.parametrize(
    "wrong", ["", "session", "session.", "session.end", "*.ended", "SESSION.*", "nothing.*", "**"]
)
def test_a_filter_that_means_nothing_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid) as refusal:
        meant_by(("session.ended", wrong))

    assert refusal.value.code == "event_type_unknown"


def test_every_type_is_of_a_family() -> None:
    assert {name.partition(".")[0] for name in TYPES} <= set(FAMILIES)


def test_a_family_means_all_of_its_types() -> None:
    assert meant_by(("recording.*",)) == {"recording.ready", "recording.failed"}


def test_the_page_about_events_has_every_type_and_what_it_means() -> None:
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    rows = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in TYPES.items())

    assert rows in page
