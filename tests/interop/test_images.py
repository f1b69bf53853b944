"""A page on the unmodified Odyssey SDK starts a stream with an image, and the world has it."""

import pytest
from playwright.async_api import BrowserContext

from tests.browser.running import Running
from tests.browser.site import Site
from tests.interop.house import api_of
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")
START = """async ({ colour, type, prompt }) => {
  const canvas = new OffscreenCanvas(640, 360)
  const context = canvas.getContext('2d')
  context.fillStyle = colour
  context.fillRect(0, 0, 640, 360)
  const blob = await canvas.convertToBlob({ type })
  const image = new File([blob], 'given', { type: blob.type })
  return client.startStream({ prompt, image })
}"""


async def in_world(
    context: BrowserContext, site: Site, diorama: Running, project: str
) -> OdysseyPage:
    """Return a page that is connected to a project."""
    page = await OdysseyPage.of(context, site, api=api_of(diorama, project), key=diorama.key)
    await page.connect()
    return page


async def test_a_stream_starts_with_an_image_and_another_one_and_prompts_go_on(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama, "given")
    first = await page.do(START, {"colour": "#28be3c", "type": "image/png", "prompt": "red"})
    await page.until_colour("green")
    await page.do("() => client.interact({ prompt: 'red' })")
    await page.until_colour("red")
    await page.do(START, {"colour": "#2846dc", "type": "image/jpeg", "prompt": ""})
    await page.until_colour("blue")

    assert first == await page.session_id()
    assert await page.told("stream_error") == []


async def test_the_sdk_refuses_an_image_where_the_project_takes_none(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama, "painted")
    given = {"colour": "#28be3c", "type": "image/png", "prompt": ""}

    refused = await page.refused_at(START, given)

    assert "image" in refused.message.lower()
    assert await page.status() == "connected"
