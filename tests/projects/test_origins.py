"""Which pages may open sessions."""

import msgspec
import pytest

from diorama.projects.origins import NO_PAGE, Asking, is_loopback, may_open
from diorama.projects.rules import Rules

HOST = "play.example.com"
NAMED = ("https://app.example.com", "http://shop.example:8443", "https://[2001:db8::1]")


def test_what_is_no_browser_may() -> None:
    assert may_open(NO_PAGE, NAMED)
    assert NO_PAGE.is_own


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://play.example.com", "play.example.com"),
        ("https://play.example.com", "play.example.com:443"),
        ("http://play.example.com", "play.example.com:80"),
        ("http://PLAY.example.com:8080", "play.EXAMPLE.com:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_the_gateways_own_pages_always_may(origin: str, host: str) -> None:
    asking = Asking(origin=origin, host=host)

    assert asking.is_own
    assert may_open(asking, NAMED)


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.com",
        "https://app.example.com:443",
        "https://APP.example.com",
        "http://shop.example:8443",
        "https://[2001:db8::1]",
    ],
)
def test_pages_of_a_named_origin_may(origin: str) -> None:
    assert may_open(Asking(origin=origin, host=HOST), NAMED)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        "http://app.example.com",  # another scheme
        "https://app.example.com:8443",  # another port
        "http://shop.example",
        "http://shop.example:8444",
        "https://app.example.com.evil.example",
        "https://evil-app.example.com",
        "https://evil.example/app.example.com",
        "https://app.example.com@evil.example",
        "https://app.example.com/",
        "https://app.example.com?x",
        "https://app.example.com#x",
        "https://app.example.com.",
        "https://sub.app.example.com",
        "https://example.com",
        "https://*.example.com",
        "*",
        "app.example.com",
        "//app.example.com",
        "https://app.example.com:port",
        "https://app.example.com:99999",
        "https://[",
        "https://",
        "file://",
        "https://app.example.com https://evil.example",
        "http://localhost:5173",  # a list of names leaves nothing else open
        "http://127.0.0.1:5173",
        "\xe9",
    ],
)
def test_pages_of_any_other_origin_may_not(origin: str) -> None:
    assert not may_open(Asking(origin=origin, host=HOST), NAMED)


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:5173", "http://my.localhost"],
)
@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_on_ones_own_machine_every_page_may_where_nothing_is_named(origin: str, host: str) -> None:
    assert may_open(Asking(origin=origin, host=host), ())


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:5173", "play.example.com"),
        ("http://localhost:5173", "192.168.0.7:8080"),
        ("http://192.168.0.7:5173", "localhost:8080"),
        ("https://localhost.evil.example", "localhost:8080"),
        ("https://127.0.0.1.evil.example", "127.0.0.1:8080"),
        ("https://evil.example", "127.0.0.1:8080"),
        ("null", "127.0.0.1:8080"),
        ("http://localhost:5173", ""),
    ],
)
def test_page_and_gateway_must_both_be_there(origin: str, host: str) -> None:
    assert not may_open(Asking(origin=origin, host=host), ())


def test_a_named_list_closes_ones_own_machine_too() -> None:
    assert not may_open(Asking(origin="http://localhost:5173", host="localhost:8080"), NAMED)


def test_loopback_is_told_from_what_only_looks_so() -> None:
    assert all(map(is_loopback, ["localhost", "a.localhost", "localhost.", "127.9.9.9", "::1"]))
    assert not any(map(is_loopback, [None, "", "localhost.example", "128.0.0.1", "notlocalhost"]))


@pytest.mark.parametrize(
    "origin",
    ["https://app.example.com/", "https://App.example.com", "*", "null", "app.example.com", ""],
)
def test_a_rule_that_no_browser_would_match_is_refused(origin: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"origins": [origin]}, Rules)


def test_a_rule_names_origins_as_browsers_write_them() -> None:
    named = ["https://app.example.com", "http://[::1]:5173", "capacitor://localhost"]

    assert msgspec.convert({"origins": named}, Rules).origins == tuple(named)
