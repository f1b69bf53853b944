"""At which address a client is sent on to."""

import pytest

from diorama.gateway.odyssey.addresses import gateway_url, signalling_url

HEADERS = {
    "host": "inside:8080",
    "x-forwarded-proto": "http, https",
    "x-forwarded-host": "far.example, worlds.example:8443",
}


@pytest.mark.parametrize(
    ("public_url", "trusted", "url"),
    [
        ("", False, "http://inside:8080"),
        ("", True, "https://worlds.example:8443"),
        ("https://set.example", True, "https://set.example"),
        ("https://set.example/", False, "https://set.example"),
    ],
)
def test_the_operator_s_word_comes_first_and_a_proxy_s_only_where_it_is_trusted(
    public_url: str, trusted: bool, url: str
) -> None:
    assert gateway_url(public_url, "http", HEADERS, trusted=trusted) == url


@pytest.mark.parametrize("host", ["", "a b", "evil.example/path?", "x" * 300, "a@b"])
def test_what_is_no_host_is_not_said_again(host: str) -> None:
    assert gateway_url("", "http", {"host": host}, trusted=False) == "http://localhost"


@pytest.mark.parametrize(
    ("gateway", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/odyssey/cove"),
        ("http://localhost:8080", "http://localhost:8080/odyssey/cove"),
        ("http://worlds.example", "ws://worlds.example/odyssey/cove"),
        ("https://worlds.example:8443", "wss://worlds.example:8443/odyssey/cove"),
        ("http://[::1]:8080", "ws://[::1]:8080/odyssey/cove"),
    ],
)
def test_signalling_is_by_ws_but_where_a_safari_would_go_to_another_port(
    gateway: str, url: str
) -> None:
    assert signalling_url(gateway, "cove") == url
