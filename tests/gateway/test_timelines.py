"""Timelines read back from each database, after what happened in a house."""

import pytest

from diorama.gateway.timelines import timeline_of
from diorama.protocol.timeline_views import Timeline
from diorama.sessions.lifecycle import Session
from diorama.sessions.timeline_store import Note, NoteKind
from diorama.sessions.viewing import end_by_operator, renew_media, socket_closed
from diorama.storage.database import Database
from tests.clock import SteppedClock
from tests.sessions.house import ASKER, Asked, House


@pytest.fixture
def house(database: Database, clock: SteppedClock) -> House:
    return House(database, clock)


async def timeline(house: House, session: Session) -> Timeline:
    now = await house.session(session)
    return await house.look(lambda work: timeline_of(work, now))


async def test_each_transition_is_told_with_its_cause_and_its_actor(house: House) -> None:
    await house.build()
    rig = await house.worker("gpu-1")
    first = await house.streaming(rig, Asked(device="laptop"))
    second = (await house.open()).session
    await house.attach(second)
    house.clock.step(seconds=8)
    await house.do(lambda work: end_by_operator(work, first.id, by=ASKER))
    await rig.stopped(first)
    await house.dispatch()
    told = await timeline(house, first)
    waited = await timeline(house, second)

    assert [(e.kind, e.cause, e.actor) for e in told.entries] == [
        ("requested", "asked", "viewer"),
        ("reserved", "slot_free", "gateway"),
        ("attached", "first", "viewer"),
        ("accepted", "assigned", "worker:gpu-1"),
        ("world_started", "started", "worker:gpu-1"),
        ("frames", "first_picture", "worker:gpu-1"),
        ("ended", "ended_by_api", "key:key_house"),
    ]
    assert told.sentence == "Key key_house ended it after 8 s of streaming."
    assert told.entries[-1].text == told.sentence
    assert told.entries[0].facts == {"region": "here", "device": "laptop"}
    assert (told.session.worker, told.session.source) == ("gpu-1", "viewer")
    assert [e.cause for e in waited.entries][1:] == ["no_slot_free", "first", "promoted"]
    assert waited.entries[-1].facts["waited_s"] == 8


async def test_what_was_noticed_late_says_when_it_was_and_how_many_beats_were_missed(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.after(12)
    told = await timeline(house, session)
    away = told.entries[-1]

    assert (away.kind, away.cause, away.actor) == ("detached", "unheard", "gateway")
    assert away.facts == {"unheard_s": 12, "heartbeats_missed": 2, "noticed_after_s": 12}
    assert away.at == told.entries[-2].at
    assert told.sentence.startswith("Its viewer has been away for 12 s")


async def test_a_viewer_who_came_back_was_away_for_so_long(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.do(lambda work: socket_closed(work, session.id, session.socket))
    house.clock.step(seconds=4)
    session = await house.attach(session)
    await rig.media(session, "connected")
    await house.do(lambda work: renew_media(work, session.id, session.socket))
    told = await timeline(house, session)

    assert [(e.kind, e.cause) for e in told.entries[-4:]] == [
        ("socket_closed", "socket_closed"),
        ("attached", "came_back"),
        ("frames", "picture_back"),
        ("attached", "new_peer_connection"),
    ]
    assert told.entries[-3].facts == {"attachment": 2, "away_s": 4}


async def test_notes_stand_where_they_were_made(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=3)
    note = Note(
        session_id=session.id,
        kind=NoteKind.MEDIA_PATH,
        at_us=house.clock.now_us(),
        actor="viewer",
        facts={"local": "host", "remote": "relay", "protocol": "udp"},
    )
    foreign = Note(session_id="ses_none", kind=NoteKind.QUALITY, at_us=1, actor="viewer")
    await house.do(lambda work: work.stores.timeline.note([note, foreign, note], keep=9))
    house.clock.step(seconds=3)
    await house.end(session)
    told = await timeline(house, session)

    assert [e.kind for e in told.entries[-3:]] == ["frames", "media_path", "ended"]
    seen = told.entries[-2]
    assert (seen.note, seen.state, seen.cause) == (True, "streaming", "relayed")
    assert seen.facts == note.facts


async def test_a_session_s_notes_are_bounded_and_dropped_when_they_are_old(house: House) -> None:
    await house.build()
    await house.worker()
    session = (await house.open()).session

    def notes(count: int) -> list[Note]:
        return [
            Note(session_id=session.id, kind=NoteKind.QUALITY, at_us=at, actor="viewer")
            for at in range(count)
        ]

    await house.do(lambda work: work.stores.timeline.note(notes(3), keep=4))
    await house.do(lambda work: work.stores.timeline.note(notes(6), keep=4))
    kept = await house.look(lambda work: work.stores.timeline.notes(session.id, limit=99))
    dropped = await house.do(lambda work: work.stores.timeline.forget_notes(1, limit=99))
    left = await house.look(lambda work: work.stores.timeline.notes(session.id, limit=99))

    assert [note.at_us for note in kept][:4] == [0, 1, 2, 3]
    assert dropped == 2
    assert [note.at_us for note in left] == [note.at_us for note in kept][2:]
