"""What `diorama up` waits for before it names an address."""

import socket

import pytest

from diorama.cli.readiness import Missing, free_port, is_taken, missing_of


@pytest.mark.parametrize(
    ("status", "body", "with_worker", "missing"),
    [
        (200, b'{"workers": 1}', True, None),
        (200, b'{"workers": 0}', True, Missing.WORKER),
        (200, b'{"workers": 0}', False, None),
        (200, b"{}", True, Missing.WORKER),
        (200, b"[]", True, Missing.WORKER),
        (200, b"not json", False, Missing.GATEWAY),
        (503, b'{"workers": 1}', True, Missing.GATEWAY),
    ],
)
def test_ready_is_a_gateway_with_the_worker_that_is_wanted(
    status: int, body: bytes, with_worker: bool, missing: Missing | None
) -> None:
    assert missing_of(status, body, with_worker=with_worker) is missing


def test_a_port_is_taken_while_someone_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert is_taken("127.0.0.1", port)
    assert not is_taken("127.0.0.1", port)


def test_a_free_port_is_not_taken() -> None:
    assert not is_taken("127.0.0.1", free_port("127.0.0.1"))
