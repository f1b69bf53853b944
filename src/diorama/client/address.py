"""Where a gateway is, as it was given: checked once, and never with a secret in it. Pure."""

from urllib.parse import urlsplit

from diorama.client.errors import Invalid


def origin_of(server: str) -> str:
    """Return an address as scheme, host and port, such as `https://play.example`.

    Raises:
        Invalid: it is no http or https address, or has a path, a query or a password in it.
    """
    try:
        parts = urlsplit(server)
        port = parts.port
    except ValueError as error:
        raise _refused(server, str(error)) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _refused(server, "write it as http://127.0.0.1:8080 or https://play.example")
    if parts.username is not None or parts.password is not None:
        raise Invalid("an address carries no name and no password: pass api_key", code="address")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise _refused(server, "leave out what comes after the host and port")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def socket_address(origin: str, path: str) -> str:
    """Return the address of a WebSocket at this origin."""
    return "ws" + origin.removeprefix("http") + path


def _refused(server: str, why: str) -> Invalid:
    return Invalid(f"{server!r} is no address of a gateway: {why}", code="address")
