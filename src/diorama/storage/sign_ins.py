"""Who is signed in, and the first owner's link, in SQL."""

from diorama.accounts.people import (
    MAX_SIGN_INS,
    SET_UP_LASTS_US,
    SIGN_IN_IDLE_US,
    SIGN_IN_LASTS_US,
    SignIn,
)
from diorama.storage.database import Transaction


class SqlSignInStore:
    """See `diorama.accounts.people_store.SignInStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, sign_in: SignIn) -> None:
        """Store a sign-in that is new; drop what is over, and the person's oldest of too many."""
        self._tx.run(
            "DELETE FROM sign_in WHERE created_us <= ? OR seen_us <= ?",
            sign_in.created_us - SIGN_IN_LASTS_US,
            sign_in.created_us - SIGN_IN_IDLE_US,
        )
        self._tx.run(
            "INSERT INTO sign_in (digest, person_id, created_us, seen_us) VALUES (?, ?, ?, ?)",
            sign_in.digest,
            sign_in.person_id,
            sign_in.created_us,
            sign_in.seen_us,
        )
        self._tx.run(
            "DELETE FROM sign_in WHERE person_id = ? AND digest NOT IN (SELECT digest FROM sign_in"
            " WHERE person_id = ? ORDER BY created_us DESC, digest LIMIT ?)",
            sign_in.person_id,
            sign_in.person_id,
            MAX_SIGN_INS,
        )

    def get(self, digest: str) -> SignIn | None:
        """Return a sign-in by its cookie's digest, alive or not."""
        for person_id, created_us, seen_us in self._tx.run(
            "SELECT person_id, created_us, seen_us FROM sign_in WHERE digest = ?", digest
        ):
            return SignIn(
                digest=digest, person_id=person_id, created_us=created_us, seen_us=seen_us
            )
        return None

    def seen(self, digest: str, at_us: int) -> None:
        """Keep when a sign-in was last used; a time never goes back."""
        self._tx.run(
            "UPDATE sign_in SET seen_us = ? WHERE digest = ? AND seen_us < ?", at_us, digest, at_us
        )

    def drop(self, digest: str) -> None:
        """End a sign-in."""
        self._tx.run("DELETE FROM sign_in WHERE digest = ?", digest)

    def drop_all_of(self, person_id: str) -> None:
        """End every sign-in of a person."""
        self._tx.run("DELETE FROM sign_in WHERE person_id = ?", person_id)

    def offer_set_up(self, digest: str, at_us: int) -> None:
        """Store the digest of a first owner's link."""
        self._tx.run("DELETE FROM set_up WHERE created_us <= ?", at_us - SET_UP_LASTS_US)
        self._tx.run("INSERT INTO set_up (digest, created_us) VALUES (?, ?)", digest, at_us)

    def has_set_up(self, digest: str, now_us: int) -> bool:
        """Return whether a first owner's link is good, and not over."""
        rows = self._tx.run(
            "SELECT digest FROM set_up WHERE digest = ? AND created_us > ?",
            digest,
            now_us - SET_UP_LASTS_US,
        )
        return bool(rows)

    def close_set_up(self) -> None:
        """Make every first owner's link worthless."""
        self._tx.run("DELETE FROM set_up")
