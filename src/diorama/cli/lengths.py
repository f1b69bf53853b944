"""Lengths of time as a person types them: `90s`, `10min`, `12h`, `30d`."""

import re
from typing import Final

from diorama.cli.saying import refuse

_UNITS_S: Final = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|h|d)")


def length_s(text: str) -> float:
    """Return a length of time in seconds; what is none is refused with exit code 2."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        refuse(f"{text}: write it as 90s, 10min, 12h or 30d")
    return float(found[1]) * _UNITS_S[found[2]]
