"""Asking for a session: who is let in, who waits, who is refused, on each database."""

import msgspec
import pytest

from diorama.kernel.errors import Invalid, LimitReached, NotFound, Refused, Unavailable
from diorama.projects.rules import OnLimit, QueueRules, Rules
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState
from diorama.sessions.opening import Opened, forget_old_answers
from diorama.sessions.viewing import leave
from diorama.sessions.working import register
from tests.sessions.house import ACCOUNT, Asked, House, ended, project, ticket

CLIENT = "client-number-one"
REJECT = Rules(on_limit=OnLimit.REJECT)


async def test_a_free_slot_is_given_at_once(house: House) -> None:
    await house.build()
    rig = await house.worker()

    opened = await house.open()

    slot = await house.slot(f"{rig.worker.id}.0")
    assert opened.session.state is SessionState.CONNECTING
    assert (slot.state, slot.session_id, slot.term) == (
        "held",
        opened.session.id,
        opened.session.term,
    )
    assert await house.held() == 1


async def test_who_finds_no_slot_waits_and_the_next_waits_behind(house: House) -> None:
    await house.build()
    await house.worker()
    await house.open()

    second, third = await house.open(), await house.open()

    assert second.session.state is SessionState.QUEUED
    assert await house.line() == [second.session.id, third.session.id]
    assert await house.held() == 1


async def test_where_no_worker_exists_nobody_is_let_wait(house: House) -> None:
    await house.build()

    with pytest.raises(Unavailable) as refused:
        await house.open()

    assert refused.value.code == "no_worker"
    assert refused.value.detail["end_code"] == EndCode.NO_WORKER_AVAILABLE


async def test_a_project_without_a_queue_refuses_who_finds_no_slot(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=QueueRules(enabled=False)))])
    await house.worker()
    await house.open()

    with pytest.raises(Unavailable) as refused:
        await house.open()

    assert refused.value.code == "queue_off"


async def test_a_line_is_no_longer_than_the_project_says(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=QueueRules(max_length=1)))])
    await house.worker()
    await house.open()
    await house.open()

    with pytest.raises(Unavailable) as refused:
        await house.open()

    assert refused.value.code == "queue_full"
    assert len(await house.line()) == 1


async def test_an_unknown_project_and_an_unknown_region_are_not_found(house: House) -> None:
    await house.build()

    with pytest.raises(NotFound) as no_project:
        await house.open(Asked(project="nowhere"))
    with pytest.raises(NotFound) as no_region:
        await house.open(Asked(region="there"))

    assert (no_project.value.code, no_region.value.code) == ("project_unknown", "region_unknown")


async def test_the_sixth_of_a_free_account_is_refused_with_what_holds_the_five(
    house: House,
) -> None:
    await house.build(projects=[project(rules=REJECT)])
    await house.worker(slots=6)
    five = [(await house.open(Asked(device=f"laptop {i}"))).session for i in range(5)]
    five.sort(key=lambda session: session.id)
    house.clock.step(seconds=2)

    with pytest.raises(LimitReached) as refused:
        await house.open(Asked(account_id=ACCOUNT))

    assert refused.value.code == "account_limit"
    assert refused.value.detail["end_code"] == EndCode.LIMIT_REACHED
    assert refused.value.detail["holders"] == [
        {
            "session": one.id,
            "project": "cove",
            "state": "connecting",
            "age_s": 2.0,
            "last_heard_s": 2.0,
            "device": one.device,
            "end": f"/v1/sessions/{one.id}",
        }
        for one in five
    ]


async def test_a_visitor_who_is_refused_is_told_of_no_session_but_its_own(house: House) -> None:
    await house.build(limit=2, projects=[project(rules=REJECT), project("bay", rules=REJECT)])
    await house.worker(slots=6)
    own = (await house.open(Asked(client_id="client-number-one"))).session
    await house.open(Asked(end_user="ann"))

    told = [
        await holders_told(house, Asked(project="bay", client_id=client, account_id=account))
        for client, account in (
            ("client-number-one", None),
            ("client-number-two", None),
            (None, None),
            (None, "acc_other"),
        )
    ]

    assert told == [[own.id], [], [], []]


async def test_an_end_user_who_is_refused_is_told_of_its_own_sessions(house: House) -> None:
    await house.build(limit=2, projects=[project(rules=REJECT)])
    await house.worker(slots=6)
    ann = (await house.open(Asked(end_user="ann"))).session
    bob = (await house.open(Asked(end_user="bob"))).session

    by_ticket = Asked(end_user="ann", door=ticket("ann"))
    told = await holders_told(house, by_ticket), await holders_told(house, Asked(end_user="ann"))

    assert told == ([ann.id], [ann.id, bob.id])


async def holders_told(house: House, asked: Asked) -> list[object]:
    with pytest.raises(LimitReached) as refused:
        await house.open(asked)
    holders = refused.value.detail["holders"]
    assert isinstance(holders, list)
    return [holder["session"] for holder in holders if isinstance(holder, dict)]


async def test_another_accounts_key_takes_nothing_over_from_visitors(house: House) -> None:
    take_over = Rules(on_limit=OnLimit.TAKE_OVER)
    await house.build(limit=1, projects=[project(rules=take_over)])
    rig = await house.worker(slots=2)
    visitor = await house.streaming(rig)
    await house.after(11)

    with pytest.raises(LimitReached):
        await house.open(Asked(account_id="acc_other"))
    by_account = await house.open(Asked(account_id=ACCOUNT))

    assert (await house.session(visitor)).is_final
    assert by_account.session.state is SessionState.CONNECTING


async def test_a_limit_may_let_requests_wait_although_slots_are_free(house: House) -> None:
    await house.build(limit=1)
    rig = await house.worker(slots=2)
    first = await house.streaming(rig)

    second = (await house.open()).session
    await house.dispatch()

    assert (await house.session(second)).state is SessionState.QUEUED
    await house.do(lambda work: leave(work, first.id, 1000))
    await house.dispatch()
    assert (await house.session(second)).state is SessionState.CONNECTING


async def test_one_end_user_has_a_limit_and_others_do_not_feel_it(house: House) -> None:
    await house.build(projects=[project(rules=Rules(on_limit=OnLimit.REJECT, end_user_limit=1))])
    await house.worker(slots=4)
    await house.open(Asked(end_user="ann"))

    with pytest.raises(LimitReached) as refused:
        await house.open(Asked(end_user="ann"))

    assert refused.value.code == "end_user_limit"
    assert (await house.open(Asked(end_user="bob"))).session.state is SessionState.CONNECTING


async def test_a_waiter_held_back_by_a_limit_of_its_own_lets_others_pass(house: House) -> None:
    await house.build(projects=[project(rules=Rules(end_user_limit=1))])
    rig = await house.worker(slots=1)
    ann = await house.streaming(rig, Asked(end_user="ann"))
    ann_again = (await house.open(Asked(end_user="ann"))).session
    bob = (await house.open(Asked(end_user="bob"))).session
    await house.worker("two")

    await house.dispatch()

    assert (await house.session(bob)).state is SessionState.CONNECTING
    assert (await house.session(ann_again)).state is SessionState.QUEUED
    await house.do(lambda work: leave(work, ann.id, 1000))
    await rig.stopped(ann)
    await house.dispatch()
    assert (await house.session(ann_again)).state is SessionState.CONNECTING


async def test_sixty_waiters_of_one_end_user_do_not_starve_who_comes_after(house: House) -> None:
    rules = Rules(end_user_limit=1, queue=QueueRules(per_end_user=None))
    await house.build(limit=100, projects=[project(rules=rules)])
    await house.worker(slots=1)
    await house.open(Asked(end_user="ann"))
    for _ in range(60):
        await house.open(Asked(end_user="ann"))
    bob = (await house.open(Asked(end_user="bob"))).session
    await house.worker("two")

    await house.dispatch()

    assert (await house.session(bob)).state is SessionState.CONNECTING


async def test_a_project_takes_no_more_slots_than_its_cap(house: House) -> None:
    await house.build(projects=[project(rules=Rules(on_limit=OnLimit.REJECT, worker_count=2))])
    await house.worker(slots=4)
    await house.open()
    await house.open()

    with pytest.raises(LimitReached) as refused:
        await house.open()

    assert refused.value.code == "project_cap"


async def test_a_session_whose_viewer_is_long_unheard_yields_to_a_limit(house: House) -> None:
    await house.build(limit=1, projects=[project(rules=REJECT)])
    rig = await house.worker(slots=2)
    gone = await house.streaming(rig)
    await house.after(14)

    with pytest.raises(LimitReached):
        await house.open()
    await rig.beat()
    await house.after(2)
    fresh = (await house.open()).session

    assert ended(await house.session(gone)) == (
        SessionState.FAILED,
        EndCode.ABNORMAL,
        "stale_yielded",
    )
    assert fresh.state is SessionState.CONNECTING
    assert await house.metered_s(gone) == 0


async def test_only_as_many_stale_sessions_yield_as_it_takes(house: House) -> None:
    await house.build(limit=2, projects=[project(rules=REJECT)])
    rig = await house.worker(slots=4)
    first, second = await house.streaming(rig), await house.streaming(rig)
    await rig.beat()
    await house.after(15)
    await rig.beat()

    await house.open()

    assert (await house.session(first)).is_final
    assert not (await house.session(second)).is_final


async def test_stale_sessions_end_also_where_a_limit_still_refuses(house: House) -> None:
    await house.build(limit=5, projects=[project(rules=REJECT)])
    rig = await house.worker(slots=4)
    stale, live = await house.streaming(rig), await house.streaming(rig)
    await house.after(10)
    await rig.beat()
    await house.attach(live)
    await house.hear(live)
    await house.after(6)
    house.limits_may_be_exceeded = True
    await house.set_limit(1)

    with pytest.raises(LimitReached) as refused:
        await house.open(Asked(account_id=ACCOUNT))

    assert (await house.session(stale)).is_final
    holders = refused.value.detail["holders"]
    assert isinstance(holders, list)
    assert [h["session"] for h in holders if isinstance(h, dict)] == [live.id]


async def test_under_take_over_ones_own_detached_session_gives_way(house: House) -> None:
    rules = Rules(on_limit=OnLimit.TAKE_OVER, end_user_limit=1)
    await house.build(projects=[project(rules=rules)])
    rig = await house.worker(slots=2)
    ann = Asked(end_user="ann")
    old = await house.streaming(rig, ann)

    with pytest.raises(LimitReached):
        await house.open(ann)
    await house.after(10)
    new = (await house.open(ann)).session

    assert ended(await house.session(old)) == (
        SessionState.DISCONNECTED,
        EndCode.SUPERSEDED,
        "taken_over",
    )
    assert new.state is SessionState.CONNECTING


async def test_the_same_client_continues_its_own_session(house: House) -> None:
    await house.build()
    rig = await house.worker()
    asked = Asked(client_id=CLIENT)
    first = await house.streaming(rig, asked)

    again = await house.open(asked)

    assert again.continued
    assert (again.session.id, again.session.state) == (first.id, SessionState.STREAMING)
    assert again.session.issue == first.issue + 1
    assert await house.held() == 1


async def test_a_client_whose_session_has_ended_gets_a_new_one(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    asked = Asked(client_id=CLIENT)
    first = await house.streaming(rig, asked)
    await house.do(lambda work: leave(work, first.id, 1000))

    again = await house.open(asked)

    assert not again.continued
    assert again.session.id != first.id


async def test_the_same_client_at_once_gets_one_session(house: House) -> None:
    await house.build()
    await house.worker(slots=4)

    found = await house.open_at_once(*(Asked(client_id=CLIENT) for _ in range(20)))

    opened = [one for one in found if isinstance(one, Opened)]
    assert len(opened) == 20
    assert len({one.session.id for one in opened}) == 1
    assert sorted(one.session.issue for one in opened) == list(range(1, 21))


async def test_a_repeated_request_has_the_same_answer(house: House) -> None:
    await house.build()
    await house.worker(slots=4)
    asked = Asked(key="key-number-one-01")

    first, again = await house.open(asked), await house.open(asked)
    other = await house.open(Asked(key="key-number-two-02"))

    assert again.session.id == first.session.id != other.session.id
    assert await house.held() == 2


async def test_a_key_used_for_another_request_is_refused(house: House) -> None:
    await house.build()
    await house.worker(slots=4)
    await house.open(Asked(key="key-number-one-01", body="one"))

    with pytest.raises(Invalid) as refused:
        await house.open(Asked(key="key-number-one-01", body="another"))

    assert refused.value.code == "idempotency_mismatch"


async def test_a_key_that_a_stranger_might_guess_is_refused(house: House) -> None:
    await house.build()
    await house.worker(slots=4)

    with pytest.raises(Invalid) as refused:
        await house.open(Asked(key="k" * 15))
    await house.open(Asked(key="k" * 16))
    await house.open(Asked(key="k", client_id="client-number-one"))

    assert refused.value.code == "idempotency_key"
    assert await house.held() == 2


async def test_twenty_repeats_at_once_make_one_session(house: House) -> None:
    await house.build(limit=30)
    await house.worker(slots=30)

    found = await house.open_at_once(*(Asked(key="key-number-one-01") for _ in range(20)))

    assert len({one.session.id for one in found if isinstance(one, Opened)}) == 1
    assert all(isinstance(one, Opened) for one in found), found
    assert await house.held() == 1


async def test_a_key_used_at_once_for_requests_of_two_lanes_answers_one(house: House) -> None:
    await house.build(projects=[project(), project("dreamer")])
    await house.worker(slots=4)

    found = await house.open_at_once(
        Asked(key="key-number-one-01", body="a"),
        Asked(key="key-number-one-01", body="b", project="dreamer"),
    )

    assert sum(isinstance(one, Opened) for one in found) == 1
    assert sum(isinstance(one, Invalid) for one in found) == 1
    assert await house.held() == 1


async def test_keys_of_two_accounts_never_meet(house: House) -> None:
    await house.build()
    await house.worker(slots=4)

    ours = await house.open(Asked(key="key-number-one-01", account_id=ACCOUNT))
    theirs = await house.open(Asked(key="key-number-one-01", account_id="acc_other"))

    assert ours.session.id != theirs.session.id


async def test_old_answers_are_forgotten(house: House) -> None:
    await house.build()
    await house.worker(slots=4)
    first = await house.open(Asked(key="key-number-one-01"))
    house.clock.step(seconds=60)

    kept = await house.do(lambda work: forget_old_answers(work, older_than_s=61, limit=10))
    gone = await house.do(lambda work: forget_old_answers(work, older_than_s=60, limit=10))

    assert (kept, gone) == (0, 1)
    assert (await house.open(Asked(key="key-number-one-01"))).session.id != first.session.id


async def test_a_hundred_requests_at_once_get_exactly_what_the_limit_allows(house: House) -> None:
    await house.build(limit=10, projects=[project(rules=REJECT), project("dreamer", rules=REJECT)])
    await house.worker(slots=50)
    await house.worker("two", slots=50)

    found = await house.open_at_once(
        *(Asked(project=("cove", "dreamer")[i % 2]) for i in range(100))
    )

    assert sum(isinstance(one, Opened) for one in found) == 10, found
    assert sum(isinstance(one, LimitReached) for one in found) == 90, found
    assert await house.held() == 10


async def test_a_hundred_requests_at_once_stand_in_line_each_in_one_place(house: House) -> None:
    await house.build(limit=10)
    await house.worker(slots=100)

    found = await house.open_at_once(*(Asked() for _ in range(100)))

    opened = [one.session for one in found if isinstance(one, Opened)]
    tickets = [one.ticket for one in opened if one.ticket is not None]
    assert len(opened) == 100
    assert sorted(tickets) == list(range(1, 91))


async def test_a_disabled_project_takes_nobody(house: House) -> None:
    await house.build()
    await house.worker()
    await house.change(msgspec.structs.replace(project(), enabled=False, version=2))

    with pytest.raises(Refused) as refused:
        await house.open()

    assert refused.value.code == "project_disabled"


async def test_one_client_that_asks_in_two_regions_at_once_gets_one_session(house: House) -> None:
    two_regions = msgspec.structs.replace(project(), regions=("here", "there"))
    await house.build(limit=50, projects=[two_regions])
    rig = await house.worker()
    there = msgspec.structs.replace(rig.hello(), name="two", region="there")
    await house.do(lambda work: register(work, there))
    clients = [f"client-number-{i:04}" for i in range(8)]

    got = await house.open_at_once(
        *(Asked(client_id=one, region=where) for one in clients for where in ("here", "there"))
    )

    assert [one for one in got if isinstance(one, Exception)] == []
    opened = [one for one in got if isinstance(one, Opened)]
    assert len({one.session.id for one in opened}) == len(clients)
    assert sum(one.continued for one in opened) == len(clients)
