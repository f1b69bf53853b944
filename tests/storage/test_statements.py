"""What the SQL of stores turns into."""

import pytest

from diorama.storage.statements import for_postgresql, for_sqlite, schema_statements

SCHEMA = """
-- Who pays; the rest is in docs.
CREATE TABLE account (
    id TEXT PRIMARY KEY, -- never reused;
    n BIGINT CHECK (n >= 0)
) {fillfactor};

CREATE TABLE event (seq {autoincrement}, kind TEXT DEFAULT ';' NOT NULL);
-- the end
"""


def test_values_are_numbered_for_postgresql_and_left_for_sqlite() -> None:
    sql = "UPDATE a SET b = ?, c = c || '?' WHERE d = ? -- why?\n AND e = /* ? */ ?"

    assert for_sqlite(sql) == sql
    assert for_postgresql(sql) == (
        "UPDATE a SET b = $1, c = c || '?' WHERE d = $2 -- why?\n AND e = /* ? */ $3"
    )


@pytest.mark.parametrize(
    ("word", "postgresql"),
    [
        ("{for_update}", "FOR UPDATE"),
        ("{for_update_skip_locked}", "FOR UPDATE SKIP LOCKED"),
        ("{for_update of s}", "FOR UPDATE OF s"),
        ("{for_update_skip_locked of s}", "FOR UPDATE OF s SKIP LOCKED"),
    ],
)
def test_row_locks_are_for_postgresql_only(word: str, postgresql: str) -> None:
    assert for_postgresql(f"SELECT 1 {word}") == f"SELECT 1 {postgresql}"
    assert for_sqlite(f"SELECT 1 {word}") == "SELECT 1 "


def test_an_unknown_word_in_braces_is_an_error_on_both() -> None:
    for translate in (for_sqlite, for_postgresql):
        with pytest.raises(ValueError, match="for_udpate"):
            translate("SELECT 1 {for_udpate}")


def test_a_schema_is_split_into_its_statements() -> None:
    account, event = schema_statements(SCHEMA, "postgresql")

    assert account.endswith("WITH (fillfactor=50)")
    assert event == (
        "CREATE TABLE event (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
        " kind TEXT DEFAULT ';' NOT NULL)"
    )


def test_a_schema_says_the_same_to_sqlite_in_its_own_words() -> None:
    account, event = schema_statements(SCHEMA, "sqlite")

    assert "fillfactor" not in account
    assert "seq INTEGER PRIMARY KEY AUTOINCREMENT" in event
