"""The dashboard asks for nothing that a gateway does not show, and leaves nothing out."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.promql import labels_of, names_in

REPOSITORY: Final = Path(__file__).parents[2]
DASHBOARD: Final = json.loads((REPOSITORY / "deploy" / "grafana" / "diorama.json").read_text())
PANELS: Final = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUESTIONS: Final = [
    (panel["title"], target["expr"], target["legendFormat"])
    for panel in PANELS
    for target in panel["targets"]
]


@pytest.mark.parametrize(("title", "expression", "legend"), QUESTIONS)
def test_a_panel_asks_for_series_and_labels_that_there_are(
    title: str, expression: str, legend: str, shown: dict[str, set[str]]
) -> None:
    there = labels_of(expression, shown)

    assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= there, title


def test_every_metric_of_diorama_is_on_the_dashboard(shown: dict[str, set[str]]) -> None:
    asked = {name for _, expression, _ in QUESTIONS for name in names_in(expression)}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown}
    asked_families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}

    assert {name for name in families if name.startswith("diorama_")} <= asked_families


def test_panels_lie_side_by_side_and_no_two_have_one_number() -> None:
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    places = [tuple(panel["gridPos"].values()) for panel in DASHBOARD["panels"]]

    assert len(set(numbers)) == len(numbers)
    assert len(set(places)) == len(places)
    assert all(x + w <= 24 for _, w, x, _ in places)
