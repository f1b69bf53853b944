"""What a log line looks like, and what never stands in one."""

import io
import json
import logging
from collections.abc import Iterator, Mapping

import pytest
import structlog

from diorama.gateway.logs import configure, redact_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure(stream=stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def line(stream: io.StringIO) -> Mapping[str, object]:
    (text,) = stream.getvalue().splitlines()
    found: dict[str, object] = json.loads(text)
    return found


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    structlog.get_logger("diorama.x").warning("slot is late", slot=3)

    found = line(stream)
    assert (found["event"], found["slot"], found["level"]) == ("slot is late", 3, "warning")
    assert found["logger"] == "diorama.x"
    assert str(found["timestamp"]).endswith("Z")


def test_the_standard_librarys_loggers_come_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("failed for %s", "dst_abcdefgh12345678")

    assert line(stream)["event"] == "failed for dst_[redacted]"


def test_debug_lines_are_left_out(stream: io.StringIO) -> None:
    structlog.get_logger("diorama.x").debug("noise")

    assert stream.getvalue() == ""


def test_the_traceback_of_an_error_loses_its_secrets_too(stream: io.StringIO) -> None:
    error = RuntimeError("cannot use dio_abcdefgh12345678")

    structlog.get_logger("diorama.x").error("failed", exc_info=error)

    assert "RuntimeError: cannot use dio_[redacted]" in str(line(stream)["exception"])


def test_what_is_named_like_a_secret_is_not_shown(stream: io.StringIO) -> None:
    structlog.get_logger("diorama.x").info("x", token="a", inner={"ice_pwd": "b", "list": ["c"]})

    found = line(stream)
    assert found["token"] == "[redacted]"
    assert found["inner"] == {"ice_pwd": "[redacted]", "list": ["c"]}


@pytest.mark.parametrize("plain", [True, False])
def test_a_person_at_a_terminal_reads_words(
    monkeypatch: pytest.MonkeyPatch, *, plain: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if plain:
        monkeypatch.setenv("NO_COLOR", "1")
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    terminal = Terminal()
    configure(stream=terminal)
    structlog.get_logger("diorama.x").info("listening", url="http://127.0.0.1:8080")
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()

    assert "listening" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert ("\x1b[" in terminal.getvalue()) is not plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ticket dst_AbC-_123456789 used", "ticket dst_[redacted] used"),
        ("dio_0123456789abcdef", "dio_[redacted]"),
        ("diw_0123456789abcdef", "diw_[redacted]"),
        ("dst_", "dst_"),
        ("ticket dtk_eyJhbGciOi.eyJzdWIi.c2ln used", "ticket dtk_[redacted] used"),
        ("dsh_0123456789abcdef", "dsh_[redacted]"),
        ("whsec_MfKQ9r8GKYqrTwjU+/=", "whsec_[redacted]"),
        ("id token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "id token [redacted]"),
        ("open http://h/set-up#AbC-_123456789012 now", "open http://h/set-up#[redacted] now"),
        ("GET /play/x?share=abc&y=1", "GET /play/x?share=[redacted]&y=1"),
        ("Cookie: a=b; diorama_sign_in=xyz; c=d", "Cookie: a=b; diorama_sign_in=[redacted]; c=d"),
        ("session ses_01jd8k0000000000", "session ses_01jd8k0000000000"),
        (
            "v=0\r\na=ice-ufrag:4a2B\r\na=ice-pwd:s3cr3t+/x\r\na=mid:0",
            "v=0\r\na=ice-ufrag:[redacted]\r\na=ice-pwd:[redacted]\r\na=mid:0",
        ),
        ("a=ice-pwd:abc\\r\\na=mid:0", "a=ice-pwd:[redacted]\\r\\na=mid:0"),
        (
            "candidate:1 1 udp 1 1.2.3.4 5 typ host ufrag 4a2B",
            "candidate:1 1 udp 1 1.2.3.4 5 typ host ufrag [redacted]",
        ),
        ("postgresql://me:hunter2@db/x", "postgresql://me:[redacted]@db/x"),
        ("http://127.0.0.1:8080/x@y", "http://127.0.0.1:8080/x@y"),
        ("Authorization: Bearer abc.def==", "Authorization: Bearer [redacted]"),
    ],
)
def test_secrets_in_text_are_redacted(text: str, shown: str) -> None:
    assert redact_text(text) == shown
