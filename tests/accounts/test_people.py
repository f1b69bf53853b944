"""Who people are, and how long they stay signed in."""

import pytest

from diorama.accounts.passwords import hashed, is_outdated, matches
from diorama.accounts.people import (
    SIGN_IN_IDLE_US,
    SIGN_IN_LASTS_US,
    SignIn,
    check_password,
    keeps_an_owner,
    normal_email,
)
from diorama.accounts.permissions import OPERATOR, ROLES, Permission, Role, of_role, reach
from diorama.kernel.errors import Invalid

EMAIL = "ada@example.com"


@pytest.mark.parametrize("text", [EMAIL, " Ada@Example.COM ", "ADA@EXAMPLE.COM\n"])
def test_case_and_space_around_make_no_other_person(text: str) -> None:
    assert normal_email(text) == EMAIL


def test_two_ways_to_write_a_letter_are_one_email() -> None:
    assert normal_email("zoe\u0301@example.com") == normal_email("zo\u00e9@example.com")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "a da@example.com",
        "a@b@c",
        "a\u200b\n@b",
        "x" * 251 + "@b.c",
    ],
)
def test_what_is_no_email_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        normal_email(text)
    assert refusal.value.code == "email"


@pytest.mark.parametrize(
    "password", ["123456789", "Password123", "aaaaaaaaaaaaaa", "abababababab", EMAIL]
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password(password, email=EMAIL)
    assert refusal.value.code == "password_weak"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "Tr0ub4dor&3",
        "\u6d77\u8fb9\u7684\u5c0f\u6e7e\u548c\u4e00\u8258\u8239\u3002",
    ],
)
def test_length_is_what_counts(password: str) -> None:
    check_password(password, email=EMAIL)


@pytest.mark.parametrize(
    ("seen_us", "now_us", "alive"),
    [
        (0, SIGN_IN_IDLE_US - 1, True),
        (0, SIGN_IN_IDLE_US, False),
        (SIGN_IN_LASTS_US - 1, SIGN_IN_LASTS_US - 1, True),
        (SIGN_IN_LASTS_US - 1, SIGN_IN_LASTS_US, False),
    ],
)
def test_a_sign_in_ends_unused_or_old(seen_us: int, now_us: int, *, alive: bool) -> None:
    sign_in = SignIn(digest="0", person_id="per_1", created_us=0, seen_us=seen_us)

    assert sign_in.is_alive(now_us) is alive


@pytest.mark.parametrize(
    ("role", "becomes", "owners", "keeps"),
    [
        (Role.OWNER, None, 1, False),
        (Role.OWNER, Role.ADMIN, 1, False),
        (Role.OWNER, Role.OWNER, 1, True),
        (Role.OWNER, None, 2, True),
        (Role.ADMIN, None, 1, True),
    ],
)
def test_the_last_owner_stays(
    role: Role, becomes: Role | None, owners: int, *, keeps: bool
) -> None:
    assert keeps_an_owner(role, becomes, owners) is keeps


@pytest.mark.parametrize("role", Role)
def test_nobody_operates_outside_the_operator_s_account(role: Role) -> None:
    assert Permission.OPERATE not in of_role("acc_1", role)
    assert of_role(OPERATOR, role) == ROLES[role]
    assert of_role("acc_1", role) <= reach("acc_1")


def test_a_password_matches_its_own_hash_and_nobody_s_matches_anything() -> None:
    stored = hashed("correct horse")

    assert stored.startswith("$argon2id$")
    assert matches(stored, "correct horse")
    assert not matches(stored, "correct hors\u00e9")
    assert not matches(None, "the password of nobody, which no one is asked for")
    assert not matches("no hash", "correct horse")
    assert not matches(stored, "\udcff")


def test_a_hash_of_other_costs_is_made_anew() -> None:
    stored = hashed("correct horse")

    assert not is_outdated(stored)
    assert is_outdated(stored.replace("t=2", "t=1"))
