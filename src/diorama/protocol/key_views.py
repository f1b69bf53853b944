"""Keys and the audit log over REST."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.requests import Name
from diorama.protocol.views import Instant

Scope = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z:]+$")]
KeyName = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
YEARS_S = 10 * 366 * 86_400
OVERLAP_S = 30 * 86_400


class CreateKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/keys.

    Attributes:
        scopes: what an API key may do; at most what whoever makes it may.
        expires_in_s: None is no end.
        worker: of a key for workers: the only worker that may register with it; None is any.
    """

    name: KeyName
    kind: Literal["api", "worker"] = "api"
    scopes: Annotated[tuple[Scope, ...], Meta(max_length=64)] = ()
    expires_in_s: Annotated[float, Meta(ge=60, le=YEARS_S)] | None = None
    worker: Name | None = None


class RotateKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/keys/{id}/rotate: the old secret works this much longer."""

    overlap_s: Annotated[float, Meta(ge=0, le=OVERLAP_S)] = 0.0


class KeyView(msgspec.Struct, frozen=True):
    """A key, never its secret; `scopes` is None where it may do whatever its account may."""

    id: str
    name: str
    kind: Literal["api", "worker"]
    state: Literal["active", "expired", "revoked"]
    hint: str
    scopes: tuple[str, ...] | None
    created_at: Instant
    created_by: str
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    last_used_at: Instant | None = None
    replaced_by: str | None = None
    worker: str | None = None


class Keys(msgspec.Struct, frozen=True):
    """A page of an account's keys, the newest first."""

    keys: tuple[KeyView, ...]
    cursor: str | None = None


class CreatedKey(msgspec.Struct, frozen=True):
    """A key with its secret, which is shown this once."""

    key: KeyView
    secret: str

    def __repr__(self) -> str:
        """Show it without its secret: what is printed is kept."""
        return f"CreatedKey({self.key.id})"


class AuditView(msgspec.Struct, frozen=True):
    """One change: who did what to what; `hash` is held by the entry after it."""

    seq: int
    at: Instant
    actor: str
    action: str
    subject: str
    detail: msgspec.Raw
    hash: str


class AuditPage(msgspec.Struct, frozen=True):
    """A page of an account's audit log, the newest first."""

    entries: tuple[AuditView, ...]
    cursor: str | None = None


class AuditCheck(msgspec.Struct, frozen=True):
    """Whether the audit log is whole: `broken_at` is the first entry that does not fit."""

    whole: bool
    entries: int
    hash: str
    broken_at: int | None = None
