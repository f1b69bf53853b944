"""Which web pages may open a project's sessions, by the origin their browser names. Pure.

A browser names the origin of the page that asks, and no page can name another's. What is no browser
names none, and is judged by its credential alone: an origin keeps a foreign site from using a
project in its visitors' browsers, it is no proof of who asks.

The gateway's own pages always may. Others may where the project's rule `origins` names them. Where
it names none, pages of the viewer's own machine may, as long as the gateway is reached on it too: a
development server works without a word of configuration, and nothing deployed is open by it.
Source: RFC 6454, section 6.2; DESIGN section 9.
"""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

_USUAL_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The page behind a request.

    Attributes:
        origin: what the browser calls the page's origin; None is no browser.
        host: by what name and port the gateway was reached.
    """

    origin: str | None = None
    host: str = ""

    @property
    def is_own(self) -> bool:
        """Whether a page of this very gateway asks, or no page at all."""
        if self.origin is None:
            return True
        page = _parts(self.origin)
        return page is not None and _netloc(page) == _netloc(_parts(f"{page.scheme}://{self.host}"))


NO_PAGE: Final = Asking()


def may_open(asking: Asking, origins: Collection[str]) -> bool:
    """Return whether the page may open sessions of a project whose rule names `origins`."""
    if asking.is_own:
        return True
    page = _parts(asking.origin or "")
    if page is None:
        return False
    if origins:
        named = {(one.scheme, _netloc(one)) for one in map(_parts, origins) if one is not None}
        return (page.scheme, _netloc(page)) in named
    here = _parts(f"http://{asking.host}")
    return here is not None and is_loopback(page.hostname) and is_loopback(here.hostname)


def is_loopback(host: str | None) -> bool:
    """Return whether a name or address can only be the machine that resolves it.

    Source: RFC 6761, section 6.3; RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3.
    """
    if host is None:
        return False
    name = host.removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parts(origin: str) -> SplitResult | None:
    """Return an origin in parts; None for `null` and for whatever is no origin."""
    try:
        parts = urlsplit(origin)
        parts.port  # noqa: B018 - raises where it is no port
    except ValueError:
        return None
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    return None if more or not parts.scheme or not parts.hostname else parts


def _netloc(parts: SplitResult | None) -> tuple[str | None, int | None] | None:
    if parts is None:
        return None
    usual = _USUAL_PORTS.get(parts.scheme)
    return parts.hostname, usual if parts.port is None else parts.port
