"""Which failed tests only waited in vain: they say that a machine was slow, or that a thing hangs.

Only trying again, with nothing beside it, tells one from the other; `scripts/run-tests` does that.
A test that saw something wrong is never among them.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.async_api import TimeoutError as PageTimeoutError

from tests.browser.waiting import NotInTime

_IN_VAIN: Final = (NotInTime, TimeoutError, PageTimeoutError, httpx.TimeoutException)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take where the failed tests are written down."""
    parser.addoption(
        "--failures",
        type=Path,
        help="a folder: `wrong` gets the ids of failed tests that saw something wrong, a line each,"
        " `in-vain` those of tests that waited in vain",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Note failures where it is asked for."""
    folder: Path | None = config.getoption("--failures")
    if folder is not None:
        config.pluginmanager.register(_Notes(folder))


class _Notes:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note a test that failed, its set-up and its tear-down included."""
        report = yield
        if report.failed and call.excinfo is not None:
            self._note("in-vain" if waited_in_vain(call.excinfo.value) else "wrong", item.nodeid)
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not even be read."""
        if report.failed:
            self._note("wrong", report.nodeid)

    def _note(self, name: str, node: str) -> None:
        with (self._folder / name).open("a") as file:
            file.write(f"{node}\n")


def waited_in_vain(error: BaseException) -> bool:
    """Return whether an error says that time was up, and nothing else; each one of a group."""
    if isinstance(error, BaseExceptionGroup):
        return all(waited_in_vain(one) for one in error.exceptions)
    return isinstance(error, _IN_VAIN)
