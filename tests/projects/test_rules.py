"""The rules of a project: defaults of the design, and bounds at their edges."""

import pytest

from diorama.kernel.errors import Invalid
from diorama.projects.rules import OnLimit, Rules
from diorama.protocol.strict_json import parse


def test_the_defaults_are_those_of_the_design() -> None:
    rules = Rules()

    assert (rules.connect_timeout_s, rules.resume_window_s, rules.max_runtime_s) == (60, 60, 1_800)
    assert (rules.afk.warn_after_s, rules.afk.disconnect_after_s) == (120, 30)
    assert rules.queue.max_wait_s is None
    assert rules.on_limit is OnLimit.QUEUE


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ('{"max_runtime_s": 60}', '{"max_runtime_s": 59.9}'),
        ('{"max_runtime_s": 86400}', '{"max_runtime_s": 86401}'),
        ('{"resume_window_s": 0}', '{"resume_window_s": -1}'),
        ('{"resume_window_s": 600}', '{"resume_window_s": 601}'),
        ('{"connect_timeout_s": 5}', '{"connect_timeout_s": 4}'),
        ('{"connect_timeout_s": 600}', '{"connect_timeout_s": 601}'),
        ('{"worker_count": 0}', '{"worker_count": -1}'),
        ('{"end_user_limit": 1}', '{"end_user_limit": 0}'),
        ('{"on_limit": "take_over"}', '{"on_limit": "ignore"}'),
        ('{"afk": {"warn_after_s": 1}}', '{"afk": {"warn_after_s": 0}}'),
        ('{"afk": {"disconnect_after_s": 7200}}', '{"afk": {"disconnect_after_s": 7201}}'),
        ('{"queue": {"max_wait_s": null}}', '{"queue": {"max_wait_s": 0}}'),
        ('{"queue": {"max_length": 0}}', '{"queue": {"max_length": 100001}}'),
        ("{}", '{"queue": {"length": 5}}'),
        ("{}", '{"runtime": 60}'),
    ],
)
def test_each_rule_is_bounded(allowed: str, refused: str) -> None:
    parse(allowed, Rules)
    with pytest.raises(Invalid) as error:
        parse(refused, Rules)

    assert error.value.code == "schema"
