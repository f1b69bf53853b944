"""The OpenAPI document as a file, from which the portal's TypeScript types are made.

`python -m diorama.gateway.openapi` writes it; a test fails while the file is stale. It is the very
answer of `/openapi.json`, asked of a gateway over an empty store that is thrown away.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Final

import httpx
from pydantic import SecretStr

from diorama.gateway.server import open_gateway
from diorama.gateway.settings import SQLITE, Settings
from diorama.kernel.clock import SystemClock

FILE: Final = Path("web/apps/portal/src/api/openapi.json")


async def document() -> str:
    """Return the document: one member a line, in the order of names, so that a change is small."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings().model_copy(update={"data": Path(folder), "store": SecretStr(SQLITE)})
        async with open_gateway(settings, SystemClock(), owner_link=False) as front:
            transport = httpx.ASGITransport(app=front.rest)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                answer = await client.get("/openapi.json")
    return json.dumps(answer.json(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(asyncio.run(document()))
