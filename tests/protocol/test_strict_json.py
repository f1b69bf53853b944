"""What strangers may send, and the code with which the rest is refused."""

import json

import msgspec
import pytest

from diorama.kernel.errors import Invalid
from diorama.protocol import channel, viewer
from diorama.protocol.strict_json import MAX_DEPTH, MAX_INTEGER, parse, parse_value

LIMIT = 256 * 1024


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


REFUSED = [
    # not JSON
    (b"", "json_syntax"),
    (b" ", "json_syntax"),
    ("", "json_syntax"),
    (b"nul", "json_syntax"),
    (b"True", "json_syntax"),
    (b"'a'", "json_syntax"),
    (b"{a: 1}", "json_syntax"),
    (b"[1,]", "json_syntax"),
    (b'{"a": 1,}', "json_syntax"),
    (b"[1 2]", "json_syntax"),
    (b"1 2", "json_syntax"),
    (b"[1]]", "json_syntax"),
    (b"[1}", "json_syntax"),
    (b"]" * 40, "json_syntax"),
    (b"// no\n1", "json_syntax"),
    (b"01", "json_syntax"),
    (b"+1", "json_syntax"),
    (b".5", "json_syntax"),
    (b"1.", "json_syntax"),
    (b"0x10", "json_syntax"),
    (b'"a', "json_syntax"),
    (b'"\\x41"', "json_syntax"),
    (b'"\\u12g4"', "json_syntax"),
    (b'"a\nb"', "json_syntax"),
    (b'"a\x00b"', "json_syntax"),
    (b"\xef\xbb\xbf1", "json_syntax"),
    (b"\xa01", "json_text"),
    ("\u00a01", "json_syntax"),
    # numbers
    (b"NaN", "json_number"),
    (b"[Infinity]", "json_number"),
    (b'{"a": -Infinity}', "json_number"),
    (b"1e309", "json_number"),
    (b"[-1E400]", "json_number"),
    (b"9007199254740992", "json_number"),
    (b"-9007199254740992", "json_number"),
    (b"1" * 5_000, "json_number"),
    # text
    (b'"\xff"', "json_text"),
    (b'"\xc3"', "json_text"),
    (b'"\xed\xa0\x80"', "json_text"),
    (b'"\xc0\x80"', "json_text"),
    (b'"\\ud800"', "json_text"),
    (b'"\\udc00\\ud800"', "json_text"),
    (b'["a", ["\\udfff"]]', "json_text"),
    (b'{"\\ud800": 1}', "json_text"),
    (b'{"a": ["\\ud800"]}', "json_text"),
    ('"\ud800"', "json_text"),
    (b'"\\u0000"', "json_text"),
    (b'{"\\u0000": 1}', "json_text"),
    (b'[{"a": "b\\u0000"}]', "json_text"),
    # keys
    (b'{"a": 1, "a": 1}', "json_duplicate_key"),
    (b'{"a": 1, "\\u0061": 2}', "json_duplicate_key"),
    (b'{"a": {"b": 1, "b": 2}}', "json_duplicate_key"),
    (b'[[{"": 1, "": 2}]]', "json_duplicate_key"),
    # depth
    (nested(MAX_DEPTH + 1), "json_depth"),
    (b"[" * 100_000, "json_depth"),
    (b'{"a":' * 100 + b"1" + b"}" * 100, "json_depth"),
    (b'["]]]]",' + nested(MAX_DEPTH) + b"]", "json_depth"),
    (b'["\\"]",' + nested(MAX_DEPTH) + b"]", "json_depth"),
    (b'["\\\\",' + nested(MAX_DEPTH) + b"]", "json_depth"),
    # size
    (b" " * (LIMIT + 1), "too_large"),
    (b'"' + b"a" * LIMIT + b'"', "too_large"),
    ('"' + "\u20ac" * (LIMIT // 3) + '"', "too_large"),
]


@pytest.mark.parametrize(("data", "code"), REFUSED, ids=lambda part: repr(part)[:40])
def test_what_is_not_plain_json_is_refused_with_a_code(data: bytes | str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_value(data, max_bytes=LIMIT)

    assert error.value.code == code


GOOD = [
    b"null",
    b"true",
    b' \t\r\n[1, -2, 3.5, "a"]\n',
    b"0",
    b"-0.0",
    b"1e308",
    b"5e-324",
    b"9007199254740991",
    b"-9007199254740991",
    b'""',
    b'"\\u00e9\\ud83d\\ude00 \\" \\\\ \\/ \\b\\f\\n\\r\\t"',
    '"\u00e9\U0001f600\u2028"'.encode(),
    b'"it\'s fine"',
    b'{"": 1, "a": {"a": {"a": []}}}',
    b'{"a": 1, "A": 2}',
    nested(MAX_DEPTH),
    json.dumps("[" * 1_000 + "{" * 1_000).encode(),
    json.dumps(['"' + "[" * 40, "\\" + "]" * 40]).encode(),
    b"[" + b"[]," * 1_000 + b"[]]",
]


@pytest.mark.parametrize("data", GOOD, ids=lambda data: repr(data)[:40])
def test_plain_json_means_what_it_says_as_bytes_and_as_text(data: bytes) -> None:
    meant = json.loads(data)

    assert repr(parse_value(data, max_bytes=LIMIT)) == repr(meant)
    assert repr(parse_value(data.decode(), max_bytes=LIMIT)) == repr(meant)


def test_minus_zero_is_zero() -> None:
    assert parse_value(b"-0", max_bytes=LIMIT) == 0


@pytest.mark.parametrize(("size", "refused"), [(10, False), (11, True)])
def test_the_size_is_counted_in_bytes_up_to_its_limit(size: int, refused: bool) -> None:
    data = b'"' + b"a" * (size - 2) + b'"'

    assert raises(data, max_bytes=10) is refused
    assert raises(data.decode(), max_bytes=10) is refused


@pytest.mark.parametrize(("depth", "refused"), [(MAX_DEPTH, False), (MAX_DEPTH + 1, True)])
def test_the_depth_is_limited_to_the_bracket(depth: int, refused: bool) -> None:
    assert raises(nested(depth), max_bytes=LIMIT) is refused


def test_quotes_that_never_end_are_looked_at_once() -> None:
    """Looked at again from each quote, this would take minutes."""
    hostile = b"[" * (MAX_DEPTH + 1) + b'"' + b'\\"' * 120_000

    assert raises(hostile, max_bytes=LIMIT)


def raises(data: bytes | str, *, max_bytes: int) -> bool:
    try:
        parse_value(data, max_bytes=max_bytes)
    except Invalid:
        return True
    return False


WRONG_MESSAGES = [
    b"{}",
    b"[]",
    b"null",
    b'{"type": "nonsense"}',
    b'{"type": 1}',
    b'{"type": "hello"}',
    b'{"type": "hello", "protocol": "1", "token": "t"}',
    b'{"type": "hello", "protocol": 1.5, "token": "t"}',
    b'{"type": "hello", "protocol": true, "token": "t"}',
    b'{"type": "hello", "protocol": 1, "token": "t", "more": 1}',
    b'{"type": "heartbeat", "n": -1}',
    b'{"type": "bye", "code": 4000}',
    b'{"type": "media", "attachment": 1, "state": "fine"}',
    b'{"type": "restart", "attachment": 1, "scope": "all"}',
]


@pytest.mark.parametrize("data", WRONG_MESSAGES)
def test_json_that_is_no_message_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(Invalid) as error:
        parse(data, viewer.FromViewer)

    assert error.value.code == "schema"


def test_a_refusal_says_where_and_stays_short() -> None:
    data = json.dumps({"type": "hello", "protocol": 1, "token": "t", "x" * 5_000: 1})

    with pytest.raises(Invalid) as error:
        parse(data, viewer.FromViewer)
    assert len(str(error.value)) <= 200
    with pytest.raises(Invalid, match=r"\$\.protocol"):
        parse(b'{"type": "hello", "protocol": "1", "token": "t"}', viewer.FromViewer)


@pytest.mark.parametrize(
    "message",
    [
        viewer.Hello(protocol=1, token="dst_1", codecs=("H264",)),
        viewer.Heartbeat(n=MAX_INTEGER),
        viewer.MediaReport(attachment=3, state="playing"),
        viewer.Bye(code=1001),
    ],
)
def test_a_message_survives_the_wire(message: object) -> None:
    assert parse(msgspec.json.encode(message), viewer.FromViewer) == message


def test_a_message_to_the_world_may_hold_any_json() -> None:
    data = {"a": [1, 2.5, None, True, {"b": "\u00e9"}]}
    sent = msgspec.json.encode(channel.Message(data=data, id=7))

    assert parse(sent, channel.FromViewer) == channel.Message(data=data, id=7)
