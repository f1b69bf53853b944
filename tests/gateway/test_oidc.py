"""Signing in by OpenID Connect, with a provider on loopback that can also lie."""

import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr, ValidationError

from diorama.gateway.settings import OidcSettings
from tests.gateway.provider import CLIENT, SECRET, Claims, Provider, running_provider
from tests.gateway.running import Place, Reply, gateway_at
from tests.gateway.signing import PASSWORD, Browser, joined, me, owner_of

BO = "bo@example.com"
NOTHING_PROVEN = "/sign-in?problem=oidc"
UNKNOWN = "/sign-in?problem=person_unknown"


@dataclass(frozen=True)
class Off:
    """A time so many seconds from when it is asked for: tests are collected long before."""

    by_s: int


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as provider:
        yield provider


def known_to(provider: Provider) -> OidcSettings:
    return OidcSettings(
        issuer=provider.url, client_id=CLIENT, client_secret=SecretStr(SECRET), name="Example"
    )


@pytest.fixture
async def place(tmp_path: Path, provider: Provider, database_url: str) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, url=database_url, oidc=known_to(provider)) as place:
        yield place


@pytest.fixture
async def embedded(tmp_path: Path, provider: Provider) -> AsyncIterator[Place]:
    """Yield a gateway over SQLite, for what never gets as far as the database."""
    async with gateway_at(tmp_path, oidc=known_to(provider)) as place:
        yield place


class Visitor(Browser):
    """A browser that follows the redirects of signing in by OpenID Connect."""

    async def visit(self, path: str) -> Reply:
        return await self.ask("GET", path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")

    async def sign_in_at(self, provider: Provider, onward: str = "") -> str:
        """Return where the browser is in the end."""
        begun = await self.visit("/v1/oidc/start" + onward)
        done = await self.visit(provider.visited(begun.headers["Location"]))
        assert (begun.status, done.status) == (303, 303)
        return done.headers["Location"]


async def test_somebody_invited_comes_in_by_the_provider_s_word_alone(
    place: Place, provider: Provider
) -> None:
    owner = await owner_of(place)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "developer"})
    offer = await place.ask("GET", "/v1/sign-in")
    visitor = Visitor(place)
    where = await visitor.sign_in_at(provider)
    seen = await visitor.ask("GET", "/v1/me")
    again = await Visitor(place).sign_in_at(provider)

    assert offer.json["oidc"] == {"name": "Example"}
    assert where == again == "/"
    assert (me(seen).person.email, me(seen).person.has_password) == (BO, False)
    assert me(seen).account.role == "developer"
    assert set(visitor.cookies) == {"diorama_sign_in"}


@pytest.mark.parametrize(
    ("onward", "where"),
    [
        ("/sessions?which=past&end_user=a%20b", "/sessions?which=past&end_user=a%20b"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("/" + "a" * 1_000, "/"),
        ("", "/"),
    ],
)
async def test_who_was_on_their_way_in_the_portal_goes_on_there_and_nowhere_else(
    embedded: Place, provider: Provider, onward: str, where: str
) -> None:
    owner = await owner_of(embedded)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "viewer"})
    found = await Visitor(embedded).sign_in_at(provider, f"?next={quote(onward, safe='')}")

    assert found == where


async def test_somebody_known_is_the_same_person_by_the_provider(
    place: Place, provider: Provider
) -> None:
    owner = await owner_of(place)
    bo = await joined(owner, BO, "viewer")
    known = me(await bo.ask("GET", "/v1/me")).person.id
    visitor = Visitor(place)
    where = await visitor.sign_in_at(provider)
    linked = me(await visitor.ask("GET", "/v1/me")).person.id
    provider.says["email"] = "bo@elsewhere.example"  # a subject stays; an email may change
    moved = Visitor(place)
    await moved.sign_in_at(provider)
    still = me(await moved.ask("GET", "/v1/me")).person.id

    assert where == "/"
    assert known == linked == still


async def test_who_came_by_the_provider_gets_a_first_password_without_another(
    place: Place, provider: Provider
) -> None:
    owner = await owner_of(place)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "developer"})
    visitor = Visitor(place)
    await visitor.sign_in_at(provider)
    by_none = await Browser(place).sign_in(BO, PASSWORD)
    visitor.enter(await visitor.ask("GET", "/v1/me"))
    changed = await visitor.ask("POST", "/v1/me/password", {"current": None, "new": PASSWORD})
    by_password = await Browser(place).sign_in(BO, PASSWORD)

    assert by_none.problem == (401, "sign_in_refused")
    assert changed.status == by_password.status == 200


@pytest.mark.parametrize(
    ("says", "where"),
    [
        ({"email": "eve@example.com"}, UNKNOWN),
        ({"email_verified": False}, UNKNOWN),
        ({"email_verified": "false"}, UNKNOWN),
        ({"email": None}, UNKNOWN),
        ({"email": "no email"}, UNKNOWN),
        ({"nonce": "another"}, NOTHING_PROVEN),
        ({"aud": "another"}, NOTHING_PROVEN),
        ({"aud": [CLIENT, "another"]}, NOTHING_PROVEN),
        ({"azp": "another"}, NOTHING_PROVEN),
        ({"iss": "http://127.0.0.1:1"}, NOTHING_PROVEN),
        ({"exp": Off(-120)}, NOTHING_PROVEN),
        ({"iat": Off(600)}, NOTHING_PROVEN),
        ({"sub": 7}, NOTHING_PROVEN),
    ],
)
async def test_whom_the_provider_does_not_vouch_for_stays_outside(
    embedded: Place, provider: Provider, says: Claims, where: str
) -> None:
    owner = await owner_of(embedded)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "owner"})
    now_s = int(time.time())
    provider.says |= {
        name: now_s + value.by_s if isinstance(value, Off) else value
        for name, value in says.items()
    }
    visitor = Visitor(embedded)

    assert await visitor.sign_in_at(provider) == where
    assert visitor.cookies == {}


def unsigned(_: Provider, claims: Claims) -> str:
    return jwt.encode(claims, "", "none", headers={"kid": "one"})


def signed_with_the_public_key(provider: Provider, claims: Claims) -> str:
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [encoded({"alg": "HS256", "typ": "JWT", "kid": "one"}), encoded(claims)]
    signature = hmac.new(public, b".".join(parts), hashlib.sha256).digest()
    parts.append(base64.urlsafe_b64encode(signature).rstrip(b"="))
    return b".".join(parts).decode()


def encoded(part: Claims) -> bytes:
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=")


def signed_by_another_key(_: Provider, claims: Claims) -> str:
    other = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, other, "ES256", headers={"kid": "one"})


def signed_by_a_key_not_in_the_list(provider: Provider, claims: Claims) -> str:
    return jwt.encode(claims, provider.key, "ES256", headers={"kid": "two"})


def with_its_own_key_list(_: Provider, claims: Claims) -> str:
    other = ec.generate_private_key(ec.SECP256R1())
    headers = {"kid": "two", "jku": "http://127.0.0.1:1/keys"}
    return jwt.encode(claims, other, "ES256", headers=headers)


def changed_after_it_was_signed(provider: Provider, claims: Claims) -> str:
    head, _, signature = provider.signed(claims).split(".")
    return f"{head}.{encoded(claims | {'sub': 'another'}).decode()}.{signature}"


def no_token(_: Provider, __: Claims) -> str:
    return "..."


@pytest.mark.parametrize(
    "signs",
    [
        unsigned,
        signed_with_the_public_key,
        signed_by_another_key,
        signed_by_a_key_not_in_the_list,
        with_its_own_key_list,
        changed_after_it_was_signed,
        no_token,
    ],
)
async def test_a_forged_id_token_proves_nothing(
    embedded: Place, provider: Provider, signs: Callable[[Provider, Claims], str]
) -> None:
    owner = await owner_of(embedded)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "owner"})
    provider.signs = signs
    visitor = Visitor(embedded)
    where = await visitor.sign_in_at(provider)

    assert where == NOTHING_PROVEN
    assert visitor.cookies == {}


@pytest.mark.parametrize("claim", ["exp", "iat", "iss", "aud", "sub", "nonce"])
async def test_an_id_token_that_leaves_something_out_proves_nothing(
    embedded: Place, provider: Provider, claim: str
) -> None:
    owner = await owner_of(embedded)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "owner"})
    provider.without = frozenset({claim})

    assert await Visitor(embedded).sign_in_at(provider) == NOTHING_PROVEN


async def test_a_browser_finishes_only_what_it_began_itself(
    place: Place, provider: Provider
) -> None:
    owner = await owner_of(place)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "owner"})
    victim, attacker = Visitor(place), Visitor(place)
    begun = await attacker.visit("/v1/oidc/start")
    back = provider.visited(begun.headers["Location"])
    lured = await victim.visit(back)
    await victim.visit("/v1/oidc/start")
    lured_later = await victim.visit(back)
    empty = await attacker.visit("/v1/oidc/callback")
    refused_there = await attacker.visit("/v1/oidc/callback?error=access_denied&state=x")

    replies = [lured, lured_later, empty, refused_there]
    assert {reply.headers["Location"] for reply in replies} == {NOTHING_PROVEN}
    assert victim.cookies == {}


async def test_a_code_works_once(place: Place, provider: Provider) -> None:
    owner = await owner_of(place)
    await owner.ask("POST", "/v1/members", {"email": BO, "role": "viewer"})
    visitor = Visitor(place)
    begun = await visitor.visit("/v1/oidc/start")
    cookies = dict(visitor.cookies)
    back = provider.visited(begun.headers["Location"])
    first = await visitor.visit(back)
    second = await Visitor(place, cookies=cookies).visit(back)

    assert first.headers["Location"] == "/"
    assert second.headers["Location"] == NOTHING_PROVEN


async def test_a_provider_that_describes_another_is_not_asked(
    place: Place, provider: Provider
) -> None:
    provider.described_as = "https://accounts.example"
    begun = await Visitor(place).visit("/v1/oidc/start")

    assert begun.headers["Location"] == "/sign-in?problem=oidc_unreachable"


async def test_a_provider_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    settings = OidcSettings(
        issuer="http://127.0.0.1:1", client_id=CLIENT, client_secret=SecretStr(SECRET)
    )
    async with gateway_at(tmp_path, oidc=settings) as place:
        begun = await Visitor(place).visit("/v1/oidc/start")

    assert begun.headers["Location"] == "/sign-in?problem=oidc_unreachable"


async def test_without_a_provider_there_is_no_such_address(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        begun = await place.ask("GET", "/v1/oidc/start")

    assert begun.status == 404


@pytest.mark.parametrize(
    "issuer", ["http://accounts.example", "ftp://accounts.example", "accounts.example"]
)
def test_a_provider_is_asked_over_https_or_on_this_machine(issuer: str) -> None:
    with pytest.raises(ValidationError):
        OidcSettings(issuer=issuer, client_id=CLIENT, client_secret=SecretStr(SECRET))


def test_a_provider_comes_with_what_proves_us_to_it() -> None:
    with pytest.raises(ValidationError):
        OidcSettings(issuer="https://accounts.example", client_id=CLIENT)
