"""What a person does about keys in a terminal, and what is never printed."""

import pytest
import typer

from diorama.cli.lengths import length_s
from tests.cli.typing_commands import Typist


async def test_a_key_is_made_used_and_revoked(typist: Typist) -> None:
    made = await typist.types("keys", "create", "ci", "--scope", "projects:read")
    secret = made.out.strip()
    key_id = made.err.split()[1]
    own = {"DIORAMA_CLIENT_API_KEY": secret}

    may = await typist.types("projects", "ls", **own)
    may_not = await typist.types("sessions", "ls", **own)
    await typist.types("keys", "revoke", key_id)
    after = await typist.types("projects", "ls", **own)

    assert secret.startswith("dio_")
    assert (may.code, may_not.code, after.code) == (0, 1, 1)
    assert "sessions:read" in may_not.err


async def test_keys_are_listed_without_their_secrets(typist: Typist) -> None:
    made = await typist.types(
        "keys", "create", "ci", "--scope", "projects:read", "--expires-in", "30d", "--json"
    )

    listed = await typist.types("keys", "ls")

    assert made.json["key"]["expires_at"] is not None
    assert "ci" in listed.out
    assert made.json["secret"] not in listed.out + listed.err


async def test_a_key_is_rotated_with_an_overlap(typist: Typist) -> None:
    made = await typist.types("keys", "create", "ci", "--scope", "projects:read", "--json")

    again = await typist.types("keys", "rotate", made.json["key"]["id"], "--overlap", "10min")

    for secret in (made.json["secret"], again.out.strip()):
        assert (await typist.types("projects", "ls", DIORAMA_CLIENT_API_KEY=secret)).code == 0


async def test_a_key_of_a_worker_is_made(typist: Typist) -> None:
    made = await typist.types("keys", "create", "gpu", "--worker", "gpu-1", "--json")

    assert (made.json["key"]["kind"], made.json["key"]["worker"]) == ("worker", "gpu-1")
    assert made.json["secret"].startswith("diw_")


async def test_who_changed_what_is_listed(typist: Typist) -> None:
    await typist.types("projects", "set", "cove", "max_runtime_s=600")
    await typist.types("keys", "create", "ci", "--scope", "projects:read")

    everything = await typist.types("audit")
    of_keys = await typist.types("audit", "--action", "key", "--json")

    assert "project.changed" in everything.out
    assert [one["action"] for one in of_keys.json] == ["key.created"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10min", 600), ("1.5h", 5_400), ("30 d", 2_592_000)]
)
def test_a_length_of_time_is_written_with_its_unit(text: str, seconds: float) -> None:
    assert length_s(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "ten min", "-5s", "1w"])
def test_a_length_without_a_unit_is_refused(text: str) -> None:
    with pytest.raises(typer.Exit):
        length_s(text)
