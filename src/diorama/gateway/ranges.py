"""Which part of a file a request asks for. Pure. Source: RFC 9110, section 14."""

import re
from dataclasses import dataclass
from typing import Final

_ONE: Final = re.compile(r"^bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})$(?!\n)")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """The file has no byte of what is asked for."""


def asked_part(header: str | None, length: int) -> Part | Unsatisfiable | None:
    """Return the one part that a `Range` asks for; None is the whole file.

    What cannot be read, and several parts at once, is the whole file too, as the RFC lets a server
    choose.
    """
    found = _ONE.match(header or "")
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:
        suffix = int(found["last"])
        return Part(max(0, length - suffix), length) if suffix and length else Unsatisfiable()
    start = int(found["first"])
    end = int(found["last"]) + 1 if found["last"] else length
    if end <= start and found["last"]:
        return None
    return Part(start, min(end, length)) if start < length else Unsatisfiable()
