"""Where somebody on this machine reaches a gateway that listens on an address and a port."""

from typing import Final

_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def reachable(host: str) -> str:
    """Return the address at which this machine reaches a gateway that listens on `host`."""
    return _EVERYWHERE.get(host, host)


def address(host: str, port: int) -> str:
    """Return the URL a person on this machine opens, without a slash at its end."""
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
