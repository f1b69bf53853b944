"""Who may do what: one row for each operation of the OpenAPI document, written by hand.

A row says which door an operation has, what somebody of an account must be allowed, and which
object a request names, with a request that is right in all else. A route without a row fails the
tests, so that whoever adds one says here who may use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from diorama.accounts.permissions import Permission

HERE: Final = "$"
"""In a path, query or body: where the object's id goes."""


class Door(Enum):
    """Whom an operation asks for."""

    PUBLIC = auto()  # nobody in particular; no credential is looked at
    PERSON = auto()  # somebody signed in, in a browser
    VISITOR = auto()  # anybody; but a credential that is shown has to be good
    VIEWER = auto()  # a session's own viewer, or somebody of its account
    MEMBER = auto()  # somebody of an account


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One operation.

    Attributes:
        needs: what a member or key must be allowed.
        operator: whether it is of the operator's account alone, whatever one's permissions are.
        of: the kind of object that is named.
        everywhere: whether the operator sees every account's.
        body: a request that is right; `$` is the object.
        query: likewise.
        refused: codes by which the domain may refuse it, once the door has let it through.
        quiet: whether a foreign object is left out rather than refused.
    """

    door: Door = Door.MEMBER
    needs: Permission | None = None
    operator: bool = False
    of: str = ""
    everywhere: bool = False
    body: str | None = None
    query: str = ""
    refused: frozenset[str] = frozenset()
    quiet: bool = False


def _public(body: str | None = None, *refused: str) -> Row:
    return Row(door=Door.PUBLIC, body=body, refused=frozenset(refused))


def _person(body: str | None = None, *refused: str) -> Row:
    return Row(door=Door.PERSON, body=body, refused=frozenset(refused))


def _member(needs: Permission, of: str = "", body: str | None = None, *refused: str) -> Row:
    return Row(needs=needs, of=of, body=body, refused=frozenset(refused))


def _operator(of: str = "", body: str | None = None, *refused: str) -> Row:
    return Row(
        needs=Permission.OPERATE,
        operator=True,
        of=of,
        everywhere=True,
        body=body,
        refused=frozenset(refused),
    )


def _usage(query: str = "account=$") -> Row:
    return Row(needs=Permission.USAGE_READ, of="account", everywhere=True, query=query)


_TRIES: Final = ("too_many_attempts", "sign_in_refused")
_PASSWORD: Final = '"password":"a long way to the cove"'

OPERATIONS: Final[Mapping[str, Row]] = {
    "GET /healthz": _public(),
    "GET /readyz": _public(),
    "GET /metrics": Row(needs=Permission.WORKERS_READ, operator=True),
    # sign-in
    "GET /v1/sign-in": _public(),
    "POST /v1/sign-in": _public(f'{{"email":"no@example.com",{_PASSWORD}}}', *_TRIES),
    "POST /v1/sign-out": _public(None, "csrf_refused"),
    "POST /v1/set-up": _public(
        f'{{"token":"dsu_x","email":"no@example.com","name":"No",{_PASSWORD}}}',
        "set_up_done",
        "link_refused",
        "too_many_attempts",
    ),
    "POST /v1/set-up/link": _operator("", None, "set_up_done"),
    "GET /v1/me": _person(),
    "PATCH /v1/me": _person('{"name":"Another"}'),
    "POST /v1/me/password": _person('{"current":null,"new":"a longer way to the cove"}', *_TRIES),
    # accounts
    "GET /v1/account": _member(Permission.ACCOUNT_READ),
    "PATCH /v1/account": _member(Permission.ACCOUNT_WRITE, "", '{"name":"Another"}'),
    "GET /v1/accounts": _operator(),
    "POST /v1/accounts": _operator("", '{"name":"New","owner_email":"new@example.com"}'),
    "GET /v1/accounts/{account_id}": _operator("account"),
    "PATCH /v1/accounts/{account_id}": _operator("account", '{"concurrent_streams":3}'),
    "GET /v1/plans": _operator(),
    "PUT /v1/plans/{name}": _operator("", '{"concurrent_streams":3}'),
    "DELETE /v1/plans/{name}": _operator("plan"),
    "GET /v1/audit": _member(Permission.AUDIT_READ),
    "GET /v1/audit/check": _member(Permission.AUDIT_READ),
    # members
    "GET /v1/members": _member(Permission.MEMBERS_READ),
    "POST /v1/members": _member(
        Permission.MEMBERS_WRITE, "", '{"email":"new@example.com","role":"viewer"}'
    ),
    "PATCH /v1/members/{member_id}": _member(
        Permission.MEMBERS_WRITE, "member", '{"role":"admin"}'
    ),
    "DELETE /v1/members/{member_id}": _member(Permission.MEMBERS_WRITE, "member"),
    "DELETE /v1/invitations/{invitation_id}": _member(Permission.MEMBERS_WRITE, "invitation"),
    "POST /v1/invitations/look": _public('{"token":"din_x"}', "link_refused", *_TRIES),
    "POST /v1/invitations/accept": _public('{"token":"din_x"}', "link_refused", *_TRIES),
    # keys
    "GET /v1/keys": _member(Permission.KEYS_READ),
    "POST /v1/keys": _member(Permission.KEYS_WRITE, "", '{"name":"new","scopes":["keys:write"]}'),
    "POST /v1/keys/{key_id}/rotate": _member(Permission.KEYS_WRITE, "key", "{}"),
    "DELETE /v1/keys/{key_id}": _member(Permission.KEYS_WRITE, "key"),
    # tickets and share links
    "POST /v1/tickets": _member(Permission.TICKETS_WRITE, "project", '{"project":"$"}'),
    "POST /v1/tickets/rotate": _member(Permission.KEYS_WRITE, "", "{}"),
    "GET /v1/share-links": Row(
        needs=Permission.LINKS_READ, of="project", query="project=$", quiet=True
    ),
    "POST /v1/share-links": _member(Permission.LINKS_WRITE, "project", '{"project":"$"}'),
    "GET /v1/share-links/{link_id}": _member(Permission.LINKS_READ, "link"),
    "PATCH /v1/share-links/{link_id}": _member(Permission.LINKS_WRITE, "link", '{"name":"new"}'),
    "DELETE /v1/share-links/{link_id}": _member(Permission.LINKS_WRITE, "link"),
    # projects
    "GET /v1/rules": _public(),
    "GET /v1/worlds": _member(Permission.PROJECTS_READ),
    "GET /v1/projects": Row(door=Door.VISITOR, needs=Permission.PROJECTS_READ),
    "POST /v1/projects": _member(Permission.PROJECTS_WRITE, "", '{"name":"new","world":"cove"}'),
    "GET /v1/projects/{name}": Row(door=Door.VISITOR, needs=Permission.PROJECTS_READ, of="project"),
    "GET /v1/projects/{name}/queue": Row(
        door=Door.VISITOR, needs=Permission.PROJECTS_READ, of="project"
    ),
    "PATCH /v1/projects/{name}": _member(Permission.PROJECTS_WRITE, "project", '{"title":"new"}'),
    "DELETE /v1/projects/{name}": _member(
        Permission.PROJECTS_WRITE, "project", None, "project_in_use"
    ),
    # sessions
    "GET /v1/sessions": Row(
        needs=Permission.SESSIONS_READ, of="project", query="project=$", quiet=True
    ),
    "POST /v1/sessions": Row(
        door=Door.VISITOR,
        needs=Permission.SESSIONS_WRITE,
        of="project",
        body='{"project":"$"}',
    ),
    "POST /v1/sessions/end": Row(
        needs=Permission.SESSIONS_WRITE, of="session", body='{"sessions":["$"]}', quiet=True
    ),
    "GET /v1/sessions/{session_id}": Row(
        door=Door.VIEWER, needs=Permission.SESSIONS_READ, of="session"
    ),
    "DELETE /v1/sessions/{session_id}": Row(
        door=Door.VIEWER, needs=Permission.SESSIONS_WRITE, of="session"
    ),
    "POST /v1/sessions/{session_id}/bye": Row(
        door=Door.VIEWER, needs=Permission.SESSIONS_WRITE, of="session", body="{}"
    ),
    "POST /v1/sessions/{session_id}/extend": _member(
        Permission.SESSIONS_WRITE, "session", '{"seconds":60}', "plan_runtime"
    ),
    "GET /v1/sessions/{session_id}/spectators": Row(
        door=Door.VIEWER, needs=Permission.SESSIONS_READ, of="session"
    ),
    "POST /v1/sessions/{session_id}/spectators": Row(
        door=Door.VIEWER,
        needs=Permission.SESSIONS_WRITE,
        of="session",
        body="{}",
        refused=frozenset({"spectators_disabled"}),
    ),
    "DELETE /v1/sessions/{session_id}/spectators/{spectator_id}": Row(
        door=Door.VIEWER,
        needs=Permission.SESSIONS_WRITE,
        of="session",
        refused=frozenset({"spectator_unknown"}),
    ),
    # by a spectator's own token, which is no credential of anything else
    "POST /v1/whep/{session_id}": _public(None, "credential_missing", "token_refused"),
    "DELETE /v1/whep/{session_id}/{watch_id}": _public(None, "credential_missing", "token_refused"),
    "GET /v1/watch/{session_id}": _public(None, "credential_missing", "token_refused"),
    "GET /v1/sessions/{session_id}/timeline": _member(Permission.SESSIONS_READ, "session"),
    # simulations
    "GET /v1/simulations": Row(
        needs=Permission.SIMULATIONS_READ, of="project", query="project=$", quiet=True
    ),
    "POST /v1/simulations": _member(
        Permission.SIMULATIONS_WRITE,
        "project",
        '{"project":"$","script":[{"at_ms":9,"end":true}]}',
    ),
    "GET /v1/simulations/{simulation_id}": _member(Permission.SIMULATIONS_READ, "simulation"),
    "POST /v1/simulations/{simulation_id}/cancel": _member(
        Permission.SIMULATIONS_WRITE, "simulation"
    ),
    # recordings
    "GET /v1/recordings": Row(
        needs=Permission.RECORDINGS_READ, of="project", query="project=$", quiet=True
    ),
    "GET /v1/recordings/{recording_id}": _member(Permission.RECORDINGS_READ, "recording"),
    "DELETE /v1/recordings/{recording_id}": _member(Permission.RECORDINGS_WRITE, "recording"),
    "GET /v1/artifacts/{token}/{name}": _public(None, "link_refused"),
    # as a worker, by its own key: no other credential is looked at
    "GET /v1/images/{image}": _public(None, "credential_refused", "image_refused"),
    "POST /v1/uploads": _public(
        '{"token":"dup_x","files":[{"name":"video.mp4","bytes":1}]}', "upload_refused"
    ),
    "PUT /v1/uploads/{token}/{name}": _public(None, "upload_refused"),
    "POST /v1/uploads/complete": _public(
        '{"token":"dup_x","facts":{"width":2,"height":2,"fps":1,"frames":1,"duration_us":1}}',
        "upload_refused",
    ),
    "POST /v1/uploads/fail": _public('{"token":"dup_x","reason":"broken"}', "upload_refused"),
    "GET /v1/overview": _member(Permission.SESSIONS_READ),
    "GET /v1/overview/series": _member(Permission.SESSIONS_READ),
    "GET /v1/live": _member(Permission.SESSIONS_READ, "", None, "feeds_limit"),
    # usage
    "GET /v1/usage": _usage(),
    "GET /v1/usage.csv": _usage(),
    "GET /v1/usage/cost": _usage("price_per_gpu_hour=1&account=$"),
    "GET /v1/usage/verify": _usage(),
    # events and webhooks
    "GET /v1/events": Row(
        needs=Permission.EVENTS_READ, of="session", query="session=$", quiet=True
    ),
    "GET /v1/webhooks": _member(Permission.WEBHOOKS_READ),
    "POST /v1/webhooks": _member(Permission.WEBHOOKS_WRITE, "", '{"url":"https://example.com/"}'),
    "GET /v1/webhooks/{webhook_id}": _member(Permission.WEBHOOKS_READ, "webhook"),
    "PATCH /v1/webhooks/{webhook_id}": _member(
        Permission.WEBHOOKS_WRITE, "webhook", '{"description":"new"}'
    ),
    "DELETE /v1/webhooks/{webhook_id}": _member(Permission.WEBHOOKS_WRITE, "webhook"),
    "GET /v1/webhooks/{webhook_id}/deliveries": _member(Permission.WEBHOOKS_READ, "webhook"),
    "POST /v1/webhooks/{webhook_id}/rotate": _member(Permission.WEBHOOKS_WRITE, "webhook", "{}"),
    "POST /v1/webhooks/{webhook_id}/test": _member(Permission.WEBHOOKS_WRITE, "webhook"),
    "POST /v1/webhooks/{webhook_id}/replay": _member(
        Permission.WEBHOOKS_WRITE, "webhook", '{"cursor":"0"}'
    ),
    "POST /v1/deliveries/{delivery_id}/redeliver": _member(Permission.WEBHOOKS_WRITE, "delivery"),
    # workers
    "GET /v1/workers": _member(Permission.WORKERS_READ),
    "POST /v1/workers/{worker_id}/drain": Row(
        needs=Permission.WORKERS_WRITE, operator=True, of="worker", everywhere=True, body="{}"
    ),
    "POST /v1/workers/{worker_id}/resume": Row(
        needs=Permission.WORKERS_WRITE, operator=True, of="worker", everywhere=True
    ),
}


def request_of(operation: str, row: Row, named: str) -> tuple[str, str, str | None]:
    """Return method, target and body of a request about an object."""
    method, _, path = operation.partition(" ")
    head, brace, _ = path.partition("{")
    tail = path.partition("}")[2]
    target = f"{head}{named or 'new'}{tail}" if brace else path
    query = f"?{row.query.replace(HERE, named)}" if row.query else ""
    return method, target + query, row.body and row.body.replace(HERE, named)
