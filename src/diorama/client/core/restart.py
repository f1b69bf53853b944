"""Whether a session that ended is followed by a new one without anybody asking. Pure.

Only where the program wants it, the registry allows it, and nobody has to come back first: who was
away too long, or has no hours left, is asked. Bounded in a row; a minute of frames ends the row.
"""

from typing import Final

from diorama.client.core.backoff import STEPS, delay_s
from diorama.client.core.events import Ended, Restarting
from diorama.client.core.model import AskingAgain, Effect, Emit, Model, Moment, Restarts, Step
from diorama.client.errors import Problem
from diorama.protocol.end_codes import Retry
from diorama.protocol.views import EndView

_STEADY_S: Final = 60.0
_NEEDS_A_PERSON: Final = frozenset({"afk_timeout", "hours_exhausted"})
_MAX_RETRY_AFTER_S: Final = 300.0


def follow_end(before: Model, step: Step, moment: Moment) -> Step:
    """Return the step with a new session in the place of its end, or the step as it is."""
    end, problem = step.model.end, step.model.problem
    if end is None or before.end is not None or not _may_follow(before, end, moment.now_s):
        return step
    attempt = _in_row(before, end, moment.now_s)
    in_s = max(delay_s(attempt, moment.chance), retry_after_s(problem))
    due_s = moment.now_s + in_s
    model = Model(
        codecs=step.model.codecs,
        restarts_ice=step.model.restarts_ice,
        auto_restart=step.model.auto_restart,
        restarts=Restarts(attempt + 1, end.code),
        opening=AskingAgain(0, since_s=due_s, due_s=due_s),
    )
    told = Emit(Restarting(end, attempt + 1, in_s, problem))
    return Step(model, (*_without_end(step.effects), told))


def _may_follow(model: Model, end: EndView, now_s: float) -> bool:
    if not model.auto_restart or end.reason in _NEEDS_A_PERSON:
        return False
    # `resume`: asking again finds the session if it lives after all, and opens a new one if not
    if end.retry not in {Retry.NEW_SESSION, Retry.RESUME}:
        return False
    limit = STEPS if end.retry_limit is None else end.retry_limit
    return _in_row(model, end, now_s) < limit


def _in_row(model: Model, end: EndView, now_s: float) -> int:
    """Return how many sessions came before this end; a limit counts those after the same code."""
    if model.played_s is not None and now_s - model.played_s >= _STEADY_S:
        return 0
    other = end.retry_limit is not None and model.restarts.code != end.code
    return 0 if other else model.restarts.in_row


def retry_after_s(problem: Problem | None) -> float:
    """Return how long a refusal asks to wait, within reason; 0 where it does not say."""
    told = problem.facts.get("retry_after_s") if problem else None
    return min(max(float(told), 0.0), _MAX_RETRY_AFTER_S) if isinstance(told, int | float) else 0.0


def _without_end(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    return tuple(
        effect
        for effect in effects
        if not (isinstance(effect, Emit) and isinstance(effect.event, Ended))
    )
