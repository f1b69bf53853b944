"""Keys of accounts and of workers: what one may do, and until when. Pure.

A key is a random secret of 256 bits of which only the digest is stored, with a checksum at its end
by which a scanner of leaked secrets, and whoever mistypes one, knows it without asking.
Source: reliability notes, section 6, item 1.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from diorama.accounts.permissions import Permission, reach

API_KEY: Final = "dio"
WORKER_KEY: Final = "diw"
USED_EVERY_US: Final = 60_000_000
"""How exactly a key's last use is known: one write a minute, however often it is used."""
MAX_KEYS: Final = 500
"""Keys of one account that open something; more are a mistake of a program that makes them."""
_HINT: Final = 8
_CHECKSUM: Final = 8
_SEALED: Final = len(f"{API_KEY}_") + 43 + _CHECKSUM


class KeyKind(StrEnum):
    """What a key is for; one kind opens nothing of the other's."""

    API = "api"
    WORKER = "worker"


class KeyState(StrEnum):
    """Whether a key opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key at rest: never the secret itself.

    Attributes:
        scopes: what it may do, at most what its account may; None is all of that.
        hint: the first characters of the secret, to tell it from others.
        created_by: an actor, as the audit log has them.
        expires_us: from when on it opens nothing.
        replaced_by: the key that a rotation made in its place.
        worker: the name of the one worker that it may register; None is any.
    """

    id: str
    account_id: str
    kind: KeyKind
    digest: str
    name: str
    created_us: int
    scopes: frozenset[Permission] | None = None
    hint: str = ""
    created_by: str = "gateway"
    expires_us: int | None = None
    revoked_us: int | None = None
    used_us: int | None = None
    replaced_by: str | None = None
    worker: str | None = None

    @property
    def actor(self) -> str:
        """How logs, events and the audit log name it."""
        return f"key:{self.id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it may do."""
        everything = reach(self.account_id)
        return everything if self.scopes is None else self.scopes & everything

    def state(self, now_us: int) -> KeyState:
        """Return whether it opens anything now."""
        if self.revoked_us is not None:
            return KeyState.REVOKED
        is_over = self.expires_us is not None and self.expires_us <= now_us
        return KeyState.EXPIRED if is_over else KeyState.ACTIVE

    def is_use_news(self, now_us: int) -> bool:
        """Return whether its use now is to be written."""
        return self.used_us is None or now_us - self.used_us >= USED_EVERY_US

    def over_at(self, at_us: int) -> "Key":
        """Return it with an end at `at_us`, or at its own where that comes first."""
        own_us = at_us if self.expires_us is None else self.expires_us
        return replace(self, expires_us=min(own_us, at_us))


def sealed(secret: str) -> str:
    """Return a random secret with its checksum."""
    return secret + _checksum(secret)


def is_mistyped(secret: str) -> bool:
    """Return whether a secret has the form of a sealed one, and a checksum that is not its own."""
    if len(secret) != _SEALED:
        return False
    return secret[-_CHECKSUM:] != _checksum(secret[:-_CHECKSUM])


def hint_of(secret: str) -> str:
    """Return what of a secret may be shown later."""
    return secret[:_HINT]


def scopes_text(scopes: Iterable[Permission] | None) -> str | None:
    """Return scopes as they are stored."""
    return None if scopes is None else " ".join(sorted(scopes))


def scopes_of(text: str | None) -> frozenset[Permission] | None:
    """Return stored scopes; a word that is no permission any more grants nothing."""
    if text is None:
        return None
    known = {permission.value for permission in Permission}
    return frozenset(Permission(word) for word in text.split() if word in known)


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode(errors='surrogatepass')):08x}"
