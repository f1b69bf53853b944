"""JSON as Diorama takes it from strangers: bounded, unambiguous, or refused with a code.

Python's own parser takes NaN and Infinity, keeps the last of two equal keys, passes lone surrogates
and gives up on depth with RecursionError; each of those is refused here before a message is typed.
"""

import json
import math
import re
from typing import Final, NoReturn, TypeVar

import msgspec

from diorama.kernel.errors import Invalid

MAX_DEPTH: Final = 32
MAX_WS_BYTES: Final = 64 * 1024
MAX_REST_BYTES: Final = 256 * 1024
MAX_INTEGER: Final = 2**53 - 1
_MAX_DIGITS: Final = 16
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or one that never ends: each character is looked at once, whatever is sent."""
_MAX_SAID: Final = 200
_BRACKETS: Final = re.compile(rb"[\[\]{}]")
T = TypeVar("T")


def parse(data: bytes | str, kind: type[T] | object, *, max_bytes: int = MAX_WS_BYTES) -> T:
    """Return `data` as `kind`, a msgspec type or union of them.

    Raises:
        Invalid: with code `too_large`, `json_depth`, `json_syntax`, `json_duplicate_key`,
            `json_number`, `json_text`, or `schema` where the JSON is fine but is no `kind`. The
            message says where, in 200 characters at most: it may name what was sent.
    """
    raw = parse_value(data, max_bytes=max_bytes)
    try:
        return msgspec.convert(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)[:_MAX_SAID], code="schema") from None


def parse_value(data: bytes | str, *, max_bytes: int) -> object:
    """Return `data` as plain JSON values; raises as `parse` does, but for `schema`."""
    raw = _encoded(data)
    if len(raw) > max_bytes:
        raise Invalid(f"{len(raw)} bytes are more than the {max_bytes} allowed", code="too_large")
    _check_depth(raw)
    try:
        return _DECODER.decode(raw.decode())
    except UnicodeDecodeError:
        raise Invalid("the text is not UTF-8", code="json_text") from None
    except json.JSONDecodeError as error:
        raise Invalid(
            f"not JSON: {error.msg} at character {error.pos}", code="json_syntax"
        ) from None


def _encoded(data: bytes | str) -> bytes:
    if isinstance(data, bytes):
        return data
    try:
        return data.encode()
    except UnicodeEncodeError:
        raise Invalid("the text has a lone surrogate", code="json_text") from None


def _check_depth(raw: bytes) -> None:
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return  # cannot be deeper than it has brackets: spares the scan below
    depth = 0
    for bracket in _BRACKETS.finditer(_STRING.sub(b"", raw)):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > MAX_DEPTH:
            raise Invalid(f"nested deeper than {MAX_DEPTH}", code="json_depth")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Invalid("an object has the same key twice", code="json_duplicate_key")
    for key, value in pairs:
        _check_text(key)
        _check_value(value)
    return result


def _check_value(value: object) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for item in value:
            _check_value(item)


def _check_text(text: str) -> None:
    if text.isascii() and "\0" not in text:
        return
    if "\0" in text:
        raise Invalid("text with a NUL character", code="json_text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("text with a lone surrogate", code="json_text") from None


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER:
        raise Invalid("an integer beyond 2**53 - 1", code="json_number")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Invalid("a number too large for a double", code="json_number")
    return value


def _constant(name: str) -> NoReturn:
    raise Invalid(f"{name} is not JSON", code="json_number")


class _StrictDecoder(json.JSONDecoder):
    """The standard decoder with the checks above; a bare string or list is checked as well."""

    def __init__(self) -> None:
        super().__init__(
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )

    def decode(self, s: str) -> object:  # type: ignore[override] # no `_w`: whole documents only
        value: object = super().decode(s)
        _check_value(value)
        return value


_DECODER: Final = _StrictDecoder()
