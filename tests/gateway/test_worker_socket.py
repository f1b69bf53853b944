"""`/v1/worker`, as a worker sees it: what it is told, what its word is good for."""

import asyncio
from pathlib import Path

import pytest

from diorama.kernel.errors import Unavailable
from diorama.protocol import worker as wire
from tests.gateway.running import Worker, gateway_at


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer diw_forged", "Basic x", "Bearer \xe9"])
async def test_a_worker_without_its_key_is_refused(tmp_path: Path, header: str) -> None:
    async with gateway_at(tmp_path) as place:
        worker = Worker(await place.line("/v1/worker", Authorization=header))
        end = await worker.end()

    assert end == (["credential_refused"], 4013)


async def test_an_api_key_opens_no_worker_socket(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        key = f"Bearer {place.secrets.api_key}"
        end = await Worker(await place.line("/v1/worker", Authorization=key)).end()

    assert end == (["credential_refused"], 4013)


async def test_the_first_word_is_hello(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker_line()
        await worker.beat()
        end = await worker.end()

    assert end == (["hello_missing"], 4013)


async def test_a_worker_is_told_to_start_to_attach_and_to_stop(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        assign = await worker.next(wire.Assign)
        await place.viewer(opened)
        attach = await worker.next(wire.Attach)
        await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=opened.token)
        stop = await worker.stop()
        second = await place.open()
        again = await worker.next(wire.Assign)

    assert (assign.session, assign.index) == (opened.session.id, 0)
    assert (attach.session, attach.term, attach.attachment) == (assign.session, assign.term, 1)
    assert (stop.session, stop.term, stop.code) == (assign.session, assign.term, 1000)
    assert again.session == second.session.id
    assert again.term > assign.term


async def test_what_was_not_heeded_is_said_again_after_a_beat(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        await place.open()
        first = await worker.next(wire.Assign)
        await worker.beat(term=0)
        again = await worker.next(wire.Assign)

    assert again == first


async def test_a_beat_is_confirmed_once_it_is_on_disk(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        place.clock.step(seconds=9)
        await worker.beat(n=3)
        confirmed = await worker.next(wire.BeatConfirmed)
        found = await place.gateway.desk.look(lambda work: work.stores.workers.named("one"))

    assert (confirmed.n, confirmed.sent_us) == (3, 5)
    assert found is not None
    assert found.heard_us == place.clock.now_us()


async def test_a_worker_that_was_given_up_must_start_anew(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        place.clock.step(seconds=75)
        await worker.beat()
        beaten = await worker.end()
        back = await place.worker_line()
        await back.say_hello()
        refused = await back.end()
        await place.worker(boot=2)

    assert beaten == (["lease_expired"], 1013)
    assert refused == (["lease_expired"], 1013)


async def test_a_newer_start_of_a_worker_ends_what_the_older_one_ran(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        older = await place.worker()
        viewer = await place.viewer(await place.open())
        await older.start()
        await viewer.until("streaming")
        newer = await place.worker(boot=2)
        ended = await viewer.until("failed")
        _, code = await older.end()
        second = await place.open()
        assign = await newer.next(wire.Assign)

    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (4006, "worker_lost")
    assert code == 1012
    assert assign.session == second.session.id


async def test_an_older_start_that_comes_back_is_told_that_it_was_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with gateway_at(tmp_path) as place:
        older = await place.worker_line()
        await older.hello(host="oak")
        newer = await place.worker_line()
        await newer.hello(boot=2, host="elm")
        await older.end()
        back = await place.worker_line()
        await back.say_hello(host="oak")
        refused = await back.end()
        await newer.beat()
        await newer.next(wire.BeatConfirmed)

    assert refused == (["worker_replaced"], 1013)
    assert "on host oak was replaced by a newer start on host elm" in capsys.readouterr().out


async def test_beats_of_two_starts_at_once_confirm_the_newer_alone(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        older = await place.worker()
        await older.beat()
        newer = await place.worker(boot=2)
        await newer.beat()
        confirmed = await newer.next(wire.BeatConfirmed)
        ready = await place.ask("GET", "/readyz")
        messages = [m async for m in older.socket]

    assert confirmed.n == 1
    assert ready.status == 200
    assert not [m for m in messages if b"sent_us" in m.data.encode()]


async def test_a_worker_that_is_draining_gets_nothing_new(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker(slots=2)
        await worker.send(type="draining", deadline_s=30)
        await worker.beat()
        await worker.next(wire.BeatConfirmed)
        opened = await place.open()
        seen = await place.ask("GET", "/v1/workers", secret=place.secrets.api_key)

    assert opened.session.state == "queued"
    assert b'"draining"' in seen.body


async def test_a_worker_that_sends_nonsense_is_told_and_let_go(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        await worker.say_hello()
        twice = await worker.next(wire.Problem)
        for bad in ("{", "[]", '{"type":"beat"}', '{"type":"beat","n":-1}', "1", "null"):
            await worker.socket.send_str(bad)
        problems, code = await worker.end()

    assert twice.code == "hello_twice"
    assert (len(problems), code) == (6, 1008)


async def test_a_gateway_that_stops_says_that_it_comes_back(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        async with asyncio.TaskGroup() as tasks:
            ends = [tasks.create_task(one.end()) for one in (viewer, worker)]
            tasks.create_task(place.front.stop())

    assert [task.result()[1] for task in ends] == [1012, 1012]
    async with gateway_at(tmp_path, now_us=place.clock.now_us()) as again:
        seen = await again.look(opened)
        back = await again.viewer()
        welcome = await back.hello(opened.token, attachment=1)
        rig = await again.worker()
        workers = await again.ask("GET", "/v1/workers", secret=again.secrets.api_key)
        await back.send(type="bye")
        stop = await rig.stop()

    assert seen.state == welcome.session.state == "streaming"
    assert opened.session.id.encode() in workers.body
    assert stop.session == opened.session.id


async def test_a_second_gateway_on_the_same_folder_is_refused_plainly(tmp_path: Path) -> None:
    async with gateway_at(tmp_path):
        with pytest.raises(Unavailable) as refused:
            async with gateway_at(tmp_path):
                pass

    assert refused.value.code == "store_in_use"
    assert str(tmp_path) in str(refused.value)
