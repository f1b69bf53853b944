"""The app that is tested is the app that is shown."""

from pathlib import Path

import pytest

from tests.browser.vite import EXAMPLE

PAGE = Path(__file__).parents[2] / "docs" / "clean-sessions.md"


@pytest.mark.parametrize("name", ["World.tsx", "App.tsx", "main.tsx"])
def test_the_docs_show_the_files_that_the_browser_tests_run(name: str) -> None:
    text = (EXAMPLE / "src" / name).read_text()

    assert f"`src/{name}`\n\n```tsx\n{text}```\n" in PAGE.read_text()
