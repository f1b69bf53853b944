"""The life of runs, and of simulations that follow from them, over plain values."""

from dataclasses import replace

import pytest

from diorama.kernel.errors import Refused
from diorama.kernel.units import SECOND_US, seconds
from diorama.protocol.states import OVER, RUNS_ON_SLOT, SimulationState
from diorama.protocol.worker import Frame
from diorama.simulations.deadlines import PATIENCE, Due, next_deadline
from diorama.simulations.lifecycle import (
    CANCELLED,
    COMPLETED,
    TRANSITIONS,
    Given,
    Run,
    RunEvent,
    RunHappened,
    Simulation,
    advance,
    failed,
    follow,
    state_of,
)
from diorama.simulations.line import Waiting, first_of, may_take

S, E = SimulationState, RunEvent
PENDING = Run(
    id="run_1",
    simulation_id="sim_1",
    account_id="acc_1",
    project_id="prj_1",
    region="here",
    pool="default",
    kind="python",
    end_user=None,
    index=0,
    length_ms=1_000,
    start_timeout_s=30.0,
    ticket=1,
    state=S.PENDING,
    version=1,
    created_us=0,
    entered_us=0,
)
JOB = Simulation(
    id="sim_1",
    account_id="acc_1",
    project_id="prj_1",
    region="here",
    pool="default",
    kind="python",
    end_user=None,
    name=None,
    seed=1,
    frame=Frame(),
    scripts=2,
    created_us=0,
)


def after(run: Run, *events: tuple[RunEvent, int]) -> Run:
    """Return a run after events at so many seconds."""
    for event, at_s in events:
        run = advance(
            run,
            RunHappened(
                event=event,
                at_us=at_s * SECOND_US,
                given=Given(worker_id="wrk_1", slot_id="wrk_1.0", term=7),
                recording_id="rec_1",
                outcome=COMPLETED,
            ),
        )
    return run


DISPATCHED = after(PENDING, (E.DISPATCHED, 1))
PROCESSING = after(DISPATCHED, (E.ACCEPTED, 2), (E.STARTED, 3))


def test_nothing_happens_to_a_run_that_is_over() -> None:
    assert {state for state, table in TRANSITIONS.items() if not table} == OVER
    with pytest.raises(Refused, match="changes nothing"):
        after(PROCESSING, (E.ENDED, 4), (E.ENDED, 5))


def test_every_state_that_waits_may_end_and_one_with_a_slot_may_be_tried_again() -> None:
    waits = set(TRANSITIONS) - OVER

    assert all(E.ENDED in TRANSITIONS[state] for state in waits)
    assert {state for state in waits if E.RETRIED in TRANSITIONS[state]} == RUNS_ON_SLOT


def test_a_run_is_metered_from_its_worlds_first_picture_to_its_last() -> None:
    done = after(PROCESSING, (E.RENDERED, 10), (E.ENDED, 20))

    assert done.metered_us == seconds(7)
    assert done.state is S.COMPLETED
    assert PROCESSING.used_us(seconds(5)) == seconds(2)


def test_each_attempt_is_metered_and_the_first_counts_up_to_where_it_was_lost() -> None:
    again = after(PROCESSING, (E.RETRIED, 5), (E.DISPATCHED, 6), (E.STARTED, 8), (E.ENDED, 9))

    assert again.metered_us == seconds(2 + 1)
    assert again.attempt == 2
    assert again.first_us == seconds(3)


def test_what_is_told_late_takes_effect_no_sooner_than_what_came_before() -> None:
    told = after(PROCESSING, (E.RENDERED, 1), (E.ENDED, 0))

    assert (told.rendered_us, told.ended_us, told.metered_us) == (seconds(3), seconds(3), 0)


def test_a_run_that_waits_again_has_no_slot_and_keeps_its_place() -> None:
    waits = after(PROCESSING, (E.RETRIED, 5))

    assert (waits.state, waits.slot_id, waits.ticket) == (S.PENDING, None, PENDING.ticket)
    assert waits.may_retry
    assert not after(waits, (E.DISPATCHED, 6)).may_retry


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([S.PENDING, S.PENDING], S.PENDING),
        ([S.PENDING, S.DISPATCHED], S.DISPATCHED),
        ([S.DISPATCHED, S.PROCESSING], S.PROCESSING),
        ([S.COMPLETED, S.PENDING], S.PROCESSING),
        ([S.FAILED, S.PROCESSING], S.PROCESSING),
        ([S.COMPLETED, S.COMPLETED], S.COMPLETED),
        ([S.COMPLETED, S.FAILED], S.FAILED),
        ([S.COMPLETED, S.CANCELLED], S.CANCELLED),
        ([S.FAILED, S.CANCELLED], S.FAILED),
    ],
)
def test_the_state_of_a_simulation_follows_from_its_runs(
    states: list[SimulationState], state: SimulationState
) -> None:
    assert state_of([replace(PENDING, state=one) for one in states]) is state


def test_a_simulation_has_the_times_of_its_runs() -> None:
    running = follow(JOB, [PROCESSING, PENDING])
    over = follow(running, [after(PROCESSING, (E.ENDED, 9)), after(PENDING, (E.ENDED, 11))])

    assert (running.dispatched_us, running.started_us) == (seconds(1), seconds(3))
    assert (over.state, over.ended_us) == (S.COMPLETED, seconds(11))
    assert follow(running, [PROCESSING, PENDING]) is running


def test_a_run_that_failed_says_why_and_one_that_was_cancelled_does_not() -> None:
    lost = RunHappened(event=E.ENDED, at_us=0, outcome=failed("worker_lost"))
    stopped = RunHappened(event=E.ENDED, at_us=0, outcome=CANCELLED)

    assert advance(PROCESSING, lost).reason == "worker_lost"
    assert advance(PROCESSING, stopped).reason is None


@pytest.mark.parametrize(
    ("run", "due", "at_s"),
    [
        (PENDING, Due.NOT_DISPATCHED, PATIENCE.max_wait_s),
        (DISPATCHED, Due.NOT_ACCEPTED, 1 + 20),
        (after(DISPATCHED, (E.ACCEPTED, 2)), Due.NOT_STARTED, 2 + 30 + 10),
        (PROCESSING, Due.STALLED, 3 + PATIENCE.stalled_s),
        (replace(PROCESSING, moved_us=seconds(50)), Due.STALLED, 50 + PATIENCE.stalled_s),
        (replace(PROCESSING, moved_us=seconds(86_400)), Due.STALLED, 3 + 86_400),
        (after(PROCESSING, (E.RENDERED, 9)), Due.NOT_UPLOADED, 9 + PATIENCE.upload_within_s),
        (after(PROCESSING, (E.RETRIED, 9)), Due.NOT_DISPATCHED, 9 + PATIENCE.max_wait_s),
    ],
)
def test_every_state_of_a_run_that_waits_has_a_deadline(run: Run, due: Due, at_s: float) -> None:
    assert next_deadline(run, PATIENCE, accept_s=20.0) == (seconds(at_s), due)


def test_a_run_that_is_over_waits_for_nothing() -> None:
    assert next_deadline(after(PROCESSING, (E.ENDED, 9)), PATIENCE, accept_s=20.0) is None


def test_the_account_that_runs_least_is_next_and_of_those_who_came_first() -> None:
    busy = Waiting(account_id="acc_busy", run_id="run_a", ticket=1, running=2)
    later = Waiting(account_id="acc_later", run_id="run_b", ticket=9, running=0)
    sooner = Waiting(account_id="acc_sooner", run_id="run_c", ticket=8, running=0)

    assert first_of([busy, later, sooner]) is sooner
    assert first_of([busy]) is busy
    assert first_of([]) is None


@pytest.mark.parametrize(
    ("free", "keep_free", "may"), [(1, 0, True), (0, 0, False), (1, 1, False), (2, 1, True)]
)
def test_a_run_takes_a_slot_only_where_enough_stay_free(
    *, free: int, keep_free: int, may: bool
) -> None:
    assert may_take(free=free, keep_free=keep_free) is may
