"""What a key may do, and until when."""

import pytest

from diorama.accounts.keys import Key, KeyKind, KeyState, is_mistyped, scopes_of, sealed
from diorama.accounts.permissions import EVERYTHING, OPERATOR, Permission

SECRET = "dio_" + "x" * 43
READS = frozenset({Permission.SESSIONS_READ})


def key(
    account_id: str = "acc_1",
    *,
    scopes: frozenset[Permission] | None = None,
    expires_us: int | None = None,
    revoked_us: int | None = None,
    used_us: int | None = None,
) -> Key:
    return Key(
        id="key_1",
        account_id=account_id,
        kind=KeyKind.API,
        digest="0",
        name="one",
        created_us=0,
        scopes=scopes,
        expires_us=expires_us,
        revoked_us=revoked_us,
        used_us=used_us,
    )


def test_a_key_without_scopes_may_do_what_its_account_may() -> None:
    assert key(OPERATOR).permissions == EVERYTHING
    assert key().permissions == EVERYTHING - {Permission.OPERATE}


def test_a_scope_beyond_the_account_opens_nothing() -> None:
    assert key(scopes=READS | {Permission.OPERATE}).permissions == READS


@pytest.mark.parametrize(
    ("now_us", "state"), [(9, KeyState.ACTIVE), (10, KeyState.EXPIRED), (11, KeyState.EXPIRED)]
)
def test_a_key_opens_nothing_from_its_end_on(now_us: int, state: KeyState) -> None:
    assert key(expires_us=10).state(now_us) is state


def test_a_revoked_key_opens_nothing_whenever_it_would_have_ended() -> None:
    assert key(expires_us=10, revoked_us=5).state(5) is KeyState.REVOKED
    assert key(expires_us=10, revoked_us=5).state(50) is KeyState.REVOKED


@pytest.mark.parametrize(
    ("expires_us", "over_us"), [(None, 50), (40, 40), (60, 50)], ids=["none", "before", "after"]
)
def test_an_overlap_never_makes_a_key_live_longer(expires_us: int | None, over_us: int) -> None:
    assert key(expires_us=expires_us).over_at(50).expires_us == over_us


@pytest.mark.parametrize(
    ("used_us", "now_us", "news"),
    [(None, 0, True), (0, 59_999_999, False), (0, 60_000_000, True)],
)
def test_a_use_is_news_once_a_minute(used_us: int | None, now_us: int, *, news: bool) -> None:
    assert key(used_us=used_us).is_use_news(now_us) is news


def test_a_mistyped_key_is_known_by_its_checksum_alone() -> None:
    good = sealed(SECRET)

    assert not is_mistyped(good)
    assert is_mistyped(good[:10] + "y" + good[11:])
    assert is_mistyped(good[:-1] + "\udfff")


def test_a_key_from_before_there_were_checksums_is_looked_up() -> None:
    assert not is_mistyped(SECRET)


def test_a_stored_word_that_is_no_permission_any_more_grants_nothing() -> None:
    assert scopes_of("sessions:read worlds:destroy") == READS
    assert scopes_of("") == frozenset()
    assert scopes_of(None) is None
