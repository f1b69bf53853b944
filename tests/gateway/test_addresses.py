"""Where a gateway is reached."""

import pytest

from diorama.gateway.addresses import address


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("localhost", "http://localhost:8080"),
    ],
)
def test_the_address_is_one_a_browser_here_can_open(host: str, url: str) -> None:
    assert address(host, 8080) == url
