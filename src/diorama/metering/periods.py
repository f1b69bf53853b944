"""Which stretch of time a question is about. Pure.

A month is a calendar month in UTC, as bills are; an instant is a day, or ISO 8601 with its zone: a
time without one would be somebody's guess.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from diorama.accounts.hours import month_end_us, month_start_us
from diorama.kernel.errors import Invalid
from diorama.metering.spans import DAY_US
from diorama.sessions.usage_store import Window

MAX_DAYS: Final = 400
"""A year and what surrounds it: a sum over more is made of several."""
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR: Final = 9_998
_MICROSECOND: Final = timedelta(microseconds=1)


def window(
    now_us: int, *, period: str | None = None, since: str | None = None, until: str | None = None
) -> Window:
    """Return the window that a question names: a month, or from when to when.

    Without any of the three it is the month of `now_us`; a side that is left out is that month's.

    Raises:
        Invalid: it is none (`period`).
    """
    if period is not None and (since is not None or until is not None):
        raise Invalid("either `period`, or `from` and `to`", code="period")
    if period is not None:
        if _MONTH.fullmatch(period) is None:
            raise Invalid("a period is a month, as 2026-11 is", code="period")
        begins_us = instant_us(f"{period}-01")
        return _window(begins_us, month_end_us(begins_us), now_us)
    from_us = month_start_us(now_us) if since is None else instant_us(since)
    to_us = month_end_us(max(now_us, from_us)) if until is None else instant_us(until)
    return _window(from_us, to_us, now_us)


def lately(now_us: int, *, since: str | None = None, until: str | None = None) -> Window:
    """Return the window from when to when; what is left out makes it the day until then, or now.

    Raises:
        Invalid: it is none (`period`).
    """
    to_us = now_us if until is None else instant_us(until)
    from_us = max(to_us - DAY_US, 0) if since is None else instant_us(since)
    return _window(from_us, to_us, now_us)


def by_month(window: Window) -> tuple[Window, ...]:
    """Return the months of a window, cut as it is; none where there is nothing to tell of."""
    parts: list[Window] = []
    from_us = window.from_us
    while from_us < window.until_us:
        to_us = min(month_end_us(from_us), window.until_us)
        parts.append(Window(from_us=from_us, to_us=to_us, until_us=to_us))
        from_us = to_us
    return tuple(parts)


def instant_us(text: str) -> int:
    """Return the instant that a text names: `2026-11-21`, or `2026-11-21T09:30:00Z`.

    Raises:
        Invalid: it names none, or one before 1970 (`period`).
    """
    try:
        if _DAY.fullmatch(text):
            at = datetime.combine(date.fromisoformat(text), time(), UTC)
        else:
            at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise Invalid("a time says its zone, as 2026-11-21T09:30:00Z does", code="period")
        at_us = (at - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError) as error:
        raise Invalid("neither a day nor a time of ISO 8601", code="period") from error
    if at_us < 0 or at.year > _LAST_YEAR:
        raise Invalid(f"what is counted lies between 1970 and {_LAST_YEAR}", code="period")
    return at_us


def _window(from_us: int, to_us: int, now_us: int) -> Window:
    if to_us <= from_us:
        raise Invalid("`to` comes after `from`", code="period")
    if to_us - from_us > MAX_DAYS * DAY_US:
        raise Invalid(f"one question covers {MAX_DAYS} days at most", code="period")
    return Window(from_us=from_us, to_us=to_us, until_us=max(min(to_us, now_us), from_us))
