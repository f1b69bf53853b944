"""What a change of a project comes to: the whole next one, or nothing."""

import pytest

from diorama.kernel.errors import Invalid
from diorama.projects.changing import ChangeProject, changed, ruled
from diorama.projects.rules import AfkRules, OnLimit, QueueRules, Rules
from tests.sessions.house import project

RULES = Rules(
    queue=QueueRules(max_length=7, priorities={"gold": 2}),
    afk=AfkRules(warn_after_s=60),
    origins=("https://a.example",),
)


def test_what_is_left_out_stays() -> None:
    assert ruled(RULES, {}) == RULES
    assert changed(project(rules=RULES), ChangeProject()) == project(rules=RULES)


def test_rules_of_a_group_change_one_by_one_and_lists_as_a_whole() -> None:
    change: dict[str, object] = {
        "queue": {"priorities": {"silver": 1}},
        "afk": {"disconnect_after_s": 5},
        "origins": [],
        "on_limit": "reject",
    }

    assert ruled(RULES, change) == Rules(
        queue=QueueRules(max_length=7, priorities={"silver": 1}),
        afk=AfkRules(warn_after_s=60, disconnect_after_s=5),
        on_limit=OnLimit.REJECT,
    )


def test_a_limit_is_taken_away_by_null() -> None:
    assert ruled(Rules(worker_count=3), {"worker_count": None}).worker_count is None


@pytest.mark.parametrize(
    "change",
    [
        {"max_runtime_s": 59.999},
        {"max_runtime_s": float("nan")},
        {"max_runtime_s": float("inf")},
        {"max_runtime_s": None},
        {"max_runtime_s": True},
        {"afk": None},
        {"afk": {"warn_after_s": 0}},
        {"afk": {"no_such_rule": 1}},
        {"queue": {"max_length": 1.5}},
        {"no_such_rule": 1},
    ],
)
def test_one_wrong_rule_refuses_the_whole_change(change: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        changed(project(), ChangeProject(title="changed", rules={"worker_count": 1} | change))

    assert refused.value.code == "rule_refused"


def test_a_change_says_the_version_it_was_made_from() -> None:
    after = changed(project(), ChangeProject(enabled=False, title="b", description="c"))

    assert (after.version, after.enabled, after.title, after.description) == (1, False, "b", "c")
