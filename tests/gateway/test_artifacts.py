"""The files of recordings, in a folder and in a bucket: one suite for both."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from diorama.gateway.artifacts import Artifacts, FolderArtifacts, Place, S3Artifacts
from diorama.gateway.image_tokens import ImageToken
from diorama.gateway.settings import ArtifactSettings, S3Settings
from diorama.kernel.errors import Unavailable
from tests.gateway.bucket import SECRET_KEY, WITHIN_S, bucket
from tests.gateway.running import gateway_at
from tests.gateway.uploading import FILES, RECORDED, VIDEO, pieces, record

VIDEO_PLACE = Place(recording_id="rec_1", issue=1, name="video.mp4")
PREVIEW_PLACE = Place(recording_id="rec_1", issue=2, name="preview.mp4")
OTHER_PLACE = Place(recording_id="rec_11", issue=1, name="video.mp4")
QUARTER = timedelta(minutes=15)
LONG = b"0123456789" * 1_300_000
"""More than one piece of what is written at once, in a folder and in a bucket."""


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Settings]:
    with bucket() as settings:
        yield settings


@pytest.fixture(params=["folder", "bucket"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> Artifacts:
    if request.param == "folder":
        return FolderArtifacts(tmp_path / "files", keep_free_bytes=0)
    return S3Artifacts(request.getfixturevalue("s3"))


async def read(artifacts: Artifacts, place: Place, start: int, end: int) -> bytes | None:
    found = await artifacts.read(place, start, end)
    return None if found is None else b"".join([piece async for piece in found])


async def long_pieces(*, fails: bool = False) -> AsyncIterator[bytes]:
    for at in range(0, len(LONG), 100_000):
        if fails and at > 12_000_000:
            raise RuntimeError("the sender left")
        yield LONG[at : at + 100_000]


async def test_what_is_written_is_read(artifacts: Artifacts) -> None:
    await artifacts.write(VIDEO_PLACE, long_pieces())

    assert await artifacts.length(VIDEO_PLACE) == len(LONG)
    assert await read(artifacts, VIDEO_PLACE, 0, len(LONG)) == LONG
    assert await read(artifacts, VIDEO_PLACE, 9, 14) == b"90123"


async def test_what_is_older_is_removed_from_its_folder_alone(
    artifacts: FolderArtifacts | S3Artifacts,
) -> None:
    images = [
        ImageToken(image_id=one, session_id="ses_1", term=1, bytes=3, expires_us=0)
        for one in ("img_1", "img_2")
    ]
    await artifacts.write(VIDEO_PLACE, pieces(b"abc"))
    for place in images:
        await artifacts.write(place, pieces(b"abc"))
    now = datetime.now(UTC)
    before = await artifacts.remove_older("images", now - timedelta(hours=1))
    after = await artifacts.remove_older("images", now + timedelta(hours=1))
    found = [await artifacts.read(place, 0, 3) for place in images]

    assert (before, after, found) == (0, 2, [None, None])
    assert await artifacts.length(VIDEO_PLACE) == 3
    assert await artifacts.remove_older("nowhere", now) == 0


async def test_what_is_not_there_is_not_read(artifacts: Artifacts) -> None:
    nowhere = Place(recording_id="rec_none", issue=1, name="video.mp4")

    assert await artifacts.length(nowhere) is None
    assert await read(artifacts, nowhere, 0, 1) is None
    await artifacts.remove_all("rec_none")


async def test_a_write_that_breaks_off_leaves_nothing(artifacts: Artifacts, tmp_path: Path) -> None:
    place = Place(recording_id="rec_broken", issue=1, name="video.mp4")

    with pytest.raises(RuntimeError, match="the sender left"):
        await artifacts.write(place, long_pieces(fails=True))

    assert await artifacts.length(place) is None
    assert files_in(tmp_path) == []


async def test_a_write_takes_the_place_of_the_one_before(artifacts: Artifacts) -> None:
    await artifacts.write(VIDEO_PLACE, pieces(b"one"))
    await artifacts.write(VIDEO_PLACE, pieces(b"an", b"other"))

    assert await read(artifacts, VIDEO_PLACE, 0, 7) == b"another"


async def test_all_files_of_one_recording_are_removed_and_no_others(artifacts: Artifacts) -> None:
    for place in (VIDEO_PLACE, PREVIEW_PLACE, OTHER_PLACE):
        await artifacts.write(place, pieces(b"x"))

    await artifacts.remove_all("rec_1")
    await artifacts.remove_all("rec_1")

    assert await artifacts.length(VIDEO_PLACE) is None
    assert await artifacts.length(PREVIEW_PLACE) is None
    assert await artifacts.length(OTHER_PLACE) == 1


async def test_gateways_that_remove_the_same_recording_do_not_stand_in_each_others_way(
    tmp_path: Path,
) -> None:
    gateways = [FolderArtifacts(tmp_path, keep_free_bytes=0) for _ in range(4)]
    for issue in range(30):
        place = Place(recording_id="rec_1", issue=issue, name="video.mp4")
        await gateways[0].write(place, pieces(b"x"))

    await asyncio.gather(*(one.remove_all("rec_1") for one in gateways))

    assert files_in(tmp_path) == []


async def test_one_file_is_removed_twice_as_once(artifacts: Artifacts) -> None:
    await artifacts.write(VIDEO_PLACE, pieces(b"x"))

    await artifacts.remove(VIDEO_PLACE)
    await artifacts.remove(VIDEO_PLACE)

    assert await artifacts.length(VIDEO_PLACE) is None


async def test_files_of_a_folder_are_had_from_the_gateway(tmp_path: Path) -> None:
    artifacts = FolderArtifacts(tmp_path, keep_free_bytes=0)

    assert await artifacts.upload_address(VIDEO_PLACE, QUARTER) is None
    assert await artifacts.download_address(VIDEO_PLACE, QUARTER) is None


async def test_a_folder_leaves_room_to_everything_else(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    artifacts = FolderArtifacts(tmp_path / "files", keep_free_bytes=free * 2)

    with pytest.raises(Unavailable) as refused:
        await artifacts.make_room(1)
    await FolderArtifacts(tmp_path / "files", keep_free_bytes=0).make_room(1)

    assert refused.value.code == "artifacts_full"


async def test_what_an_upload_left_when_its_gateway_died_goes_with_the_recording(
    tmp_path: Path,
) -> None:
    artifacts = FolderArtifacts(tmp_path, keep_free_bytes=0)
    await artifacts.write(VIDEO_PLACE, pieces(b"x"))
    (tmp_path / "rec_1" / "1" / "preview.mp4#3").write_bytes(b"half of a file")

    await artifacts.remove_all("rec_1")

    assert files_in(tmp_path) == []


async def test_a_bucket_is_written_to_and_read_from_by_addresses_of_its_own(
    s3: S3Settings,
) -> None:
    artifacts = S3Artifacts(s3)
    there = await artifacts.upload_address(VIDEO_PLACE, QUARTER)
    back = await artifacts.download_address(VIDEO_PLACE, QUARTER)
    assert there is not None
    assert back is not None

    async with httpx.AsyncClient(timeout=WITHIN_S) as client:
        put = await client.put(there, content=VIDEO, headers={"Content-Type": "video/mp4"})
        got = await client.get(back, headers={"Range": "bytes=5-9"})

    assert there.startswith(f"{s3.endpoint}/worlds/kept/here/rec_1/1/video.mp4?")
    assert (put.status_code, got.status_code, got.content) == (200, 206, VIDEO[5:10])
    assert got.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("changed", [{"bucket": "nothing"}, {"endpoint": "http://127.0.0.1:9"}])
async def test_a_bucket_that_cannot_be_had_is_said_to_be_so_without_its_secrets(
    s3: S3Settings, changed: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    artifacts = S3Artifacts(s3.model_copy(update=changed))

    with pytest.raises(Unavailable) as refused:
        await artifacts.write(VIDEO_PLACE, pieces(b"x"))

    assert refused.value.code == "artifacts_failed"
    assert SECRET_KEY not in str(refused.value)
    assert SECRET_KEY not in caplog.text
    assert SECRET_KEY not in repr(s3)


async def test_a_recording_goes_through_a_bucket_from_its_worker_to_its_end(
    s3: S3Settings, tmp_path: Path
) -> None:
    async with gateway_at(tmp_path, RECORDED, artifacts=ArtifactSettings(s3=s3)) as place:
        recorded = await record(place)
        targets = await recorded.targets()
        early = await recorded.complete()
        for name, url in targets.items():
            async with place.http.put(url, data=FILES[name]) as put:
                assert put.status == 200
        late = await recorded.complete()
        link = (await recorded.links())["video.mp4"]
        led = await place.ask("GET", link)
        async with place.http.get(place.front.url + link) as got:
            body = await got.read()
        path = f"/v1/recordings/{recorded.keeping.recording}"
        await place.ask("DELETE", path, secret=place.secrets.api_key)
        await place.gateway.recordings.once()
        async with place.http.get(led.headers["Location"]) as gone:
            status = gone.status

    assert all(url.startswith(s3.endpoint) for url in targets.values())
    assert (early.problem, late.status) == ((409, "upload_incomplete"), 204)
    assert (led.status, led.headers["Cache-Control"]) == (307, "no-store")
    assert (body, status) == (VIDEO, 404)
    assert not (tmp_path / "artifacts").exists()


def test_a_disk_that_fills_up_in_the_middle_of_a_file_is_said_to_be_full(tmp_path: Path) -> None:
    """On a disk of 4 MB of its own, where this user may mount one."""
    program = (
        "import asyncio\n"
        "from pathlib import Path\n"
        "from tests.gateway.test_artifacts import fill\n"
        f"asyncio.run(fill(Path({str(tmp_path)!r})))\n"
    )
    mounted = f'mount -t tmpfs -o size=4m none "{tmp_path}" && exec "$0" -c "$1"'
    found = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mounted, sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in found.stderr or "mount" in found.stderr:
        pytest.skip("this user may not mount a disk of its own")

    assert found.stdout.endswith("artifacts_full, nothing left\n"), found.stderr


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def fill(folder: Path) -> None:
    """Write a file that is longer than the disk; say what came of it."""
    artifacts = FolderArtifacts(folder / "files", keep_free_bytes=0)
    try:
        await artifacts.write(VIDEO_PLACE, long_pieces())
    except Unavailable as error:
        sys.stdout.write(f"{error.code}, {'something' if files_in(folder) else 'nothing'} left\n")
