"""Giving a session more runtime, on each database."""

from functools import partial

import pytest

from diorama.kernel.errors import Invalid, NotFound, Refused
from diorama.kernel.units import seconds
from diorama.projects.rules import AfkRules, Rules
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.extending import Extension, extend
from diorama.sessions.lifecycle import Session
from tests.sessions.house import ACCOUNT, House, ended, project
from tests.sessions.test_sweep import heard_for

TEN_MINUTES = Rules(max_runtime_s=600, afk=AfkRules(enabled=False))


async def given(
    house: House, session: Session, extra_s: float, *, key: str | None = None
) -> Session:
    asked = Extension(
        session_id=session.id, account_id=ACCOUNT, extra_s=extra_s, idempotency_key=key
    )
    return await house.do(partial(extend, asked=asked))


async def test_more_runtime_moves_the_end_and_nothing_else(house: House) -> None:
    await house.build(projects=[project(rules=TEN_MINUTES)])
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 595)

    longer = await given(house, session, 60)
    await heard_for(house, rig, session, 60)
    await house.after(4.999999)
    still = await house.session(session)
    await house.after(0.000001)

    assert longer.runs_until_us == (session.runs_until_us or 0) + seconds(60)
    assert (longer.state, still.state) == (S.STREAMING, S.STREAMING)
    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.TIME_LIMIT,
        "max_runtime",
    )
    assert await house.metered_s(session) == 660


async def test_runtime_may_be_given_before_the_first_frame_and_while_the_viewer_is_away(
    house: House,
) -> None:
    await house.build(projects=[project(rules=TEN_MINUTES)])
    rig = await house.worker()
    session = (await house.open()).session

    await given(house, session, 100)
    started = await rig.stream(session)
    await rig.media(started, "lost")
    away = await given(house, session, 50)

    assert (started.runs_until_us or 0) - (started.first_frame_us or 0) == seconds(700)
    assert away.state is S.CONNECTING
    assert away.runs_until_us == (started.runs_until_us or 0) + seconds(50)


async def test_the_runtime_is_over_while_the_viewer_is_away_too(house: House) -> None:
    rules = Rules(max_runtime_s=60, afk=AfkRules(enabled=False))
    await house.build(projects=[project(rules=rules)])
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 55)
    await rig.media(session, "lost")

    await house.after(4.999999)
    still = await house.session(session)
    await house.after(0.000001)

    assert still.state is S.CONNECTING
    assert ended(await house.session(session))[1:] == (EndCode.TIME_LIMIT, "max_runtime")
    assert await house.metered_s(session) == 55


async def test_a_plan_bounds_what_one_session_runs_in_all(house: House) -> None:
    await house.build(projects=[project(rules=TEN_MINUTES)], max_runtime_s=900)
    rig = await house.worker()
    session = await house.streaming(rig)

    longest = await given(house, session, 86_400)
    with pytest.raises(Refused) as refused:
        await given(house, session, 1)

    assert longest.runs_until_us == (session.first_frame_us or 0) + seconds(900)
    assert (refused.value.code, refused.value.detail) == ("plan_runtime", {"max_runtime_s": 900})
    assert (await house.session(session)).version == longest.version


async def test_a_plan_bounds_the_runtime_that_a_project_gives(house: House) -> None:
    await house.build(projects=[project(rules=TEN_MINUTES)], max_runtime_s=120)
    rig = await house.worker()

    session = await house.streaming(rig)

    assert session.runs_until_us == (session.first_frame_us or 0) + seconds(120)


async def test_what_has_ended_gets_no_runtime(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.end(session)

    with pytest.raises(Refused) as refused:
        await given(house, session, 60)

    assert refused.value.code == "session_ended"


async def test_a_foreign_session_looks_like_a_missing_one(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    asked = Extension(session_id=session.id, account_id="acc_other", extra_s=60)

    with pytest.raises(NotFound) as refused:
        await house.do(partial(extend, asked=asked))

    assert refused.value.code == "session_unknown"


async def test_a_repeated_request_is_answered_and_not_done_again(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    once = await given(house, session, 60, key="key-one")

    again = await given(house, session, 60, key="key-one")
    with pytest.raises(Invalid) as refused:
        await given(house, session, 61, key="key-one")

    assert again.runs_until_us == once.runs_until_us
    assert again.version == once.version
    assert refused.value.code == "idempotency_mismatch"
