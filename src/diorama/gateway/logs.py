"""How Diorama's programs log: one JSON object a line, or coloured lines for a person at a terminal.

Everything goes through one chain, the standard library's loggers included, and the chain ends in a
filter that no secret passes: tokens, tickets, keys and credentials by their prefixes, signed tokens
by their shape, what stands in an address's fragment or under the name of a secret, passwords of
addresses, the sign-in cookie, and the ICE credentials of a session description.
"""

import logging
import os
import re
import sys
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any, Final, TextIO

import structlog

REDACTED: Final = "[redacted]"
MAX_DEPTH: Final = 8
"""Of a value in a log line; what lies deeper is shown as Python writes it, secrets out."""

_SECRETS: Final = (
    (
        "_",
        re.compile(
            r"\b(dst|dio|diw|dsi|din|dsu|dtk|dsh|dup|duf|dar|dim|tks|whsec)_[A-Za-z0-9_.+/=-]{8,}"
        ),
        r"\1_" + REDACTED,
    ),
    ("eyJ", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), REDACTED),
    ("#", re.compile(r"(#)[A-Za-z0-9_-]{16,}"), r"\1" + REDACTED),  # such as /set-up#...
    (
        "=",
        re.compile(
            r"(?i)([#?&](?:token|ticket|share|secret|code|state|key|password|invitation)=)[^&\s\"']+"
        ),
        r"\1" + REDACTED,
    ),
    ("=", re.compile(r"(diorama_sign_in=)[^;\s\"']+"), r"\1" + REDACTED),
    ("a=ice-", re.compile(r"(a=ice-(?:ufrag|pwd):)[^\s\\]+"), r"\1" + REDACTED),
    ("ufrag ", re.compile(r"(\bufrag )[^\s\\]+"), r"\1" + REDACTED),
    ("://", re.compile(r"(\b[a-z+]+://[^\s:/@]*:)[^\s@/]+@"), r"\1" + REDACTED + "@"),
    (" ", re.compile(r"(?i)(\bbearer )[A-Za-z0-9._~+/-]+=*"), r"\1" + REDACTED),
)
"""What every text with such a secret has in it, the secret, and what is shown instead. Most texts
have none of the first, and are looked through no further: lines are written all the time."""
_SECRET_NAMES: Final = re.compile(
    r"(?i)(token|secret|password|credential|authorization|pwd|ufrag|cookie|csrf|ticket|api_key)$"
)
_NAMES: Final = 1_024
Chain = Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]


def redact_text(text: str) -> str:
    """Return `text` without what looks like a secret."""
    for sign, pattern, replacement in _SECRETS:
        if sign in text:
            text = pattern.sub(replacement, text)
    return text


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take the secrets out of a log line: a link of structlog's chain."""
    for name, value in event.items():
        if not name.startswith("_"):  # structlog's own: the record, and where it came from
            event[name] = _redacted(name, value, MAX_DEPTH)
    return event


def configure(*, level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Send every log line of this process to `stream`, as JSON unless a person reads it there."""
    person = stream.isatty()
    shared: list[Chain] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if person else "iso", utc=not person),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,  # to text before `redact`, so that it is seen there
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # loggers are made at import, before this is called
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in os.environ)
                if person
                else structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its steps are ours to tell


@lru_cache(_NAMES)
def _is_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def _redacted(name: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _is_secret(name):
        return REDACTED
    if isinstance(value, dict) and depth:
        return {str(key): _redacted(str(key), item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_redacted("", item, depth - 1) for item in value]
    return redact_text(value if isinstance(value, str) else repr(value))
