"""Who changed what, as a chain: each entry of an account holds the hash of the one before. Pure.

An entry that was changed, taken out or put in later no longer fits its neighbours, and
`follow` says which. Who can write every row could make a whole new chain, so whoever has to
prove more keeps a hash from time to time where the database's administrator cannot write.
Source: reliability notes, section 6, item 42.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from diorama.kernel.errors import Detail

GENESIS: Final = "0" * 64
"""What the first entry of an account holds in place of a hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change by a person, a key, or Diorama itself.

    Attributes:
        seq: 1 is the account's first; there are no gaps.
        actor: `member:<id>`, `key:<id>`, `operator` (somebody of the operator's account),
            `gateway` (by itself) or `person:<id>` (somebody who is no member yet).
        action: what was done, as `thing.done`.
        subject: the id or name of what it was done to.
        detail: facts, as JSON; never a secret.
        previous: the hash of the entry before.
    """

    account_id: str
    seq: int
    at_us: int
    actor: str
    action: str
    subject: str
    detail: str
    previous: str

    @property
    def hash(self) -> str:
        """The hash that the next entry holds: of every value, in an unambiguous order."""
        said = msgspec.json.encode(
            [
                self.previous,
                self.account_id,
                self.seq,
                self.at_us,
                self.actor,
                self.action,
                self.subject,
                self.detail,
            ]
        )
        return hashlib.sha256(said).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """How far a chain is known to be whole: the last entry's number, and its hash."""

    seq: int
    hash: str


START: Final = Link(0, GENESIS)


def detail_text(detail: Mapping[str, Detail]) -> str:
    """Return facts as an entry holds them."""
    return msgspec.json.encode(detail, order="deterministic").decode()


def follow(link: Link, entries: Iterable[AuditEntry]) -> tuple[Link, int | None]:
    """Follow a chain from a link on.

    Returns:
        How far it is whole, and the number of the first entry that does not fit; None fits all.
    """
    for entry in entries:
        if entry.seq != link.seq + 1 or entry.previous != link.hash:
            return link, link.seq + 1
        link = Link(entry.seq, entry.hash)
    return link, None
