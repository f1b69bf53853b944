"""Bugs of simulations' runs, planted as those of sessions are: see `planted`."""

from typing import Final

from diorama.sessions import run_dispatch, run_reports, run_sweep, run_yielding, running
from diorama.simulations import lifecycle, line
from diorama.storage import simulations
from tests.simulation.bugs import Change, Planted, bug

OF_RUNS: Final = (
    bug(
        "a_run_that_is_tried_again_keeps_its_term",
        (2,),
        run_dispatch._give,
        "term=held.term)",
        "term=run.term or held.term)",
    ),
    Planted(
        "a_run_that_is_over_completes",
        (3,),
        (
            Change(
                run_reports.report_of_run,
                " or run.state not in RUNS_ON_SLOT:",
                ":",
            ),
            Change(running._ended, "if run.is_over:", "if False:"),
            Change(
                lifecycle.advance,
                "table = TRANSITIONS[run.state]",
                "table = TRANSITIONS[run.state] or {happened.event: None}",
            ),
        ),
    ),
    bug(
        "runs_do_not_wait_for_viewers",
        (4,),
        run_yielding.yields,
        "return any(",
        "return False and any(",
    ),
    bug(
        "a_viewer_who_waits_for_a_limit_holds_up_runs",
        (4,),
        run_yielding.viewers_in_line,
        "next_in_line(work, project_id, line.region, set())\n"
        "        for project_id, account_id in accounts.items()\n"
        "        if account_id not in full ",
        "work.stores.sessions.first_in_line(project_id, line.region, without=set())\n"
        "        for project_id in accounts ",
    ),
    bug(
        "no_slot_is_kept_free_of_runs",
        (4,),
        line.may_take,
        "free > keep_free",
        "free > 0",
    ),
    bug(
        "the_newest_script_is_run_first",
        (4,),
        simulations.SqlSimulationStore.waiting,
        "MIN(ticket)",
        "MAX(ticket)",
    ),
    bug(
        "a_run_counts_as_a_stream",
        (1,),
        run_dispatch._give,
        "work.stores.slots.save(held)",
        "work.stores.slots.save(held); work.stores.accounts.count_held(run.account_id, 1)",
    ),
    bug(
        "a_run_is_tried_once_too_often",
        (7,),
        running.try_again,
        "if not run.may_retry or",
        "if run.attempt > 2 or",
    ),
    bug(
        "a_meter_that_stopped_stops_again",
        (5,),
        lifecycle._meter_stopped,
        "metered_since_us=None",
        "metered_since_us=since_us",
    ),
    bug(
        "usage_forgets_runs_that_are_over",
        (5,),
        simulations.SqlSimulationStore.used_us,
        "int(whole_us) + int(parts_us)",
        "int(parts_us)",
    ),
    bug(
        "runs_are_never_given_a_slot_in_time",
        (4, 7),
        run_dispatch.waiting_runs,
        "return work.stores.simulations.waiting_lines(limit=LINES_A_ROUND)",
        "return []",
    ),
    bug(
        "nobody_looks_whether_a_run_is_due",
        (7,),
        run_sweep.due_runs,
        "return work.stores.simulations.due(work.now_us, limit=BATCH)",
        "return []",
    ),
)
