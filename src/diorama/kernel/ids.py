"""Identifiers and secrets. Ids sort by the time they were made; secrets do not sort by anything.

An id is a word for its kind, then 26 characters: 48 bits of milliseconds and 80 random bits in
Crockford's base 32 (the ULID layout), lower case. An id is no permission.
"""

import hashlib
import random
import secrets
from typing import Final

from diorama.kernel.clock import Clock
from diorama.kernel.units import MILLISECOND_US

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_CHARACTERS: Final = 26
_RANDOM_BITS: Final = 80


class IdFactory:
    """Makes ids. Tests pass a seeded `random.Random`; production uses the system's entropy."""

    def __init__(self, clock: Clock, rng: random.Random | None = None) -> None:
        self._clock = clock
        self._rng = rng or random.SystemRandom()

    def new(self, kind: str) -> str:
        """Return a new id such as `ses_01jd8k...`; `kind` is its first word."""
        value = (self._clock.now_us() // MILLISECOND_US) << _RANDOM_BITS
        value |= self._rng.getrandbits(_RANDOM_BITS)
        shifts = range(5 * (_ID_CHARACTERS - 1), -1, -5)
        return kind + "_" + "".join(_ALPHABET[(value >> shift) & 31] for shift in shifts)

    def secret(self, kind: str) -> str:
        """Return a new secret of 256 bits such as `dst_...`. Store its `digest`, never itself."""
        if isinstance(self._rng, random.SystemRandom):
            return f"{kind}_{secrets.token_urlsafe(32)}"
        return f"{kind}_{self._rng.getrandbits(256):064x}"


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret, in hex: enough for 256 random bits, and what is stored.

    Any text has one, lone surrogates included: what a stranger sends as a key must not crash us.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
