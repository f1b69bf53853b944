"""What can go wrong when Diorama is asked for something: one class for each kind.

Each carries the stable machine `code`, a sentence, and the facts that came with it. None ever shows
a credential. Which answer means which class is in `answers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from diorama.kernel.errors import Detail, DioramaError
from diorama.protocol.views import EndView, HolderView


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem document (RFC 9457) as it came; `facts` are its members beyond the standard ones.

    `retry_after_s` is when to ask again, where the answer said so.
    """

    status: int
    code: str
    detail: str
    facts: Mapping[str, Detail] = field(default_factory=dict)
    request_id: str | None = None
    retry_after_s: float | None = None


class ClientError(DioramaError):
    """Base of all below.

    Attributes:
        problem: the document that came; None where none did.
    """

    def __init__(
        self, message: str, *, code: str | None = None, problem: Problem | None = None
    ) -> None:
        super().__init__(message, code=code, detail=problem.facts if problem else None)
        self.problem: Final = problem

    @property
    def status(self) -> int | None:
        """The HTTP status; None where there was no answer."""
        return self.problem.status if self.problem else None

    @property
    def request_id(self) -> str | None:
        """Under which the gateway's log has it."""
        return self.problem.request_id if self.problem else None

    @property
    def retry_after_s(self) -> float | None:
        """When to ask again, where the answer said so."""
        return self.problem.retry_after_s if self.problem else None


class Invalid(ClientError):
    """What was asked does not follow the rules of its form: 400, 413, 415, 422."""

    code = "invalid"


class Unauthorized(ClientError):
    """No credential, or one that opens nothing: 401."""

    code = "unauthorized"


class Forbidden(ClientError):
    """The credential is known and may not do this: 403."""

    code = "forbidden"


class NotFound(ClientError):
    """There is no such thing, or it is someone else's: 404."""

    code = "not_found"


class Refused(ClientError):
    """The thing is in no state to take this now: 409, 412."""

    code = "refused"


class LimitReached(ClientError):
    """A limit stands in the way: 429. `holders` are the sessions that fill it."""

    code = "limit_reached"

    @property
    def holders(self) -> Sequence[HolderView]:
        """What holds the slots: end one of them, and the next request has room."""
        try:
            return msgspec.convert(self.detail.get("holders", []), tuple[HolderView, ...])
        except msgspec.ValidationError:
            return ()


class TooManyRequests(ClientError):
    """Asked too often: 429 with no limit of Diorama's behind it. Waits were tried already."""

    code = "too_many_requests"


class Unavailable(ClientError):
    """Nothing can serve it now: 502, 503, 504. Waits were tried already, where it was safe."""

    code = "unavailable"


class Failed(ClientError):
    """The gateway failed: 500. Its log has the reason under `request_id`."""

    code = "internal"


class Unreachable(ClientError):
    """Nobody answered, or not in time: the network, the address, or a gateway that restarts."""

    code = "unreachable"


class NotUnderstood(ClientError):
    """What answered is no Diorama, or one that speaks differently."""

    code = "not_understood"


class SessionOver(ClientError):
    """The session has ended unexpectedly, and something was still wanted of it.

    Attributes:
        end: its one code and one reason, in the registry's words.
    """

    def __init__(self, end: EndView, problem: Problem | None = None) -> None:
        super().__init__(
            f"{end.code} {end.reason}: {end.message}", code=end.reason, problem=problem
        )
        self.end: Final = end
