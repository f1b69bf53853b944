"""Passwords at rest: argon2id, and the same work whether or not there is anything to compare.

It decides no policy and knows no store. A verification costs about 25 ms and 19 MiB, so it is done
off the event loop by whoever calls, and not many at once.
Source: OWASP Password Storage Cheat Sheet (m=19 MiB, t=2, p=1); RFC 9106.
"""

from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_NOBODY: Final = _HASHER.hash("the password of nobody, which no one is asked for")
"""Compared with where there is no such person: who measures the answer learns nothing."""


def hashed(password: str) -> str:
    """Return what to store of a password."""
    return _HASHER.hash(_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Return whether a password is the stored one; None matches nothing, in the same time."""
    try:
        _HASHER.verify(_NOBODY if stored is None else stored, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether a stored hash was made with other costs than a new one would be."""
    return _HASHER.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    return password.encode(errors="surrogatepass")
