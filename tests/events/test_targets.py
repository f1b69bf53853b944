"""Where a webhook may lead: texts that are no receiver's address, and addresses that are no place.

The corpus is of addresses by which servers have been made to call themselves, their neighbours and
their cloud's metadata service; each is refused as a text, or as the address that it resolves to.
"""

import socket
from ipaddress import ip_address, ip_network

import pytest

from diorama.events.targets import DENIED, read_target, refusal_of
from diorama.kernel.errors import Invalid

GOOD = [
    ("https://example.com/", "example.com", 443),
    ("https://example.com", "example.com", 443),
    ("https://EXAMPLE.com:8443/a/b?c=d&e=%20", "example.com", 8443),
    ("https://xn--bcher-kva.example/hook", "xn--bcher-kva.example", 443),
    ("https://a-b.example./x", "a-b.example.", 443),
    ("https://93.184.215.14/", "93.184.215.14", 443),
    ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:444/", None, 444),
    ("https://hooks.example/T0/B0/x_y~z", "hooks.example", 443),
]
INNER_V4 = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254"),
    *("127.0.0.1", "127.0.0.2", "127.1.1.1", "127.255.255.255", "169.254.169.254"),
    *("169.254.170.2", "169.254.0.1", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.0.192"),
    *("192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.1.254", "198.18.0.1", "198.19.255.255"),
    *("198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "254.1.1.1"),
    *("255.255.255.255", "100.100.100.200"),
]
INNER_V6 = [
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1"),
    *("::ffff:169.254.169.254", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1"),
    *("2001:10::1", "2001:20::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1"),
    *("fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "feff::1"),
    *("ff00::1", "ff02::1", "ff0e::1"),
]
ODD_NUMBERS = [
    *("127.1", "127.0.1", "0", "1", "2130706433", "017700000001", "0177.0.0.1", "0x7f.0.0.1"),
    *("0x7f000001", "0x7f.1", "127.0.0.1.", "127.000.000.001", "00127.0.0.1", "127.0.0.0x1"),
    *("3232235777", "0xa9fea9fe", "169.254.43518", "0251.0376.0251.0376", "256.256.256.256"),
    *("1.2.3.4.5", "10.1", "192.168.257", "127.0.0.01", "0x", "08.8.8.8", "1.1.1.999"),
]
ODD_TEXTS = [
    *("", "https://", "https:///path", "https:example.com", "https:/example.com", "//example.com"),
    *("example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x"),
    *("http://example.com/", "HTTP://example.com", "ws://example.com/", "javascript:alert(1)"),
    *("data:text/plain,x", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "jar:https://a!/"),
    *("https://user@example.com/", "https://user:pass@example.com/", "https://@example.com/"),
    *("https://example.com@127.0.0.1/", "https://127.0.0.1#@example.com/", "https://a%40b/"),
    *("https://example.com:0/", "https://example.com:65536/", "https://example.com:/"),
    *("https://example.com:-1/", "https://example.com:80a/", "https://example.com:\uff18\uff10/"),
    *("https://example.com:99999999999/", "https://example.com:+443/", "https://example.com: 1/"),
    *("https://exa mple.com/", "https://example.com/\r\nX: y", "https://example.com/\n"),
    *(" https://example.com/", "https://example.com/ ", "\thttps://example.com/", "https://\0/"),
    *("https://example.com\\@127.0.0.1/", "https://127.0.0.1\\.example.com/", "https:\\\\a\\"),
    *("https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://localhost﹒/", "https://ⓛocalhost/"),
    *("https://bücher.example/", "https://xn--/", "https://.example.com/", "https://a..b/"),
    *("https://-a.example/", "https://a-.example/", "https://a_b.example/", "https://*.example/"),
    *("https://[::1/", "https://::1/", "https://[::1]:x/", "https://[]/", "https://[1.2.3.4]/"),
    *("https://[::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[v1.a]/", "https://[::g]/"),
    *("https://[::1]a/", "https://a[::1]/", "https://%31%32%37.0.0.1/", "https://127.0.0.1%00/"),
    *("https://example.com/#fragment", "https://example.com/?#", 'https://example.com/"<x>'),
    *("https://" + "a" * 64 + ".example/", "https://" + "a." * 127 + "example/"),
    *("https://example.com/" + "a" * 2_048, "https://example.com/{a}", "https://example.com/^`|"),
    *("unix:/var/run/docker.sock", "https://%2fvar%2frun%2fdocker.sock/", "https+unix://x/"),
]
CORPUS = [
    *ODD_TEXTS,
    *(f"https://{odd}/" for odd in ODD_NUMBERS),
    *(f"https://{address}/latest/meta-data/" for address in INNER_V4),
    *(f"https://[{address}]/" for address in INNER_V6),
    *(f"http://{address}:8080/" for address in INNER_V4),
    *(f"http://[{address}]:8080/" for address in INNER_V6),
]


def refusal(url: str, *, plain: bool = False) -> str | None:
    """Return the word by which a URL is refused, as a text or as the addresses that it means."""
    try:
        target = read_target(url, plain=plain)
    except Invalid as error:
        return error.code
    found = socket.getaddrinfo(target.host, target.port, flags=socket.AI_NUMERICHOST)
    words = {refusal_of(str(to[0]), own=False, allowed=()) for *_, to in found}
    return words.pop() if len(words) == 1 else None


@pytest.mark.parametrize(("url", "host", "port"), GOOD)
def test_a_plain_url_of_a_receiver_is_read(url: str, host: str | None, port: int) -> None:
    target = read_target(url, plain=False)

    assert (target.scheme, target.port) == ("https", port)
    assert target.host == (host or target.host)
    assert target.url == url


def test_the_corpus_has_200_urls() -> None:
    assert len(set(CORPUS)) >= 200


@pytest.mark.parametrize("url", CORPUS)
def test_no_url_of_the_corpus_leads_anywhere(url: str) -> None:
    assert refusal(url) in {"webhook_url", "address_denied"}


@pytest.mark.parametrize("address", [*INNER_V4, *(f"[{inner}]" for inner in INNER_V6)])
def test_plain_http_opens_no_inner_address_either(address: str) -> None:
    assert refusal(f"http://{address}:8080/", plain=True) == "address_denied"


@pytest.mark.parametrize("network", DENIED, ids=str)
def test_a_denied_network_is_denied_from_its_first_address_to_its_last(network: object) -> None:
    ends = ip_network(str(network))

    assert refusal_of(str(ends[0]), own=False, allowed=()) == "address_denied"
    assert refusal_of(str(ends[-1]), own=False, allowed=()) == "address_denied"


@pytest.mark.parametrize(
    "outer", ["1.1.1.1", "9.255.255.255", "11.0.0.0", "172.32.0.1", "2606:4700::1111", "2a00::1"]
)
def test_an_address_on_the_internet_is_a_place_unless_it_is_our_own(outer: str) -> None:
    assert refusal_of(outer, own=False, allowed=()) is None
    assert refusal_of(outer, own=True, allowed=()) == "address_denied"


def test_an_operator_opens_networks_of_the_house_and_no_others() -> None:
    house = (ip_network("10.1.2.0/24"), ip_network("fd00:1::/64"))

    assert refusal_of("10.1.2.200", own=True, allowed=house) is None
    assert refusal_of("fd00:1::5", own=False, allowed=house) is None
    assert refusal_of("10.1.3.0", own=False, allowed=house) == "address_denied"
    assert refusal_of("::ffff:10.1.2.200", own=False, allowed=house) == "address_denied"


@pytest.mark.parametrize("nonsense", ["", "localhost", "fe80::1%eth0", "1.2.3", "300.1.1.1"])
def test_what_is_no_address_is_denied(nonsense: str) -> None:
    assert refusal_of(nonsense, own=False, allowed=()) == "address_denied"


def test_the_deny_list_holds_every_range_of_the_reference() -> None:
    wanted = [
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128"),
        *("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"),
        *("2001::/32", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10"),
        "ff00::/8",
    ]
    for one in map(ip_network, wanted):
        for end in (one[0], one[-1]):
            assert any(ip_address(end) in network for network in DENIED), one
