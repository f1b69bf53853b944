"""The dashboard asks for nothing that a gateway does not show, and leaves nothing out."""

import json
import re
from pathlib import Path
from typing import Final, Literal

import pytest

from diorama.gateway.metrics import Metrics
from diorama.protocol.end_codes import END_CODES, End, EndCode
from diorama.sessions.census import Census
from diorama.sessions.census_store import LaneCount

REPOSITORY: Final = Path(__file__).parents[2]
DASHBOARD: Final = json.loads((REPOSITORY / "deploy" / "grafana" / "diorama.json").read_text())
PANELS: Final = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUESTIONS: Final = [
    (panel["title"], target["expr"], target["legendFormat"])
    for panel in PANELS
    for target in panel["targets"]
]
_METRIC: Final = re.compile(r"\b((?:diorama|process|python)_[a-z_]+)\b(?:\{([^}]*)\})?")
_BY: Final = re.compile(r"\bby \(([^)]*)\)")
_OF_PROMETHEUS: Final = frozenset({"instance", "le"})


@pytest.fixture(scope="module")
def shown() -> dict[str, set[str]]:
    """Return the names of all series of a gateway that has seen something, with their labels."""
    metrics = Metrics()
    metrics.answered("GET", "/v1/sessions", 200, 0.1)
    kinds: tuple[Literal["read", "write"], ...] = ("read", "write")
    for kind in kinds:
        with metrics.store(kind):
            pass
    code, row = next(iter(END_CODES.items()))
    metrics.count_end(End(EndCode(code), row.reasons[0]))
    here = ("local", "default")
    lane = LaneCount(
        project="cove", region="local", pool="default", states={"idle": 1}, waiting=0, cap=None
    )
    census = Census(
        lanes=[lane], slots={(here, "free"): 1}, workers={(here, "ready"): 1}, wanted={here: 1}
    )
    text = metrics.page(census, {"viewer": 1}, "")[0].decode()
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, labels = line.partition(" ")[0].partition("{")
            found.setdefault(name, set()).update(re.findall(r"(\w+)=\"", labels))
    return found


@pytest.mark.parametrize(("title", "expression", "legend"), QUESTIONS)
def test_a_panel_asks_for_series_and_labels_that_there_are(
    title: str, expression: str, legend: str, shown: dict[str, set[str]]
) -> None:
    asked = _METRIC.findall(expression)

    assert asked, title
    there = set(_OF_PROMETHEUS)
    for name, selectors in asked:
        assert name in shown, title
        assert set(re.findall(r"(\w+)[=!]~?\"", selectors)) <= shown[name] | _OF_PROMETHEUS, title
        there |= shown[name]
    grouped = {label.strip() for group in _BY.findall(expression) for label in group.split(",")}
    assert grouped <= there, title
    assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= there, title


def test_every_metric_of_diorama_is_on_the_dashboard(shown: dict[str, set[str]]) -> None:
    asked = {name for _, expression, _ in QUESTIONS for name, _ in _METRIC.findall(expression)}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown}
    asked_families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}

    assert {name for name in families if name.startswith("diorama_")} <= asked_families


def test_panels_lie_side_by_side_and_no_two_have_one_number() -> None:
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    places = [tuple(panel["gridPos"].values()) for panel in DASHBOARD["panels"]]

    assert len(set(numbers)) == len(numbers)
    assert len(set(places)) == len(places)
    assert all(x + w <= 24 for _, w, x, _ in places)
