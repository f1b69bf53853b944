"""What a list of sessions is asked for with, as parameters of its URL."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Query
from pydantic import AwareDatetime

from diorama.kernel.units import MILLISECOND_US
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState
from diorama.sessions.filters import SessionFilter
from diorama.sessions.listing import Question

MAX_PAGE: Final = 200
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR: Final = "^[0-9a-z_]{1,64}$"
NAME: Final = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
LABEL: Final = r"^[^\x00]{1,120}$"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """The parameters: each narrows the list further, several of one kind widen it."""

    live: Annotated[bool, Query(description="only those that have not ended")] = False
    state: Annotated[
        tuple[SessionState, ...], Query(description="any of these, one a parameter", max_length=7)
    ] = ()
    code: Annotated[
        tuple[EndCode, ...], Query(description="ended with any of these", max_length=32)
    ] = ()
    project: Annotated[str | None, Query(pattern=NAME, description="the project's name")] = None
    region: Annotated[str | None, Query(pattern=NAME)] = None
    end_user: Annotated[str | None, Query(pattern=LABEL)] = None
    worker: Annotated[
        str | None, Query(pattern=NAME, description="the name of the worker that it is or was on")
    ] = None
    from_: Annotated[
        AwareDatetime | None, Query(alias="from", description="asked for then or later")
    ] = None
    to: Annotated[AwareDatetime | None, Query(description="asked for before then")] = None
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50

    def question(self, account_id: str) -> Question:
        """Return what is asked of one account's sessions."""
        return Question(
            account_id=account_id,
            fits=SessionFilter(
                live=self.live,
                states=frozenset(self.state),
                codes=frozenset(int(code) for code in self.code),
                region=self.region,
                end_user=self.end_user,
                from_us=_us(self.from_),
                to_us=_us(self.to),
            ),
            project=self.project,
            worker=self.worker,
            after=self.cursor,
            limit=self.limit,
        )


def _us(at: datetime | None) -> int | None:
    if at is None:
        return None
    since = at - EPOCH
    seconds = since.days * 86_400 + since.seconds
    return seconds * 1_000 * MILLISECOND_US + since.microseconds
