"""What is seen of sessions beside what happens to them, from sockets to timelines."""

from pathlib import Path

import msgspec
import pytest

from diorama.gateway.notebook import MAX_WAITING, Remark
from diorama.protocol.timeline_views import Timeline, TimelineEntry
from diorama.protocol.viewer import Heartbeat
from diorama.protocol.views import OpenedSession
from diorama.sessions.noting import UNLESS_VIEWER_S
from diorama.sessions.timeline_store import Note, NoteKind
from diorama.storage.database import Database
from tests.clock import SteppedClock
from tests.gateway.running import Place, gateway_at
from tests.sessions.house import House

PATH = {"local": "srflx", "remote": "host", "protocol": "udp"}
LATER_S = 600
"""A note is as old as it waited to be written, by the machine's clock: never so long."""
FACTS = {"fps": 59.5, "bitrate_kbps": 4_000.0, "rtt_ms": 21.0, "loss_percent": 0.4}


async def notes(place: Place, opened: OpenedSession) -> list[TimelineEntry]:
    """Write what waits, and return what stands in the session's timeline."""
    await place.gateway.notebook.write()
    path = f"/v1/sessions/{opened.session.id}/timeline"
    reply = await place.ask("GET", path, secret=place.secrets.api_key)
    return [e for e in msgspec.json.decode(reply.body, type=Timeline).entries if e.note]


async def test_what_a_viewer_measures_stands_in_its_timeline(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer()
        welcome = await viewer.hello(opened.token)
        await worker.start()
        await viewer.until("streaming")
        place.clock.step(seconds=LATER_S)
        await viewer.send(type="quality", attachment=1, path=PATH, **FACTS)
        await viewer.send(type="quality", attachment=1, path=PATH, **FACTS)
        await viewer.send(type="quality", attachment=7, path={**PATH, "remote": "relay"})
        await viewer.send(type="heartbeat", n=1)
        await viewer.next(Heartbeat)
        found = await notes(place, opened)

    assert welcome.quality_every_s == 30
    assert [(e.kind, e.state, e.actor, e.cause) for e in found] == [
        ("media_path", "streaming", "viewer", "direct"),
        ("quality", "streaming", "viewer", "sampled"),
    ]
    assert found[0].facts == PATH
    assert found[1].facts == FACTS
    assert "59.5 frames/s" in found[1].text


async def test_a_waiter_s_places_stand_in_its_timeline(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        await place.open()
        waiting = await place.open()
        place.clock.step(seconds=LATER_S)
        await place.viewer(waiting)
        (lane,) = place.gateway.hub.lanes()
        await place.gateway.places.tell(lane)
        (moved,) = await notes(place, waiting)

    assert (moved.kind, moved.state) == ("queue_moved", "queued")
    assert (moved.facts["position"], moved.facts["length"]) == (1, 1)
    assert moved.text == "It stands at place 1 of 1 in line."


async def test_quality_out_of_bounds_is_a_problem_and_no_note(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await viewer.send(type="quality", attachment=1, loss_percent=101)
        await viewer.send(type="quality", attachment=1, path={**PATH, "local": "<b>"})
        await viewer.send(type="heartbeat", n=1)
        await viewer.next(Heartbeat)

        assert await notes(place, opened) == []


async def test_of_too_many_remarks_the_oldest_go(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        for at in range(MAX_WAITING + 2):
            name = opened.session.id if at in {0, MAX_WAITING + 1} else "ses_none"
            place.gateway.notebook.add(
                Remark(session_id=name, kind=NoteKind.QUALITY, actor="viewer", facts={"fps": at})
            )
        found = await notes(place, opened)

    assert [note.facts["fps"] for note in found] == [MAX_WAITING + 1]


@pytest.mark.parametrize(("after_s", "kept"), [(UNLESS_VIEWER_S - 1, 1), (UNLESS_VIEWER_S, 2)])
async def test_a_worker_s_sample_is_left_out_where_there_was_one_of_the_viewer(
    database: Database, clock: SteppedClock, after_s: float, kept: int
) -> None:
    house = House(database, clock)
    await house.build()
    await house.worker()
    session = (await house.open()).session

    def sample(at_s: float, actor: str) -> Note:
        return Note(
            session_id=session.id,
            kind=NoteKind.QUALITY,
            at_us=round(at_s * 1_000_000),
            actor=actor,
            unless_within_us=0 if actor == "viewer" else round(UNLESS_VIEWER_S * 1_000_000),
        )

    first, second = sample(1, "viewer"), sample(1 + after_s, "worker:one")
    await house.do(lambda work: work.stores.timeline.note([first], keep=9))
    await house.do(lambda work: work.stores.timeline.note([second], keep=9))
    found = await house.look(lambda work: work.stores.timeline.notes(session.id, limit=9))

    assert len(found) == kept
