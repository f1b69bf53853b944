"""docs/rules.md, made from the catalogue of rules.

`python -m diorama.projects.rules_page`, started in the root of the repository, writes it; `--check`
writes nothing and says whether it is stale.
"""

import json
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from diorama.projects.rule_catalogue import catalogue
from diorama.protocol.generate import run
from diorama.protocol.rule_views import RuleView

PATH: Final = "docs/rules.md"
_HEAD: Final = """\
<!-- made by `python -m diorama.projects.rules_page` from diorama.projects.rules -->

# The rules of a project

Each project has rules of its own; what it does not say is as below. They are set in `diorama.toml`
under `[projects.rules]` ([configuration](configuration.md)), in the portal, or by
`PATCH /v1/projects/{name}`, and a change acts at once. The portal's forms and this page are made
from what `GET /v1/rules` tells programs; a value out of its bounds refuses the whole change.
"""


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for title, rules in groupby(catalogue().rules, key=lambda rule: rule.group_title):
        heading = f"\n## {title}\n" if title else ""
        parts.append(f"{heading}\n| rule | default | may be | |\n|---|---|---|---|\n{_rows(rules)}")
    return "".join(parts)


def _rows(rules: Iterable[RuleView]) -> str:
    return "".join(
        f"| `{rule.path}` | {_default(rule)} | {_bounds(rule)} | {rule.title}. {rule.help} |\n"
        for rule in rules
    )


def _default(rule: RuleView) -> str:
    if rule.default is None or not (rule.default or isinstance(rule.default, int | float)):
        return "none"
    unit = f" {rule.unit}" if rule.unit else ""
    value = rule.default if isinstance(rule.default, str) else _number(rule.default)
    return f"`{value}`{unit}"


def _bounds(rule: RuleView) -> str:
    unit = f" {rule.unit}" if rule.unit else ""
    match rule.type:
        case "boolean":
            said = "`true`, `false`"
        case "choice":
            said = ", ".join(f"`{one}`" for one in rule.choices)
        case "list":
            said = f"up to {rule.max_items}"
        case "map":
            said = f"up to {rule.max_items} names, each {rule.min} to {rule.max}"
        case "integer" | "number":
            said = f"{_number(rule.min)} to {_number(rule.max)}{unit}"
    return f"{said}, or none" if rule.nullable else said


def _number(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value)


if __name__ == "__main__":
    sys.exit(run({PATH: page()}, sys.argv[1:], Path.cwd()))
