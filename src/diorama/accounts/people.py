"""People: who they are, which accounts they are members of, how long a sign-in lasts. Pure.

A person has one email and one password, and is a member of accounts, each with a role. What is
stored of a password is its hash; of sign-ins and invitations the digests of their secrets.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from diorama.accounts.permissions import Permission, Role, of_role
from diorama.kernel.errors import Invalid
from diorama.kernel.units import HOUR_US, MINUTE_US

SIGN_IN: Final = "dsi"
INVITATION: Final = "din"
SET_UP: Final = "dsu"
SIGN_IN_LASTS_US: Final = 30 * 24 * HOUR_US
SIGN_IN_IDLE_US: Final = 7 * 24 * HOUR_US
SEEN_EVERY_US: Final = 5 * MINUTE_US
"""How exactly it is known when a sign-in was last used."""
INVITATION_LASTS_US: Final = 7 * 24 * HOUR_US
SET_UP_LASTS_US: Final = 24 * HOUR_US
MAX_SIGN_INS: Final = 20
"""Of one person; an older one than the newest so many ends."""
MAX_MEMBERS: Final = 500
"""Members and invitations of one account."""
PASSWORD_LENGTH: Final = 10
"""NIST SP 800-63B, 3.1.1.2: length, not composition. 8 is the least it allows."""
_EMAIL_LENGTH: Final = 254
_GUESSED_FIRST: Final = frozenset(
    [
        "0123456789",
        "1234567890",
        "12345678910",
        "0987654321",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "passwordpassword",
        "qwertyuiop",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop123",
        "q1w2e3r4t5",
        "iloveyou123",
        "letmein123",
        "welcome123",
        "welcome1234",
        "administrator",
        "admin12345",
        "changeme123",
        "football123",
        "diorama123",
        "diorama1234",
    ]
)
"""Of those in every list of leaked passwords, the ones that are long enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who signs in.

    Attributes:
        email: as `normal_email` has it.
        password: an argon2id hash; None for who signs in by OpenID Connect alone.
        issuer: of OpenID Connect, and `subject` is what it calls the person.
    """

    id: str
    email: str
    name: str
    created_us: int
    password: str | None = field(default=None, repr=False)
    issuer: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person in an account, with a role."""

    id: str
    account_id: str
    account_name: str
    person_id: str
    email: str
    name: str
    role: Role
    created_us: int

    @property
    def actor(self) -> str:
        """How logs, events and the audit log name it."""
        return f"member:{self.id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it may do in the account."""
        return of_role(self.account_id, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A place kept for whoever shows its secret."""

    id: str
    account_id: str
    account_name: str
    digest: str
    email: str
    role: Role
    created_us: int
    expires_us: int
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One browser in which a person is signed in: `digest` is of its cookie."""

    digest: str
    person_id: str
    created_us: int
    seen_us: int

    def is_alive(self, now_us: int) -> bool:
        """Return whether its cookie still opens anything."""
        is_new = now_us < self.created_us + SIGN_IN_LASTS_US
        return is_new and now_us < self.seen_us + SIGN_IN_IDLE_US


def normal_email(text: str) -> str:
    """Return an email as it is stored and compared: case makes no other person.

    Raises:
        Invalid: it is none (`email`).
    """
    email = unicodedata.normalize("NFC", text).strip().lower()
    name, at, host = email.rpartition("@")
    odd = any(c.isspace() or not c.isprintable() for c in email)
    if not (name and at and host) or odd or "@" in name or len(email) > _EMAIL_LENGTH:
        raise Invalid("an email is a name, an @ and a host", code="email")
    return email


def check_password(password: str, *, email: str) -> None:
    """Refuse a password that is guessed first.

    Raises:
        Invalid: with code `password_weak`.
    """
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(f"a password has {PASSWORD_LENGTH} characters or more", code="password_weak")
    plain = password.lower()
    if len(set(plain)) < PASSWORD_LENGTH // 2 or plain in _GUESSED_FIRST | {email}:
        raise Invalid("this password would be guessed first", code="password_weak")


def keeps_an_owner(role: Role, becomes: Role | None, owners: int) -> bool:
    """Return whether a change leaves the account an owner.

    Args:
        role: of the member who changes.
        becomes: its next role; None is to leave.
        owners: how many owners the account has before.
    """
    return role is not Role.OWNER or becomes is Role.OWNER or owners > 1
