"""Doors: what a ticket or an address is worth at the instant at which it changes."""

import pytest

from diorama.kernel.errors import LimitReached, Unauthorized
from diorama.leases.timers import DEFAULTS
from diorama.projects.rules import PublicRules, QueueRules, Rules
from diorama.protocol.states import SessionState
from diorama.sessions.doors import Door
from tests.sessions.house import Asked, House, project, ticket

VISITOR = Asked(door=Door(visitor="somewhere"))
ANN = Asked(end_user="ann")


async def test_a_visitor_who_is_not_heard_counts_until_it_is_stale(house: House) -> None:
    await house.build(projects=[project(rules=Rules(public=PublicRules(per_address=1)))])
    rig = await house.worker(slots=3)
    await house.streaming(rig, VISITOR)
    await house.after(DEFAULTS.detached_after_s)
    await rig.beat()
    await house.after(DEFAULTS.stale_after_s - DEFAULTS.detached_after_s - 0.000_001)

    with pytest.raises(LimitReached) as refused:
        await house.open(VISITOR)
    house.clock.step(seconds=0.000_001)
    opened = await house.open(VISITOR)

    assert refused.value.code == "address_limit"
    assert opened.session.state is SessionState.CONNECTING


async def test_a_waiter_who_is_away_takes_no_place_from_its_end_user(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=QueueRules(per_end_user=1)))])
    rig = await house.worker()
    await house.open()
    waiting = (await house.open(ANN)).session
    await house.attach(waiting)
    await house.after(DEFAULTS.detached_after_s)
    await rig.beat()

    with pytest.raises(LimitReached) as refused:
        await house.open(ANN)
    await house.after(DEFAULTS.stale_after_s - DEFAULTS.detached_after_s)
    again = await house.open(ANN)

    assert refused.value.code == "waiting_limit"
    assert again.session.state is SessionState.QUEUED


async def test_what_a_key_or_ticket_opens_counts_for_no_address(house: House) -> None:
    await house.build(projects=[project(rules=Rules(public=PublicRules(per_address=1)))])
    await house.worker(slots=4)

    await house.open(VISITOR)
    by_ticket = await house.open(Asked(end_user="ann", door=ticket("ann")))

    assert by_ticket.session.visitor is None
    assert by_ticket.session.ticket_id == "tkt_1"


async def test_a_ticket_that_a_limit_refuses_is_still_good(house: House) -> None:
    asked = Asked(end_user="ann", door=ticket("ann"))
    rules = Rules(queue=QueueRules(enabled=False))
    await house.build(limit=1, projects=[project(rules=rules)])
    await house.worker(slots=2)
    first = (await house.open()).session

    with pytest.raises(LimitReached):
        await house.open(asked)
    await house.end(first)
    opened = await house.open(asked)
    with pytest.raises(Unauthorized):
        await house.open(asked)

    assert opened.session.end_user == "ann"
