"""How answers are shown: a table for a person, JSON for a program.

Names, labels and reasons come from viewers, worlds and other people: no control character of theirs
reaches the terminal, and no markup of theirs is obeyed.
"""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NOTHING: Final = "-"
WIDE: Final = 10_000
"""Columns of what is no terminal: a line of a table stays one line for `grep` and `awk`."""
_STEPS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str) -> str:
    """Return text with `?` for what would move the cursor, hide, or turn the line around."""
    return "".join("?" if unicodedata.category(one) in _UNSEEN else one for one in text)


def cell(value: object) -> str:
    """Return a value as it stands in a table."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(printable(str(one)) for one in value) or NOTHING
    return printable(str(value)) or NOTHING


def age(since: datetime, now: datetime) -> str:
    """Return how long ago something was, to two figures or so."""
    return duration((now - since).total_seconds())


def duration(total_s: float) -> str:
    """Return a length of time as a person says it: `42 s`, `3 min`, `2 h 5 min`, `3 d 4 h`."""
    left_s = max(round(total_s), 0)
    parts: list[str] = []
    for step_s, unit in _STEPS:
        if left_s >= step_s:
            parts.append(f"{left_s // step_s} {unit}")
            left_s %= step_s
    return " ".join(parts[:2]) or "0 s"


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> "Table":
    """Return rows under their titles, ready to be printed."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in titles:
        made.add_column(title, no_wrap=title in {"SESSION", "ID"})
    for row in rows:
        made.add_row(*(Text(cell(value)) for value in row))
    return made


def console() -> "Console":
    """Return the terminal, or the file, that answers go to."""
    from rich.console import Console

    found = Console(highlight=False, soft_wrap=False)
    if not found.is_terminal:
        found.width = WIDE
    return found


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; spaces at the ends of lines are left out where nobody looks."""
    out = console()
    if out.is_terminal:
        out.print(table(titles, rows))
        return
    with out.capture() as captured:
        out.print(table(titles, rows))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Print what is known of one thing, a line each; what is not known is left out."""
    known = [(name, cell(value)) for name, value in facts if value is not None]
    width = max((len(name) for name, _ in known), default=0)
    for name, text in known:
        sys.stdout.write(f"{name:<{width}}  {text}\n")


def print_json(value: object) -> None:
    """Print a value as JSON for a program, indented for whoever looks all the same."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.write(text.decode() + "\n")


def print_json_line(value: object) -> None:
    """Print a value as one line of JSON, at once: for a stream of them."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()
