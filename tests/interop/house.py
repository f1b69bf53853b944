"""What the tests ask and tell a Diorama beside its Odyssey faces: over REST, as its operator."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from tests.browser.running import Running
from tests.browser.waiting import WITHIN_S

PACKAGE: Final = Path(__file__).parents[2] / "web" / "node_modules" / "@odysseyml" / "odyssey"
"""The SDK as the lock file had it installed."""
PROJECT: Final = "painted"
TENANT_MAY: Final = ["projects:read", "sessions:write", "usage:read"]


def api_of(diorama: Running, project: str = PROJECT) -> str:
    """Return the API URL that an Odyssey SDK is given for a project."""
    return f"{diorama.address}/odyssey/{project}"


@dataclass(frozen=True, slots=True)
class Tenant:
    """Another account than the operator's."""

    id: str
    key: str
    project: str


async def ask(
    diorama: Running,
    method: str,
    path: str,
    *,
    json: dict[str, Any] | None = None,
    params: dict[str, str] | None = None,
) -> Any:  # noqa: ANN401 - whatever JSON there is
    """Return what REST answers, asked with the owner's key."""
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        answer = await client.request(method, path, json=json, params=params)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def tenant_of(
    diorama: Running, name: str, *, streams: int = 5, rules: dict[str, Any] | None = None
) -> Tenant:
    """Make an account with a key and a project from the world that is offered.

    Args:
        diorama: where.
        name: of its project, and of its owner.
        streams: how many it may have at once.
        rules: of its project.
    """
    email, password = f"{name}@example.com", "seven grey whales"
    made = await ask(*(diorama, "POST", "/v1/accounts"), json={"name": name, "owner_email": email})
    account = made["account"]["id"]
    await ask(*(diorama, "PATCH", f"/v1/accounts/{account}"), json={"concurrent_streams": streams})
    token = made["link"].partition("#")[2]
    async with httpx.AsyncClient(
        base_url=diorama.address, headers={"Origin": diorama.address}, timeout=WITHIN_S
    ) as client:
        joined = {"token": token, "name": name, "password": password}
        (await client.post("/v1/invitations/accept", json=joined)).raise_for_status()
        client.headers["Diorama-CSRF"] = (await client.get("/v1/me")).json()["csrf"]
        scopes = [
            "projects:write",
            "projects:read",
            "sessions:write",
            "sessions:read",
            "usage:read",
        ]
        wanted = {"name": "its own", "scopes": scopes}
        key = (await client.post("/v1/keys", json=wanted)).raise_for_status().json()["secret"]
        project = {"name": name, "world": PROJECT, "rules": rules or {}}
        (await client.post("/v1/projects", json=project)).raise_for_status()
    return Tenant(account, key, name)
