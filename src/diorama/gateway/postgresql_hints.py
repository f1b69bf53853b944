"""Hints between gateways by NOTIFY and LISTEN of the PostgreSQL they share.

One NOTIFY at a time and at most fifty a second for a gateway, on a connection of its own that
waits for no disk: a NOTIFY takes a lock that every commit with one shares, so none may ride on the
transactions that people wait for. A LISTEN connection can be dead for minutes without a sign;
therefore each gateway hears itself, every two seconds, and a listener that does not is replaced.
Whatever may have been missed meanwhile is one hint: look at everything.

It needs a connection of its own to the server: PgBouncer in transaction mode carries no LISTEN.
Source: reliability notes, finding 3, F59 and 4.8.
"""

import asyncio
import hashlib
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import psycopg
import structlog

from diorama.gateway.hints import Hints, payloads, read_payload
from diorama.kernel.errors import Unavailable
from diorama.storage.postgresql import connection_settings

CHANNEL: Final = "diorama_hints"
LISTENER: Final = "diorama-listen"
TELLER: Final = "diorama-tell"
WINDOW_S: Final = 0.02
WATCH_S: Final = 2.0
MISSED: Final = 3
ANSWER_WITHIN_S: Final = 5.0
AGAIN_WITHIN_S: Final = 2.0
_LOCK_CLASS: Final = 0x64696F74  # "diot": shared locks that say which tokens a gateway signs

_OTHERS: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid::bigint = %s"
    " AND objid::bigint <> %s AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
)

_log: Final = structlog.stdlib.get_logger(__name__)


class _Silent(Exception):
    """The listener does not hear what this gateway says."""


class PostgresHintBus:
    """See `gateway.hints.HintBus`.

    Args:
        url: of the database.
        tokens: what session tokens are signed with, which all gateways must share.
    """

    has_others: Final = True

    def __init__(self, url: str, *, tokens: bytes) -> None:
        self._conninfo = connection_settings(url)
        self._name = secrets.token_hex(6)
        self._tokens = int.from_bytes(hashlib.sha256(b"diorama:" + tokens).digest()[:4]) >> 1
        self._waiting = Hints()
        self._due = asyncio.Event()
        self._unheard_since_s: float | None = None
        self._loop = asyncio.get_running_loop()
        self._complained: set[str] = set()
        self._random = random.SystemRandom()

    def tell(self, hints: Hints) -> None:
        """Take what a commit of this gateway changed."""
        if hints:
            self._waiting.add(hints)
            self._due.set()

    async def check_tokens(self) -> None:
        """Refuse to run beside gateways whose session tokens this one would not know.

        Raises:
            Unavailable: with code `secrets_differ`, or the database is out of reach.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                connection = await self._connect(LISTENER)
                async with connection:
                    found = await connection.execute(_OTHERS, (_LOCK_CLASS, self._tokens))
                    strangers = await found.fetchall()
        except (psycopg.Error, OSError, TimeoutError) as error:
            raise Unavailable(
                f"PostgreSQL is out of reach ({error})", code="database_unreachable"
            ) from error
        if strangers:
            raise Unavailable(
                "another gateway over this database signs session tokens with another secret:"
                " give every gateway the same secrets/tokens.key",
                code="secrets_differ",
            )

    async def run(self, heard: Callable[[Hints], None]) -> None:
        """Carry hints until cancelled, whatever becomes of the connections."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep(TELLER, self._tell_on))
            tasks.create_task(self._keep(LISTENER, lambda c: self._listen_on(c, heard)))

    async def _keep(
        self, name: str, use: Callable[[psycopg.AsyncConnection], Awaitable[None]]
    ) -> None:
        """Use one connection after the other; what is wrong is said once, and its end too."""
        while True:
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    connection = await self._connect(name)
                try:
                    await use(connection)
                finally:
                    with suppress(psycopg.Error, OSError):
                        await connection.close()
            except (psycopg.Error, OSError, TimeoutError, _Silent) as error:
                if name not in self._complained:
                    self._complained.add(name)
                    _log.warning("hints are not carried; polling goes on", on=name, why=str(error))
            await asyncio.sleep(self._random.uniform(0, AGAIN_WITHIN_S))

    async def _connect(self, name: str) -> psycopg.AsyncConnection:
        connection = await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, application_name=name
        )
        await connection.execute("SET synchronous_commit = off; SET statement_timeout = '4s'")
        return connection

    async def _tell_on(self, connection: psycopg.AsyncConnection) -> None:
        """Tell what there is to tell, or nothing at all every two seconds."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_S):
                    await self._due.wait()
            self._due.clear()
            hints, self._waiting = self._waiting, Hints()
            try:
                await self._notify(connection, hints)
            except BaseException:
                self.tell(Hints(everything=True))  # on the next connection
                raise
            self._recovered(TELLER)
            await asyncio.sleep(WINDOW_S)

    async def _notify(self, connection: psycopg.AsyncConnection, hints: Hints) -> None:
        for payload in payloads(hints, self._name):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
            if self._unheard_since_s is None:
                self._unheard_since_s = self._loop.time()

    async def _listen_on(
        self, connection: psycopg.AsyncConnection, heard: Callable[[Hints], None]
    ) -> None:
        """Hear others, and this gateway itself; whoever begins to listen has missed things."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await connection.execute(
                "SELECT pg_advisory_lock_shared(%s::int, %s::int)", (_LOCK_CLASS, self._tokens)
            )
            await connection.execute(f"LISTEN {CHANNEL}")
        self._unheard_since_s = None
        heard(Hints(everything=True))
        while True:
            async for notify in connection.notifies(timeout=WATCH_S):
                sender, hints = read_payload(notify.payload)
                if sender == self._name:
                    self._unheard_since_s = None
                    self._recovered(LISTENER)
                elif hints:
                    heard(hints)
            since_s = self._unheard_since_s
            if since_s is not None and self._loop.time() - since_s > MISSED * WATCH_S:
                raise _Silent(f"not heard for {MISSED * WATCH_S:.0f} s")

    def _recovered(self, name: str) -> None:
        if name in self._complained:
            self._complained.discard(name)
            _log.info("hints are carried again", on=name)
