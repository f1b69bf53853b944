"""Viewers' leases, renewed all at once: the statement that every gateway runs twice a second.

On PostgreSQL it is one statement for all of them, which locks the rows in the order of their ids
before it changes any: two gateways may hear of the same viewer, from its socket and from its
worker. On SQLite there is one writer, and a row costs a few microseconds.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from diorama.sessions.store import ViewerLease
from diorama.storage.database import Transaction

_ONE: Final = (
    "UPDATE viewer_lease SET"
    " heard_us = CASE WHEN heard_us < ? THEN ? ELSE heard_us END,"
    " input_us = CASE WHEN input_us < ? THEN ? ELSE input_us END"
    " WHERE session_id = ? AND (? = '' OR EXISTS (SELECT 1 FROM session s"
    " WHERE s.id = viewer_lease.session_id AND s.worker_id = ? AND s.term = ?))"
)
_ALL: Final = (
    "WITH heard AS (SELECT * FROM json_to_recordset(?::json)"
    " AS x (s text, h bigint, i bigint, w text, t bigint)),"
    " locked AS (SELECT session_id FROM viewer_lease"
    " WHERE session_id IN (SELECT s FROM heard) ORDER BY session_id {for_update}),"
    # A viewer may be heard twice, and an UPDATE takes only one of two rows that fit.
    " newest AS (SELECT s, MAX(h) AS h, MAX(i) AS i FROM heard WHERE w = '' OR EXISTS"
    " (SELECT 1 FROM session n WHERE n.id = heard.s AND n.worker_id = heard.w"
    " AND n.term = heard.t) GROUP BY s)"
    " UPDATE viewer_lease l SET heard_us = GREATEST(l.heard_us, newest.h),"
    " input_us = GREATEST(l.input_us, newest.i) FROM newest, locked"
    " WHERE l.session_id = newest.s AND l.session_id = locked.session_id"
)


def hear(tx: Transaction, leases: Sequence[ViewerLease]) -> None:
    """Renew viewers' leases; a time never goes back.

    What is said of a session that is not there, or not the speaker's, changes nothing.
    """
    if tx.dialect == "postgresql":
        rows = [
            {"s": one.session_id, "h": one.heard_us, "i": one.input_us}
            | {"w": one.worker_id or "", "t": one.term}
            for one in leases
        ]
        tx.run(_ALL, msgspec.json.encode(rows).decode())
        return
    tx.run_many(
        _ONE,
        [
            (
                *(one.heard_us, one.heard_us, one.input_us, one.input_us, one.session_id),
                *(one.worker_id or "", one.worker_id or "", one.term),
            )
            for one in leases
        ],
    )
