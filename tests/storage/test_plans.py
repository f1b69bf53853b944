"""Which index SQLite takes where what has ended must not slow down what lives."""

import pytest

from diorama.storage.database import open_database

HOLDING = "state IN ('connecting', 'streaming', 'idle')"


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (f"s.account_id = ? AND s.{HOLDING}", "session_holding"),
        (f"s.account_id = ? AND s.{HOLDING} AND s.state <> 'connecting'", "session_holding"),
        (f"s.project_id = ? AND s.end_user = 'ada' AND s.{HOLDING}", "session_held_by"),
    ],
)
async def test_what_holds_a_slot_is_found_without_a_look_at_what_has_ended(
    sqlite_url: str, wanted: str, index: str
) -> None:
    database = open_database(sqlite_url)
    try:
        plan = await database.read(
            lambda tx: tx.run(f"EXPLAIN QUERY PLAN SELECT s.id FROM session s WHERE {wanted}", "a")
        )
    finally:
        await database.close()

    assert index in plan[0][-1]
