"""Share links: addresses that let whoever has them open one project. Pure.

The secret of a link stands behind the `#` of its address, which browsers send nobody: it reaches no
log and no referrer. It is stored as a digest, and shown once.
Source: DESIGN section 9.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn

from diorama.kernel.errors import Unauthorized

SHARE: Final = "dsh"
MAX_LINKS: Final = 1_000
"""Links of one account that open something; more are a mistake of a program that makes them."""


class LinkState(StrEnum):
    """Whether a link opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    USED_UP = "used_up"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLink:
    """A link at rest: never the secret itself.

    Attributes:
        digest: of its secret.
        hint: the first characters of the secret, to tell it from others.
        created_by: an actor, as the audit log has them.
        expires_us: from when on it opens nothing; None is never.
        uses: how many sessions it may open in all; None is any number.
        used: how many it has opened.
        concurrent: how many of its sessions may be there at once; None is any number.
        used_us: when it last opened one.
    """

    id: str
    account_id: str
    project_id: str
    name: str
    digest: str
    hint: str
    created_us: int
    created_by: str
    expires_us: int | None = None
    uses: int | None = None
    used: int = 0
    concurrent: int | None = None
    revoked_us: int | None = None
    used_us: int | None = None

    def state(self, now_us: int) -> LinkState:
        """Return whether it opens anything now."""
        if self.revoked_us is not None:
            return LinkState.REVOKED
        if self.expires_us is not None and self.expires_us <= now_us:
            return LinkState.EXPIRED
        is_used_up = self.uses is not None and self.used >= self.uses
        return LinkState.USED_UP if is_used_up else LinkState.ACTIVE

    def is_full(self, live: int) -> bool:
        """Return whether as many of its sessions are there as may be."""
        return self.concurrent is not None and live >= self.concurrent


def refuse_link() -> NoReturn:
    """Refuse a link, whatever is wrong with it, in the same words."""
    raise Unauthorized("this link opens nothing, or no longer", code="link_refused")
