"""What axe-core calls serious or worse on a page as it is now."""

from pathlib import Path
from typing import Final

from playwright.async_api import Page

AXE: Final = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE: Final = frozenset({"serious", "critical"})
_RUN: Final = """async () => (await axe.run()).violations.map(
  ({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ html }) => html).join(' ') }))"""


async def bring_axe(page: Page) -> None:
    """Load axe; not by a script element: the pages take no foreign code."""
    await page.evaluate(AXE.read_text())


async def grave_faults(page: Page) -> list[dict[str, str]]:
    """Return what it finds, once it was brought."""
    found = await page.evaluate(_RUN)
    return [one for one in found if one["impact"] in GRAVE]
