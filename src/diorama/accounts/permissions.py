"""What somebody may do in an account, and which role brings which of it. Pure.

A permission is also the scope of an API key: a key has some of what its account may do, a member
what its role brings. One more, `operate`, is of the operator's account alone: other accounts,
plans, and every worker.
Source: DESIGN section 9.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from diorama.kernel.errors import Forbidden


class Permission(StrEnum):
    """One thing that may be done; `write` does not bring `read`."""

    SESSIONS_READ = "sessions:read"
    SESSIONS_WRITE = "sessions:write"
    TICKETS_WRITE = "tickets:write"
    PROJECTS_READ = "projects:read"
    PROJECTS_WRITE = "projects:write"
    LINKS_READ = "links:read"
    LINKS_WRITE = "links:write"
    SIMULATIONS_READ = "simulations:read"
    SIMULATIONS_WRITE = "simulations:write"
    RECORDINGS_READ = "recordings:read"
    RECORDINGS_WRITE = "recordings:write"
    WORKERS_READ = "workers:read"
    WORKERS_WRITE = "workers:write"
    USAGE_READ = "usage:read"
    EVENTS_READ = "events:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    AUDIT_READ = "audit:read"
    OPERATE = "operate"


class Role(StrEnum):
    """What a member is in an account."""

    OWNER = "owner"
    ADMIN = "admin"
    DEVELOPER = "developer"
    VIEWER = "viewer"


OPERATOR: Final = "acc_owner"
"""The account of who operates Diorama: the first there is, and the only one that has `operate`."""
EVERYTHING: Final = frozenset(Permission)
_READS: Final = frozenset(p for p in Permission if p.endswith(":read"))
_PEOPLE: Final = frozenset(
    {Permission.MEMBERS_WRITE, Permission.ACCOUNT_WRITE, Permission.AUDIT_READ}
)

ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.OWNER: EVERYTHING,
    Role.ADMIN: EVERYTHING,
    Role.DEVELOPER: EVERYTHING - _PEOPLE - {Permission.OPERATE, Permission.WORKERS_WRITE},
    Role.VIEWER: _READS - {Permission.AUDIT_READ, Permission.KEYS_READ, Permission.WEBHOOKS_READ},
}
"""An owner differs from an admin in one thing: only owners make and unmake owners."""


def reach(account_id: str) -> frozenset[Permission]:
    """Return what anybody of an account may do at most."""
    return EVERYTHING if account_id == OPERATOR else EVERYTHING - {Permission.OPERATE}


def of_role(account_id: str, role: Role) -> frozenset[Permission]:
    """Return what a member with a role may do in an account."""
    return ROLES[role] & reach(account_id)


def check_reach(own: frozenset[Permission], wanted: frozenset[Permission]) -> None:
    """Refuse to give what one may not do oneself.

    Raises:
        Forbidden: some of it is beyond (`permission_missing`).
    """
    beyond = sorted(wanted - own)
    if beyond:
        raise Forbidden(
            f"this reaches beyond what you may do yourself: {' '.join(beyond)}",
            code="permission_missing",
            detail={"needs": beyond[0].value},
        )
