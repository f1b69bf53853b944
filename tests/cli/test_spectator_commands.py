"""What a person does in a terminal about who may watch."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import Rules, SpectatorRules
from tests.cli.typing_commands import Typist, typist_at


@pytest.fixture
async def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Typist]:
    monkeypatch.chdir(tmp_path)
    rules = Rules(spectators=SpectatorRules(enabled=True, max=7))
    cove = ProjectSettings(name="cove", world="a:B", rules=rules)
    async for found in typist_at(
        tmp_path / "data", cove, ProjectSettings(name="glade", world="a:B")
    ):
        yield found


async def test_somebody_is_let_watch_listed_and_put_out(typist: Typist) -> None:
    await typist.place.worker()
    session = (await typist.opens()).session.id
    made = await typist.types(
        "spectators", "create", session, "--name", "jury", "--expires-in", "1h"
    )
    listed = await typist.types("spectators", "ls", session)
    spectator = made.err.split()[1]
    revoked = await typist.types("spectators", "revoke", session, spectator)
    after = await typist.types("spectators", "ls", session, "--json")

    assert made.out.startswith(f"{typist.place.front.url}/watch/{session}#token=")
    assert listed.rows[0][:5] == [spectator, "jury", "active", "0", "1"]
    assert "0 of at most 7 watch" in listed.err
    assert made.out.strip() not in listed.out
    assert (revoked.code, revoked.out) == (0, "")
    assert [one["state"] for one in after.json] == ["revoked"]


async def test_nobody_is_let_watch_where_the_rule_is_off(typist: Typist) -> None:
    await typist.place.worker()
    session = (await typist.opens(project="glade")).session.id
    refused = await typist.types("spectators", "create", session)

    assert (refused.code, refused.out) == (1, "")
    assert "spectators" in refused.err
