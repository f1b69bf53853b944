"""Who may have a slot: limits at their edges, who yields to whom, and where the rest goes."""

import random
from dataclasses import replace
from typing import Final

import pytest

from diorama.admission.decision import (
    Ask,
    Counts,
    Holder,
    LimitAnswer,
    LimitKind,
    Pass,
    Placement,
    Reject,
    Room,
    Wait,
    answer_limits,
    limits_in_the_way,
    place,
)
from diorama.kernel.units import seconds
from diorama.projects.rules import OnLimit, QueueRules, Rules
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import SessionState
from tests.clock import NOON_US

STALE_AFTER_S: Final = 15.0
NO_LIMITS: Final = Counts(
    account=0,
    account_limit=5,
    end_user=None,
    end_user_limit=None,
    project=0,
    project_cap=None,
)
YIELDED: Final = End(EndCode.ABNORMAL, "stale_yielded")
TAKEN: Final = End(EndCode.SUPERSEDED, "taken_over")


def ago(age_s: float) -> int:
    return NOON_US - seconds(age_s)


def holder(
    session_id: str,
    *,
    unheard_s: float | None = None,
    project_id: str = "prj_1",
    region: str = "local",
    end_user: str | None = None,
) -> Holder:
    """A session that holds a slot; its viewer is heard, or detached and unheard for so long."""
    return Holder(
        client_id=None,
        session_id=session_id,
        project_id=project_id,
        project_name=project_id,
        region=region,
        end_user=end_user,
        device=None,
        state=SessionState.STREAMING if unheard_s is None else SessionState.CONNECTING,
        created_us=ago(600),
        heard_us=ago(unheard_s or 0),
        detached_us=None if unheard_s is None else ago(unheard_s),
    )


def ask(on_limit: OnLimit = OnLimit.REJECT, *, end_user: str | None = None) -> Ask:
    rules = Rules(on_limit=on_limit)
    return Ask(project_id="prj_1", region="local", end_user=end_user, rules=rules)


def counted(
    *holders: Holder,
    account: int = 5,
    end_user: int | None = None,
    cap: int | None = None,
    asked: Ask | None = None,
) -> Counts:
    """What the limits count of these holders, for a request."""
    asked = asked or ask()
    own = [h for h in holders if (h.project_id, h.end_user) == (asked.project_id, asked.end_user)]
    here = [h for h in holders if (h.project_id, h.region) == (asked.project_id, asked.region)]
    return Counts(
        account=len(holders),
        account_limit=account,
        end_user=None if asked.end_user is None else len(own),
        end_user_limit=end_user,
        project=len(here),
        project_cap=cap,
    )


def answer(asked: Ask, counts: Counts, *holders: Holder) -> LimitAnswer:
    return answer_limits(asked, counts, holders, now_us=NOON_US, stale_after_s=STALE_AFTER_S)


def ended(found: LimitAnswer) -> list[tuple[str, End]]:
    return [(ending.session_id, ending.end) for ending in found.ending]


# Limits


@pytest.mark.parametrize(
    ("counts", "kinds"),
    [
        (replace(NO_LIMITS, account=4), set()),
        (replace(NO_LIMITS, account=5), {LimitKind.ACCOUNT}),
        (replace(NO_LIMITS, account=6), {LimitKind.ACCOUNT}),
        (replace(NO_LIMITS, account_limit=0), {LimitKind.ACCOUNT}),
        (replace(NO_LIMITS, end_user=1, end_user_limit=2), set()),
        (replace(NO_LIMITS, end_user=2, end_user_limit=2), {LimitKind.END_USER}),
        (replace(NO_LIMITS, end_user=9, end_user_limit=None), set()),
        (replace(NO_LIMITS, end_user=None, end_user_limit=0), set()),
        (replace(NO_LIMITS, project=1, project_cap=2), set()),
        (replace(NO_LIMITS, project=2, project_cap=2), {LimitKind.PROJECT}),
        (replace(NO_LIMITS, project_cap=0), {LimitKind.PROJECT}),
        (replace(NO_LIMITS, project=99, project_cap=None), set()),
        (
            Counts(
                account=5,
                account_limit=5,
                end_user=1,
                end_user_limit=1,
                project=2,
                project_cap=2,
            ),
            set(LimitKind),
        ),
    ],
)
def test_a_limit_is_in_the_way_once_it_is_reached(counts: Counts, kinds: set[LimitKind]) -> None:
    assert limits_in_the_way(counts) == kinds


def test_under_every_limit_a_request_passes_and_nobody_ends() -> None:
    live = [holder("a"), holder("b", unheard_s=60)]

    assert answer(ask(), counted(*live), *live) == Pass()


# Stale sessions yield


@pytest.mark.parametrize(("unheard_s", "yields"), [(14.999999, False), (15, True)])
def test_a_session_yields_at_the_instant_its_viewer_is_stale(
    unheard_s: float, yields: bool
) -> None:
    one = holder("a", unheard_s=unheard_s)

    found = answer(ask(), counted(one, account=1), one)

    assert isinstance(found, Pass) is yields
    assert ended(found) == ([("a", YIELDED)] if yields else [])


def test_a_viewer_who_is_heard_never_yields() -> None:
    one = replace(holder("a"), heard_us=ago(3_600))

    assert isinstance(answer(ask(), counted(one, account=1), one), Reject)


def test_a_detached_viewer_whose_last_word_is_unknown_is_counted_from_its_detaching() -> None:
    one = replace(holder("a", unheard_s=15), heard_us=None)

    assert ended(answer(ask(), counted(one, account=1), one)) == [("a", YIELDED)]


def test_the_longest_unheard_yields_first_and_only_as_many_as_it_takes() -> None:
    stale = [holder("b", unheard_s=20), holder("a", unheard_s=40), holder("c", unheard_s=30)]

    found = answer(ask(), counted(*stale, account=3), *stale)
    lowered = answer(ask(), counted(*stale, account=2), *stale)

    assert ended(found) == [("a", YIELDED)]
    assert ended(lowered) == [("a", YIELDED), ("c", YIELDED)]


def test_only_what_counts_in_the_limit_yields_to_it() -> None:
    elsewhere = holder("a", unheard_s=60, project_id="prj_2")
    other_region = holder("b", unheard_s=50, region="east")
    here = holder("c", unheard_s=20)
    holders = [elsewhere, other_region, here]

    found = answer(ask(), counted(*holders, cap=1), *holders)

    assert ended(found) == [("c", YIELDED)]


def test_what_is_stale_in_another_region_is_no_help_to_a_cap() -> None:
    holders = [holder("a"), holder("b", unheard_s=60, region="east")]

    found = answer(ask(), counted(*holders, cap=1), *holders)

    assert isinstance(found, Reject)
    assert ended(found) == []


def test_a_limit_that_was_lowered_refuses_only_after_the_stale_have_ended() -> None:
    """No request is refused by a limit while a stale session counts in it: law 1."""
    holders = [holder("a"), holder("b"), holder("c", unheard_s=20)]

    found = answer(ask(), counted(*holders, account=2), *holders)

    assert isinstance(found, Reject)
    assert ended(found) == [("c", YIELDED)]
    assert [h.session_id for h in found.holders] == ["a", "b"]


# What on_limit says


def test_a_refusal_lists_what_holds_the_slots() -> None:
    holders = [holder("a"), holder("b", project_id="prj_2")]

    found = answer(ask(), counted(*holders, account=2), *holders)

    refused = End(EndCode.LIMIT_REACHED, "account_limit")
    assert found == Reject(end=refused, holders=tuple(holders))


def test_a_cap_lists_only_the_sessions_it_counts() -> None:
    holders = [holder("a"), holder("b", region="east"), holder("c", project_id="prj_2")]

    found = answer(ask(), counted(*holders, cap=1), *holders)

    assert found == Reject(end=End(EndCode.LIMIT_REACHED, "project_cap"), holders=(holders[0],))


def test_an_end_users_limit_counts_that_end_user_alone() -> None:
    asked = ask(end_user="ann")
    holders = [holder("a", end_user="ann"), holder("b", end_user="bob"), holder("c")]

    found = answer(asked, counted(*holders, end_user=1, asked=asked), *holders)

    assert found == Reject(end=End(EndCode.LIMIT_REACHED, "end_user_limit"), holders=(holders[0],))


def test_of_many_limits_the_widest_is_named() -> None:
    one = holder("a")

    found = answer(ask(), counted(one, account=1, cap=1), one)

    assert isinstance(found, Reject)
    assert found.end.reason == "account_limit"


def test_a_project_may_let_requests_wait_for_a_limit() -> None:
    one = holder("a")

    assert answer(ask(OnLimit.QUEUE), counted(one, account=1), one) == Wait(ending=())


def test_where_the_queue_is_off_nobody_waits_for_a_limit() -> None:
    one = holder("a")
    rules = Rules(on_limit=OnLimit.QUEUE, queue=QueueRules(enabled=False))

    assert isinstance(
        answer(replace(ask(), rules=rules), counted(one, account=1), one),
        Reject,
    )


def test_the_stale_end_also_where_the_rest_waits() -> None:
    holders = [holder("a"), holder("b", unheard_s=20)]

    found = answer(ask(OnLimit.QUEUE), counted(*holders, account=1), *holders)

    assert isinstance(found, Wait)
    assert ended(found) == [("b", YIELDED)]


def test_a_takeover_ends_ones_own_longest_detached_session() -> None:
    asked = ask(OnLimit.TAKE_OVER, end_user="ann")
    holders = [
        holder("a", unheard_s=3, end_user="ann"),
        holder("b", unheard_s=9, end_user="ann"),
        holder("c", unheard_s=12, end_user="bob"),
    ]

    found = answer(asked, counted(*holders, account=3, asked=asked), *holders)

    assert isinstance(found, Pass)
    assert ended(found) == [("b", TAKEN)]


def test_a_takeover_ends_nobody_elses_session_and_none_that_is_watched() -> None:
    asked = ask(OnLimit.TAKE_OVER, end_user="ann")
    holders = [holder("a", end_user="ann"), holder("b", unheard_s=9, end_user="bob")]

    found = answer(asked, counted(*holders, account=2, asked=asked), *holders)

    assert isinstance(found, Reject)
    assert ended(found) == []


def test_an_anonymous_visitor_takes_over_nobodys_session() -> None:
    asked = ask(OnLimit.TAKE_OVER)
    holders = [holder("a", unheard_s=9)]

    found = answer(asked, counted(*holders, account=1, asked=asked), *holders)

    assert isinstance(found, Reject)
    assert ended(found) == []


def test_the_accounts_key_takes_over_a_session_without_an_end_user() -> None:
    asked = replace(ask(OnLimit.TAKE_OVER), with_key=True)
    holders = [holder("a", unheard_s=9), holder("b", unheard_s=12, end_user="bob")]

    found = answer(asked, counted(*holders, account=2, asked=asked), *holders)

    assert isinstance(found, Pass)
    assert ended(found) == [("a", TAKEN)]


def test_a_takeover_ends_the_session_that_helps() -> None:
    asked = ask(OnLimit.TAKE_OVER, end_user="ann")
    holders = [
        holder("a", unheard_s=9, end_user="ann", project_id="prj_2"),
        holder("b", unheard_s=3, end_user="ann"),
    ]

    found = answer(asked, counted(*holders, account=2, cap=1, asked=asked), *holders)

    assert isinstance(found, Pass)
    assert ended(found) == [("b", TAKEN)]


def test_a_takeover_that_would_not_help_ends_nobody() -> None:
    asked = ask(OnLimit.TAKE_OVER, end_user="ann")
    holders = [holder("a"), holder("b", unheard_s=9, end_user="ann")]

    found = answer(asked, counted(*holders, account=1, asked=asked), *holders)

    assert isinstance(found, Reject)
    assert ended(found) == []


# Whatever holds the slots


@pytest.mark.parametrize("seed", range(500))
def test_the_limits_hold_and_no_stale_session_makes_them_refuse(seed: int) -> None:
    rng = random.Random(seed)
    asked = ask(rng.choice(list(OnLimit)), end_user=rng.choice([None, "ann"]))
    holders = [
        holder(
            f"s{number}",
            unheard_s=rng.choice([None, None, 5, 15, 40]),
            project_id=rng.choice(["prj_1", "prj_2"]),
            region=rng.choice(["local", "east"]),
            end_user=rng.choice([None, "ann", "bob"]),
        )
        for number in range(rng.randrange(8))
    ]
    account, cap = rng.randrange(1, 8), rng.choice([None, 1, 3])

    def now(held: list[Holder]) -> Counts:
        return counted(*held, account=account, end_user=2, cap=cap, asked=asked)

    found = answer(asked, now(holders), *holders)

    gone = {ending.session_id for ending in found.ending}
    left = [h for h in holders if h.session_id not in gone]
    blocking = limits_in_the_way(now(left))
    assert bool(blocking) is not isinstance(found, Pass)
    assert not [
        h
        for h in left
        if h.is_stale(NOON_US, STALE_AFTER_S)
        and (
            LimitKind.ACCOUNT in blocking
            or (LimitKind.PROJECT in blocking and (h.project_id, h.region) == ("prj_1", "local"))
        )
    ]
    assert len(gone) == len(found.ending)


# Where a request goes

OPEN: Final = Rules(queue=QueueRules(max_length=2))


@pytest.mark.parametrize(
    ("room", "must_wait", "where"),
    [
        (
            Room(waiting=0, somebody_ahead=False, slot_free=True, worker_exists=True),
            False,
            Placement.SLOT,
        ),
        (
            Room(waiting=0, somebody_ahead=False, slot_free=False, worker_exists=True),
            False,
            Placement.LINE,
        ),
        (
            Room(waiting=1, somebody_ahead=False, slot_free=True, worker_exists=True),
            False,
            Placement.SLOT,
        ),
        (
            Room(waiting=1, somebody_ahead=True, slot_free=True, worker_exists=True),
            False,
            Placement.LINE,
        ),
        (
            Room(waiting=0, somebody_ahead=False, slot_free=True, worker_exists=True),
            True,
            Placement.LINE,
        ),
        (
            Room(waiting=1, somebody_ahead=True, slot_free=False, worker_exists=True),
            True,
            Placement.LINE,
        ),
    ],
)
def test_a_free_slot_is_taken_only_where_nobody_waits(
    room: Room, must_wait: bool, where: Placement
) -> None:
    assert place(room, OPEN, must_wait=must_wait) is where


@pytest.mark.parametrize(
    ("room", "rules", "reason"),
    [
        (
            Room(waiting=0, somebody_ahead=False, slot_free=False, worker_exists=False),
            OPEN,
            "no_worker",
        ),
        (
            Room(waiting=2, somebody_ahead=True, slot_free=False, worker_exists=True),
            OPEN,
            "queue_full",
        ),
        (
            Room(waiting=0, somebody_ahead=False, slot_free=False, worker_exists=True),
            Rules(queue=QueueRules(max_length=0)),
            "queue_full",
        ),
        (
            Room(waiting=0, somebody_ahead=False, slot_free=False, worker_exists=True),
            Rules(queue=QueueRules(enabled=False)),
            "queue_off",
        ),
    ],
)
def test_what_nothing_can_serve_is_refused_with_the_reason(
    room: Room, rules: Rules, reason: str
) -> None:
    refused = place(room, rules, must_wait=False)

    assert refused == Reject(end=End(EndCode.NO_WORKER_AVAILABLE, reason))


@pytest.mark.parametrize(("waiting", "taken"), [(1, True), (2, False)])
def test_a_line_takes_as_many_as_its_length(waiting: int, taken: bool) -> None:
    room = Room(waiting=waiting, somebody_ahead=True, slot_free=False, worker_exists=True)

    assert (place(room, OPEN, must_wait=False) is Placement.LINE) is taken
