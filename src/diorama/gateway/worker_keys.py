"""The key by which a worker says who it is, on its socket and where it fetches images."""

import contextlib

from diorama.accounts.keys import Key, KeyKind, KeyState
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Unauthorized, Unavailable
from diorama.kernel.ids import digest
from diorama.sessions.work import Work


async def worker_key(desk: Desk, header: str) -> Key:
    """Return the key that an `Authorization` header shows, and note its use.

    Raises:
        Unauthorized: `credential_refused`, whatever is wrong with it.
    """
    scheme, _, secret = header.partition(" ")
    hashed = digest(secret.strip())

    def look(work: Work) -> tuple[Key | None, int]:
        return work.stores.keys.find(hashed, KeyKind.WORKER), work.now_us

    is_shown = scheme.lower() == "bearer"
    key, now_us = await desk.look(look) if is_shown else (None, 0)
    if key is None or key.state(now_us) is not KeyState.ACTIVE:
        raise Unauthorized("this worker key opens nothing", code="credential_refused")
    if key.is_use_news(now_us):
        used = key.id
        with contextlib.suppress(Unavailable):  # the next use is written as well
            await desk.do(lambda work: work.stores.keys.used(used, now_us))
    return key
