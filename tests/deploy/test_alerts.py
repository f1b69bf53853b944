"""The alerts ask for nothing that a gateway does not show."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.promql import labels_of

RULES: Final = Path(__file__).parents[2] / "deploy" / "prometheus" / "diorama.rules.yml"
_RULE: Final = re.compile(
    r"- alert: (\w+)\n +expr: (?:>-\n)?(.*?)\n +for: .*?summary: (.*?)\n", re.DOTALL
)
ALERTS: Final = _RULE.findall(RULES.read_text())
OF_PROMETHEUS: Final = frozenset({"DioramaGatewayGone"})  # asks whether it could scrape


def test_every_alert_is_read() -> None:
    assert len(ALERTS) == RULES.read_text().count("- alert:")


@pytest.mark.parametrize(
    ("name", "expression", "summary"), [one for one in ALERTS if one[0] not in OF_PROMETHEUS]
)
def test_an_alert_asks_for_series_and_labels_that_there_are(
    name: str, expression: str, summary: str, shown: dict[str, set[str]]
) -> None:
    there = labels_of(expression, shown)

    assert set(re.findall(r"\$labels\.(\w+)", summary)) <= there, name
