"""REST for keys: list, make, rotate, revoke. A secret is shown once."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.keeping_keys import KeyHand, WantedKey, make_key, revoke_key, rotate_key
from diorama.accounts.keys import Key, KeyKind
from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body, path_id
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Invalid
from diorama.kernel.paging import page_of
from diorama.protocol.key_views import CreatedKey, CreateKey, Keys, KeyView, RotateKey
from diorama.sessions.show import time_of
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
_SCOPES: Final = {permission.value: permission for permission in Permission}


def key_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/keys", tags=["keys"])
    routes = _Routes(desk, doors)
    router.get(
        "",
        summary="List the account's keys, the newest first",
        **documents.route(answers={200: Keys}, problems=(401, 403)),
    )(routes.list_)
    router.post(
        "",
        summary="Make a key; its secret is in the answer, and nowhere else",
        **documents.route(
            body=CreateKey, answers={201: CreatedKey}, problems=(400, 401, 403, 409, 413, 415)
        ),
    )(routes.create)
    router.post(
        "/{key_id}/rotate",
        summary="Make another secret for a key; the old one works on for the overlap",
        **documents.route(
            body=RotateKey, answers={201: CreatedKey}, problems=(400, 401, 403, 404, 409, 413, 415)
        ),
    )(routes.rotate)
    router.delete(
        "/{key_id}",
        summary="Revoke a key; it opens nothing from the next request on",
        **documents.route(answers={200: KeyView}, problems=(401, 403, 404)),
    )(routes.revoke)
    return router


class _Routes:
    def __init__(self, desk: Desk, doors: Doorkeeper) -> None:
        self._desk = desk
        self._doors = doors

    async def _hand(self, request: Request) -> KeyHand:
        member = await self._doors.member(request, Permission.KEYS_WRITE)
        return KeyHand(
            account_id=member.account_id, actor=member.actor, permissions=member.permissions
        )

    async def list_(
        self,
        request: Request,
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        account_id = (await self._doors.member(request, Permission.KEYS_READ)).account_id

        def look(work: Work) -> Keys:
            found = work.stores.keys.listed(account_id, after=cursor, limit=limit + 1)
            page, more = page_of(found, limit, lambda one: one.id)
            return Keys(
                keys=tuple(key_view(key, work.now_us) for key in page),
                cursor=more,
            )

        return answer(await self._desk.look(look))

    async def create(
        self, request: Request, body: Annotated[CreateKey, Depends(json_body(CreateKey))]
    ) -> Response:
        hand = await self._hand(request)
        wanted = WantedKey(
            name=body.name.strip(),
            kind=KeyKind(body.kind),
            scopes=[_scope(word) for word in body.scopes],
            expires_in_s=body.expires_in_s,
            worker=body.worker,
        )

        def use_case(work: Work) -> CreatedKey:
            key, secret = make_key(work, hand, wanted)
            return CreatedKey(key_view(key, work.now_us), secret)

        return answer(await self._desk.do(use_case), 201, {"Cache-Control": "no-store"})

    async def rotate(
        self,
        request: Request,
        key_id: str,
        body: Annotated[RotateKey, Depends(json_body(RotateKey))],
    ) -> Response:
        hand = await self._hand(request)

        def use_case(work: Work) -> CreatedKey:
            key, secret = rotate_key(work, hand, path_id(key_id), body.overlap_s)
            return CreatedKey(key_view(key, work.now_us), secret)

        return answer(await self._desk.do(use_case), 201, {"Cache-Control": "no-store"})

    async def revoke(self, request: Request, key_id: str) -> Response:
        hand = await self._hand(request)

        def use_case(work: Work) -> KeyView:
            key = revoke_key(work, hand, path_id(key_id))
            if key.kind is KeyKind.WORKER:  # each worker's socket looks whether the key was its own
                work.changes.workers.update(worker.id for worker in work.stores.workers.all())
            return key_view(key, work.now_us)

        return answer(await self._desk.do(use_case))


def key_view(key: Key, now_us: int) -> KeyView:
    """Return a key as its account sees it."""
    return KeyView(
        id=key.id,
        name=key.name,
        kind=key.kind.value,
        state=key.state(now_us).value,
        hint=key.hint,
        scopes=None if key.scopes is None else tuple(sorted(key.scopes)),
        created_at=time_of(key.created_us),
        created_by=key.created_by,
        expires_at=None if key.expires_us is None else time_of(key.expires_us),
        revoked_at=None if key.revoked_us is None else time_of(key.revoked_us),
        last_used_at=None if key.used_us is None else time_of(key.used_us),
        replaced_by=key.replaced_by,
        worker=key.worker,
    )


def _scope(word: str) -> Permission:
    if word not in _SCOPES:
        raise Invalid(f"there is no permission {word}", code="key_scopes")
    return _SCOPES[word]
