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

from diorama.cli.saying import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NOTHING: Final = "-"
WIDE: Final = 10_000
"""Columns of what is no terminal: a line of a table stays one line for `grep` and `awk`."""
PROSE: Final = frozenset(
    {
        *("CAME BACK", "DESCRIPTION", "DETAIL", "NAME", "REMARK", "SCOPES", "SERVER", "TITLE"),
        *("TYPES", "URL", "WHAT", "WHAT IT DOES"),
    }
)
"""Columns that may be broken into lines where a terminal is narrow; no other is ever cut."""
PROSE_LEAST: Final = 16
"""Columns of a terminal that prose is broken to at most, as far as the choice of columns goes."""
GAP: Final = 2
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
        return instant(value)
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(printable(str(one)) for one in value) or NOTHING
    return printable(str(value)) or NOTHING


def instant(at: datetime) -> str:
    """Return a moment in UTC, which its `Z` says: `2026-11-21 18:05:09Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def stamp(at: datetime) -> str:
    """Return a moment with what tells it from others of its second: `2026-11-21 18:05:09.250Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + "Z"


def age(since: datetime, now: datetime) -> str:
    """Return how long ago something was, in its largest unit: `42 s`, `13 min`, `2 h`, `3 d`."""
    count, unit, *_ = duration((now - since).total_seconds()).split()
    return f"{count} {unit}"


def duration(total_s: float) -> str:
    """Return a length of time as a person says it: `42 s`, `3 min`, `2 h 5 min`, `3 d 4 h`."""
    left_s = max(round(total_s), 0)
    parts: list[str] = []
    for step_s, unit in _STEPS:
        if left_s >= step_s:
            parts.append(f"{left_s // step_s} {unit}")
            left_s %= step_s
    return " ".join(parts[:2]) or "0 s"


def fitting(
    titles: Sequence[str], rows: Sequence[Sequence[str]], *, spare: Sequence[str], room: int
) -> tuple[str, ...]:
    """Return the titles of the columns that a terminal is wide enough for, in their order.

    Args:
        titles: of all columns.
        rows: what stands in them.
        spare: which may be left out, the first that goes first.
        room: how wide the terminal is.
    """
    from rich.cells import cell_len

    def need(at: int) -> int:
        widest = max((cell_len(row[at]) for row in rows), default=0)
        title = titles[at]
        return max(len(title), min(widest, PROSE_LEAST) if title in PROSE else widest)

    needs = {title: need(at) for at, title in enumerate(titles)}
    for title in spare:
        if sum(needs.values()) + GAP * (len(needs) - 1) <= room:
            break
        needs.pop(title, None)
    return tuple(needs)


def table(
    titles: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    spare: Sequence[str] = (),
    room: int = WIDE,
) -> "Table":
    """Return rows under their titles, ready to be printed in so many columns of a terminal."""
    from rich.table import Table
    from rich.text import Text

    texts = [[cell(value) for value in row] for row in rows]
    kept = fitting(titles, texts, spare=spare, room=room)
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    for title in kept:
        made.add_column(title, no_wrap=title not in PROSE, overflow="fold")
    for row in texts:
        made.add_row(*(Text(row[titles.index(title)]) for title in kept))
    return made


def console() -> "Console":
    """Return the terminal, or the file, that answers go to."""
    from rich.console import Console

    found = Console(highlight=False, soft_wrap=False)
    if not found.is_terminal:
        found.width = WIDE
    return found


def print_table(
    titles: Sequence[str], rows: Iterable[Sequence[object]], spare: Sequence[str] = ()
) -> None:
    """Print a table; spaces at the ends of lines are left out where nobody looks.

    Args:
        titles: what stands over each column.
        rows: what stands under it.
        spare: the columns that a narrow terminal is spared, the first first; it is said which.
    """
    out = console()
    if out.is_terminal:
        made = table(titles, rows, spare=spare, room=out.width)
        out.print(made)
        left_out = [title for title in titles if title not in {one.header for one in made.columns}]
        if left_out:
            say(f"no room for {', '.join(left_out)}: a wider terminal, or --json, shows all")
        return
    with out.capture() as captured:
        out.print(table(titles, rows))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def print_lines(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows that are never broken, however narrow a terminal is: what is in them is copied."""
    texts = [list(titles), *([cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        padded = (one.ljust(width) for one, width in zip(row, widths, strict=True))
        sys.stdout.write((" " * GAP).join(padded).rstrip() + "\n")


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
