"""The errors that callers of Diorama handle. Anything else is a bug and is left to rise.

Each has one meaning and one HTTP status (`gateway.problems` holds the table). `code` is the stable
machine-readable word of the problem; the message names the thing, its state and what was asked.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

Detail: TypeAlias = "bool | int | float | str | list[Detail] | dict[str, Detail] | None"


class DioramaError(Exception):
    """Base of every error below.

    Args:
        message: one sentence for a person: the thing, its state, what was asked.
        code: stable, machine-readable, lower snake case.
        detail: facts a program may act on, sent with the problem document.
    """

    code: str = "error"

    def __init__(
        self, message: str, *, code: str | None = None, detail: Mapping[str, Detail] | None = None
    ) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.detail: Final[Mapping[str, Detail]] = detail or {}


class Invalid(DioramaError):
    """What was sent does not follow the rules of its form."""

    code = "invalid"


class Unauthorized(DioramaError):
    """Who asks is not known: no credential, or one that opens nothing."""

    code = "unauthorized"


class Forbidden(DioramaError):
    """Who asks is known and may not do this."""

    code = "forbidden"


class NotFound(DioramaError):
    """There is no such thing, or it is someone else's: both look the same."""

    code = "not_found"


class Refused(DioramaError):
    """Well formed, but the thing it is about is in no state to take it now."""

    code = "refused"


class LimitReached(DioramaError):
    """A limit stands in the way; `detail` lists what holds it."""

    code = "limit_reached"


class Unavailable(DioramaError):
    """Diorama cannot answer at present: the store is out of reach, full, or stopping."""

    code = "unavailable"
