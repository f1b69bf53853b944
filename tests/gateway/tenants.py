"""Accounts beside the operator's, each with a key of its own."""

from dataclasses import dataclass
from typing import Final

from diorama.accounts.keys import API_KEY, Key, KeyKind
from diorama.accounts.plans import FREE, Account
from diorama.kernel.ids import digest
from diorama.sessions.work import Work
from tests.gateway.running import Place

SECRETS: Final = {name: f"{API_KEY}_{name}-{'x' * 43}" for name in ("ada", "bob", "cyd")}


@dataclass(frozen=True)
class Tenant:
    """An account that is not the operator's."""

    id: str
    secret: str


async def tenant(place: Place, name: str = "ada", *, limit: int = 5) -> Tenant:
    """Store an account with a key."""
    found = Tenant(id=f"acc_{name}", secret=SECRETS[name])

    def add(work: Work) -> None:
        work.stores.accounts.add(
            Account(id=found.id, name=name, plan=FREE.name, concurrent_streams=limit, held=0)
        )
        work.stores.keys.add(
            Key(
                id=f"key_{name}",
                account_id=found.id,
                kind=KeyKind.API,
                digest=digest(found.secret),
                name=name,
                created_us=work.now_us,
            )
        )

    await place.gateway.desk.do(add)
    return found
