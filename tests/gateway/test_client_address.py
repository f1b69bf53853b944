"""Where a visitor comes from: what proxies say is believed only as far as they are trusted."""

import ipaddress

import pytest

from diorama.gateway.client_address import networks, visitor_address, visitor_tag

TRUSTED = networks("127.0.0.0/8, ::1/128, 10.0.0.0/8")
SECRET = b"secret"


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        ("127.0.0.1", [], None),
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.1", "192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.1, 10.0.0.7"], "192.0.2.1"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("127.0.0.1", ["192.0.2.1:8080"], "192.0.2.1"),
        ("127.0.0.1", ["::ffff:192.0.2.1"], "192.0.2.1"),
        ("::ffff:127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["fe80::1%eth0"], "fe80::1"),
        ("127.0.0.1", ["10.0.0.1"], None),
        ("127.0.0.1", ["192.0.2.1, nonsense"], None),
        ("127.0.0.1", [""], None),
        ("127.0.0.1", ["," * 10_000], None),
        (None, ["192.0.2.1"], None),
    ],
)
def test_the_first_hop_that_is_no_trusted_proxy_is_the_visitor(
    peer: str | None, forwarded: list[str], expected: str | None
) -> None:
    found = visitor_address(peer, forwarded, TRUSTED)

    assert (None if found is None else str(found)) == expected


def test_without_trusted_proxies_the_header_says_nothing() -> None:
    assert str(visitor_address("192.0.2.1", ["198.51.100.1"], ())) == "192.0.2.1"
    assert visitor_address("127.0.0.1", ["198.51.100.1"], ()) is None


def test_a_tag_tells_addresses_apart_and_is_none_of_them() -> None:
    def tag(address: str, secret: bytes = SECRET) -> str | None:
        return visitor_tag(ipaddress.ip_address(address), secret)

    assert tag("192.0.2.1") == tag("192.0.2.1")
    assert tag("2001:db8:1:2::1") == tag("2001:db8:1:2:ffff::1")
    others = ["192.0.2.2", "2001:db8:1:2::1", "2001:db8:1:3::1"]
    assert len({tag("192.0.2.1"), tag("192.0.2.1", b"other"), *map(tag, others)}) == 5
    assert visitor_tag(None, SECRET) is None


def test_networks_are_written_with_commas() -> None:
    assert networks("") == ()
    assert len(TRUSTED) == 3
    with pytest.raises(ValueError, match="10"):
        networks("10.0.0.0/33")
