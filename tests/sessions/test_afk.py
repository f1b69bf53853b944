"""Who does nothing is warned and ended, and what puts that off, on each database."""

from functools import partial

import pytest

from diorama.projects.rules import AfkRules, Rules
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.requests import AskedAfk
from diorama.protocol.states import SessionState as S
from diorama.sessions.deadlines import afk_ends_us
from diorama.sessions.lifecycle import Session
from diorama.sessions.opening import open_session
from diorama.sessions.working import wanted
from tests.sessions.house import Asked, House, Rig, ended, opening, project
from tests.sessions.test_sweep import heard_for

FILM = Rules(max_runtime_s=7_200, afk=AfkRules(hold_off_budget_s=600))
QUICK = Rules(afk=AfkRules(warn_after_s=1, disconnect_after_s=1))


async def hold_off(rig: Rig, session: Session, how_long_s: float) -> None:
    await rig.say(wire.HoldOff(session=session.id, term=session.term, seconds=how_long_s))


async def drop(house: House, rig: Rig, session: Session, *, away_s: float) -> None:
    """Lose the picture, and bring it back so much later."""
    await rig.media(session, "lost")
    house.clock.step(seconds=away_s)
    await rig.beat()
    await house.attach(session)
    await rig.media(session, "connected")


@pytest.mark.parametrize(
    ("asked", "warn_s", "end_s"),
    [
        (AskedAfk(), 120, 30),
        (AskedAfk(warn_after_s=60), 60, 30),
        (AskedAfk(disconnect_after_s=10), 120, 10),
        (AskedAfk(warn_after_s=7_200, disconnect_after_s=7_200), 120, 30),
        (AskedAfk(warn_after_s=119.5, disconnect_after_s=31), 119.5, 30),
    ],
)
def test_a_viewer_may_shorten_and_never_lengthen(
    asked: AskedAfk, warn_s: float, end_s: float
) -> None:
    rules = AfkRules().shortened(asked)

    assert (rules.enabled, rules.warn_after_s, rules.disconnect_after_s) == (True, warn_s, end_s)


def test_where_a_project_ends_nobody_any_time_is_shorter() -> None:
    off = AfkRules(enabled=False)

    assert off.shortened(AskedAfk()) == off
    assert off.shortened(AskedAfk(warn_after_s=600)) == AfkRules(warn_after_s=600)


async def test_what_a_viewer_asked_for_is_kept_with_its_session(house: House) -> None:
    await house.build()
    rig = await house.worker()
    asked = opening(Asked(), afk=AskedAfk(warn_after_s=10, disconnect_after_s=5))
    session = await rig.stream((await house.do(partial(open_session, opening=asked))).session)
    await heard_for(house, rig, session, 5)

    await house.after(4.999999)
    still = await house.session(session)
    await house.after(0.000001)
    warned = await house.session(session)
    await heard_for(house, rig, session, 5)

    assert (still.state, warned.state) == (S.STREAMING, S.IDLE)
    assert ended(await house.session(session))[1:] == (EndCode.TIME_LIMIT, "afk_timeout")


async def test_a_film_is_not_interrupted_and_its_end_starts_the_clock(house: House) -> None:
    await house.build(projects=[project(rules=FILM)])
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 100)
    await hold_off(rig, session, 500)

    await heard_for(house, rig, session, 500 + 115)
    still = await house.session(session)
    await heard_for(house, rig, session, 5)
    warned = await house.session(session)

    assert (still.state, warned.state) == (S.STREAMING, S.IDLE)
    assert still.hold.spent_by(house.clock.now_us()) == 500_000_000


async def test_a_hold_off_ends_the_countdown(house: House) -> None:
    await house.build(projects=[project(rules=FILM)])
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 140)
    warned = await house.session(session)

    await hold_off(rig, session, 60)
    held = await house.session(session)

    assert (warned.state, held.state) == (S.IDLE, S.STREAMING)
    assert await house.metered_s(session) == 140


async def test_a_budget_is_not_exceeded_by_a_world_that_asks_again_and_again(
    house: House,
) -> None:
    await house.build(projects=[project(rules=FILM)])
    rig = await house.worker()
    session = await house.streaming(rig)
    for _ in range(1_000 // 5):
        house.clock.step(seconds=5)
        await rig.beat_with(session, viewer_age_ms=0)
        await hold_off(rig, session, 86_400)
        await house.sweep()

    now = await house.session(session)
    assert now.end is not None
    assert (now.ended_us or 0) - (now.first_frame_us or 0) <= (120 + 30 + 2 * 600) * 1_000_000
    assert now.hold.spent_by(house.clock.now_us()) == 600_000_000


async def test_without_a_budget_a_word_changes_nothing(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)

    await hold_off(rig, session, 600)

    assert (await house.session(session)).version == session.version


async def test_a_word_about_an_old_term_or_from_another_worker_changes_nothing(
    house: House,
) -> None:
    await house.build(projects=[project(rules=FILM)])
    rig = await house.worker()
    session = await house.streaming(rig)
    other = await house.worker("two")

    await hold_off(other, session, 600)
    await rig.say(wire.HoldOff(session=session.id, term=session.term - 1, seconds=600))

    assert (await house.session(session)).version == session.version


async def test_coming_back_is_no_input(house: House) -> None:
    """A page that reconnects every 100 s would else hold its slot for ever."""
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 100)

    await drop(house, rig, session, away_s=40)
    await heard_for(house, rig, session, 15)
    still = await house.session(session)
    await heard_for(house, rig, session, 5)

    assert still.state is S.STREAMING
    assert (await house.session(session)).state is S.IDLE


async def test_a_countdown_goes_on_where_it_stood(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 140)

    await drop(house, rig, session, away_s=20)
    await house.sweep()
    back = await house.session(session)
    await heard_for(house, rig, session, 10)

    assert back.state is S.IDLE
    assert afk_ends_us(back) == house.clock.now_us()
    assert ended(await house.session(session))[1:] == (EndCode.TIME_LIMIT, "afk_timeout")
    assert await house.metered_s(session) == 150


async def test_input_before_a_drop_that_only_a_beat_told_of_counts_after_it(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 100)
    await rig.beat_with(session, viewer_age_ms=0, input_age_ms=0)

    await drop(house, rig, session, away_s=40)
    await heard_for(house, rig, session, 115)
    still = await house.session(session)
    await heard_for(house, rig, session, 5)

    assert still.state is S.STREAMING
    assert (await house.session(session)).state is S.IDLE


async def test_who_types_all_the_time_is_not_taken_for_away_however_short_the_rule(
    house: House,
) -> None:
    await house.build(projects=[project(rules=QUICK)])
    rig = await house.worker()
    session = await house.streaming(rig)
    (assign,) = [w.assign for w in await house.look(lambda w: wanted(w, rig.worker.id))]
    assert assign is not None
    for _ in range(40):
        house.clock.step(seconds=assign.input_within_s)
        await rig.say(wire.InputSeen(session=session.id, term=session.term))
        await house.sweep()

    assert assign.input_within_s == 0.5
    assert (await house.session(session)).state is S.STREAMING


async def test_nobody_is_away_for_the_silence_of_a_worker_that_is_cut_off(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 110)
    for _ in range(10):
        house.clock.step(seconds=5)
        await house.hear(session)  # by its socket; what it does reaches its worker alone
        await house.sweep()
    untold = await house.session(session)

    await rig.register(viewer_of=session, input_age_ms=20_000)
    await heard_for(house, rig, session, 95)
    still = await house.session(session)
    await heard_for(house, rig, session, 5)

    assert (untold.state, still.state) == (S.STREAMING, S.STREAMING)
    assert (await house.session(session)).state is S.IDLE


async def test_input_that_was_told_of_after_the_warning_takes_it_back(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 120)
    warned = await house.session(session)

    house.clock.step(seconds=5)
    await rig.beat_with(session, viewer_age_ms=0, input_age_ms=6_000)
    await heard_for(house, rig, session, 25)

    assert warned.state is S.IDLE
    assert (await house.session(session)).state is S.STREAMING
