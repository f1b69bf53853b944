"""The page of `pages/`: what its Odyssey SDK was asked, gave, and told."""

from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

from playwright.async_api import BrowserContext

from tests.browser.page import Page
from tests.browser.running import HOST
from tests.browser.site import Site
from tests.browser.waiting import until

_LOADED: Final = "() => window.client !== undefined"
_CONNECT: Final = "outcome(() => client.connect(handlers).then(settled))"
_CREDENTIALS: Final = """(given) => outcome(() => {
  const credentials = odyssey.credentialsFromDict(given)
  return client.connectWithCredentials(credentials, handlers).then(settled)
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What the SDK threw: `kinds` are those of its error classes that it is of."""

    message: str
    kinds: tuple[str, ...] = ()
    code: str | None = None
    action: str | None = None
    details: dict[str, Any] | None = None


class OdysseyPage(Page):
    """One tab."""

    @classmethod
    async def of(
        cls, context: BrowserContext, site: Site, *, api: str | None = None, key: str | None = None
    ) -> Self:
        """Open a tab with an API URL and a key, or neither."""
        wish = {name: value for name, value in (("api", api), ("key", key)) if value is not None}
        page = await context.new_page()
        await page.goto(f"http://{HOST}:{site.port}/?{urlencode(wish)}")
        await page.wait_for_function(_LOADED)
        return cls(page)

    async def connect(self) -> str:
        """Connect, however long it takes; return the id of the session."""
        return str(_value_of(await self.page.evaluate(_CONNECT)))

    async def connect_with(self, credentials: dict[str, Any]) -> None:
        """Connect with what a backend made."""
        _value_of(await self.page.evaluate(_CREDENTIALS, credentials))

    async def begin_connecting(self) -> None:
        """Connect, and leave what becomes of it in the page."""
        await self.page.evaluate(f"() => {{ window.connecting = {_CONNECT} }}")

    async def until_connected(self) -> None:
        """Wait for what was begun to be."""
        _value_of(await self.page.evaluate("connecting"))

    async def refused(self, *, begun: bool = False) -> Refusal:
        """Return how a connect is refused."""
        found = await self.page.evaluate("connecting" if begun else _CONNECT)
        return _refusal_of(found)

    async def try_to_connect(self) -> Refusal | None:
        """Return how a connect is refused; None where it is not, and then disconnect."""
        found = await self.page.evaluate(_CONNECT)
        if "value" not in found:
            return _refusal_of(found)
        await self.do("() => client.disconnect()")
        return None

    async def play(self, prompt: str = "") -> str:
        """Connect and start a stream; return its id."""
        await self.connect()
        return str(await self.do("(prompt) => client.startStream({ prompt })", prompt))

    async def do(self, doing: str, given: object = None) -> Any:  # noqa: ANN401 - what the SDK gives
        """Return what a function of the page gives; fails where the SDK throws."""
        return _value_of(await self.page.evaluate(_outcome(doing), given))

    async def refused_at(self, doing: str, given: object = None) -> Refusal:
        """Return how the SDK refuses what a function of the page does."""
        return _refusal_of(await self.page.evaluate(_outcome(doing), given))

    async def status(self) -> str:
        """Return where its client stands."""
        return str(await self.page.evaluate("() => client.currentStatus"))

    async def until_status(self, status: str) -> None:
        """Wait until the client stands there."""

        async def look() -> bool | None:
            return await self.status() == status or None

        await until(look, what=f"the client is {status}")

    async def session_id(self) -> str:
        """Return the id of its session."""
        return str(await self.page.evaluate("() => client.currentSessionId"))


def _outcome(doing: str) -> str:
    return f"(given) => outcome(() => ({doing})(given))"


def _value_of(found: dict[str, Any]) -> Any:  # noqa: ANN401 - what the SDK gives
    assert "value" in found, found
    return found["value"]


def _refusal_of(found: dict[str, Any]) -> Refusal:
    assert "value" not in found, found
    return Refusal(
        message=found["message"],
        kinds=tuple(found["kinds"]),
        code=found.get("code"),
        action=found.get("action"),
        details=found.get("details"),
    )
