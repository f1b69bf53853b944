"""What is sent to break a parser or a statement: made from kinds of flaws and places for them.

Source: reliability notes, section 6, items 11 (200 bodies that are no strict JSON, over REST and
WebSockets) and 13 (500 texts in every field).
"""

from collections.abc import Mapping
from itertools import product
from typing import Final

SYNTAX: Final = (400, "json_syntax")
NUMBER: Final = (400, "json_number")
TEXT: Final = (400, "json_text")
TWICE: Final = (400, "json_duplicate_key")
DEPTH: Final = (400, "json_depth")
SCHEMA: Final = (422, "schema")
TOO_LARGE: Final = (413, "too_large")

_PLACES: Final = (b"@", b'{"x": @}', b'{"x": [{"y": @}]}')
_NUMBERS: Final = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e309", b"-1e309", b"1e999999999"),
    *(b"9007199254740992", b"-9007199254740992", b"9" * 400, b"9" * 5_000),
)
_TEXTS: Final = (
    *(rb'"\ud800"', rb'"\udfff"', rb'"a\ud83d"', rb'"\udc00\ud800"', rb'"\u0000"', rb'"a\u0000b"'),
    *(b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b'"\xf4\x90\x80\x80"', b'"\xe2\x82"'),
    *(rb'{"\udfff": 1}', rb'{"\u0000": 1}'),
)
_NO_VALUES: Final = (
    *(b"01", b"+1", b".5", b"1.", b"0x10", b"1_000", b"--1", b"1e", b"1e+", b"-NaN"),
    *(b"'x'", b"x", b"True", b"None", b"undefined", b"nul", b"truefalse"),
    *(b'"x', rb'"\x41"', rb'"\u12"', b'"a\nb"', b'"a\tb"', b'"a\x00b"', b'"\\"'),
    *(b"[1,]", b"[,]", b"[1 2]", b"[", b'{"y": 1,}', b"{,}", b'{"y"}', b'{"y":}', b'{"y" 1}'),
    *(b"{y: 1}", b"{1: 2}", b"{'y': 1}", b'{"y": 1', b"/* no */ 1", b"1 // no", b"1 # no"),
)
_DOUBLED: Final = (
    *(b'{"y": 1, "y": 2}', rb'{"y": 1, "\u0079": 2}', b'{"": 1, "": 2}', b'{"y": {}, "y": {}}'),
    b'{"y": null, "z": 1, "y": null}',
)
_DEEP: Final = (
    *(b"[" * 33, b"[" * 33 + b"]" * 33, b'{"x":' * 33 + b"1" + b"}" * 33),
    b'[{"x":' * 17 + b"1" + b"}]" * 17,
)
_WHOLE: Final[Mapping[bytes, tuple[int, str]]] = {
    b"": SYNTAX,
    b" ": SYNTAX,
    b"{}{}": SYNTAX,
    b"{} {}": SYNTAX,
    b"{}\n{}": SYNTAX,
    b"{},": SYNTAX,
    b"}": SYNTAX,
    b"\xef\xbb\xbf{}": SYNTAX,
    b"\x00{}": SYNTAX,
    b"\x0b{}": SYNTAX,
    b"\xc2\xa0{}": SYNTAX,
    b"for(;;);{}": SYNTAX,
    b")]}',\n{}": SYNTAX,
    b"<x/>": SYNTAX,
    b"x=1&y=2": SYNTAX,
    "{}".encode("utf-16"): TEXT,
    "{}".encode("utf-16-le"): SYNTAX,
    "{}".encode("utf-32"): TEXT,
    b"[" * 100_000: DEPTH,
    b'{"x": "' + b"x" * 262_144 + b'"}': TOO_LARGE,
    b" " * 262_145: TOO_LARGE,
}
_OTHER_KINDS: Final = (b"[]", b"null", b"true", b"0", b"-0", b"1.5", b'"x"', b'{"x": -0}', b"[{}]")


def _bad_json() -> dict[bytes, tuple[int, str]]:
    found = dict(_WHOLE) | dict.fromkeys(_OTHER_KINDS, SCHEMA)
    flaws = (
        (_NO_VALUES, SYNTAX),
        (_NUMBERS, NUMBER),
        (_TEXTS, TEXT),
        (_DOUBLED, TWICE),
        (_DEEP, DEPTH),
    )
    for ones, due in flaws:
        found |= {place.replace(b"@", one): due for place, one in product(_PLACES, ones)}
    return found


BAD_JSON: Final[Mapping[bytes, tuple[int, str]]] = _bad_json()
"""Bodies that are no strict JSON, or none that any operation takes, and what is said of each."""

_OPENINGS: Final = ("'", '"', "')", "'))", '"))', "`", "]", "$$", "\\'", "%27", "\u02bc", "1", "")
_STATEMENTS: Final = (
    " OR '1'='1",
    " OR 1=1",
    " AND 1=0",
    "; DROP TABLE session",
    "; DELETE FROM account WHERE 1=1",
    "; UPDATE account SET concurrent_streams=9999",
    "; PRAGMA writable_schema=1",
    "; ATTACH DATABASE '/tmp/x' AS x",
    "; SELECT pg_sleep(9)",
    "; COPY session TO PROGRAM 'id'",
    " UNION ALL SELECT digest FROM api_key",
    " UNION ALL VALUES (1)",
    " || (SELECT digest FROM api_key LIMIT 1)",
    " AND 1=CAST((SELECT version()) AS int)",
    " AND randomblob(900000000) IS NOT NULL",
    " LIKE '%",
    " ESCAPE '",
    " COLLATE NOCASE",
    " RETURNING *",
)
_TAILS: Final = (" --", "")
_MARKUP: Final = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</textarea><svg/onload=a>"),
    *(
        "javascript:alert(1)",
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "%s%n%x",
        "{0.__class__}",
    ),
)
_PATHS: Final = (
    *("../../../etc/passwd", "..\\..\\x", "%2e%2e%2f", "/etc/passwd\x01", "file:///etc/passwd"),
    *("//example.com/", "http://127.0.0.1:1/", "\\\\example.com\\x", "C:\\x", "con", "~root"),
)
_CELLS: Final = ("=cmd|'/c calc'!A1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "=HYPERLINK(1)")
_LINES: Final = ("a\r\nSet-Cookie: x=y", "a\nx: y", "a\rx", "a\u2028b", "a\u0085b", "\x1b[2J")
_LETTERS: Final = (
    *("\u202eabc", "\ufeffx", "\U0001f600", "e\u0301" * 40, "\u0130", "\u1e9e", "\u200b", "\x7f"),
    *("\\u0000", "\\", '\\"', "%00", "%", "_", "*", "?", "-", "--", "null", "NaN", "-1", "0", " "),
    *("x" * 5_000, "'" * 500, "\u00e9" * 200, "[]", "{}", "true", "1e309", "9" * 40, "a" * 65),
)


def _payloads() -> tuple[str, ...]:
    statements = ("".join(parts) for parts in product(_OPENINGS, _STATEMENTS, _TAILS))
    others = (*_MARKUP, *_PATHS, *_CELLS, *_LINES, *_LETTERS)
    return tuple(dict.fromkeys((*others, *statements)))


PAYLOADS: Final = _payloads()
"""Texts that are one to whoever keeps them as text, and something else to whoever does not."""
EVERYWHERE: Final = (
    "' OR '1'='1",
    "'; DROP TABLE session; --",
    "1) UNION ALL VALUES (1",
    "\\'\"`%s%n{{7*7}}${x}",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "a\r\nSet-Cookie: x=y",
    "\u202e\u0000\U0001f600\ufeff",
    "x" * 5_000,
)
"""One of each kind, for every field there is, each time the tests run."""
