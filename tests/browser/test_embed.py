"""A player in the frame of another origin's page, and what the two may say to each other."""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from tests.browser.framing import Around, somebodys_site
from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_MS, until
from tests.docs.blocks import REPOSITORY, blocks_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
DOCS: Final = REPOSITORY / "docs" / "embed.md"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def friend() -> AsyncIterator[str]:
    """Yield the origin of a page that may frame the player."""
    async with somebodys_site() as origin:
        yield origin


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stranger() -> AsyncIterator[str]:
    """Yield the origin of a page that may not."""
    async with somebodys_site() as origin:
        yield origin


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory, friend: str) -> AsyncIterator[Running]:
    """Yield a Diorama whose project lets the friend frame it."""
    rule = f'[projects.rules]\nembed_origins = ["{friend}"]\n'
    async with running(tmp_path_factory.mktemp("house"), PAINTED + rule, slots=1) as found:
        yield found


async def around(context: BrowserContext, origin: str, diorama: Running) -> Around:
    page = await context.new_page()
    await page.goto(origin)
    return Around(page, diorama.address)


async def test_a_page_that_may_frame_it_plays_prompts_hears_and_ends(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    framed = await page.show("/embed/painted")
    ready = await page.hello()
    await page.until_heard("state", state="streaming")
    await page.say({"diorama": 1, "type": "prompt", "text": "blue", "id": 1})
    answered = await page.until_heard("result", id=1)
    await page.until_heard("stats")
    await page.say({"diorama": 1, "type": "disconnect", "id": 2})
    ended = await page.until_heard("ended")
    await framed.wait_for_selector("body[data-screen=ended]", timeout=WITHIN_MS)

    assert (ready["diorama"], ready["project"]) == (1, "painted")
    assert answered["ok"] is True
    assert ended["code"] == 1000
    origins = set(await page.page.evaluate("heard.map(({ origin }) => origin)"))
    assert origins == {diorama.address}
    assert await framed.locator("#tools").is_hidden()
    assert await framed.locator("#end-back").is_hidden()


async def test_a_frame_that_is_removed_frees_the_slot(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    await page.show("/embed/painted")
    await page.hello()
    await page.until_heard("state", state="streaming")
    session = await diorama.only_session()

    await page.page.evaluate("frame.remove()")

    ended = await diorama.until_session(session.id, SessionState.DISCONNECTED)
    assert ended.end is not None
    assert ended.end.code == 1001


async def test_a_frame_can_wait_until_it_is_asked_to_start(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    framed = await page.show("/embed/painted?start=wait")
    ready = await page.hello()
    before = await diorama.live()
    await page.say({"diorama": 1, "type": "start"})
    await page.until_heard("state", state="streaming")

    assert ready["state"] == "waiting"
    assert before == []
    assert await framed.locator("#offer").is_hidden()


async def test_a_stranger_can_neither_frame_nor_hear_nor_command(
    diorama: Running, stranger: str, someone: BrowserContext
) -> None:
    page = await around(someone, stranger, diorama)
    with contextlib.suppress(Exception):  # the browser shows a page of its own, or none
        await page.show("/embed/painted")
    await page.page.evaluate(
        "(to) => frame.contentWindow.postMessage({ diorama: 1, type: 'hello' }, to)", "*"
    )

    assert "data-screen" not in (await page.framed().content())
    assert await page.heard() == []
    assert await diorama.live() == []


async def test_the_page_with_tools_is_framed_by_nobody_else(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    with contextlib.suppress(Exception):
        await page.show("/play/painted")

    assert await diorama.live() == []


async def test_a_window_that_is_not_the_page_around_commands_nothing(
    diorama: Running, friend: str, stranger: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    await page.show("/embed/painted")
    await page.hello()
    await page.until_heard("state", state="streaming")
    heard = len(await page.heard("result"))

    await page.page.evaluate(
        """(src) => new Promise((resolve) => {
          const other = document.createElement('iframe')
          other.src = src
          other.onload = resolve
          document.body.append(other)
        })""",
        stranger,
    )
    (other,) = [one for one in page.page.frames if one.url.startswith(stranger)]
    for command in ("hello", "disconnect"):
        await other.evaluate(
            "(type) => parent.frames[0].postMessage({ diorama: 1, type, id: 9 }, '*')", command
        )
    await page.say({"diorama": 1, "type": "focus", "id": 3})
    await page.until_heard("result", id=3)

    assert await other.evaluate("heard.length") == 0
    assert len(await page.heard("result")) == heard + 1
    assert (await diorama.only_session()).state is SessionState.STREAMING


async def test_before_hello_nothing_is_said_and_nothing_is_done(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    framed = await page.show("/embed/painted")
    await page.say({"diorama": 1, "type": "disconnect", "id": 1})
    await framed.wait_for_selector("body[data-screen=playing]", timeout=WITHIN_MS)
    before = await page.heard()
    await page.hello()
    await page.until_heard("state", state="streaming")

    assert before == []


async def test_what_is_not_of_the_protocol_is_ignored_and_text_is_never_markup(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    framed = await page.show("/embed/painted?controls=all")
    await page.hello()
    await page.until_heard("state", state="streaming")
    for nonsense in (
        "disconnect",
        {"type": "disconnect"},
        {"diorama": 2, "type": "disconnect"},
        {"diorama": 1, "type": "eval", "code": "document.body.remove()"},
        {"diorama": 1, "type": "prompt", "text": {"toString": "x"}},
        {"diorama": 1, "type": "disconnect", "id": "1"},
        [{"diorama": 1, "type": "disconnect"}],
        None,
    ):
        await page.say(nonsense)
    markup = "<img src=x onerror=\"document.body.dataset.hit = ''\">"
    await page.say({"diorama": 1, "type": "prompt", "text": markup, "id": 4})
    await page.until_heard("result", id=4)

    assert await framed.locator("body[data-hit]").count() == 0
    assert await framed.locator("img").count() == 0
    assert [told["id"] for told in await page.heard("result")] == [4]
    assert (await diorama.only_session()).state is SessionState.STREAMING


async def test_the_script_for_pages_around_does_all_of_it(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await around(someone, friend, diorama)
    await page.show("/embed/painted")
    sent = await page.page.evaluate(
        """async (server) => {
          const { dioramaFrame } = await import(`${server}/embed.js`)
          const player = dioramaFrame(frame)
          await new Promise((resolve) => {
            const check = ({ state }) => { if (state === 'streaming') resolve() }
            player.on('ready', check)
            player.on('state', check)
          })
          return [await player.send('prompt', { text: 'blue' }), await player.send('start')]
        }""",
        diorama.address,
    )

    assert sent == [True, False], "a prompt is taken; what runs is not started again"


async def test_the_code_of_the_docs_page_works_as_it_stands(
    diorama: Running, friend: str, someone: BrowserContext
) -> None:
    page = await someone.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    html, by_module, by_hand = (
        block.text.replace("https://play.example.com", diorama.address).replace("cove", "painted")
        for block in blocks_of(DOCS, DOCS.read_text())
        if block.language in {"html", "js"}
    )

    async def says(word: str) -> None:
        async def look() -> bool | None:
            return any(word in text for text in said) or None

        await until(look, what=f"the page logs {word}")

    await page.goto(friend)
    await page.evaluate("(html) => { document.body.innerHTML = html }", html)
    await page.add_script_tag(content=by_module, type="module")
    await says("streaming")
    said.clear()
    await page.goto(friend)
    await page.evaluate("() => frame.remove()")
    await page.add_script_tag(content=by_hand, type="module")
    await says("ready")
    await says("stats")


async def test_the_share_menu_gives_the_code_of_the_frame(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    await player.page.click("#tool-share")
    code = await player.page.input_value("#share-code")
    await player.page.keyboard.press("Escape")
    await player.page.locator("#share").wait_for(state="hidden")

    assert f'src="{diorama.address}/embed/painted"' in code
    assert 'allow="autoplay; fullscreen; gamepad"' in code
    assert (await diorama.only_session()).state is SessionState.STREAMING
