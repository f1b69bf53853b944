"""A person who types commands of `diorama` against a gateway of the test's own."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
from typer.testing import CliRunner

from diorama.cli.main import app
from diorama.gateway.settings import ProjectSettings, WebhookSettings
from diorama.protocol.views import OpenedSession
from tests.clock import NOON_US
from tests.gateway.running import NO_NETWORKS, Place, gateway_at


@dataclass(frozen=True)
class Said:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answered
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """The words of each line of a table, without its titles."""
        return [line.split() for line in self.out.splitlines()[1:]]


@dataclass(frozen=True)
class Typist:
    """Types commands; `place` is the gateway, and how a test reaches it otherwise."""

    place: Place
    environment: Mapping[str, str]

    async def opens(self, **body: str) -> OpenedSession:
        """Ask for a session of the cove with the account's key, and get one."""
        key = self.place.secrets.api_key
        reply = await self.place.post({"project": "cove", **body}, secret=key)
        return msgspec.json.decode(reply.body, type=OpenedSession)

    async def types(self, *words: str, given: str | None = None, **environment: str) -> Said:
        """Type one command and return what came of it."""
        said = await asyncio.to_thread(
            CliRunner().invoke,
            app,
            list(words),
            input=given,
            env={**self.environment, **environment},
            prog_name="diorama",
        )
        if said.exception is not None and not isinstance(said.exception, SystemExit):
            raise said.exception
        return Said(said.exit_code, said.stdout, said.stderr)


async def typist_at(
    folder: Path,
    *projects: ProjectSettings,
    webhooks: WebhookSettings = NO_NETWORKS,
    now_us: int = NOON_US,
) -> AsyncIterator[Typist]:
    """Yield a person with the owner's key; what the gateway logs stands in no answer."""
    with structlog.testing.capture_logs():
        async with gateway_at(folder, *projects, webhooks=webhooks, now_us=now_us) as place:
            home = folder / "home"
            yield Typist(
                place,
                {
                    "DIORAMA_CLIENT_SERVER": place.front.url,
                    "DIORAMA_CLIENT_API_KEY": place.secrets.api_key,
                    "XDG_CONFIG_HOME": str(home),
                },
            )
