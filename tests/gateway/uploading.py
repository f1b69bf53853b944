"""A worker that hands over what it recorded, in the requests that a worker makes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import RecordingRules, Rules
from diorama.protocol.worker import Keeping
from tests.gateway.running import Place, Reply, Worker

RECORDED: Final = ProjectSettings(
    name="cove", world="a:B", rules=Rules(recording=RecordingRules(enabled=True))
)
VIDEO: Final = bytes(range(256)) * 1_200
FILES: Final[Mapping[str, bytes]] = {
    "video.mp4": VIDEO,
    "preview.mp4": VIDEO[:9_000],
    "thumbnail.jpg": b"\xff\xd8\xff a picture",
    "events.jsonl": b'{"at_us":0,"kind":"prompt","text":"rain"}\n',
}
FACTS: Final[dict[str, object]] = {
    "width": 640,
    "height": 360,
    "fps": 30,
    "frames": 300,
    "frames_dropped": 2,
    "duration_us": 10_000_000,
}


@dataclass(frozen=True)
class Recorded:
    """A session that is being recorded.

    Attributes:
        session: its id.
        keeping: what its worker was told to keep.
        worker: the worker.
    """

    place: Place
    session: str
    keeping: Keeping
    worker: Worker

    async def end(self) -> None:
        """Let the account end it, and its worker confirm."""
        path = f"/v1/sessions/{self.session}"
        await self.place.ask("DELETE", path, secret=self.place.secrets.api_key)
        await self.worker.stop()

    async def begin(self, files: Mapping[str, bytes] = FILES) -> Reply:
        """Say which files there are."""
        return await self.announce(
            [{"name": name, "bytes": len(body)} for name, body in files.items()]
        )

    async def announce(self, files: Sequence[object]) -> Reply:
        """Say that there are these, whatever they are."""
        body = {"token": self.keeping.upload_token, "files": files}
        return await self.place.ask("POST", "/v1/uploads", body)

    async def targets(self, files: Mapping[str, bytes] = FILES) -> dict[str, str]:
        """Return where each file is to be PUT."""
        reply = await self.begin(files)
        assert reply.status == 200, reply
        found = reply.json["files"]
        assert isinstance(found, list)
        return {one["name"]: one["url"] for one in found}

    async def put_all(self, files: Mapping[str, bytes] = FILES) -> None:
        for name, url in (await self.targets(files)).items():
            reply = await self.place.ask("PUT", url, files[name])
            assert reply.status == 204, reply

    async def complete(self, **more: object) -> Reply:
        body = {"token": self.keeping.upload_token, "facts": FACTS, **more}
        return await self.place.ask("POST", "/v1/uploads/complete", body)

    async def fail(self, reason: str = "encoder_failed") -> Reply:
        body = {"token": self.keeping.upload_token, "reason": reason}
        return await self.place.ask("POST", "/v1/uploads/fail", body)

    async def upload(self) -> None:
        """Hand everything over."""
        await self.put_all()
        assert (await self.complete()).status == 204

    async def view(self) -> dict[str, object]:
        """Return the recording as its account sees it."""
        path = f"/v1/recordings/{self.keeping.recording}"
        return (await self.place.ask("GET", path, secret=self.place.secrets.api_key)).json

    async def links(self) -> dict[str, str]:
        """Return the links to its files."""
        files = (await self.view())["files"]
        assert isinstance(files, list)
        return {one["name"]: one["url"] for one in files}


async def record(place: Place, name: str = "one") -> Recorded:
    """Open a session of the cove, let its world run, and return what is recorded of it."""
    worker = await place.worker(name)
    opened = await place.open()
    viewer = await place.viewer(opened)
    assign = await worker.start()
    assert assign.keeping is not None
    await viewer.until("streaming")
    return Recorded(place, opened.session.id, assign.keeping, worker)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
