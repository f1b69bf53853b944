"""What a viewer does to its session, from the first frame to the end, on each database."""

import pytest

from diorama.kernel.errors import NotFound, Refused
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.opening import open_session
from diorama.sessions.viewing import (
    attach,
    end_by_operator,
    leave,
    renew_media,
    socket_closed,
)
from tests.sessions.house import ASKER, STRANGER, Asked, House, arrival, ended, opening

CLIENT = "client-number-one"


async def test_from_the_request_to_the_first_frame(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = (await house.open()).session
    states = [session.state]

    attached = await house.attach(session)
    await rig.accept(session)
    await rig.start_world(session)
    states.append((await house.session(session)).state)
    house.clock.step(seconds=3)
    await rig.media(session, "connected", age_ms=500)
    seen = await house.session(session)

    assert attached.attachment == 1
    assert [*states, seen.state] == [S.CONNECTING, S.CONNECTING, S.STREAMING]
    assert seen.first_frame_us == house.clock.now_us() - 500_000
    assert await house.metered_s(session) == 0.5


async def test_time_is_metered_to_the_microsecond_from_the_first_frame_to_the_end(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=61.234567)
    await house.hear(session)

    await house.do(lambda work: leave(work, session.id, 1000))
    house.clock.step(seconds=100)

    assert await house.metered_s(session) == 61.234567
    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.NORMAL,
        "viewer_left",
    )


async def test_a_viewer_whose_media_still_flows_rejoins_without_a_new_peer_connection(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.do(lambda work: socket_closed(work, session.id, session.socket))
    house.clock.step(seconds=5)

    back = await house.attach(session, attachment=session.attachment)

    assert (back.state, back.attachment) == (S.STREAMING, session.attachment)
    assert back.socket == session.socket + 1
    assert await house.metered_s(session) == 5


async def test_a_viewer_who_reloads_gets_a_new_peer_connection_and_keeps_the_slot(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=5)

    back = await house.attach(session)
    house.clock.step(seconds=2)
    await rig.media(session, "connected")
    house.clock.step(seconds=3)

    now = await house.session(session)
    assert (back.state, back.attachment) == (S.CONNECTING, 2)
    assert (now.state, now.term, now.slot_id) == (S.STREAMING, session.term, session.slot_id)
    assert await house.metered_s(session) == 8


async def test_a_peer_connection_of_an_older_attachment_changes_nothing(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.attach(session)

    await house.do(lambda work: renew_media(work, session.id, 1))
    now = await house.session(session)

    assert now.attachment == 2


async def test_asking_for_a_new_peer_connection_on_the_newest_socket_gives_one(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)

    renewed = await house.do(lambda work: renew_media(work, session.id, session.socket))

    assert renewed is not None
    assert (renewed.state, renewed.attachment) == (S.CONNECTING, 2)


async def test_the_end_of_an_older_socket_means_nothing(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    back = await house.attach(session, attachment=1)

    await house.do(lambda work: socket_closed(work, session.id, session.socket))

    assert (await house.session(session)).version == back.version


async def test_an_older_token_is_refused_once_the_client_has_asked_again(house: House) -> None:
    await house.build()
    rig = await house.worker()
    first = await house.streaming(rig, Asked(client_id=CLIENT))
    await house.open(Asked(client_id=CLIENT))

    with pytest.raises(Refused) as refused:
        await house.do(lambda work: attach(work, arrival(first, issue=1)))

    assert refused.value.code == "superseded"


async def test_a_token_of_an_unknown_session_finds_nothing(house: House) -> None:
    await house.build()
    await house.worker()
    session = (await house.open()).session
    await house.do(lambda work: leave(work, session.id, 1000))

    assert (await house.attach(session)).is_final
    with pytest.raises(NotFound):
        await house.do(lambda work: end_by_operator(work, session.id, by=STRANGER))


async def test_an_operator_ends_a_session_of_the_account(house: House) -> None:
    await house.build()
    await house.worker()
    session = (await house.open()).session

    for _ in range(2):
        await house.do(lambda work: end_by_operator(work, session.id, by=ASKER))

    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.ENDED_BY_OPERATOR,
        "ended_by_api",
    )


async def test_a_page_that_was_left_ends_its_session_at_the_moment_of_leaving(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=10)
    await house.hear(session)
    await house.do(lambda work: leave(work, session.id, 1001))

    await house.after(0.749)
    still = await house.session(session)
    await house.after(0.001)

    assert still.state is S.STREAMING
    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.GOING_AWAY,
        "page_left",
    )
    assert await house.metered_s(session) == 10


async def test_a_page_that_reloads_keeps_its_session(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig, Asked(client_id=CLIENT))
    await house.do(lambda work: leave(work, session.id, 1001))
    house.clock.step(seconds=0.5)

    again = await house.open(Asked(client_id=CLIENT))
    await house.after(5)

    assert again.continued
    assert (await house.session(session)).state is S.STREAMING


async def test_a_waiter_who_leaves_makes_place_for_the_next(house: House) -> None:
    await house.build()
    await house.worker()
    await house.open()
    first, second = (await house.open()).session, (await house.open()).session

    await house.do(lambda work: leave(work, first.id, 1000))

    assert await house.line() == [second.id]


async def test_whatever_two_ends_meet_the_first_one_stands(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.do(lambda work: leave(work, session.id, 1000))
    first = await house.session(session)

    await house.do(lambda work: end_by_operator(work, session.id, by=ASKER))
    await rig.world_ended(session, "crashed")
    await house.do(lambda work: leave(work, session.id, 1001))
    await house.do(lambda work: renew_media(work, session.id, session.socket))
    await house.after(3_600)

    assert await house.session(session) == first


async def test_a_session_of_one_client_is_found_whatever_else_it_asks_for(house: House) -> None:
    await house.build()
    await house.worker(slots=2)
    first = await house.open(Asked(client_id=CLIENT))

    again = await house.do(
        lambda work: open_session(work, opening(Asked(client_id=CLIENT, device="other")))
    )

    assert again.session.id == first.session.id
