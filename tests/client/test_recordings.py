"""Recordings of a gateway by the Python SDK: listed, saved, deleted; sync and async."""

import asyncio
from pathlib import Path
from typing import get_args

from diorama.client import AsyncDiorama, Diorama
from diorama.protocol.recording_views import FileName
from tests.gateway.running import gateway_at
from tests.gateway.uploading import FILES, RECORDED, VIDEO, record


async def test_a_recording_is_found_saved_and_deleted(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, RECORDED) as place,
        AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend,
    ):
        recorded = await record(place)
        await recorded.end()
        await recorded.upload()
        mine = [one.id async for one in backend.recordings(session=recorded.session)]
        other = [one async for one in backend.recordings(source="simulation", project="cove")]
        seen = await backend.recording(mine[0])
        saved = {
            name: (await backend.download(mine[0], name, tmp_path)).read_bytes()
            for name in get_args(FileName)
        }
        await backend.delete_recording(mine[0])
        left = await backend.recording(mine[0])

    assert (mine, other) == ([recorded.keeping.recording], [])
    assert (seen.state, seen.width, seen.frames) == ("ready", 640, 300)
    assert saved == FILES
    assert (left.state, left.files) == ("deleted", ())


async def test_programs_that_wait_have_it_too(tmp_path: Path) -> None:
    def story(url: str, key: str, recording: str) -> None:
        seen: list[tuple[int, int]] = []
        with Diorama(url, api_key=key) as backend:
            assert [one.id for one in backend.recordings()] == [recording]
            place = backend.download(
                recording, to=tmp_path / "mine.mp4", progress=lambda *now: seen.append(now)
            )
            assert place.read_bytes() == VIDEO
            assert seen[-1] == (len(VIDEO), len(VIDEO))
            backend.delete_recording(recording)
            assert backend.recording(recording).state == "deleted"

    async with gateway_at(tmp_path, RECORDED) as place:
        recorded = await record(place)
        await recorded.end()
        await recorded.upload()
        await asyncio.to_thread(
            story, place.front.url, place.secrets.api_key, recorded.keeping.recording
        )
