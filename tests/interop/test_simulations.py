"""Simulations and recordings, asked for by the Odyssey SDK in a page, without a connection."""

from typing import Any, Final

import httpx
import pytest
from playwright.async_api import BrowserContext

from tests.browser.running import Running
from tests.browser.site import Site
from tests.browser.waiting import WITHIN_S, until
from tests.interop.house import api_of
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")
SCRIPT: Final[list[dict[str, Any]]] = [
    {"timestamp_ms": 0, "start": {"prompt": "red"}},
    {"timestamp_ms": 500, "interact": {"prompt": "blue"}},
    {"timestamp_ms": 1_000, "end": {}},
]
DONE_WITHIN_S: Final = 90.0
"""What is simulated and recorded gives way to everything else on the machine."""
FRAMES: Final = 20
"""A second of the world that is simulated."""


async def page_of(context: BrowserContext, site: Site, diorama: Running) -> OdysseyPage:
    """Return a page that is not connected."""
    return await OdysseyPage.of(context, site, api=api_of(diorama), key=diorama.key)


async def until_job(page: OdysseyPage, job_id: str, status: str) -> dict[str, Any]:
    """Return a job once it has this status."""

    async def look() -> dict[str, Any] | None:
        job: dict[str, Any] = await page.do("(id) => client.getSimulateStatus(id)", job_id)
        return job if job["status"] == status else None

    return await until(look, what=f"{job_id} is {status}", within_s=DONE_WITHIN_S)


async def media_type_of(url: str) -> str:
    """Return what lies at an address."""
    async with httpx.AsyncClient(timeout=WITHIN_S) as client:
        answer = (await client.get(url)).raise_for_status()
    assert answer.content
    return answer.headers["content-type"]


async def test_a_script_is_simulated_and_its_recording_can_be_had(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await page_of(someone, site, diorama)
    submitted = await page.do("(script) => client.simulate({ script })", SCRIPT)
    job = await until_job(page, submitted["job_id"], "completed")
    (stream,) = job["streams"]
    recording = await page.do("(id) => client.getRecording(id)", stream["stream_id"])

    assert (stream["script_index"], stream["frame_count"]) == (0, FRAMES)
    assert stream["duration_seconds"] == 1.0
    assert recording["stream_id"] == stream["stream_id"]
    assert await media_type_of(recording["video_url"]) == "video/mp4"
    assert await media_type_of(recording["preview_url"]) == "video/mp4"
    assert await media_type_of(recording["thumbnail_url"]) == "image/jpeg"
    assert job["error_message"] is None
    assert await diorama.live() == []


async def test_a_batch_of_scripts_is_one_job_with_a_stream_of_each(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await page_of(someone, site, diorama)
    scripts = [SCRIPT, [*SCRIPT[:1], {"timestamp_ms": 500, "end": {}}]]
    submitted = await page.do("(scripts) => client.simulate({ scripts })", scripts)
    job = await until_job(page, submitted["job_id"], "completed")

    counts = {stream["script_index"]: stream["frame_count"] for stream in job["streams"]}
    assert counts == {0: FRAMES, 1: FRAMES // 2}


async def test_a_job_that_waits_for_a_slot_is_cancelled_and_listed_so(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await page_of(someone, site, diorama)
    other = await page_of(someone, site, diorama)
    await page.connect()
    await other.connect()
    submitted = await page.do("(script) => client.simulate({ script })", SCRIPT)
    waiting = await page.do("() => client.listSimulations({ active: true })")
    cancelled = await page.do("(id) => client.cancelSimulation(id)", submitted["job_id"])
    listed = await page.do("() => client.listSimulations({ status: 'cancelled', limit: 1 })")

    assert [job["job_id"] for job in waiting["jobs"]] == [submitted["job_id"]]
    assert cancelled == {"job_id": submitted["job_id"], "status": "cancelled"}
    assert [job["job_id"] for job in listed["jobs"]] == [submitted["job_id"]]
    assert (await page.do("() => client.listSimulations({ active: true })"))["jobs"] == []
    assert await page.status() == "connected"


async def test_a_job_that_is_over_is_cancelled_no_more(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await page_of(someone, site, diorama)
    submitted = await page.do("(script) => client.simulate({ script })", SCRIPT)
    await until_job(page, submitted["job_id"], "completed")

    refused = await page.refused_at("(id) => client.cancelSimulation(id)", submitted["job_id"])

    assert "over" in refused.message


async def test_a_script_that_does_not_end_is_refused_with_what_is_wrong(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await page_of(someone, site, diorama)

    refused = await page.refused_at("(script) => client.simulate({ script })", SCRIPT[:2])

    assert refused.message.startswith("Failed to submit simulation: 4")
    assert "end" in refused.message


async def test_a_job_or_recording_that_is_not_there_is_not_found(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await page_of(someone, site, diorama)

    jobs = await page.refused_at("() => client.getSimulateStatus('sim_nobody')")
    recordings = await page.refused_at("() => client.getRecording('rec_nobody')")

    assert "not found" in jobs.message
    assert "not found" in recordings.message


async def test_a_stream_that_was_recorded_is_listed_and_can_be_had(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama, "kept"), key=diorama.key)
    await page.connect()
    stream_id = await page.do("() => client.startStream({ prompt: 'red' })")
    await page.until_colour("red")
    await page.until_frames_pass(40)
    await page.do("() => client.disconnect()")

    async def look() -> dict[str, Any] | None:
        listed = await page.do("() => client.listStreamRecordings({ limit: 100 })")
        kept = {one["stream_id"]: one for one in listed["recordings"]}
        return kept.get(stream_id)

    listed = await until(look, what=f"{stream_id} is listed", within_s=DONE_WITHIN_S)
    recording = await page.do("(id) => client.getRecording(id)", stream_id)

    assert (listed["width"], listed["height"]) == (320, 180)
    assert listed["duration_seconds"] > 0
    assert recording["frame_count"] > 0
    assert await media_type_of(recording["video_url"]) == "video/mp4"
    assert await media_type_of(recording["thumbnail_url"]) == "image/jpeg"
