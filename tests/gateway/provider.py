"""A small provider of OpenID Connect on loopback: real requests, real signatures, and knobs."""

import base64
import contextlib
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

CLIENT: Final = "diorama-here"
SECRET: Final = "a secret: of/both"  # with what the encoding of the header has to survive
Claims = dict[str, object]
_ASKS: Final = """<!doctype html><html lang="en"><title>Example</title><h1>Who are you?</h1>
<form method="post"><button name="answer" value="yes">Go on as Bo</button>
<button name="answer" value="no">Not now</button></form></html>"""


@dataclass
class Provider:
    """What it says of whoever comes, and how it signs that."""

    url: str = ""
    says: Claims = field(
        default_factory=lambda: {
            "sub": "subject-1",
            "email": "bo@example.com",
            "email_verified": True,
            "name": "Bo",
        }
    )
    without: frozenset[str] = frozenset()
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    signs: Callable[["Provider", Claims], str] | None = None
    described_as: str | None = None
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def signed(self, claims: Claims) -> str:
        return jwt.encode(claims, self.key, "ES256", headers={"kid": "one"})

    async def describe(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.described_as or self.url,
                "authorization_endpoint": f"{self.url}/authorize?tenant=1",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    async def keys(self, _: web.Request) -> web.Response:
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [{**public, "kid": "one", "use": "sig"}]})

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        asked = self.codes.pop(form["code"], None)
        pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        known = [unquote(part) for part in pair.split(":")] == [CLIENT, SECRET]
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        proven = asked is not None and asked["code_challenge"] == (
            base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        )
        if not (known and proven and asked and asked["redirect_uri"] == form["redirect_uri"]):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now_s = int(time.time())
        claims: Claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": asked["nonce"],
            **self.says,
        }
        for name in self.without:
            del claims[name]
        token = self.signs(self, claims) if self.signs else self.signed(claims)
        return web.json_response({"id_token": token, "access_token": "x", "token_type": "Bearer"})

    async def ask_person(self, _: web.Request) -> web.Response:
        return web.Response(text=_ASKS, content_type="text/html")

    async def hear_person(self, request: web.Request) -> web.Response:
        said = await request.post()
        asked = request.query
        if said["answer"] == "no":
            answer = urlencode({"error": "access_denied", "state": asked["state"]})
            raise web.HTTPSeeOther(f"{asked['redirect_uri']}?{answer}")
        gateway = "{0.scheme}://{0.netloc}".format(urlsplit(asked["redirect_uri"]))
        raise web.HTTPSeeOther(gateway + self.visited(str(request.url)))

    def visited(self, url: str) -> str:
        """Return where a browser that signs in there is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return back.path + "?" + urlencode({"code": code, "state": asked["state"]})


@contextlib.asynccontextmanager
async def running_provider() -> AsyncIterator[Provider]:
    """Run a provider until the block ends."""
    provider = Provider()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.describe)
    app.router.add_get("/authorize", provider.ask_person)
    app.router.add_post("/authorize", provider.hear_person)
    app.router.add_get("/keys", provider.keys)
    app.router.add_post("/token", provider.token)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield provider
    finally:
        await runner.cleanup()
