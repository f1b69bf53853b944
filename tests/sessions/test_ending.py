"""Ending many sessions at once, on each database."""

from functools import partial

import pytest

from diorama.accounts.plans import Account
from diorama.kernel.errors import Invalid, NotFound
from diorama.protocol.end_codes import EndCode
from diorama.protocol.requests import EndSessions
from diorama.protocol.states import SessionState as S
from diorama.sessions.ending import end_these, sessions_to_end
from tests.sessions.house import ACCOUNT, ASKER, STRANGER, Asked, House, ended, project


async def test_those_named_are_ended_and_each_has_its_result(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    streaming = await house.streaming(rig)
    over = await house.streaming(rig)
    waiting = (await house.open()).session
    await house.end(over)

    results = await house.do(
        partial(end_these, by=ASKER, ids=[streaming.id, waiting.id, over.id, "ses_0"])
    )

    assert ended(await house.session(streaming)) == (
        S.DISCONNECTED,
        EndCode.ENDED_BY_OPERATOR,
        "ended_by_api",
    )
    assert [one.end.code if one.end else one.problem for one in results] == [
        4012,
        4012,
        1000,
        "session_unknown",
    ]
    assert await house.held() == 0


async def test_a_foreign_session_looks_like_a_missing_one_and_goes_on(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    stranger = Account(id="acc_other", name="two", plan="free", concurrent_streams=1, held=0)
    await house.do(lambda work: work.stores.accounts.add(stranger))

    (result,) = await house.do(partial(end_these, by=STRANGER, ids=[session.id]))

    assert (result.problem, result.end) == ("session_unknown", None)
    assert (await house.session(session)).state is S.STREAMING


async def test_a_project_s_are_those_that_have_not_ended(house: House) -> None:
    await house.build(projects=[project(), project("other")])
    rig = await house.worker(slots=3)
    first, second = await house.streaming(rig), await house.streaming(rig)
    await house.streaming(rig, Asked(project="other"))
    await house.end(first)

    found = await house.look(lambda w: sessions_to_end(w, ACCOUNT, EndSessions(project="cove")))

    assert found == [second.id]


async def test_what_to_end_is_said_in_one_way_and_once(house: House) -> None:
    await house.build()
    twice = EndSessions(sessions=("ses_2", "ses_1", "ses_2"))

    assert await house.look(lambda work: sessions_to_end(work, ACCOUNT, twice)) == [
        "ses_2",
        "ses_1",
    ]
    for wrong in (EndSessions(), EndSessions(sessions=(), project="cove")):
        with pytest.raises(Invalid):
            await house.look(partial(sessions_to_end, account_id=ACCOUNT, asked=wrong))
    with pytest.raises(NotFound):
        await house.look(
            lambda work: sessions_to_end(work, "acc_other", EndSessions(project="cove"))
        )
