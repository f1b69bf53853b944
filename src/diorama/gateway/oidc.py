"""OpenID Connect as a client: the authorization code flow with PKCE, and what an id token proves.

The gateway keeps nothing between the two halves: what it has to know again (state, nonce, verifier)
goes into a signed cookie of the browser that began, so any gateway may finish and no other browser.
An id token counts when its signature is by a key of the provider's own list, by an algorithm with
a public key, and issuer, audience, time and nonce are ours. Source: OpenID Connect Core 1.0,
section 3.1; RFC 7636; RFC 8725; RFC 9207.
"""

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
import jwt
import msgspec

from diorama.accounts.people import normal_email
from diorama.accounts.vouching import Vouched
from diorama.gateway.settings import OidcSettings
from diorama.kernel.errors import Forbidden, Invalid, Unavailable

WITHIN_S: Final = 10.0
TRY_LASTS_S: Final = 600
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
"""Those with a public key: a shared secret, or none, signs nothing here (RFC 8725, 3.1)."""
MAX_BYTES: Final = 64 * 1024
LEEWAY_S: Final = 60
_TYPE: Final = "oidc-try+jwt"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME_LENGTH: Final = 120
_PATH_LENGTH: Final = 1_000  # the cookie it travels in has to fit
_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-~]*")
"""Two slashes, or one and a backslash, begin another origin in a browser (WHATWG URL)."""
T = TypeVar("T")


class _Discovery(msgspec.Struct, frozen=True):
    """What of a provider's description is needed (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    aud: str | tuple[str, ...]
    nonce: str = ""
    azp: str | None = None
    email: str | None = None
    email_verified: bool | str = False
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """What a browser that began has to show again; `next` is the path it goes on at."""

    state: str
    nonce: str
    verifier: str
    next: str = "/"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the cookie it brings back."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Whom the provider vouches for, and the path of the portal that they go on at."""

    vouched: Vouched
    onward: str


def own_path(text: str) -> str:
    """Return a path of this origin as it stands, and `/` for whatever else was asked for."""
    return text if len(text) <= _PATH_LENGTH and _OWN_PATH.fullmatch(text) else "/"


def refused() -> Forbidden:
    """Return what is said of every answer of a provider that proves nothing."""
    return Forbidden("the sign-in at the provider proved nothing here: try again", code="oidc")


class Provider:
    """Talks to the provider.

    Args:
        settings: of the provider.
        secret: the gateway's, from which the cookie's signature is made.
    """

    def __init__(self, settings: OidcSettings, secret: bytes) -> None:
        self._settings = settings
        self._secret = hmac.new(secret, b"oidc try", hashlib.sha256).digest()
        self._known: tuple[_Discovery, jwt.PyJWKClient] | None = None

    async def begin(self, redirect_uri: str, *, onward: str = "/") -> Begun:
        """Return where the browser signs in; `onward` is where in the portal it goes after that.

        Raises:
            Unavailable: the provider cannot be asked (`oidc_unreachable`).
        """
        discovery, _ = await self._provider()
        tried = Try(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            next=own_path(onward),
        )
        challenge = hashlib.sha256(tried.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": tried.state,
            "nonce": tried.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(discovery.authorization_endpoint).query else "?"
        return Begun(
            url=discovery.authorization_endpoint + joint + urlencode(query),
            cookie=self._signed(tried),
        )

    async def finish(self, *, cookie: str, state: str, code: str, redirect_uri: str) -> Finished:
        """Return whom the provider vouches for, and where in the portal they go on.

        Raises:
            Forbidden: it proves nothing (`oidc`): whatever is wrong with it.
            Unavailable: the provider cannot be asked (`oidc_unreachable`).
        """
        tried = self._read(cookie)
        if not hmac.compare_digest(tried.state.encode(), state.encode(errors="surrogatepass")):
            raise refused()
        discovery, keys = await self._provider()
        tokens = await self._tokens(discovery, code, tried.verifier, redirect_uri)
        claims = await self._proven(tokens.id_token, keys)
        if not hmac.compare_digest(claims.nonce.encode(errors="replace"), tried.nonce.encode()):
            raise refused()
        vouched = Vouched(
            issuer=self._settings.issuer,
            subject=claims.sub,
            name=(claims.name or claims.email or "somebody")[:_NAME_LENGTH],
            email=_verified(claims),
        )
        return Finished(vouched, own_path(tried.next))

    def _signed(self, tried: Try) -> str:
        said = {
            "state": tried.state,
            "nonce": tried.nonce,
            "verifier": tried.verifier,
            "next": tried.next,
            "exp": int(time.time()) + TRY_LASTS_S,
        }
        return jwt.encode(said, self._secret, "HS256", headers={"typ": _TYPE})

    def _read(self, cookie: str) -> Try:
        try:
            found = jwt.decode_complete(
                cookie, self._secret, ["HS256"], options={"require": ["exp"]}
            )
            if found["header"].get("typ") != _TYPE:
                raise refused()
            return msgspec.convert(found["payload"], Try)
        except (jwt.InvalidTokenError, msgspec.ValidationError):
            raise refused() from None

    async def _provider(self) -> tuple[_Discovery, jwt.PyJWKClient]:
        if self._known is None:
            where = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = await _asked(httpx.Request("GET", where), _Discovery)
            urls = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if found.issuer != self._settings.issuer or not all(map(_is_safe, urls)):
                raise Unavailable("the provider describes another one", code="oidc_unreachable")
            self._known = found, jwt.PyJWKClient(found.jwks_uri, timeout=WITHIN_S)
        return self._known

    async def _tokens(
        self, discovery: _Discovery, code: str, verifier: str, redirect_uri: str
    ) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Accept": "application/json"}
        ours = (self._settings.client_id, self._settings.client_secret.get_secret_value())
        if "client_secret_basic" in discovery.token_endpoint_auth_methods_supported:
            pair = ":".join(quote(part, safe="") for part in ours)  # RFC 6749, section 2.3.1
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= dict(zip(("client_id", "client_secret"), ours, strict=True))
        request = httpx.Request("POST", discovery.token_endpoint, data=form, headers=headers)
        return await _asked(request, _Tokens)

    async def _proven(self, id_token: str, keys: jwt.PyJWKClient) -> _Claims:
        try:
            key = await asyncio.to_thread(keys.get_signing_key_from_jwt, id_token)
            payload = jwt.decode(
                id_token,
                key,
                algorithms=ALGORITHMS,
                audience=self._settings.client_id,
                issuer=self._settings.issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
            claims = msgspec.convert(payload, _Claims)
        except jwt.PyJWKClientConnectionError:
            raise _unreachable() from None
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError):
            raise refused() from None
        others = isinstance(claims.aud, tuple) and len(claims.aud) > 1
        if claims.azp != self._settings.client_id and (others or claims.azp is not None):
            raise refused()
        return claims


async def _asked(request: httpx.Request, kind: type[T]) -> T:
    """Return what the provider answers, as `kind`: 200 and no other, nothing long, no redirect."""
    try:
        async with (
            asyncio.timeout(WITHIN_S),
            httpx.AsyncClient(timeout=WITHIN_S) as client,
        ):
            answer = await client.send(request, stream=True)
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > MAX_BYTES:
                    raise _unreachable()
            await answer.aclose()
    except (httpx.HTTPError, TimeoutError):
        raise _unreachable() from None
    if httpx.codes.is_client_error(answer.status_code):
        raise refused()
    if answer.status_code != httpx.codes.OK:
        raise _unreachable()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        raise refused() from None


def _verified(claims: _Claims) -> str | None:
    """Return the email, where the provider says that it is theirs; some say so in a text."""
    if claims.email is None or claims.email_verified not in {True, "true"}:
        return None
    try:
        return normal_email(claims.email)
    except Invalid:
        return None


def _is_safe(url: str) -> bool:
    """Return whether what is sent there is read by nobody on the way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _unreachable() -> Unavailable:
    return Unavailable("the provider cannot be asked: try again later", code="oidc_unreachable")
