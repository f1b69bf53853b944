"""Images of Odyssey's SDK at a gateway: from the viewer's socket to its worker, and to no other."""

import asyncio
import contextlib
import os
from pathlib import Path

import msgspec
import pytest

from diorama.gateway.odyssey import arriving, signalling
from diorama.gateway.odyssey.giving import MAX_FRAME_BYTES
from diorama.gateway.settings import ProjectSettings
from diorama.kernel.units import SECOND_US
from diorama.projects.rules import Rules
from diorama.protocol import worker as worker_wire
from diorama.protocol.media import ImageGiven, Notice
from tests.encoded import bomb, data_url, noise, png
from tests.gateway.fleet import two_gateways
from tests.gateway.odyssey.sdk import Sdk, Socket, end_of
from tests.gateway.running import Place, Reply, Worker, gateway_at

GIVEN = ProjectSettings(name="cove", world="a:B", rules=Rules(images=True))
START = "interactive_stream_start"


async def streaming(place: Place, at: Place | None = None) -> tuple[str, Socket, Worker]:
    """Return a session that streams, with both its sockets; its worker may be elsewhere."""
    worker = await (at or place).worker()
    session_id, socket = await Sdk(place).connect()
    await worker.start()
    return session_id, socket, worker


async def given(worker: Worker) -> ImageGiven:
    signal = (await worker.next(worker_wire.SignalToWorker)).signal
    assert isinstance(signal, ImageGiven), signal
    return signal


async def refusal(worker: Worker) -> str:
    signal = (await worker.next(worker_wire.SignalToWorker)).signal
    assert isinstance(signal, Notice), signal
    return signal.reason


async def fetch(place: Place, image: str, secret: str | None = None) -> Reply:
    return await place.ask("GET", f"/v1/images/{image}", secret=secret or place.secrets.worker_key)


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("images/*") if path.is_file()]


async def test_an_image_comes_to_its_worker_once_and_is_kept_no_longer(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        _, socket, worker = await streaming(place)
        for data in (png(), noise(1_500_000)):
            url = data_url(data)
            await socket.send(type=START, prompt="rain", broadcast=True, input_image_base64=url)
            told = await given(worker)
            lay_there = len(kept(tmp_path))
            first, second = [await fetch(place, told.image) for _ in range(2)]

            assert (told.prompt, told.broadcast, told.bytes) == ("rain", True, len(data))
            assert (first.status, first.body) == (200, data)
            assert first.headers["Cache-Control"] == "no-store"
            assert second.problem == (404, "image_refused")
            assert (lay_there, kept(tmp_path)) == (1, [])
        await socket.send(type="keepalive")
        await socket.send(type=START, prompt="no image")
        assert "no image" in str(await worker.next(worker_wire.SignalToWorker))


async def test_the_session_says_whether_its_viewer_may_give_images(tmp_path: Path) -> None:
    other = ProjectSettings(name="other", world="a:B")
    async with gateway_at(tmp_path, GIVEN, other) as place:
        await place.worker(slots=2)
        found = []
        for base in ("/odyssey/cove", "/odyssey/other"):
            sdk = Sdk(place, base)
            await sdk.sign_in()
            found.append((await sdk.request()).json["capabilities"])

    assert found == [{"image_to_video": True}, {"image_to_video": False}]


async def test_what_is_no_image_is_refused_and_the_session_goes_on(tmp_path: Path) -> None:
    wrong: dict[str, object] = {
        "image_broken": "data:image/png;base64,not base64!",
        "image_type": data_url(b"GIF89a" + b"\0" * 100),
        "image_size": data_url(bomb()),
        "image_too_large": data_url(noise(26_000_000)),
        "schema": 7,
    }
    async with gateway_at(tmp_path, GIVEN) as place:
        _, socket, worker = await streaming(place)
        refused = []
        for image in wrong.values():
            await socket.send(type=START, prompt="rain", input_image_base64=image)
            refused.append(await refusal(worker))
        await socket.send(type=START, prompt="rain", input_image_base64=data_url(png()))
        then = await given(worker)

    assert refused == list(wrong)
    assert then.prompt == "rain"


async def test_what_is_long_and_no_start_with_an_image_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        _, socket, worker = await streaming(place)
        url = data_url(png())
        refused = []
        for text in (
            "x" * 300_000,
            msgspec.json.encode({"type": "answer", "sdp": "v" * 300_000}).decode(),
            msgspec.json.encode({"type": START, "prompt": "x" * 300_000}).decode(),
            f'{{"type":"{START}","prompt":"{"x" * 4_001}","input_image_base64":"{url}"}}',
        ):
            await socket.socket.send_str(text)
            refused.append(await refusal(worker))

    assert refused == ["json_syntax", "schema", "too_large", "prompt_too_long"]


async def test_where_the_project_takes_no_images_one_is_refused_and_nothing_long_is_read(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        session_id, socket, worker = await streaming(place)
        await socket.send(type=START, input_image_base64=data_url(png()))
        refused = await refusal(worker)
        with contextlib.suppress(ConnectionError):  # the gateway may have closed before the end
            await socket.socket.send_str("x" * (signalling.MAX_FRAME_BYTES + 1))
        end = await end_of(place, session_id)

    assert refused == "images_off"
    assert end == (1001, "page_left")


async def test_a_message_beyond_any_image_closes_the_socket(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        session_id, socket, _ = await streaming(place)
        with contextlib.suppress(ConnectionError):  # the gateway may have closed before the end
            await socket.socket.send_str("x" * (MAX_FRAME_BYTES + 1))

        assert await end_of(place, session_id) == (1001, "page_left")


async def test_nobody_but_the_worker_that_has_the_session_gets_its_image(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        _, socket, worker = await streaming(place)
        owner = place.secrets.api_key
        bound = await place.ask(
            "POST", "/v1/keys", {"name": "w", "kind": "worker", "worker": "other"}, secret=owner
        )
        await socket.send(type=START, input_image_base64=data_url(png()))
        told = await given(worker)
        other = str(bound.json["secret"])
        refused = [
            (await fetch(place, told.image, secret)).problem
            for secret in ("diw_nonsense", owner, other)
        ]
        forged = (await fetch(place, told.image[:-1] + "x")).problem
        nobody = (await place.ask("GET", f"/v1/images/{told.image}")).problem
        its_own = await fetch(place, told.image)

    assert refused == [
        (401, "credential_refused"),
        (401, "credential_refused"),
        (404, "image_refused"),
    ]
    assert (nobody, forged) == ((401, "credential_refused"), (404, "image_refused"))
    assert its_own.status == 200


async def test_an_image_of_a_slot_that_was_given_up_opens_for_nobody(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        session_id, socket, worker = await streaming(place)
        await socket.send(type=START, input_image_base64=data_url(png()))
        told = await given(worker)
        await place.ask("DELETE", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
        refused = await fetch(place, told.image)

    assert refused.problem == (404, "image_refused")


async def test_an_image_that_is_fetched_too_late_is_not_had(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        _, socket, worker = await streaming(place)
        await socket.send(type=START, input_image_base64=data_url(png()))
        told = await given(worker)
        place.clock.step(seconds=121)
        late = await fetch(place, told.image)

    assert late.problem == (404, "image_refused")


async def test_the_next_image_is_taken_once_the_last_was_fetched_or_is_too_old(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        session_id, socket, worker = await streaming(place)
        start = {"type": START, "input_image_base64": data_url(png())}
        await socket.send(**start)
        first = await given(worker)
        await socket.send(**start)
        refused = await refusal(worker)
        await fetch(place, first.image)
        await socket.send(**start)
        second = await given(worker)
        place.clock.step(seconds=121)
        await socket.send(**start)
        third = await given(worker)
        last = len(kept(tmp_path))
        await socket.socket.close(code=1000)
        await end_of(place, session_id)

    assert refused == "image_pending"
    assert len({first.image, second.image, third.image}) == 3
    assert (last, kept(tmp_path)) == (1, []), "one at most, and none of who left"


async def test_what_nobody_fetched_is_removed_after_some_minutes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, GIVEN) as place:
        _, socket, worker = await streaming(place)
        await socket.send(type=START, input_image_base64=data_url(png()))
        await given(worker)
        (old,) = kept(tmp_path)
        new = old.with_name("img_new")
        new.write_bytes(b"")
        now_s = place.clock.now_us() / SECOND_US
        os.utime(old, (now_s, now_s - 601))
        os.utime(new, (now_s, now_s - 599))
        await place.gateway.images.sweep()

        assert kept(tmp_path) == [new]


async def test_the_worker_of_another_gateway_gets_the_image_from_there(
    tmp_path: Path, postgresql_url: str
) -> None:
    async with two_gateways(postgresql_url, tmp_path) as (a, b):
        rules = {"rules": {"images": True}}
        secret = a.secrets.api_key
        await a.ask("PATCH", "/v1/projects/cove", rules, secret=secret)
        _, socket, worker = await streaming(a, b)
        await socket.send(type=START, prompt="rain", input_image_base64=data_url(png()))
        told = await given(worker)
        reply = await fetch(b, told.image)

    assert (told.prompt, reply.status, reply.body) == ("rain", 200, png())


async def test_more_images_at_once_than_there_is_room_for_are_taken_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(arriving, "BUSY_AFTER_S", 3_600.0)
    async with gateway_at(tmp_path, GIVEN, plan="unlimited") as place:
        worker = await place.worker(slots=3)
        sdk = Sdk(place)
        sockets = []
        for _ in range(3):
            sockets.append((await sdk.connect())[1])
            await worker.start()
        start = {"type": START, "input_image_base64": data_url(noise(3_000_000))}
        await asyncio.gather(*(socket.send(**start) for socket in sockets))
        told = [await given(worker) for _ in sockets]

    assert [one.bytes for one in told] == [3_000_000] * 3
