"""As much of PromQL as says which series and labels a question is about."""

import re
from collections.abc import Mapping
from typing import Final

_METRIC: Final = re.compile(r"\b((?:diorama|process|python)_[a-z_]+)\b(?:\{([^}]*)\})?")
_BY: Final = re.compile(r"\b(?:by|on) \(([^)]*)\)")
_OF_PROMETHEUS: Final = frozenset({"instance", "job", "le"})


def names_in(expression: str) -> set[str]:
    """Return the names of the series in an expression."""
    return {name for name, _ in _METRIC.findall(expression)}


def labels_of(expression: str, shown: Mapping[str, set[str]]) -> set[str]:
    """Return the labels that an answer may have. Fails where it asks for what there is not."""
    asked = _METRIC.findall(expression)
    assert asked, expression
    there = set(_OF_PROMETHEUS)
    for name, selectors in asked:
        assert name in shown, name
        chosen = set(re.findall(r"(\w+)[=!]~?\"", selectors))
        assert chosen <= shown[name] | _OF_PROMETHEUS, expression
        there |= shown[name]
    grouped = {label.strip() for group in _BY.findall(expression) for label in group.split(",")}
    assert grouped <= there, expression
    return there
