"""Usage as a table of text (CSV, RFC 4180), with the numbers of the API. Pure.

A spreadsheet runs a cell that begins like a formula, so text that does is quoted with an
apostrophe, as OWASP advises ("CSV Injection"); numbers here are never negative.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from diorama.protocol.usage_views import UsageGroup, UsageSum

MEDIA_TYPE: Final = "text/csv"
_NUMBERS: Final = ("stream_us", "streaming_us", "idle_us", "simulation_us", "sessions")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def heading(group_by: str) -> str:
    """Return the first line."""
    return lines([("from", "to", group_by, *_NUMBERS)])


def rows(period: tuple[str, str], groups: Iterable[UsageGroup]) -> str:
    """Return a line for each group of a period."""
    return lines((*period, group.key or "", *_numbers(group)) for group in groups)


def total_row(period: tuple[str, str], total: UsageSum) -> str:
    """Return the line of a sum that has no groups."""
    return lines([(*period, "total", *_numbers(total))])


def lines(table: Iterable[Sequence[str | int]]) -> str:
    """Return lines of CSV, no cell of which a spreadsheet runs."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(c) for c in row] for row in table)
    return text.getvalue()


def _cell(value: str | int) -> str | int:
    is_formula = isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA)
    return f"'{value}" if is_formula else value


def _numbers(used: UsageSum) -> tuple[int, ...]:
    return (used.stream_us, used.streaming_us, used.idle_us, used.simulation_us, used.sessions)
