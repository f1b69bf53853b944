"""The audit log at rest: a chain that grows at one end, and shows it where anybody changed it."""

import asyncio

import pytest

from diorama.accounts.audit import GENESIS, START, Link, follow
from diorama.accounts.plans import Account
from diorama.storage.audit import SqlAuditStore
from diorama.storage.database import Database, Transaction
from diorama.storage.stores import SqlStores

OURS, THEIRS = "acc_1", "acc_2"


@pytest.fixture
async def log(database: Database) -> Database:
    """Return a database with two accounts; the first has a log of three entries."""

    def put_up(tx: Transaction) -> None:
        stores = SqlStores(tx, 1)
        for account_id in (OURS, THEIRS):
            stores.accounts.add(
                Account(id=account_id, name="one", plan="free", concurrent_streams=1, held=0)
            )
        stores.audit.add(OURS, "member:mem_1", "project.changed", "cove", {"title": "Cove"})
        stores.audit.add(OURS, "key:key_1", "key.created", "key_2")
        stores.audit.add(OURS, "member:mem_1", "key.revoked", "key_2")

    await database.run(put_up)
    return database


def whole(tx: Transaction) -> tuple[Link, int | None]:
    return follow(START, SqlAuditStore(tx).after(OURS, 0, limit=100))


async def test_each_entry_holds_the_hash_of_the_one_before(log: Database) -> None:
    entries = await log.read(lambda tx: SqlAuditStore(tx).after(OURS, 0, limit=100))
    head = await log.read(lambda tx: SqlAuditStore(tx).head(OURS))

    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]
    assert await log.read(whole) == (head, None)
    assert head == Link(3, entries[2].hash)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET actor = 'member:mem_9' WHERE seq = 2",
        "UPDATE audit SET at_us = at_us + 1 WHERE seq = 2",
        "UPDATE audit SET detail = '{\"a\":1}' WHERE seq = 2",
        "UPDATE audit SET previous = 'beef' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 2",
    ],
)
async def test_a_row_that_was_changed_or_taken_out_is_found(log: Database, tampering: str) -> None:
    await log.run(lambda tx: tx.run(tampering))

    link, broken = await log.read(whole)

    assert broken == link.seq + 1
    assert broken in {2, 3}


async def test_a_row_cut_off_at_the_end_is_missed_by_what_is_kept_beside(log: Database) -> None:
    await log.run(lambda tx: tx.run("DELETE FROM audit WHERE seq = 3"))

    link, broken = await log.read(whole)

    assert broken is None
    assert link != await log.read(lambda tx: SqlAuditStore(tx).head(OURS))


async def test_an_account_sees_its_own_entries_the_newest_first(log: Database) -> None:
    await log.run(lambda tx: SqlAuditStore(tx).add(THEIRS, "operator", "account.changed", THEIRS))

    ours = await log.read(lambda tx: SqlAuditStore(tx).listed(OURS, before=None, limit=2))
    older = await log.read(lambda tx: SqlAuditStore(tx).listed(OURS, before=2, limit=2))
    theirs = await log.read(lambda tx: SqlAuditStore(tx).listed(THEIRS, before=None, limit=2))

    assert [entry.seq for entry in ours] == [3, 2]
    assert [entry.seq for entry in older] == [1]
    assert [entry.action for entry in theirs] == ["account.changed"]


@pytest.mark.parametrize(
    ("actor", "action", "found"),
    [
        ("member:mem_1", None, [3, 1]),
        (None, "key", [3, 2]),
        (None, "key.revoked", [3]),
        (None, "ke", []),
        ("key:key_1", "key", [2]),
    ],
)
async def test_entries_are_found_by_who_and_by_what(
    log: Database, actor: str | None, action: str | None, found: list[int]
) -> None:
    entries = await log.read(
        lambda tx: SqlAuditStore(tx).listed(OURS, before=None, limit=10, actor=actor, action=action)
    )

    assert [entry.seq for entry in entries] == found


async def test_changes_at_once_stand_one_after_the_other(log: Database) -> None:
    await asyncio.gather(
        *(
            log.run(lambda tx: SqlAuditStore(tx).add(OURS, "gateway", "thing.done", "it"))
            for _ in range(20)
        )
    )

    link, broken = await log.read(whole)
    assert (link.seq, broken) == (23, None)
