import pytest

from diorama.client import Invalid
from diorama.client.address import origin_of, socket_address


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://play.example", "https://play.example"),
        ("HTTPS://Play.Example:8443", "https://play.example:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_is_a_scheme_a_host_and_a_port(given: str, origin: str) -> None:
    assert origin_of(given) == origin


@pytest.mark.parametrize(
    "given",
    ["", "127.0.0.1:8080", "ftp://a", "http://", "http://a:b", "http://a/play/cove", "http://a?b"],
)
def test_what_is_no_address_of_a_gateway_is_refused_with_its_name(given: str) -> None:
    with pytest.raises(Invalid, match="no address of a gateway"):
        origin_of(given)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(Invalid) as refused:
        origin_of("http://ann:hunter2@play.example")

    assert "hunter2" not in str(refused.value)


def test_sockets_are_encrypted_where_requests_are() -> None:
    assert socket_address("http://a:1", "/v1/connect") == "ws://a:1/v1/connect"
    assert socket_address("https://a", "/v1/connect") == "wss://a/v1/connect"
