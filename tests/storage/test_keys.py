"""Keys at rest."""

from dataclasses import replace

from diorama.accounts.keys import Key, KeyKind
from diorama.accounts.permissions import Permission
from diorama.accounts.plans import Account
from diorama.storage.database import Database, Transaction
from diorama.storage.stores import SqlStores

KEY = Key(
    id="key_1",
    account_id="acc_1",
    kind=KeyKind.API,
    digest="d1",
    name="one",
    created_us=1,
    scopes=frozenset({Permission.SESSIONS_READ, Permission.USAGE_READ}),
    hint="dio_abcd",
    created_by="member:mem_1",
    expires_us=1_000,
    worker=None,
)
NEWER = replace(KEY, id="key_2", digest="d2", scopes=None, expires_us=None)
WORKERS = replace(KEY, id="key_3", digest="d3", kind=KeyKind.WORKER, worker="gpu-1")
FOREIGN = replace(KEY, id="key_4", digest="d4", account_id="acc_2")


async def put_up(database: Database) -> None:
    def put(tx: Transaction) -> None:
        stores = SqlStores(tx, 1)
        for account_id in ("acc_1", "acc_2"):
            stores.accounts.add(
                Account(id=account_id, name="one", plan="free", concurrent_streams=1, held=0)
            )
        for key in (KEY, NEWER, WORKERS, FOREIGN):
            stores.keys.add(key)

    await database.run(put)


async def test_a_key_is_found_by_its_digest_and_kind(database: Database) -> None:
    await put_up(database)

    def look(tx: Transaction) -> list[Key | None]:
        keys = SqlStores(tx, 1).keys
        return [
            keys.find("d1", KeyKind.API),
            keys.find("d3", KeyKind.WORKER),
            keys.find("d1", KeyKind.WORKER),
            keys.by_id("key_2"),
        ]

    assert await database.read(look) == [KEY, WORKERS, None, NEWER]


async def test_a_foreign_key_looks_like_a_missing_one(database: Database) -> None:
    await put_up(database)

    def look(tx: Transaction) -> list[Key | None]:
        keys = SqlStores(tx, 1).keys
        return [keys.get("acc_1", "key_4"), keys.get("acc_1", "key_9"), keys.get("acc_1", "key_1")]

    assert await database.read(look) == [None, None, KEY]


async def test_an_account_lists_its_keys_page_by_page(database: Database) -> None:
    await put_up(database)

    def look(tx: Transaction) -> list[list[Key]]:
        keys = SqlStores(tx, 1).keys
        return [
            keys.listed("acc_1", after=None, limit=2),
            keys.listed("acc_1", after="key_2", limit=2),
        ]

    assert await database.read(look) == [[WORKERS, NEWER], [KEY]]


async def test_what_ends_a_key_is_kept_and_counts_it_no_more(database: Database) -> None:
    await put_up(database)
    ended = replace(NEWER, expires_us=50, revoked_us=40, replaced_by="key_9")

    def act(tx: Transaction) -> tuple[Key | None, int, int]:
        keys = SqlStores(tx, 1).keys
        before = keys.active("acc_1", 10)
        keys.save(ended)
        return keys.get("acc_1", "key_2", lock=True), before, keys.active("acc_1", 10)

    assert await database.run(act) == (ended, 3, 2)


async def test_a_last_use_never_goes_back(database: Database) -> None:
    await put_up(database)

    def act(tx: Transaction) -> list[int | None]:
        keys = SqlStores(tx, 1).keys
        seen = []
        for at_us in (5, 9, 7):
            keys.used("key_1", at_us)
            found = keys.by_id("key_1")
            seen.append(found.used_us if found else None)
        return seen

    assert await database.run(act) == [5, 9, 9]
