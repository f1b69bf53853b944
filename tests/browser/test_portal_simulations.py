"""Simulations and recordings in the portal, over a gateway whose worker says what workers say."""

import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import RecordingRules, Rules, SpectatorRules
from diorama.protocol import worker as wire
from tests.browser.portal import OwnGateway, Portal, owners_browser, tab, until_quiet
from tests.browser.test_portal import judge
from tests.gateway.running import Worker, gateway_at
from tests.gateway.test_webhooks import now_us
from tests.gateway.uploading import FACTS, FILES, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
COVE: Final = ProjectSettings(
    name="cove",
    title="The cove",
    world="a:B",
    rules=Rules(
        recording=RecordingRules(enabled=True), spectators=SpectatorRules(enabled=True, max=5)
    ),
)
SIZE: Final = (320, 180)
PLAYS: Final = "() => { const v = document.querySelector('video'); return v.readyState >= 2 }"
SHOWN: Final = "() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)"


def pictures() -> Mapping[str, bytes]:
    """Return files that a browser really shows."""
    video, picture = io.BytesIO(), io.BytesIO()
    width, height = SIZE
    with av.open(video, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=30, width=width, height=height, pix_fmt="yuv420p")
        for n in range(45):
            rows = np.linspace(40, 200, height)[:, None, None] + np.array([0, 20, n % 30])
            shown = np.broadcast_to(rows, (height, width, 3)).astype(np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    with av.open(picture, "w", format="image2pipe") as out:
        still = out.add_stream("mjpeg", rate=1, width=width, height=height, pix_fmt="yuvj420p")
        shown = np.full((height, width, 3), (40, 90, 120), np.uint8)
        for packet in still.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")):
            out.mux(packet)
    whole = video.getvalue()
    return {
        **FILES,
        "video.mp4": whole,
        "preview.mp4": whole,
        "thumbnail.jpg": picture.getvalue(),
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnGateway]:
    """Yield a gateway with one project, and no worker yet."""
    async with gateway_at(tmp_path_factory.mktemp("house"), COVE, now_us=now_us()) as place:
        yield OwnGateway(place)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(house: OwnGateway, chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Yield the browser of its owner."""
    async with owners_browser(chromium, house) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def portal(owner: BrowserContext, house: OwnGateway) -> AsyncIterator[Portal]:
    """Yield a tab of the owner's."""
    async with tab(owner, house) as found:
        yield found


async def begins(worker: Worker) -> dict[str, object]:
    """Take the next script, and bring it to its world's first picture."""
    assign = await worker.next(wire.Assign)
    about: dict[str, object] = {"session": assign.session, "term": assign.term}
    await worker.send(type="accepted", **about)
    await worker.send(type="world_started", **about)
    return about


async def test_a_script_is_written_submitted_watched_and_cancelled(
    portal: Portal, house: OwnGateway
) -> None:
    page = portal.page
    await portal.go("/simulations")
    await page.get_by_text("No simulation yet").wait_for()
    await page.get_by_role("main").get_by_role("link", name="New simulation").first.click()
    await portal.until_titled("New simulation")
    await page.get_by_role("combobox", name="Project").click()
    await page.get_by_role("option", name="The cove").click()
    await page.get_by_role("textbox", name="Name").fill("A night")
    await page.get_by_label("What is asked of the world").fill("a cove at night")
    await page.get_by_text('"prompt":"a cove at night"').wait_for()
    await judge(portal, "/simulations/new")
    await page.get_by_role("button", name="Submit the simulation").click()
    await portal.until_titled("A night")
    await page.get_by_text("Number 1 in line").wait_for()

    worker = await house.place.worker("studio")
    about = await begins(worker)
    await worker.send(type="run_progress", **about, frames=120, frames_total=300)
    await page.get_by_text("120 of 300 frames").first.wait_for()
    await judge(portal, page.url)
    await page.get_by_role("button", name="Cancel the simulation").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the simulation").click()
    await page.get_by_text("It was cancelled.").wait_for()
    await worker.stop()

    await portal.go("/simulations?state=cancelled")
    await page.get_by_role("link", name="A night").wait_for()
    await judge(portal, "/simulations")


async def test_what_is_wrong_with_a_script_is_said_before_it_is_sent(portal: Portal) -> None:
    page = portal.page
    await portal.go("/simulations/new")
    await page.get_by_text("JSON", exact=True).click()
    await page.get_by_label("Cues, the last of which is the end").fill('[{"at_ms": 0}]')

    await page.get_by_text("cue 1 needs exactly one of prompt, input, message, end.").wait_for()

    assert await page.get_by_role("button", name="Submit the simulation").is_disabled()


async def test_a_simulation_that_holds_a_slot_is_named_and_one_click_and_a_yes_free_it(
    portal: Portal, house: OwnGateway
) -> None:
    page = portal.page
    await page.get_by_text("Nobody watches right now").wait_for()
    script = [{"at_ms": 1_000, "end": True}]
    body = {"project": "cove", "name": "Storm", "script": script}
    await house.place.ask("POST", "/v1/simulations", body, secret=house.key)
    worker = Worker(house.place.lines[-1])
    await begins(worker)
    held = page.get_by_role("table", name="Simulations that hold slots")
    await held.get_by_role("link", name="Storm").wait_for()
    await judge(portal, "/")

    await held.get_by_role("button", name="Cancel Storm").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the simulation").click()
    await page.get_by_text("Nobody watches right now").wait_for()

    await worker.stop()


async def test_a_failure_is_explained(portal: Portal, house: OwnGateway) -> None:
    page = portal.page
    script = [{"at_ms": 1_000, "end": True}]
    body = {"project": "cove", "name": "Broken", "script": script}
    await house.place.ask("POST", "/v1/simulations", body, secret=house.key)
    worker = Worker(house.place.lines[-1])
    about = await begins(worker)
    await worker.send(type="run_ended", **about, reason="world_crashed")
    await worker.send(type="stopped", index=0, **about)
    await portal.go("/simulations?state=failed")
    await page.get_by_role("link", name="Broken").click()

    await page.get_by_text("The world ended before its script did.").first.wait_for()
    await page.get_by_text("The same script and seed most likely end it again").wait_for()


async def test_a_session_that_is_recorded_is_watched_saved_and_deleted(
    portal: Portal, house: OwnGateway, tmp_path: Path
) -> None:
    page = portal.page
    recorded = await record(house.place, "second")
    await portal.go(f"/sessions/{recorded.session}")
    await page.get_by_role("button", name="Invite somebody to watch").click()
    await page.get_by_label("Name").fill("The jury")
    await page.get_by_role("button", name="Make the link").click()
    await page.get_by_text("/watch/").wait_for()
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("dialog").wait_for(state="detached")
    await page.get_by_role("cell", name="The jury").wait_for()
    await judge(portal, page.url)
    await page.get_by_role("link", name="it is being recorded").click()
    await page.get_by_text("It is being recorded").wait_for()
    await recorded.end()
    files = pictures()
    await recorded.put_all(files)
    assert (await recorded.complete(facts=FACTS | {"frames": 45})).status == 204

    await portal.go("/recordings")
    await page.get_by_role("link", name="Session in cove").wait_for()
    await page.wait_for_function(SHOWN)
    await judge(portal, "/recordings")
    await page.get_by_role("link", name="Session in cove").click()
    await page.locator("video").wait_for()
    await page.locator("video").evaluate("video => video.load()")
    await page.wait_for_function(PLAYS)
    await judge(portal, page.url)
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download video.mp4").click()
    saved = tmp_path / "video.mp4"
    await (await downloading.value).save_as(saved)
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete the recording").click()
    await portal.until_titled("Recordings")
    await until_quiet(page)
    await page.get_by_role("link", name="Session in cove").wait_for(state="detached")

    assert saved.read_bytes() == files["video.mp4"]


async def test_a_session_that_failed_says_what_may_help(portal: Portal, house: OwnGateway) -> None:
    opened = await house.place.open()
    await portal.go(f"/sessions/{opened.session.id}")
    await portal.until_titled("Visitor in cove")
    assert await portal.page.get_by_text("What may help").count() == 0

    await house.place.sweep(after_s=60)

    await portal.page.get_by_text("did not take it up within").first.wait_for()
    help_there = portal.page.get_by_role("alert", name="What may help")
    await help_there.get_by_text("also on a second worker").wait_for()
    await judge(portal, portal.page.url)
