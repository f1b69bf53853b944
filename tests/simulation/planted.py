"""Bugs planted on purpose: each must make the oracle speak, or the oracle is no judge.

A bug is one small change of the text of one production function. It is applied to the code that
runs, whoever imported the function, and taken back afterwards. Where production changed so that the
text is not there any more, `plant` says so: find the new place of the same mistake.
"""

import contextlib
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Final

from diorama.accounts import hours as plan_hours
from diorama.admission import decision
from diorama.agent import fence
from diorama.agent import slots as worker_slots
from diorama.gateway import beats, desk
from diorama.leases import slots
from diorama.metering import usage
from diorama.sessions import (
    deadlines,
    dispatch,
    extending,
    holding,
    hours,
    lifecycle,
    opening,
    ruling,
    sweep,
    work,
    working,
)
from diorama.storage import accounts, sessions, workers
from tests.simulation.bugs import Change, Planted, bug
from tests.simulation.planted_runs import OF_RUNS

OF_SESSIONS: Final = (
    bug(
        "the_limit_lets_one_more_in",
        (1,),
        decision._is_reached,
        "count >= limit",
        "count > limit",
    ),
    bug(
        "what_is_held_is_not_counted",
        (1,),
        accounts.SqlAccountStore.count_held,
        '"UPDATE account SET held = held + ?',
        '"UPDATE account SET held = held + 0 * ?',
    ),
    bug(
        "the_project_cap_is_forgotten",
        (1,),
        dispatch.counts_for,
        "project_cap=rules.worker_count",
        "project_cap=None",
    ),
    bug(
        "an_end_user_is_not_counted",
        (1,),
        dispatch.counts_for,
        "end_user=end_user",
        "end_user=None",
    ),
    bug(
        "stale_sessions_do_not_yield",
        (1,),
        decision.Holder.is_stale,
        "return (self.heard_us",
        "return False and (self.heard_us",
    ),
    bug(
        "a_slot_is_free_before_its_world_is_gone",
        (2,),
        work.release_slot,
        "if proven:",
        "if True:",
    ),
    bug(
        "a_term_is_given_twice",
        (2,),
        slots.reserve,
        "max(slot.term + 1,",
        "max(slot.term,",
    ),
    Planted(
        "a_worker_takes_an_older_term",
        (2,),
        (
            Change(
                worker_slots.Slots.handle_assign,
                "if assign.term <= slot.stopped_term:\n"
                "        return [] if slot.is_busy else [Send(_stopped(assign))]\n"
                "    if assign.term <= slot.term:",
                "if False:",
            ),
        ),
    ),
    bug(
        "a_worker_says_stopped_before_it_is",
        (2,),
        worker_slots.Slots.handle_stop,
        "return self._end(slot, confirmed)",
        "return [*self._end(slot, confirmed), Send(confirmed)]",
    ),
    bug(
        "the_fence_never_falls",
        (2, 7),
        fence.Fence.is_due,
        "return now_us >= self._deadline_us",
        "return False",
    ),
    bug(
        "the_fence_counts_from_the_confirmation",
        (2,),
        fence.Fence._extend,
        "sent_us + self._self_fence_us",
        "sent_us + self._self_fence_us + 8_000_000",
    ),
    bug(
        "a_beat_is_confirmed_before_it_is_written",
        (2, 8),
        beats.Beats.write,
        "renewed = await self._desk.do(write)",
        "[await s.confirm(one.beat, renewed=True) for s, one in heard.items()];"
        " renewed = await self._desk.do(write)",
    ),
    Planted(
        "what_has_ended_ends_again",
        (3,),
        (
            Change(work.end, "if session.is_final:", "if False:"),
            Change(
                lifecycle.advance,
                "row = TRANSITIONS[session.state]",
                "row = TRANSITIONS[session.state] or {event: None}",
            ),
        ),
    ),
    bug(
        "every_end_is_a_failure",
        (3,),
        lifecycle._ended_state,
        "return happened.end.entry.ends",
        "return SessionState.FAILED",
    ),
    bug(
        "the_last_is_served_first",
        (4,),
        sessions.SqlSessionStore.first_in_line,
        "s.ticket LIMIT 1",
        "s.ticket DESC LIMIT 1",
    ),
    bug(
        "a_place_is_counted_from_the_wrong_end",
        (4,),
        sessions.SqlSessionStore.place,
        "position=higher + same + 1",
        "position=waiting - higher - same",
    ),
    bug(
        "connecting_is_metered",
        (5,),
        usage.stays,
        "metered = event.state in METERED",
        'metered = event.state in METERED or event.state == "connecting"',
    ),
    bug(
        "the_log_tells_when_it_was_written",
        (5,),
        sessions._logged,
        "max(row.at_us, session.entered_us)",
        "max(row.recorded_us, session.entered_us)",
    ),
    bug(
        "an_unheard_viewer_is_metered_until_it_is_noticed",
        (5, 6),
        sweep.detach_unheard,
        "lease.heard_us if session.state in METERED else work.now_us",
        "work.now_us + 100_000_000",
    ),
    bug(
        "fences_never_run_out",
        (6,),
        workers.SqlSlotStore.fences_due,
        "s.fence_until_us <= ?",
        "s.fence_until_us <= ? - 200000000",
    ),
    bug(
        "the_runtime_has_no_deadline",
        (7,),
        deadlines._runtime,
        "session.runs_until_us is None",
        "True",
    ),
    bug(
        "what_fell_due_during_a_restart_is_forgotten",
        (6, 7),
        sessions.SqlSessionStore.due,
        "deadline_us <= ? ORDER BY deadline_us LIMIT ?",
        "deadline_us <= ?1 AND deadline_us > ?1 - 4000000 ORDER BY deadline_us LIMIT ?2",
    ),
    bug(
        "nobody_is_found_missing",
        (6, 7),
        sweep.unheard_sessions,
        "work.stores.sessions.unheard(before_us, limit=BATCH)",
        "[]",
    ),
    bug(
        "lost_workers_are_not_looked_for",
        (6, 7),
        sweep.lost_workers,
        "work.stores.workers.lost(work.now_us, limit=BATCH)",
        "[]",
    ),
    bug(
        "the_answer_does_not_wait_for_the_disk",
        (8,),
        desk.Desk.do,
        "answer, work = await self._database.run(unit)",
        "import asyncio; box = []; task = asyncio.ensure_future(self._database.run("
        "lambda tx: box.append(unit(tx)) or box[-1]));"
        " await asyncio.sleep(0); import contextlib\n"
        "    while not box and not task.done(): await asyncio.sleep(0.0005)\n"
        "    answer, work = box[-1] if box else await task",
    ),
    bug(
        "a_key_is_not_remembered",
        (8,),
        opening._answered,
        "if opening.idempotency_key is None:",
        "if True:",
    ),
    bug(
        "the_priority_class_is_forgotten",
        (4,),
        sessions.SqlSessionStore.first_in_line,
        "s.priority DESC, s.ticket LIMIT 1",
        "s.ticket LIMIT 1",
    ),
    bug(
        "a_stopped_of_another_term_is_believed",
        (2,),
        working._stopped,
        " or slot.term != message.term:",
        ":",
    ),
    bug(
        "a_world_holds_off_without_a_budget",
        (7,),
        holding.HoldOff.asked,
        "seconds(budget_s) - spent_us",
        "seconds(budget_s)",
    ),
    bug(
        "input_that_only_a_beat_told_of_is_ignored",
        (7,),
        sweep._silent,
        "if lease is not None and _was_at_work",
        "if False and _was_at_work",
    ),
    bug(
        "an_extension_moves_no_end",
        (7,),
        lifecycle._extended,
        "until_us + happened.extra_us",
        "until_us",
    ),
    Planted(
        "an_extension_that_is_asked_for_again_counts_again",
        (8,),
        (
            Change(extending._was_answered, "return known is not None", "return False"),
            Change(extending.extend, "if not work.stores.sessions.remember(", "if None is ("),
        ),
    ),
    bug(
        "a_plan_does_not_bound_extensions",
        (8,),
        extending.extend,
        "min(seconds(asked.extra_s), room_us)",
        "seconds(asked.extra_s)",
    ),
    bug(
        "hours_that_are_used_up_end_nobody",
        (7,),
        hours.end_without_hours,
        "if end_us <= work.now_us:",
        "if False:",
    ),
    bug(
        "hours_end_too_soon",
        (1, 7),
        plan_hours.StreamMonth.reached_us,
        "left_us = limit_us -",
        "left_us = limit_us - 20_000_000 -",
    ),
    bug(
        "who_comes_after_the_hours_is_let_in",
        (1,),
        hours.refuse_without_hours,
        "if used_us < account.stream_us:",
        "if True:",
    ),
    bug(
        "hours_are_settled_twice",
        (1, 5, 7),
        plan_hours._with,
        "row.settled_us + sign * part_us",
        "row.settled_us + 2 * sign * part_us",
    ),
    bug(
        "a_disabled_project_goes_on",
        (7,),
        ruling.rule,
        "_end_all(work, work.stores.sessions.of_project(ruled.id), DISABLED, actor)",
        "pass",
    ),
    bug(
        "who_waits_is_forgotten_when_the_queue_is_switched_off",
        (4,),
        ruling.rule,
        "if not ruled.rules.queue.enabled:",
        "if False:",
    ),
    bug(
        "a_slot_that_comes_free_is_offered_to_nobody",
        (4, 6, 7),
        dispatch.waiting_lanes,
        "return [(lane.project_id, lane.region) for lane in lanes]",
        "return []",
    ),
)
PLANTED: Final = (*OF_SESSIONS, *OF_RUNS)


SEEDS: Final = {
    "what_is_held_is_not_counted": 1,
    "a_slot_is_free_before_its_world_is_gone": 1,
    "a_beat_is_confirmed_before_it_is_written": 2,
    "every_end_is_a_failure": 1,
    "the_last_is_served_first": 1,
    "the_log_tells_when_it_was_written": 1,
    "input_that_only_a_beat_told_of_is_ignored": 1,
    "an_extension_moves_no_end": 1,
    "a_disabled_project_goes_on": 3,
}
"""Worlds that catch a bug within minutes of theirs: each is run with it, twice, and without."""


@contextlib.contextmanager
def plant(name: str) -> Iterator[None]:
    """Let a bug live for a while."""
    found = next(one for one in PLANTED if one.name == name)
    healthy = [(_function(change), _function(change).__code__) for change in found.changes]
    for change in found.changes:
        _function(change).__code__ = _sick(change, name).__code__
    try:
        yield
    finally:
        for function, code in healthy:
            function.__code__ = code


def _function(change: Change) -> FunctionType:
    assert isinstance(change.function, FunctionType)
    return change.function


def _sick(change: Change, name: str) -> FunctionType:
    function = _function(change)
    text = textwrap.dedent(inspect.getsource(function))
    if text.count(change.sane) != 1:
        raise AssertionError(f"{name}: {change.sane!r} is not once in {function.__qualname__}")
    names: dict[str, object] = {}
    exec(compile(text.replace(change.sane, change.sick), name, "exec"), function.__globals__, names)
    found = names[function.__name__]
    assert isinstance(found, FunctionType)
    return found
