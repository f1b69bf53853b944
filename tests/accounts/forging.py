"""Tickets that are not what they say: each is one way in which somebody may try."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import jwt
import msgspec

from diorama.accounts.tickets import Ticket, TicketKey, sign_ticket

SECRET: Final = b"the gateways' secret, of 32 bytes or more"
NOW_S: Final = 1_800_000_000
NOW_US: Final = NOW_S * 1_000_000
KEY: Final = TicketKey(id="tky_one", account_id="acc_ada", made_us=1)
OTHER_KEY: Final = TicketKey(id="tky_two", account_id="acc_bob", made_us=1)
TICKET: Final = Ticket(
    id="tkt_one",
    account_id="acc_ada",
    project_id="prj_cove",
    project="cove",
    by="key:key_ada",
    issued_s=NOW_S,
    expires_s=NOW_S + 300,
    end_user="ann",
)
# A pair that anybody may have: an attacker signs with what a server might take for its own.
PUBLIC_PEM: Final = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


@dataclass(frozen=True, slots=True)
class Mint:
    """What makes tickets as the gateway does, and lets one thing be wrong."""

    key: TicketKey = KEY
    secret: bytes = SECRET
    ticket: Ticket = TICKET

    @property
    def signing(self) -> bytes:
        return hmac.new(self.secret, f"ticket:{self.key.id}".encode(), hashlib.sha256).digest()

    def genuine(self) -> str:
        return sign_ticket(self.ticket, self.key, self.secret)

    def claims(self, **other: object) -> dict[str, object]:
        whole: dict[str, object] = {
            "iss": "diorama",
            "aud": "diorama:sessions",
            "sub": self.ticket.account_id,
            "jti": self.ticket.id,
            "iat": self.ticket.issued_s,
            "nbf": self.ticket.issued_s,
            "exp": self.ticket.expires_s,
            "ticket": msgspec.to_builtins(self.ticket),
        }
        return {name: value for name, value in (whole | other).items() if value is not ...}

    def said(self, **other: object) -> dict[str, object]:
        """Return claims whose ticket says something else."""
        inner = msgspec.to_builtins(self.ticket) | other
        return self.claims(ticket={k: v for k, v in inner.items() if v is not ...})

    def header(self, **other: object) -> dict[str, object]:
        whole = {"alg": "HS256", "kid": self.key.id, "typ": "ticket+jwt"} | other
        return {name: value for name, value in whole.items() if value is not ...}

    def signed(
        self, claims: object = None, header: object = None, *, signing: bytes | None = None
    ) -> str:
        """Return any claims under any header, with an HMAC as HS256 has it."""
        shown = part(self.header() if header is None else header) + "."
        shown += part(self.claims() if claims is None else claims)
        by = self.signing if signing is None else signing
        proof = hmac.new(by, shown.encode(), hashlib.sha256).digest()
        return f"dtk_{shown}.{text(proof)}"

    def by_library(self, algorithm: str, key: bytes) -> str:
        headers = {"kid": self.key.id, "typ": "ticket+jwt"}
        return "dtk_" + jwt.encode(self.claims(), key, algorithm=algorithm, headers=headers)


def part(value: object) -> str:
    return text(value if isinstance(value, bytes) else msgspec.json.encode(value))


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def swapped(token: str) -> str:
    """Return a ticket whose claims are another's, under its own signature."""
    header, _, signature = token.split(".")
    return ".".join((header, part(Mint().said(end_user="eve")), signature))


Forger = Callable[[Mint], str]
HEADERS: Final[Mapping[str, Forger]] = {
    "no algorithm": lambda m: m.signed(header=m.header(alg="none")),
    "no algorithm and no signature": lambda m: (
        m.signed(header=m.header(alg="none")).rpartition(".")[0] + "."
    ),
    "none in capitals": lambda m: m.signed(header=m.header(alg="NONE")),
    "an empty algorithm": lambda m: m.signed(header=m.header(alg="")),
    "an algorithm that is null": lambda m: m.signed(header=m.header(alg=None)),
    "a list of algorithms": lambda m: m.signed(header=m.header(alg=["HS256"])),
    "no algorithm named": lambda m: m.signed(header=m.header(alg=...)),
    "the algorithm in small letters": lambda m: m.signed(header=m.header(alg="hs256")),
    "a longer digest": lambda m: m.by_library("HS512", m.signing * 2),
    "a middle digest": lambda m: m.by_library("HS384", m.signing * 2),
    "an asymmetric algorithm": lambda m: m.signed(header=m.header(alg="EdDSA")),
    "RSA named": lambda m: m.signed(header=m.header(alg="RS256")),
    "a public key as the secret": lambda m: m.signed(signing=PUBLIC_PEM),
    "another type": lambda m: m.signed(header=m.header(typ="JWT")),
    "a viewer's type": lambda m: m.signed(header=m.header(typ="viewer+jwt")),
    "the type in capitals": lambda m: m.signed(header=m.header(typ="TICKET+JWT")),
    "no type": lambda m: m.signed(header=m.header(typ=...)),
    "no key named": lambda m: m.signed(header=m.header(kid=...)),
    "a key that is not there": lambda m: m.signed(header=m.header(kid="tky_none")),
    "another account's key": lambda m: m.signed(
        header=m.header(kid=OTHER_KEY.id), signing=replace(m, key=OTHER_KEY).signing
    ),
    "another account's key by name": lambda m: m.signed(header=m.header(kid=OTHER_KEY.id)),
    "an empty key": lambda m: m.signed(header=m.header(kid="")),
    "a key that is a path": lambda m: m.signed(header=m.header(kid="../../secrets/tokens.key")),
    "a key that is SQL": lambda m: m.signed(header=m.header(kid="' OR 1=1 --")),
    "a key that is a number": lambda m: m.signed(header=m.header(kid=1)),
    "a key with a NUL": lambda m: m.signed(header=m.header(kid=m.key.id + "\0")),
    "a key of its own in the header": lambda m: m.signed(
        header=m.header(jwk={"kty": "oct", "k": "eA"}), signing=b"x"
    ),
    "a key by address": lambda m: m.signed(header=m.header(jku="http://127.0.0.1/keys")),
    "a certificate by address": lambda m: m.signed(header=m.header(x5u="http://127.0.0.1/")),
    "an extension that must be known": lambda m: m.signed(header=m.header(crit=["b64"], b64=False)),
}
SIGNATURES: Final[Mapping[str, Forger]] = {
    "no signature": lambda m: m.genuine().rpartition(".")[0] + ".",
    "no third part": lambda m: m.genuine().rpartition(".")[0],
    "half a signature": lambda m: m.genuine()[:-20],
    "a signature of zeros": lambda m: m.genuine().rpartition(".")[0] + "." + text(bytes(32)),
    "another secret": lambda m: replace(m, secret=b"x" * 41).genuine(),
    "no secret": lambda m: m.signed(signing=b""),
    "the master secret itself": lambda m: m.signed(signing=m.secret),
    "the name of the key as the secret": lambda m: m.signed(signing=m.key.id.encode()),
    "claims under another's signature": lambda m: swapped(m.genuine()),
    "a part more": lambda m: m.genuine() + ".e30",
}
CLAIMS: Final[Mapping[str, Forger]] = {
    "over one second ago": lambda m: m.signed(
        {**m.said(issued_s=NOW_S - 301, expires_s=NOW_S - 1), "iat": NOW_S - 301}
        | {"nbf": NOW_S - 301, "exp": NOW_S - 1}
    ),
    "over now": lambda m: m.signed(
        {**m.said(issued_s=NOW_S - 300, expires_s=NOW_S), "iat": NOW_S - 300}
        | {"nbf": NOW_S - 300, "exp": NOW_S}
    ),
    "good in one second": lambda m: m.signed(
        {**m.said(issued_s=NOW_S + 1), "iat": NOW_S + 1, "nbf": NOW_S + 1}
    ),
    "good for too long": lambda m: m.signed({**m.said(expires_s=NOW_S + 301), "exp": NOW_S + 301}),
    "an end outside that is not the one inside": lambda m: m.signed(m.claims(exp=NOW_S + 10**6)),
    "an end inside that is not the one outside": lambda m: m.signed(m.said(expires_s=2**53)),
    "an end that is text": lambda m: m.signed(m.claims(exp=str(NOW_S + 300))),
    "an end at infinity": lambda m: m.signed(
        msgspec.json.encode(m.claims()).replace(str(NOW_S + 300).encode(), b"1e400")
    ),
    "no end": lambda m: m.signed(m.claims(exp=...)),
    "no beginning": lambda m: m.signed(m.claims(nbf=...)),
    "not before later": lambda m: m.signed(m.claims(nbf=NOW_S + 1)),
    "another audience": lambda m: m.signed(m.claims(aud="diorama:worker")),
    "many audiences": lambda m: m.signed(m.claims(aud=["diorama:sessions", "other"])),
    "no audience": lambda m: m.signed(m.claims(aud=...)),
    "another issuer": lambda m: m.signed(m.claims(iss="https://example.com")),
    "no issuer": lambda m: m.signed(m.claims(iss=...)),
    "another account": lambda m: m.signed(m.claims(sub="acc_bob")),
    "another account inside": lambda m: m.signed(m.said(account_id="acc_bob")),
    "no number": lambda m: m.signed(m.claims(jti=...)),
    "another number outside": lambda m: m.signed(m.claims(jti="tkt_two")),
    "an empty number": lambda m: m.signed({**m.said(id=""), "jti": ""}),
    "no ticket inside": lambda m: m.signed(m.claims(ticket=...)),
    "no project inside": lambda m: m.signed(m.said(project_id=...)),
    "a claim more": lambda m: m.signed(m.claims(admin=True)),
    "claims that are a list": lambda m: m.signed([1]),
    "claims that are no JSON": lambda m: m.signed(b"{"),
    "claims nested a thousand deep": lambda m: m.signed(b"[" * 1_000),
}
TEXTS: Final[Mapping[str, Forger]] = {
    "nothing behind its first word": lambda _: "dtk_",
    "no first word": lambda m: m.genuine().removeprefix("dtk_"),
    "another first word": lambda m: "dio_" + m.genuine().removeprefix("dtk_"),
    "letters of another alphabet": lambda m: m.genuine().replace("dtk_e", "dtk_\u0435"),
    "a space in front": lambda m: " " + m.genuine(),
    "two of them": lambda m: f"{m.genuine()},{m.genuine()}",
}
FORGERIES: Final[Mapping[str, Forger]] = {**HEADERS, **SIGNATURES, **CLAIMS, **TEXTS}
