"""How a refusal or an end is told to the SDK of Odyssey, so that an app gets the error it knows.

Its typed errors come from 429 alone, by a word and what to do about it; anything else is a plain
error with a number. So whatever Diorama's rules refuse goes as 429: with the word that the SDK has
a class for where there is one, else with Diorama's own. Pure.
Source: `@odysseyml/odyssey` 1.3.1, `ERROR_CODE_MAP`, `getErrorMessage`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from diorama.kernel.errors import Detail, DioramaError, Forbidden, LimitReached, Refused
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.views import EndView

CONCURRENT: Final = "CONCURRENT_LIMIT_REACHED"
MONTHLY: Final = "MONTHLY_LIMIT_REACHED"
SUSPENDED: Final = "ACCOUNT_SUSPENDED"
RATE_LIMITED: Final = "RATE_LIMITED"
DURATION_LIMIT: Final = "duration_limit_reached"
NO_STREAMER: Final = "streamer_not_available"
STREAMER_GONE: Final = "streamer_disconnected"
_REASONS: Final[Mapping[str, str]] = {
    "max_runtime": DURATION_LIMIT,
    "worker_lost": STREAMER_GONE,
    "world_crashed": STREAMER_GONE,
    "media_lost": STREAMER_GONE,
    "world_failed_to_start": NO_STREAMER,
    "world_unknown": NO_STREAMER,
    "worker_refused": NO_STREAMER,
    "assignment_expired": NO_STREAMER,
    "no_media_offered": NO_STREAMER,
    "connect_timeout": NO_STREAMER,
}
"""Reasons of ends for which the SDK has a sentence of its own."""
_ACTIONS: Final[Mapping[str, str]] = {
    CONCURRENT: "End a session to start a new one, or ask for a higher limit",
    MONTHLY: "Wait for the next month, or ask for more hours",
    SUSPENDED: "Ask the operator of this Diorama",
    RATE_LIMITED: "Wait, then try again",
}
_ANOTHER_TRY: Final = "Try again later"
_PAGES: Final[Mapping[str, str]] = {CONCURRENT: "/sessions", MONTHLY: "/usage"}


class UsageError(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a 429, of which the SDK makes an error of its own class."""

    error: str
    message: str
    action: str
    action_url: str | None = None
    details: dict[str, Detail] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """How many streams an account has, and may have."""

    held: int
    limit: int


def usage_error(
    error: DioramaError, streams: Streams | None = None, portal: str = ""
) -> UsageError | None:
    """Return a refusal as the SDK has it typed; None where it is none of a rule.

    Args:
        error: what Diorama refuses with.
        streams: of the account, where it is known.
        portal: the address of the pages for people.
    """
    facts = error.detail
    if error.code == "account_limit" and streams is not None:
        details: dict[str, Detail] = {"active_count": streams.held, "limit": streams.limit}
        return _typed(CONCURRENT, str(error), details, portal)
    if error.code == "hours_exhausted" and "resets_at" in facts:
        return _typed(MONTHLY, str(error), _hours(facts), portal)
    if error.code == "account_suspended":
        return _typed(SUSPENDED, str(error), {"reason": str(error)}, portal)
    if isinstance(error, LimitReached) and "end_code" not in facts:
        wait: dict[str, Detail] = {"retry_after_seconds": facts.get("retry_after_s")}
        return _typed(RATE_LIMITED, str(error), wait, portal)
    if "end_code" in facts or isinstance(error, Refused | Forbidden):
        own = {name: facts[name] for name in ("end_code", "retry_after_s") if name in facts}
        return UsageError(error.code, str(error), _ANOTHER_TRY, details=own)
    return None


def ended_in_line(end: End, portal: str) -> UsageError:
    """Return what somebody who waited is told whose session ended before it was served."""
    sentence = end.entry.viewer
    if end.reason == "hours_exhausted":
        return _typed(MONTHLY, sentence, {}, portal)
    if end.reason == "account_suspended":
        return _typed(SUSPENDED, sentence, {"reason": sentence}, portal)
    return UsageError(end.reason, sentence, _ANOTHER_TRY, details={"end_code": int(end.code)})


def error_reason(end: EndView) -> str:
    """Return the reason by which the SDK shows an end: a word of its own, or ours in full."""
    return _REASONS.get(end.reason) or spelled(end.reason, end.message)


def spelled(code: str, sentence: str) -> str:
    """Return a reason that the SDK does not know, as it shows it: behind `Server error: `."""
    return f"{code}: {sentence}"


def close_code(end: End | None) -> int:
    """Return the code to close with if the viewer does not: never one that is no failure to it.

    At 1000 and 1001 the SDK leaves the last picture standing as if nothing were; 1006 is never on
    the wire (RFC 6455, section 7.4.1).
    """
    quiet = {EndCode.NORMAL, EndCode.GOING_AWAY, EndCode.ABNORMAL}
    return EndCode.DRAINING if end is None or end.code in quiet else end.code


def _typed(word: str, message: str, details: dict[str, Detail], portal: str) -> UsageError:
    page = _PAGES.get(word)
    url = None if page is None else portal + page
    return UsageError(word, message, _ACTIONS[word], url, details)


def _hours(facts: Mapping[str, Detail]) -> dict[str, Detail]:
    def rounded(name: str) -> Detail:
        value = facts.get(name)
        return round(value, 2) if isinstance(value, int | float) else None

    return {
        "used_hours": rounded("used_hours"),
        "limit_hours": rounded("limit_hours"),
        "reset_date": str(facts["resets_at"])[:10],
    }
