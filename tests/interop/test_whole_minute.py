"""The longest session that a project allows, from its first second to its end.

It began before all tests of this folder; this module is the last, so that little is left to wait.
"""

import pytest

from tests.browser.waiting import WITHIN_S
from tests.interop.conftest import LASTS_S, Lasting

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_longest_session_ends_by_the_word_that_the_sdk_has_for_it(
    outlasted: Lasting,
) -> None:
    page = outlasted.page
    warned = await page.until_told("stream_error")
    over = await page.until_told("error", within_s=LASTS_S + WITHIN_S)

    ended = (await outlasted.diorama.session(outlasted.session_id)).end
    assert warned.detail["reason"] == "runtime_warning"
    assert over.detail["message"] == "Connection exceeded maximum allowed duration."
    assert ended is not None
    assert (ended.code, ended.reason) == (4004, "max_runtime")
