"""The seam under every store: one unit of work, one transaction, the same code on both databases.

A unit is a plain function of a `Transaction`. `Database.run` runs it on a thread of the database's
own, answers after what it wrote is durable, and never half-applies it. The seam decides nothing
about the domain; stores write SQL that both databases understand (`statements` holds the few words
that differ). docs/design/storage.md argues the choices.

Rules of a unit: it is synchronous; it may be run again after a rollback, so it touches nothing but
the transaction and returns values; it lets database errors rise (PostgreSQL has aborted the
transaction by then).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from diorama.kernel.clock import Clock, machine_start
from diorama.kernel.errors import Invalid

__all__ = [
    "TIMEOUT_S",
    "BrokenConstraint",
    "Database",
    "Dialect",
    "Row",
    "Transaction",
    "Unit",
    "Value",
    "masked",
    "open_database",
    "stays",
]

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Value: TypeAlias = "bool | int | float | str | bytes | None"
# What a column holds is the schema's knowledge: a store names the types as it unpacks a row.
Row: TypeAlias = "tuple[Any, ...]"

T = TypeVar("T")

TIMEOUT_S: Final = 10.0  # a caller's default wait; an admission that took longer is no admission


class Transaction(Protocol):
    """One unit of work. Used by the thread that runs the unit, never kept after it."""

    @property
    def dialect(self) -> Dialect:
        """Which database this is, for the rare statement that has to be written twice."""

    def now_us(self) -> int:
        """Return the database's time, UTC microseconds, read anew at each call.

        On SQLite it never goes back, restarts included. On PostgreSQL it is the server's clock,
        and costs a round trip. No gateway's wall clock is in it.
        """

    def run(self, sql: str, *values: Value) -> list[Row]:
        """Run one statement with `?` for each value; return its rows, none where it has none."""

    def write(self, sql: str, *values: Value) -> None:
        """Run one statement whose rows nobody needs, before anything that comes after it.

        On PostgreSQL it is sent with the next statement that is waited for, or with the commit, so
        that it costs no round trip. What is wrong with it rises there.
        """

    def run_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """Run one statement once for each row of values, in order."""


def stays(tx: Transaction, *, locked: bool = False) -> bool:
    """Return whether a row stays as this unit read it: one it locked; any, where it is alone."""
    return locked or tx.dialect == "sqlite"


Unit: TypeAlias = Callable[[Transaction], T]


class Database(Protocol):
    """A store's database. Every method is safe to call from many tasks of one event loop."""

    @property
    def incarnation(self) -> int:
        """The first half of a fencing token: higher after each restart, failover or restore."""

    async def run(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Run a unit, commit it, and return its answer once the commit is durable.

        A unit that raises is rolled back and its exception rises here. A caller that is cancelled
        takes nothing back: the unit is applied as a whole, or not at all.

        Raises:
            Unavailable: `overloaded` (nothing was written; come back later), `storage_full`
                (nothing was written), `storage_failed` (the process has to restart),
                `commit_unknown` (ask again by idempotency key or version; never repeat blindly),
                `database_unreachable`, `lock_timeout`, `statement_timeout`, `stopping`.
            BrokenConstraint: a law of the schema was broken, which is a bug.
        """

    async def read(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Run a unit that only reads, on one consistent state of what is committed.

        It waits for no commit of its own. A unit that writes is a bug and raises.
        """

    async def close(self) -> None:
        """Finish what was accepted, then let go of the database. Closing twice is closing once."""


class BrokenConstraint(Exception):
    """A statement broke a constraint of the schema. Its class is the same on both databases."""


def open_database(url: str, *, clock: Clock | None = None, allow_unsafe: bool = False) -> Database:
    """Open the database that `url` names, bring its schema up to date, and return it.

    Blocks: called once, at start.

    Args:
        url: `sqlite:///folder/diorama.db` (the path is absolute) or `postgresql://...`.
        clock: where SQLite reads time, this machine's by default. PostgreSQL uses its own time
            unless a clock is given, which only tests do.
        allow_unsafe: take a PostgreSQL that runs with fsync or full_page_writes off.

    Raises:
        Invalid: the URL names neither (`bad_database_url`).
        Unavailable: it is in use (`store_in_use`), out of reach (`database_unreachable`), or would
            lose what it acknowledged (`unsafe_database`).
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        from diorama.storage.sqlite import SqliteDatabase

        start = machine_start() if clock is None else None
        path = "/" + unquote(parts.path).lstrip("/")
        return SqliteDatabase(path, clock=clock, machine_start=start)
    if parts.scheme in {"postgresql", "postgres"}:
        from diorama.storage.postgresql import PostgresDatabase

        return PostgresDatabase(url, clock=clock, allow_unsafe=allow_unsafe)
    raise Invalid(
        f"the database URL {masked(url)!r} is neither sqlite:///folder/diorama.db"
        " nor postgresql://user@host/name",
        code="bad_database_url",
    )


def masked(url: str) -> str:
    """Return `url` with its password, if there is one, replaced: for messages and logs."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    return urlunsplit(parts._replace(netloc=f"{name}{colon and ':***'}{at}{host}"))
