"""Links for people, with a secret behind the `#`: it reaches no server, and so no log.

The address is the one that the operator set, or else the one by which the gateway was reached.
"""

from starlette.requests import Request


class Links:
    """Makes links.

    Args:
        public_url: where people reach the gateway; empty is wherever they did.
    """

    def __init__(self, public_url: str = "") -> None:
        self._public_url = public_url

    def base(self, request: Request) -> str:
        """Return the address of the gateway, without a slash at its end."""
        if self._public_url:
            return self._public_url
        scheme = request.headers.get("origin", "").partition(":")[0]
        if scheme not in {"http", "https"}:
            scheme = request.url.scheme
        return f"{scheme}://{request.headers.get('host', 'localhost')}"

    def set_up(self, request: Request, secret: str) -> str:
        """Return the first owner's link."""
        return f"{self.base(request)}/set-up#{secret}"

    def invitation(self, request: Request, secret: str) -> str:
        """Return an invitation's link."""
        return f"{self.base(request)}/invitation#{secret}"
