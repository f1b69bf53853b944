"""The doctor as a person calls it, at a gateway that runs."""

import os
from pathlib import Path

from tests.cli.typing_commands import Typist


async def test_a_diorama_that_is_well_is_said_to_be(typist: Typist) -> None:
    await typist.place.worker()
    await typist.place.open()

    said = await typist.types("doctor", "--no-media", "--json")

    found = {one["check"]: one for one in said.json}
    assert said.code == 0
    assert found["gateway"]["verdict"] == "ok"
    assert found["key"]["verdict"] == "ok"
    assert found["workers"]["text"] == "1 connected to this gateway"
    assert f"pid {os.getpid()}" in found["port"]["text"]
    assert "its viewer never came" in found["sessions"]["text"]
    assert typist.place.secrets.api_key not in said.out


async def test_a_gateway_that_is_away_fails_and_the_rest_is_looked_at(typist: Typist) -> None:
    said = await typist.types("doctor", "--no-media", "--server", "http://127.0.0.1:9")

    assert said.code == 1
    assert "fail  gateway" in said.out
    assert "make run" in said.out
    assert "network" in said.out


async def test_secrets_that_others_may_read_fail(typist: Typist, tmp_path: Path) -> None:
    secrets = tmp_path / "data" / "secrets"
    secrets.chmod(0o755)

    said = await typist.types("doctor", "--no-media", DIORAMA_DATA=str(tmp_path / "data"))

    assert said.code == 1
    assert f"chmod go= {secrets}" in said.out


async def test_a_wrong_setting_is_found(typist: Typist) -> None:
    said = await typist.types("doctor", "--no-media", "--json", DIORAMA_PORT="70000")

    assert said.code == 1
    assert "DIORAMA_PORT='70000'" in said.out


async def test_a_machine_that_streams_is_tried(typist: Typist) -> None:
    said = await typist.types("doctor", "--json")

    found = {one["check"]: one for one in said.json}
    assert "VP8" in found["codecs"]["text"]
    assert found["media"]["verdict"] == "ok"
