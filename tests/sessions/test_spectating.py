"""A watch changes nothing of its session: no state, no lease, no timer, no meter."""

from functools import partial

import pytest

from diorama.accounts.credentials import SpectatorToken
from diorama.kernel.errors import LimitReached, NotFound
from diorama.projects.rules import Rules, SpectatorRules
from diorama.protocol.end_codes import EndCode
from diorama.protocol.spectator_views import CreateSpectator
from diorama.protocol.states import SessionState as S
from diorama.protocol.worker import Spectated, SpectatorLeft
from diorama.sessions.lifecycle import Session
from diorama.sessions.spectating import (
    ANSWER_WITHIN_S,
    Inviter,
    answered,
    begin_watch,
    end_overdue,
    forget_watches,
    gone,
    invite,
    look_at_watch,
    overdue_watches,
    watching,
)
from diorama.sessions.spectator_store import Watch
from diorama.sessions.work import Work
from tests.sessions.house import House, Rig, ended, project
from tests.sessions.test_sweep import heard_for

WATCHED = Rules(spectators=SpectatorRules(enabled=True, max=2))


async def live(house: House) -> tuple[Rig, Session]:
    await house.build(projects=[project(rules=WATCHED)])
    rig = await house.worker()
    return rig, await house.streaming(rig)


async def let(house: House, session: Session) -> SpectatorToken:
    made = await house.do(
        lambda work: invite(work, session.id, CreateSpectator(), Inviter("key:key_house"))
    )
    return SpectatorToken(session_id=session.id, spectator_id=made.id)


async def ask(house: House, token: SpectatorToken) -> Watch:
    return await house.do(partial(begin_watch, token=token, offer="v=0"))


async def watch(house: House, session: Session) -> Watch:
    """Let somebody watch, and let the worker answer them."""
    asked = await ask(house, await let(house, session))
    await house.do(partial(answered, worker_id=asked.worker_id, message=answer(asked)))
    return asked


def answer(asked: Watch) -> Spectated:
    return Spectated(asked.session_id, asked.term, asked.id, "an answer")


async def count(house: House, session: Session) -> int:
    found = await house.look(lambda work: watching(work, [session]))
    return found.get(session.id, 0)


async def sweep(house: House) -> None:
    for one in await house.look(overdue_watches):
        await house.do(partial(end_overdue, watch=one))


async def test_a_viewer_who_does_nothing_is_ended_however_many_watch(house: House) -> None:
    rig, session = await live(house)
    await watch(house, session)
    await heard_for(house, rig, session, 150)

    over = await house.session(session)
    await sweep(house)

    assert ended(over) == (S.DISCONNECTED, EndCode.TIME_LIMIT, "afk_timeout")
    assert await house.metered_s(session) == pytest.approx(150, abs=10)


async def test_a_viewer_who_is_not_heard_is_counted_out_however_many_watch(house: House) -> None:
    rig, session = await live(house)
    await watch(house, session)
    before = await house.session(session)
    house.clock.step(seconds=11)
    await rig.beat()
    await house.sweep()

    away = await house.session(session)

    assert before.detached_us is None
    assert away.detached_us is not None
    assert await count(house, session) == 1


async def test_a_session_that_is_watched_is_at_the_same_version(house: House) -> None:
    rig, session = await live(house)
    before = await house.session(session)
    watched = await watch(house, session)
    left = SpectatorLeft(session.id, watched.term, watched.id, "left")
    await house.do(partial(gone, worker_id=rig.worker.id, message=left))

    assert await house.session(session) == before
    assert (await house.held(), before.state) == (1, S.STREAMING)


async def test_of_many_at_once_as_many_are_let_in_as_may(house: House) -> None:
    _, session = await live(house)
    tokens = [await let(house, session) for _ in range(6)]
    let_in: list[str] = []

    def come(work: Work, token: SpectatorToken) -> None:
        try:
            let_in.append(begin_watch(work, token, "v=0").id)
        except LimitReached:
            return

    await house.at_once(partial(come, token=token) for token in tokens)

    assert len(set(let_in)) == 2


async def test_an_offer_whose_gateway_died_holds_its_place_for_a_while_only(house: House) -> None:
    _, session = await live(house)
    for _ in range(2):
        await ask(house, await let(house, session))
    token = await let(house, session)
    with pytest.raises(LimitReached):
        await ask(house, token)
    house.clock.step(seconds=2 * ANSWER_WITHIN_S)
    await sweep(house)

    assert (await ask(house, token)).state == "asked"


async def test_an_answer_after_its_watch_was_given_up_is_for_nobody(house: House) -> None:
    _, session = await live(house)
    asked = await ask(house, await let(house, session))
    house.clock.step(seconds=2 * ANSWER_WITHIN_S)
    await sweep(house)
    await house.do(partial(answered, worker_id=asked.worker_id, message=answer(asked)))

    found = await house.look(partial(look_at_watch, watch=asked))

    assert (found.state, found.reason, found.answer) == ("ended", "not_answered", "")


async def test_another_workers_word_changes_nothing(house: House) -> None:
    _, session = await live(house)
    asked = await ask(house, await let(house, session))
    await house.do(partial(answered, worker_id="wrk_other", message=answer(asked)))

    assert (await house.look(partial(look_at_watch, watch=asked))).state == "asked"


async def test_a_watch_is_over_with_its_session_before_any_sweep(house: House) -> None:
    _, session = await live(house)
    watched = await watch(house, session)
    token = await let(house, session)
    await house.end(session)

    found = await house.look(partial(look_at_watch, watch=watched))
    with pytest.raises(NotFound):
        await ask(house, token)
    await sweep(house)
    house.clock.step(seconds=3_601)
    forgotten = await house.do(forget_watches)

    assert (found.state, found.reason) == ("ended", "session_ended")
    assert forgotten == 1
