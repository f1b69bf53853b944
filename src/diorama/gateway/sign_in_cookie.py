"""The cookie by which a browser stays signed in, and the proof that its own page asks. Pure.

The cookie is out of scripts' reach (HttpOnly) and comes with no request that another site begins
but a visit by link (SameSite=Lax). Over https it is called `__Host-...`, so no other host and no
plain connection can have set it. A change asks for more: the header `Diorama-CSRF`, which only a
page that could read `/v1/me` knows, and the browser's own word that a page of this gateway asks. An
absent or odd word refuses. Source: RFC 6265bis, section 4.1.3.2; the Fetch metadata specification.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers

from diorama.accounts.people import SIGN_IN_LASTS_US
from diorama.gateway.cross_origin import asking_of
from diorama.kernel.errors import Forbidden
from diorama.kernel.units import SECOND_US

NAME: Final = "diorama_sign_in"
SECURE_NAME: Final = f"__Host-{NAME}"
CSRF_HEADER: Final = "diorama-csrf"
ACCOUNT_HEADER: Final = "diorama-account"
_SAME_ORIGIN: Final = "same-origin"


@dataclass(frozen=True, slots=True)
class SignInCookie:
    """A cookie as it came; `secure` says that it was set over https."""

    secret: str
    secure: bool

    @property
    def csrf(self) -> str:
        """What a page of ours sends with a change."""
        return hashlib.sha256(f"csrf:{self.secret}".encode(errors="surrogatepass")).hexdigest()

    @property
    def header(self) -> str:
        """The `Set-Cookie` that gives it to a browser."""
        return _set(self.secret, secure=self.secure, max_age_s=SIGN_IN_LASTS_US // SECOND_US)


def read(headers: Headers) -> SignInCookie | None:
    """Return the sign-in cookie of a request; None where there is none, or two that differ."""
    found: dict[str, set[str]] = {SECURE_NAME: set(), NAME: set()}
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            name, _, value = part.strip().partition("=")
            if name in found:
                found[name].add(value)
    for name, values in found.items():
        if len(values) == 1:
            return SignInCookie(values.pop(), secure=name == SECURE_NAME)
        if values:
            return None
    return None


def made(secret: str, headers: Headers) -> SignInCookie:
    """Return the cookie for a new sign-in, secure where the page was had over https."""
    return SignInCookie(secret, secure=headers.get("origin", "").startswith("https://"))


def taken_back(headers: Headers) -> str:
    """Return the `Set-Cookie` that takes a browser's cookie away."""
    cookie = read(headers)
    return _set("", secure=cookie is not None and cookie.secure, max_age_s=0)


def may_read(headers: Headers) -> bool:
    """Return whether the cookie counts in a request that changes nothing.

    Not where a page of another origin asks: it could not read the answer, and has no business here.
    """
    site = headers.get("sec-fetch-site")
    return asking_of(headers).is_own and site in {None, "none", _SAME_ORIGIN}


def check_change(headers: Headers, cookie: SignInCookie) -> None:
    """Refuse a change by cookie that a page of ours did not send.

    Raises:
        Forbidden: with code `csrf_refused`.
    """
    said = headers.getlist(CSRF_HEADER)
    knows = len(said) == 1 and hmac.compare_digest(
        said[0].encode(errors="surrogatepass"), cookie.csrf.encode()
    )
    scheme = "https" if cookie.secure else "http"
    if not knows or not is_own_page(headers, schemes=(scheme,)):
        raise foreign_page()


def check_page(headers: Headers) -> None:
    """Refuse a sign-in that a page of another origin sends; what is no browser may sign in.

    Raises:
        Forbidden: with code `csrf_refused`.
    """
    is_browser = "origin" in headers or "sec-fetch-site" in headers
    if is_browser and not is_own_page(headers, schemes=("https", "http")):
        raise foreign_page()


def is_own_page(headers: Headers, *, schemes: Sequence[str]) -> bool:
    """Return whether the browser says, in so many words, that a page of this gateway asks."""
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if len(origins) > 1 or len(sites) > 1 or not (origins or sites):
        return False
    if sites and sites[0] != _SAME_ORIGIN:
        return False
    if not origins:
        return True
    return origins[0].partition(":")[0] in schemes and asking_of(headers).is_own


def foreign_page() -> Forbidden:
    """Return what is said of every change that this gateway's own page did not send."""
    return Forbidden(
        "a change by cookie comes from a page of this gateway, with the header Diorama-CSRF",
        code="csrf_refused",
    )


def _set(value: str, *, secure: bool, max_age_s: int) -> str:
    name = SECURE_NAME if secure else NAME
    parts = [f"{name}={value}", "Path=/", f"Max-Age={max_age_s}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if secure else parts)
