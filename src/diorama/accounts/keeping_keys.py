"""Making, rotating and revoking keys. Use cases: load, decide, save.

Nobody makes a key, or gets the secret of one, that may do more than they may themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from diorama.accounts.keys import (
    API_KEY,
    MAX_KEYS,
    WORKER_KEY,
    Key,
    KeyKind,
    KeyState,
    hint_of,
    scopes_text,
    sealed,
)
from diorama.accounts.permissions import Permission, check_reach
from diorama.accounts.unit import Unit
from diorama.kernel.errors import Invalid, NotFound, Refused
from diorama.kernel.ids import digest
from diorama.kernel.units import seconds

_WORDS = {KeyKind.API: API_KEY, KeyKind.WORKER: WORKER_KEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHand:
    """Whose hand makes and ends keys: where, who, and what they may do themselves."""

    account_id: str
    actor: str
    permissions: frozenset[Permission]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedKey:
    """A key as it is asked for.

    Attributes:
        scopes: of an API key; one for workers has none.
        worker: the only worker that a key for workers may register.
    """

    name: str
    kind: KeyKind
    scopes: Collection[Permission]
    expires_in_s: float | None = None
    worker: str | None = None


def make_key(unit: Unit, hand: KeyHand, wanted: WantedKey) -> tuple[Key, str]:
    """Return a new key and its secret.

    Raises:
        Invalid: an API key without scopes, or one for workers with some (`key_scopes`).
        Forbidden: it would reach beyond whoever makes it (`permission_missing`).
        Refused: the account has too many (`too_many_keys`).
    """
    is_api = wanted.kind is KeyKind.API
    if is_api is not bool(wanted.scopes) or (is_api and wanted.worker is not None):
        raise Invalid(
            "an API key has scopes and no worker, a worker key has no scopes", code="key_scopes"
        )
    scopes = frozenset(wanted.scopes)
    check_reach(hand.permissions, scopes if is_api else frozenset({Permission.OPERATE}))
    expires_in_s = wanted.expires_in_s
    key = Key(
        id=unit.ids.new("key"),
        account_id=hand.account_id,
        kind=wanted.kind,
        digest="",
        name=wanted.name,
        created_us=unit.now_us,
        scopes=scopes,
        created_by=hand.actor,
        expires_us=None if expires_in_s is None else unit.now_us + seconds(expires_in_s),
        worker=wanted.worker,
    )
    made = _stored(unit, key)
    facts = {"name": key.name, "kind": key.kind.value, "scopes": scopes_text(scopes)}
    unit.stores.audit.add(hand.account_id, hand.actor, "key.created", key.id, {**facts})
    return made


def rotate_key(unit: Unit, hand: KeyHand, key_id: str, overlap_s: float) -> tuple[Key, str]:
    """Return a key that may do what another may, and its secret; the other ends after the overlap.

    Raises:
        NotFound: there is no such key (`key_unknown`).
        Refused: it opens nothing any more (`key_over`), or was rotated before (`key_rotated`).
        Forbidden: it reaches beyond whoever asks (`permission_missing`).
    """
    old = _locked(unit, hand, key_id)
    if old.state(unit.now_us) is not KeyState.ACTIVE:
        raise Refused(f"key {old.id} opens nothing any more", code="key_over")
    if old.replaced_by is not None:
        raise Refused(f"key {old.id} was rotated: its successor may be", code="key_rotated")
    check_reach(hand.permissions, _reach(old))
    fresh = replace(
        old,
        id=unit.ids.new("key"),
        created_us=unit.now_us,
        created_by=hand.actor,
        used_us=None,
    )
    made = _stored(unit, fresh)
    until = old.over_at(unit.now_us + seconds(overlap_s))
    unit.stores.keys.save(replace(until, replaced_by=fresh.id))
    unit.stores.audit.add(
        hand.account_id, hand.actor, "key.rotated", old.id, {"by": fresh.id, "overlap_s": overlap_s}
    )
    return made


def revoke_key(unit: Unit, hand: KeyHand, key_id: str) -> Key:
    """Let a key open nothing from now on, and return it; revoking again changes nothing.

    Raises:
        NotFound: there is no such key (`key_unknown`).
        Forbidden: it is a worker's, which is the operator's to revoke (`permission_missing`).
    """
    key = _locked(unit, hand, key_id)
    if key.kind is KeyKind.WORKER:
        check_reach(hand.permissions, _reach(key))
    if key.revoked_us is not None:
        return key
    revoked = replace(key, revoked_us=unit.now_us)
    unit.stores.keys.save(revoked)
    unit.stores.audit.add(hand.account_id, hand.actor, "key.revoked", key.id, {"name": key.name})
    return revoked


def _locked(unit: Unit, hand: KeyHand, key_id: str) -> Key:
    unit.stores.accounts.get(hand.account_id, lock=True)
    key = unit.stores.keys.get(hand.account_id, key_id, lock=True)
    if key is None:
        raise NotFound(f"there is no key {key_id}", code="key_unknown")
    return key


def _stored(unit: Unit, key: Key) -> tuple[Key, str]:
    unit.stores.accounts.get(key.account_id, lock=True)
    if unit.stores.keys.active(key.account_id, unit.now_us) >= MAX_KEYS:
        raise Refused(f"an account has {MAX_KEYS} keys", code="too_many_keys")
    secret = sealed(unit.ids.secret(_WORDS[key.kind]))
    stored = replace(key, digest=digest(secret), hint=hint_of(secret))
    unit.stores.keys.add(stored)
    return stored, secret


def _reach(key: Key) -> frozenset[Permission]:
    """Return what somebody must be allowed who gets the secret of such a key."""
    return frozenset({Permission.OPERATE}) if key.kind is KeyKind.WORKER else key.permissions
