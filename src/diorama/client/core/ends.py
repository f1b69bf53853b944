"""Which end a close code or a refused request means, in the registry's words. Pure."""

from collections.abc import Mapping
from typing import Final

from diorama.client.errors import Problem
from diorama.protocol.end_codes import END_CODES, EndCode
from diorama.protocol.states import SessionState
from diorama.protocol.views import EndView

_FIRST_OWN_CODE: Final = 4000
_OF_REASON: Final = {reason: code for code, row in END_CODES.items() for reason in row.reasons}
_OF_STATUS: Final[Mapping[int, EndCode]] = {
    401: EndCode.UNAUTHORIZED,
    403: EndCode.UNAUTHORIZED,
    404: EndCode.APP_NOT_FOUND,
    429: EndCode.LIMIT_REACHED,
    503: EndCode.NO_WORKER_AVAILABLE,
}


def end_of(code: EndCode, reason: str | None = None, sentence: str | None = None) -> EndView:
    """Return an end in the registry's words; its usual reason unless one is given."""
    row = END_CODES[code]
    return EndView(
        code=int(code),
        name=row.name,
        reason=reason or row.reasons[0],
        doing=row.doing,
        retry=row.retry,
        retry_limit=row.retry_limit,
        message=sentence or row.viewer,
    )


def end_of_close(code: int, sentence: str | None) -> EndView | None:
    """Return the end that a WebSocket's close code means; None where the socket was just lost."""
    if code < _FIRST_OWN_CODE or code not in END_CODES:
        return None
    return end_of(EndCode(code), sentence=sentence)


def end_of_problem(problem: Problem) -> EndView:
    """Return the end that a refused request for a session means."""
    told = problem.facts.get("end_code")
    if isinstance(told, int) and told in END_CODES:
        return end_of(EndCode(told), problem.code)
    usual = _OF_STATUS.get(problem.status, EndCode.RECONNECTION_FAILED)
    return end_of(_OF_REASON.get(problem.code, usual), problem.code)


def final_state(code: int) -> SessionState:
    """Return which final state an end means."""
    return END_CODES[EndCode(code)].ends if code in END_CODES else SessionState.FAILED
