"""REST for webhooks: where an account wants to be told of events, and the log of what was told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission, check_reach
from diorama.events import webhooks as domain
from diorama.events.feed import Wanted, place_of
from diorama.events.signing import secret_of
from diorama.events.targets import read_target
from diorama.events.types import TEST, TYPES, meant_by
from diorama.events.webhooks import Delivery, DeliveryState, Disabled, Webhook, required
from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.kernel.errors import LimitReached, NotFound
from diorama.kernel.paging import page_of
from diorama.protocol.event_views import (
    ChangeWebhook,
    DeliveryPage,
    DeliveryView,
    NewWebhook,
    Replayed,
    ReplayWebhook,
    RotateWebhook,
    TestSent,
    WebhookPage,
    WebhookSecret,
    WebhookView,
)
from diorama.sessions.webhook_views import delivery_view, webhook_view
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
REPLAYED_AT_ONCE: Final = 1_000
"""Events that one replay looks for; the answer says where to go on."""
ID: Final = "^[0-9a-z_]{1,64}$"
PLACE: Final = "^[0-9]{1,18}$"
"""A place in the feed, as a text: it may have more digits than a number of JavaScript's."""


class WebhookRoutes:
    """What the routes share.

    Args:
        desk: runs use cases.
        doors: says who asks.
        key: from which the webhooks' secrets follow.
        plain: whether http:// is taken.
        wake: says that there may be something to publish or to deliver.
    """

    def __init__(
        self,
        desk: Desk,
        doors: Doorkeeper,
        key: bytes,
        *,
        plain: bool,
        wake: Callable[[], None],
    ) -> None:
        self.desk = desk
        self.doors = doors
        self.plain = plain
        self.wake = wake
        self._key = key

    async def reader(self, request: Request) -> Member:
        """Return who asks, somebody who may see webhooks."""
        return await self.doors.member(request, Permission.WEBHOOKS_READ)

    async def writer(self, request: Request) -> Member:
        """Return who asks, somebody who may change webhooks, and read what they are sent."""
        member = await self.doors.member(request, Permission.WEBHOOKS_WRITE)
        check_reach(member.permissions, frozenset({Permission.EVENTS_READ}))
        return member

    def shown(self, webhook: Webhook) -> WebhookSecret:
        """Return a webhook with its newest secret, for the one answer that shows it."""
        return WebhookSecret(
            webhook=webhook_view(webhook), secret=secret_of(self._key, webhook.id, webhook.issue)
        )

    def add(self, work: Work, member: Member, asked: NewWebhook) -> WebhookSecret:
        """Store a new webhook, and return it with its secret."""
        read_target(asked.url, plain=self.plain)
        meant_by(asked.types)
        work.stores.accounts.get(member.account_id, lock=True)  # who counts is alone
        if work.stores.webhooks.count(member.account_id) >= domain.MAX_WEBHOOKS:
            raise LimitReached(
                f"an account may have {domain.MAX_WEBHOOKS} webhooks", code="webhooks_limit"
            )
        webhook = Webhook(
            id=work.ids.new("whk"),
            account_id=member.account_id,
            url=asked.url,
            types=asked.types,
            description=asked.description,
            created_us=work.now_us,
            disabled=None if asked.enabled else Disabled.BY_OWNER,
        )
        work.stores.webhooks.add(webhook)
        _note(work, member, "webhook.created", webhook, {"host": webhook.host})
        return self.shown(webhook)

    def change(
        self, work: Work, member: Member, webhook_id: str, asked: ChangeWebhook
    ) -> WebhookView:
        """Change a webhook, and return it."""
        webhook = _locked(work, member, webhook_id)
        if asked.url is not None:
            read_target(asked.url, plain=self.plain)
            webhook = replace(webhook, url=asked.url)
        if asked.types is not None:
            meant_by(asked.types)
            webhook = replace(webhook, types=asked.types)
        if asked.description is not None:
            webhook = replace(webhook, description=asked.description)
        work.stores.webhooks.save(webhook)
        if asked.enabled is False and webhook.disabled is None:
            webhook = domain.disable(work.stores, webhook, Disabled.BY_OWNER, work.ids, work.now_us)
        elif asked.enabled is True and webhook.disabled is not None:
            webhook = domain.enable(work.stores, webhook)
        about: dict[str, str | int] = {"host": webhook.host, "enabled": webhook.disabled is None}
        _note(work, member, "webhook.changed", webhook, about)
        return webhook_view(webhook)

    def rotate(
        self, work: Work, member: Member, webhook_id: str, asked: RotateWebhook
    ) -> WebhookSecret:
        """Give a webhook its next secret, and return it with that."""
        webhook = domain.rotate(
            work.stores,
            _locked(work, member, webhook_id),
            now_us=work.now_us,
            overlap_s=asked.overlap_s,
        )
        _note(work, member, "webhook.rotated", webhook, {"overlap_s": asked.overlap_s})
        return self.shown(webhook)


def webhook_routes(routes: WebhookRoutes, documents: Documents) -> APIRouter:
    """Return the routes for webhooks.

    Args:
        routes: what they share.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

    @router.get(
        "",
        summary="List the account's webhooks, newest first",
        **documents.route(answers={200: WebhookPage}, problems=(401, 403)),
    )
    async def list_(
        request: Request,
        cursor: Annotated[str | None, Query(pattern=ID)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        member = await routes.reader(request)
        found = await routes.desk.look(
            lambda work: work.stores.webhooks.listed(
                member.account_id, after=cursor, limit=limit + 1
            )
        )
        page, more = page_of(found, limit, lambda one: one.id)
        return answer(WebhookPage(webhooks=tuple(map(webhook_view, page)), cursor=more))

    @router.post(
        "",
        summary="Be told of events at a URL; the answer shows the secret, this once",
        **documents.route(
            body=NewWebhook, answers={201: WebhookSecret}, problems=(400, 401, 403, 429)
        ),
    )
    async def add(
        request: Request, body: Annotated[NewWebhook, Depends(json_body(NewWebhook))]
    ) -> Response:
        member = await routes.writer(request)
        made = await routes.desk.do(lambda work: routes.add(work, member, body))
        return answer(made, 201, {"Location": f"/v1/webhooks/{made.webhook.id}"})

    @router.get(
        "/{webhook_id}",
        summary="Look at a webhook",
        **documents.route(answers={200: WebhookView}, problems=(401, 403, 404)),
    )
    async def get(request: Request, webhook_id: str) -> Response:
        member = await routes.reader(request)
        found = await routes.desk.look(lambda work: _seen(work, member, webhook_id))
        return answer(webhook_view(found))

    @router.patch(
        "/{webhook_id}",
        summary="Change a webhook; what is left out stays",
        **documents.route(
            body=ChangeWebhook, answers={200: WebhookView}, problems=(400, 401, 403, 404)
        ),
    )
    async def change(
        request: Request,
        webhook_id: str,
        body: Annotated[ChangeWebhook, Depends(json_body(ChangeWebhook))],
    ) -> Response:
        member = await routes.writer(request)
        return answer(
            await routes.desk.do(lambda work: routes.change(work, member, webhook_id, body))
        )

    @router.delete(
        "/{webhook_id}",
        summary="Take a webhook away, with its delivery log",
        **documents.route(answers={204: None}, problems=(401, 403, 404)),
    )
    async def remove(request: Request, webhook_id: str) -> Response:
        member = await routes.writer(request)

        def take_away(work: Work) -> None:
            webhook = _locked(work, member, webhook_id)
            work.stores.webhooks.remove(webhook.id)
            _note(work, member, "webhook.deleted", webhook, {"host": webhook.host})

        await routes.desk.do(take_away)
        return Response(status_code=204)

    return router


def webhook_action_routes(routes: WebhookRoutes, documents: Documents) -> APIRouter:
    """Return the routes that do something with a webhook: rotate, try, replay, look at its log.

    Args:
        routes: what they share.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1", tags=["webhooks"])

    @router.post(
        "/webhooks/{webhook_id}/rotate",
        summary="Give a webhook a new secret; the old one signs too for a while",
        **documents.route(
            body=RotateWebhook, answers={200: WebhookSecret}, problems=(400, 401, 403, 404)
        ),
    )
    async def rotate(
        request: Request,
        webhook_id: str,
        body: Annotated[RotateWebhook, Depends(json_body(RotateWebhook))],
    ) -> Response:
        member = await routes.writer(request)
        return answer(
            await routes.desk.do(lambda work: routes.rotate(work, member, webhook_id, body))
        )

    @router.post(
        "/webhooks/{webhook_id}/test",
        summary="Send a webhook an event of type webhook.test",
        **documents.route(answers={202: TestSent}, problems=(401, 403, 404, 409)),
    )
    async def test(request: Request, webhook_id: str) -> Response:
        member = await routes.writer(request)
        sent = await routes.desk.do(lambda work: _send_test(work, member, webhook_id))
        routes.wake()
        return answer(TestSent(event=sent), 202)

    @router.post(
        "/webhooks/{webhook_id}/replay",
        summary="Deliver again what happened after a cursor, or after an event",
        **documents.route(
            body=ReplayWebhook, answers={202: Replayed}, problems=(400, 401, 403, 404, 409)
        ),
    )
    async def replay(
        request: Request,
        webhook_id: str,
        body: Annotated[ReplayWebhook, Depends(json_body(ReplayWebhook))],
    ) -> Response:
        member = await routes.writer(request)
        replayed = await routes.desk.do(lambda work: _replay(work, member, webhook_id, body.cursor))
        routes.wake()
        return answer(replayed, 202)

    @router.get(
        "/webhooks/{webhook_id}/deliveries",
        summary="Look at what a webhook was told, newest first, with each attempt",
        **documents.route(answers={200: DeliveryPage}, problems=(401, 403, 404)),
    )
    async def deliveries(
        request: Request,
        webhook_id: str,
        state: Annotated[DeliveryState | None, Query()] = None,
        cursor: Annotated[str | None, Query(pattern=PLACE)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        member = await routes.reader(request)

        def look(work: Work) -> DeliveryPage:
            webhook = _seen(work, member, webhook_id)
            states = tuple(DeliveryState) if state is None else (state,)
            before = None if cursor is None else int(cursor)
            found = work.stores.webhooks.deliveries(
                webhook.id, states=states, before=before, limit=limit + 1
            )
            page, more = page_of(found, limit, lambda one: str(one.position))
            return DeliveryPage(deliveries=_views(work, page), cursor=more)

        return answer(await routes.desk.look(look))

    @router.post(
        "/deliveries/{delivery_id}/redeliver",
        summary="Deliver an event to a webhook again, now",
        **documents.route(answers={202: DeliveryView}, problems=(401, 403, 404, 409)),
    )
    async def redeliver(request: Request, delivery_id: str) -> Response:
        member = await routes.writer(request)

        view = await routes.desk.do(lambda work: _redeliver(work, member, delivery_id))
        routes.wake()
        return answer(view, 202)

    return router


def _seen(work: Work, member: Member, webhook_id: str, *, lock: bool = False) -> Webhook:
    """Return a webhook of the account; PostgreSQL takes no NUL in a text, and no id has one."""
    known = "\0" not in webhook_id
    return required(
        work.stores.webhooks.get(webhook_id, member.account_id, lock=lock) if known else None
    )


def _locked(work: Work, member: Member, webhook_id: str) -> Webhook:
    return _seen(work, member, webhook_id, lock=True)


def _redeliver(work: Work, member: Member, delivery_id: str) -> DeliveryView:
    known = "\0" not in delivery_id
    store = work.stores.webhooks
    found = store.delivery(delivery_id, member.account_id, lock=True) if known else None
    if found is None:
        raise NotFound("there is no such delivery", code="delivery_unknown")
    again = domain.redeliver(work.stores, found, now_us=work.now_us)
    about = {"event": again.event_id}
    work.stores.audit.add(
        member.account_id, member.actor, "webhook.redelivered", again.webhook_id, about
    )
    return _views(work, [again])[0]


def _note(
    work: Work, member: Member, action: str, webhook: Webhook, about: Mapping[str, str | int]
) -> None:
    work.stores.audit.add(member.account_id, member.actor, action, webhook.id, dict(about))


def _views(work: Work, deliveries: list[Delivery]) -> tuple[DeliveryView, ...]:
    attempts = work.stores.webhooks.attempts([one.id for one in deliveries])
    return tuple(delivery_view(one, attempts.get(one.id, ())) for one in deliveries)


def _send_test(work: Work, member: Member, webhook_id: str) -> str:
    webhook = domain.enabled(_locked(work, member, webhook_id))
    about = {"webhook": webhook.id, "by": member.actor}
    told = domain.notice(work.ids, TEST, member.account_id, work.now_us, about)
    work.stores.feed.notice(replace(told, webhook_id=webhook.id))
    _note(work, member, "webhook.tested", webhook, {})
    return told.id


def _replay(work: Work, member: Member, webhook_id: str, cursor: str) -> Replayed:
    webhook = domain.enabled(_locked(work, member, webhook_id))
    after = place_of(work.stores.feed, member.account_id, cursor)
    wanted = Wanted(account_id=member.account_id, types=webhook.wanted & (TYPES.keys() - {TEST}))
    page = work.stores.feed.page(wanted, after=after, limit=REPLAYED_AT_ONCE)
    work.stores.webhooks.queue(
        [domain.deliver(webhook, event, work.ids, work.now_us) for event in page.events]
    )
    _note(work, member, "webhook.replayed", webhook, {"cursor": cursor, "events": len(page.events)})
    return Replayed(deliveries=len(page.events), cursor=str(page.position) if page.more else None)
