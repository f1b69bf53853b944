"""How many live feeds are open here, and whether each still may be.

A feed is an answer that goes on: it is counted while it does, and its credential is looked at
again and again, for it may be taken back in the middle.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Final

from starlette.responses import Response, StreamingResponse

from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.kernel.errors import LimitReached, Unavailable

STREAM: Final = "text/event-stream"
SILENT_S: Final = 15.0
"""After so long without news a comment is sent, so that nobody on the way takes it for dead."""
RETRY_MS: Final = 2_000
"""After so long a browser that lost its feed asks for it again."""
AT_ONCE: Final = 500
_RETRY_AFTER_S: Final = 10


def streamed(blocks: AsyncIterator[bytes]) -> Response:
    """Return the answer that goes on: kept by nobody on the way, and passed on block by block."""
    return StreamingResponse(
        blocks,
        media_type=STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


class OpenFeeds:
    """The open feeds of one kind.

    Args:
        doors: says whether a reader may still read.
        of_account: how many an account may have open here.
    """

    def __init__(self, doors: Doorkeeper, *, of_account: int) -> None:
        self._doors = doors
        self._of_account = of_account
        self._open: Counter[str] = Counter()

    def check_room(self, account_id: str) -> None:
        """Raise LimitReached (`feeds_limit`) where one more would be too many."""
        if self._open.total() >= AT_ONCE or self._open[account_id] >= self._of_account:
            raise LimitReached(
                f"{self._open[account_id]} live feeds of this account are open here",
                code="feeds_limit",
                detail={"retry_after_s": _RETRY_AFTER_S},
            )

    @contextlib.contextmanager
    def counted(self, account_id: str) -> Iterator[None]:
        """Count a feed while the block runs."""
        self._open[account_id] += 1
        try:
            yield
        finally:
            self._open[account_id] -= 1

    async def may_go_on(self, member: Member) -> bool:
        """Return whether what opened a feed still opens it."""
        try:
            return await self._doors.still(member)
        except Unavailable:  # the reader comes back, and is asked again who it is
            return False
