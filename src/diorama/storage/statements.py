"""What the SQL of stores turns into on each database. Pure, and done once per statement.

Stores write `?` for values and a few words in braces; text in quotes and comments is left alone.
"""

import re
from functools import lru_cache
from typing import Final

__all__ = ["for_postgresql", "for_sqlite", "schema_statements"]

_CACHED: Final = 4096  # far more than the stores have; statements are constants, so none is evicted

# Quoted text and comments match first, so that nothing in them is taken for a placeholder.
_WORD: Final = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | \? | \{[^{}]*\}""",
    re.VERBOSE | re.DOTALL,
)
_WORD_OR_END: Final = re.compile(_WORD.pattern + "| ;", re.VERBOSE | re.DOTALL)
_LOCK: Final = re.compile(r"\{for_update(?P<skip>_skip_locked)?(?: of (?P<table>\w+))?\}")
_SCHEMA_WORDS: Final = {
    "{autoincrement}": {
        "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    },
    "{fillfactor}": {"sqlite": "", "postgresql": "WITH (fillfactor=50)"},
    "{clustered}": {"sqlite": "WITHOUT ROWID", "postgresql": ""},
    "{unlogged}": {"sqlite": "TABLE", "postgresql": "UNLOGGED TABLE"},
}


@lru_cache(_CACHED)
def for_sqlite(sql: str) -> str:
    """Return the statement for SQLite: one writer needs no row locks, `?` stays."""

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if word.startswith("{"):
            _lock(word)
            return ""
        return word

    return _WORD.sub(replaced, sql)


@lru_cache(_CACHED)
def for_postgresql(sql: str) -> str:
    """Return the statement for PostgreSQL: `$1`, `$2`, ... for values, and its row locks."""
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        word = match[0]
        if word == "?":
            count += 1
            return f"${count}"
        return _lock(word) if word.startswith("{") else word

    return _WORD.sub(replaced, sql)


def schema_statements(text: str, dialect: str) -> list[str]:
    """Return the statements of a schema file, without its comments."""
    for word, meaning in _SCHEMA_WORDS.items():
        text = text.replace(word, meaning[dialect])
    statements, start = [""], 0
    for match in _WORD_OR_END.finditer(text):
        statements[-1] += text[start : match.start()]
        start = match.end()
        if match[0] == ";":
            statements.append("")
        elif not match[0].startswith(("--", "/*")):
            statements[-1] += match[0]
    statements[-1] += text[start:]
    return [statement.strip() for statement in statements if statement.strip()]


def _lock(word: str) -> str:
    lock = _LOCK.fullmatch(word)
    if lock is None:
        raise ValueError(f"{word} is no word of the seam: {_LOCK.pattern} is")
    table = f" OF {lock['table']}" if lock["table"] else ""
    return f"FOR UPDATE{table}{' SKIP LOCKED' if lock['skip'] else ''}"
