"""The page of the site of somebody else: what a person sees there, and what its SDK was told."""

from dataclasses import dataclass
from typing import Any

from tests.browser.player import Player
from tests.browser.waiting import WITHIN_S, until


@dataclass(frozen=True, slots=True)
class Told:
    """One event that the page heard, `ms` after it was loaded."""

    name: str
    detail: Any
    ms: float


class Page(Player):
    """One tab at the page of `site.Site`."""

    async def told(self, *names: str) -> list[Told]:
        """Return the events of these names, or all, in the order they came."""
        found = [Told(**event) for event in await self.page.evaluate("() => window.told")]
        return [event for event in found if not names or event.name in names]

    async def until_told(
        self, name: str, *, after: int = 0, within_s: float = WITHIN_S, **facts: object
    ) -> Told:
        """Return the first event with these facts, leaving out the first `after` of all."""

        async def look() -> Told | None:
            for event in (await self.told())[after:]:
                if event.name == name and _has(event.detail, facts):
                    return event
            return None

        return await until(look, what=f"the page is told {name} {facts or ''}", within_s=within_s)

    async def count(self) -> int:
        """Return how many events it was told."""
        return len(await self.told())

    async def session_id(self) -> str:
        """Return the id of its session."""
        return str(await self.page.evaluate("() => window.session.view.id"))


def _has(detail: object, facts: dict[str, object]) -> bool:
    if "value" in facts:
        return detail == facts["value"]
    return all(isinstance(detail, dict) and detail.get(k) == v for k, v in facts.items())
