"""The catalogue of rules says what the rules are, and docs/rules.md says the same."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from diorama.kernel.errors import Invalid
from diorama.projects.changing import ruled
from diorama.projects.rule_catalogue import catalogue, help_of
from diorama.projects.rules import Rules
from diorama.projects.rules_page import PATH, page
from diorama.protocol.generate import stale
from diorama.protocol.rule_views import RuleView

ROOT = Path(__file__).parents[2]
NUMBERS = [rule for rule in catalogue().rules if rule.type in {"integer", "number"}]


def leaves(kind: msgspec.Struct, path: str = "") -> Iterator[str]:
    for name in kind.__struct_fields__:
        value = getattr(kind, name)
        if isinstance(value, msgspec.Struct):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def change(rule: RuleView, value: object) -> dict[str, object]:
    name = rule.path.rpartition(".")[2]
    return {rule.group: {name: value}} if rule.group else {name: value}


def test_the_page_is_not_stale() -> None:
    assert stale({PATH: page()}, ROOT) == []


def test_every_rule_is_in_the_catalogue_once() -> None:
    assert sorted(rule.path for rule in catalogue().rules) == sorted(leaves(Rules()))


@pytest.mark.parametrize("rule", catalogue().rules, ids=lambda rule: rule.path)
def test_every_rule_says_what_it_does(rule: RuleView) -> None:
    assert rule.title
    assert rule.help.endswith(".")
    assert bool(rule.group) == bool(rule.group_title)


@pytest.mark.parametrize("rule", catalogue().rules, ids=lambda rule: rule.path)
def test_the_default_is_what_holds_where_nothing_is_said(rule: RuleView) -> None:
    assert ruled(Rules(), change(rule, rule.default)) == Rules()


@pytest.mark.parametrize("rule", NUMBERS, ids=lambda rule: rule.path)
def test_the_bounds_are_those_that_refuse(rule: RuleView) -> None:
    assert rule.min is not None
    assert rule.max is not None

    assert ruled(Rules(), change(rule, rule.min)) == ruled(Rules(), change(rule, rule.min))
    ruled(Rules(), change(rule, rule.max))
    for beyond in (rule.min - 1, rule.max + 1):
        with pytest.raises(Invalid):
            ruled(Rules(), change(rule, beyond))


@pytest.mark.parametrize("rule", catalogue().rules, ids=lambda rule: rule.path)
def test_null_is_taken_where_the_catalogue_says_so(rule: RuleView) -> None:
    if rule.nullable:
        ruled(Rules(), change(rule, None))
    else:
        with pytest.raises(Invalid):
            ruled(Rules(), change(rule, None))


def test_a_choice_names_each_value_and_a_list_what_its_items_look_like() -> None:
    rules = {rule.path: rule for rule in catalogue().rules}

    assert rules["on_limit"].choices == ("reject", "queue", "take_over")
    assert rules["origins"].type == "list"
    assert (rules["origins"].max_items, rules["origins"].max_length) == (64, 255)
    assert rules["queue.priorities"].type == "map"
    assert rules["queue.max_wait_s"].unit == "s"


def test_help_that_goes_over_lines_is_one_text() -> None:
    class Told(msgspec.Struct):
        """A thing.

        Attributes:
            first: of two
                lines.
            second: of one.
        """

        first: int = 1
        second: int = 2

    assert help_of(Told) == {"first": "Of two lines.", "second": "Of one."}
