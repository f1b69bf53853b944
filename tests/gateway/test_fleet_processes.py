"""A gateway that is killed takes no session with it: its viewers and workers go on at another."""

from pathlib import Path

import psycopg

from diorama.metering.usage import LoggedEvent, intervals
from diorama.protocol import worker as wire
from diorama.protocol.media import Offer, Restart
from diorama.protocol.states import SessionState
from tests.gateway.processes import processes

LOG = "SELECT version, state, at_us FROM event WHERE session_id = %s ORDER BY version"
FOR_EVER = 2**62


def log_of(url: str, session_id: str) -> list[LoggedEvent]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(LOG, (session_id,)).fetchall()
    return [
        LoggedEvent(session_id=session_id, version=v, state=SessionState(s), at_us=at)
        for v, s, at in rows
    ]


async def test_a_viewer_goes_on_at_another_gateway_when_its_own_is_killed(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with processes(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        assign = await worker.start()
        await viewer.until("streaming")
        await a.kill()
        rejoined = await b.viewer(opened, attachment=1)
        await rejoined.send(type="restart", attachment=1, scope="ice")
        asked = await worker.next(wire.SignalToWorker)
        seen = await b.look(opened)

    assert isinstance(asked.signal, Restart)
    assert asked.term == assign.term
    assert (seen.state, seen.attached) == ("streaming", True)
    assert len(intervals(log_of(postgresql_url, opened.session.id), until_us=FOR_EVER)) == 1


async def test_a_worker_goes_on_at_another_gateway_and_metering_sees_one_stay(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with processes(postgresql_url, tmp_path) as (a, b):
        worker = await b.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        assign = await worker.start()
        await viewer.until("streaming")
        await b.kill()
        back = await a.worker()
        about = {"session": assign.session, "term": assign.term}
        await back.beat(term=assign.term, session=assign.session, attachment=1, media="connected")
        await back.next(wire.BeatConfirmed)
        offer = {"type": "offer", "attachment": 1, "sdp": "again"}
        await back.send(type="signal", **about, signal=offer)
        offered = await viewer.next(Offer)
        seen = await a.look(opened)

    assert (seen.id, seen.state, offered.sdp) == (opened.session.id, "streaming", "again")
    assert len(intervals(log_of(postgresql_url, opened.session.id), until_us=FOR_EVER)) == 1
