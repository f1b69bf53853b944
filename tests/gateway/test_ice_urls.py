"""What names a STUN or TURN server, and what is told of a word that does not."""

import pytest

from diorama.gateway.ice_urls import STUN, TURN, IceUrl, read_ice_url
from diorama.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("stun:stun.example.com", ("stun", "stun.example.com", 3_478, "udp")),
        ("stun:192.0.2.1:19302", ("stun", "192.0.2.1", 19_302, "udp")),
        ("turn:turn.example.com", ("turn", "turn.example.com", 3_478, "udp")),
        ("turn:turn.example.com?transport=tcp", ("turn", "turn.example.com", 3_478, "tcp")),
        ("turn:[2001:db8::1]:3478?transport=udp", ("turn", "2001:db8::1", 3_478, "udp")),
        ("turns:turn.example.com:443", ("turns", "turn.example.com", 443, "tcp")),
        ("turns:turn.example.com?transport=tcp", ("turns", "turn.example.com", 5_349, "tcp")),
    ],
)
def test_the_addresses_of_both_rfcs_are_read(text: str, url: tuple[str, str, int, str]) -> None:
    found = read_ice_url(text)

    assert (found.scheme, found.host, found.port, found.transport) == url


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must begin with"),
        ("turn.example.com:3478", "must begin with stun: or turn: or turns:"),
        ("https://turn.example.com", "must begin with"),
        ("stuns:stun.example.com", "must begin with"),
        ("turn:", "needs a host, as in turn:turn.example.com:3478"),
        ("turns://turn.example.com", "needs a host, as in turns:turns.example.com:5349"),
        ("turn:?transport=udp", "needs a host"),
        ("turn:2001:db8::1", "has no port from 1 to 65535 behind its host"),
        ("turn:host:0", "has no port"),
        ("turn:host:65536", "has no port"),
        ("turn:host:٣", "has no port"),
        ("turn:host/path", "has no port"),
        ("turn:host?transport=sctp", "may have ?transport=udp or ?transport=tcp behind it"),
        ("turn:host?", "may have ?transport=udp"),
        ("turns:host?transport=udp", "no browser speaks DTLS to a TURN server"),
        ("stun:host?transport=udp", "a STUN server's address has nothing behind its port"),
    ],
)
def test_what_is_wrong_with_another_is_said(text: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_ice_url(text)

    assert str(refused.value).startswith(f"{text}: ")
    assert why in str(refused.value)


def test_a_list_of_one_kind_takes_no_other() -> None:
    with pytest.raises(Invalid, match="must begin with stun:"):
        read_ice_url("turn:host", STUN)
    with pytest.raises(Invalid, match="must begin with turn: or turns:"):
        read_ice_url("stun:host", TURN)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(Invalid) as refused:
        read_ice_url("turn:ann:wonderland@turn.example.com")

    assert "wonderland" not in str(refused.value)
    assert "`username` and `credential`" in str(refused.value)


@pytest.mark.parametrize(("scheme", "secure"), [("stun", False), ("turn", False), ("turns", True)])
def test_an_s_is_for_tls(scheme: str, *, secure: bool) -> None:
    found = read_ice_url(f"{scheme}:host")

    assert isinstance(found, IceUrl)
    assert found.is_secure is secure
