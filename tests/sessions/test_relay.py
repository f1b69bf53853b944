"""Signals that one gateway leaves for another, on each database."""

import pytest

from diorama.kernel.units import SECOND_US
from diorama.protocol.media import Answer, Candidate, IceCandidate, Offer
from diorama.sessions import relay
from diorama.sessions.fleet_store import Signalled
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import leave
from tests.sessions.house import House, Rig

OFFER = Offer(attachment=1, sdp="offer")
ANSWER = Answer(attachment=1, sdp="answer")


@pytest.fixture
async def rig(house: House) -> Rig:
    await house.build()
    return await house.worker()


@pytest.fixture
async def session(house: House, rig: Rig) -> Session:
    """Return a session that streams, as it is now."""
    return await house.session(await house.streaming(rig))


def candidate(number: int) -> Candidate:
    return Candidate(attachment=1, candidate=IceCandidate(candidate=str(number)))


async def offer(house: House, session: Session, signal: Offer | Candidate = OFFER) -> bool:
    assert session.worker_id is not None
    sender = (session.worker_id, session.term)
    return await house.do(
        lambda work: relay.leave_for_viewer(work, session.id, signal, sender=sender)
    )


async def answer(house: House, session: Session, signal: Answer = ANSWER) -> str | None:
    return await house.do(
        lambda work: relay.leave_for_worker(work, session.id, signal, socket=session.socket)
    )


async def taken(
    house: House, *, viewers: dict[str, int] | None = None, workers: dict[str, int] | None = None
) -> list[Signalled]:
    return await house.do(lambda work: relay.take_signals(work, viewers or {}, workers or {}))


async def test_a_viewers_signals_come_in_the_order_in_which_they_were_left(
    house: House, session: Session
) -> None:
    signals: list[Offer | Candidate] = [OFFER, *(candidate(number) for number in range(20))]
    for signal in signals:
        await offer(house, session, signal)

    found = await taken(house, viewers={session.id: session.socket})

    assert [relay.for_viewer(one) for one in found] == signals
    assert await taken(house, viewers={session.id: session.socket}) == []


async def test_a_workers_signals_name_session_and_term(
    house: House, rig: Rig, session: Session
) -> None:
    recipient = await answer(house, session)

    (found,) = await taken(house, workers={rig.worker.id: rig.worker.socket})

    assert recipient == rig.worker.id
    assert (found.session_id, found.term) == (session.id, session.term)
    assert relay.for_worker(found) == ANSWER


async def test_an_older_socket_is_given_nothing(house: House, rig: Rig, session: Session) -> None:
    await offer(house, session)
    await answer(house, session)
    await rig.register()
    older = await taken(
        house,
        viewers={session.id: session.socket - 1},
        workers={rig.worker.id: rig.worker.socket - 1},
    )
    newest = await taken(
        house, viewers={session.id: session.socket}, workers={rig.worker.id: rig.worker.socket}
    )

    assert older == []
    assert len(newest) == 2


async def test_what_is_about_an_older_peer_connection_is_dropped_on_the_way(
    house: House, session: Session
) -> None:
    await offer(house, session)
    later = await house.attach(session)
    found = await taken(house, viewers={session.id: later.socket})

    assert later.attachment == 2
    assert found == []
    assert await house.look(lambda work: work.stores.fleet.signalled()) == (set(), set())


async def test_what_is_late_foreign_or_ended_is_not_left(
    house: House, rig: Rig, session: Session
) -> None:
    foreign = relay.leave_for_viewer
    late = (rig.worker.id, session.term - 1)
    other = ("wrk_other", session.term)
    assert not await house.do(lambda work: foreign(work, session.id, OFFER, sender=late))
    assert not await house.do(lambda work: foreign(work, session.id, OFFER, sender=other))
    assert await answer(house, session, Answer(attachment=2, sdp="early")) is None
    await house.do(lambda work: leave(work, session.id, 1000))

    assert not await offer(house, session)
    assert await answer(house, session) is None


async def test_no_more_than_a_hundred_wait_for_a_session(house: House, session: Session) -> None:
    left = [await offer(house, session, candidate(n)) for n in range(relay.MOST_WAITING + 1)]

    assert left == [True] * relay.MOST_WAITING + [False]


async def test_signals_that_nobody_comes_for_are_forgotten(house: House, session: Session) -> None:
    await offer(house, session)
    house.clock.step(seconds=relay.KEPT_US / SECOND_US - 1)
    too_soon = await house.do(relay.forget_signals)
    waiting = await house.look(lambda work: work.stores.fleet.signalled())
    house.clock.step(seconds=1)

    assert (too_soon, waiting) == (0, ({session.id}, set()))
    assert await house.do(relay.forget_signals) == 1
