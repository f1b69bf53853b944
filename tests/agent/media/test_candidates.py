import pytest

from diorama.agent.media.candidates import is_name, is_special_purpose, parse_candidate
from diorama.kernel.errors import Invalid


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.2",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::2",
        "ff02::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "2002:0a00:0001::1",
        "64:ff9b::a00:1",
        "64:ff9b::808:808",
        "2002:0808:0808::1",
        "172.31.255.255",
        "0f3a.local",
    ],
)
def test_an_address_off_the_internet_is_special_purpose(address: str) -> None:
    assert is_special_purpose(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "172.32.0.1", "100.128.0.1", "2001:1::1"]
)
def test_an_address_of_the_internet_is_not(address: str) -> None:
    assert not is_special_purpose(address)


def test_a_name_is_not_an_address() -> None:
    assert is_name("0f3a.local")
    assert not is_name("8.8.8.8")


def test_a_candidate_says_where_and_how() -> None:
    parsed = parse_candidate("candidate:1 1 UDP 2130706431 203.0.113.9 50000 typ srflx raddr x")

    assert (parsed.address, parsed.transport, parsed.kind) == ("203.0.113.9", "udp", "srflx")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "candidate:1 1 udp 1 8.8.8.8 50000",
        "candidate:1 1 udp 1 8.8.8.8 70000 typ host",
        "candidate:1 1 udp 1 8.8.8.8 -1 typ host",
        "candidate:1 1 udp 1 8.8.8.8 50000 typ moon",
        "candidate:1 1 udp 1 8.8.8.8 50000 typ host " + "x" * 512,
    ],
)
def test_what_is_no_candidate_is_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        parse_candidate(text)
