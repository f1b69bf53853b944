"""The page of the portal's pictures shows every page that the portal has."""

from scripts.portal_screenshots import DOCS, TITLES, album, named
from tests.browser.portal import paths


def test_every_page_of_the_portal_is_shown_in_both_themes_and_both_widths() -> None:
    pages = {named(path) for outside in (True, False) for path in paths(outside=outside)}

    assert pages <= TITLES.keys()
    assert (DOCS / "portal-pictures.md").read_text(encoding="utf-8") == album()
