"""The client of a gateway for programs of asyncio: one method for each question.

Use it as an asynchronous context manager, or close it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar, Unpack

import httpx
import msgspec

from diorama.client import account_questions as account
from diorama.client import door_questions as doors
from diorama.client import event_questions as telling
from diorama.client import questions
from diorama.client.account_questions import (
    AccountChange,
    GroupBy,
    Period,
    PlanLimits,
    WantedKey,
)
from diorama.client.address import origin_of
from diorama.client.answers import read
from diorama.client.async_viewer import AsyncViewer
from diorama.client.door_questions import LinkChange, LinkWishes, TicketWishes
from diorama.client.errors import ClientError
from diorama.client.questions import (
    Asking,
    NewProject,
    Paged,
    Project,
    ProjectChange,
    Question,
    Which,
)
from diorama.client.retries import PATIENT, Retries
from diorama.client.sending import ANSWER_WITHIN_S, reply_of, request_of, timeout, unreachable
from diorama.client.streaming.connection import Wishes
from diorama.protocol.account_views import AccountView, CreatedAccount, PlanView
from diorama.protocol.door_views import CreatedShareLink, MintedTicket, ShareLinkView
from diorama.protocol.event_views import DeliveryView, EventPage, WebhookSecret, WebhookView
from diorama.protocol.key_views import AuditView, CreatedKey, KeyView
from diorama.protocol.project_views import WorldView
from diorama.protocol.rule_views import RuleView
from diorama.protocol.timeline_views import Timeline
from diorama.protocol.usage_views import CostView, Overview, UsageView, VerifiedView
from diorama.protocol.views import (
    EndResult,
    Health,
    LaneView,
    OpenedSession,
    PoolView,
    ProjectView,
    Readiness,
    SessionView,
    WorkerView,
)

T = TypeVar("T")
P = TypeVar("P", bound=Paged)
PAGE: Final = 50


class AsyncDiorama:
    """A gateway, asked over REST.

    Args:
        server: its address, such as `http://127.0.0.1:8080`.
        api_key: the account's key; None where only public projects are played.
        answer_within_s: how long one answer may take.
        retries: how patient to be with a gateway that is away; `Retries(times=0)` is not at all.
        transport: another way for requests to go, such as one with client certificates.
    """

    def __init__(
        self,
        server: str,
        *,
        api_key: str | None = None,
        answer_within_s: float = ANSWER_WITHIN_S,
        retries: Retries = PATIENT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.server: Final = origin_of(server)
        self._api_key = api_key
        self._answer_within_s = answer_within_s
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=self.server, timeout=timeout(answer_within_s), transport=transport
        )

    def __repr__(self) -> str:
        return f"AsyncDiorama({self.server!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections. Idempotent."""
        await self._http.aclose()

    async def open_session(
        self, project: str, *, idempotency_key: str | None = None, **asking: Unpack[Asking]
    ) -> OpenedSession:
        """Ask for a session and return it with its token, which opens `/v1/connect`.

        Raises:
            LimitReached: a limit refuses; its `holders` fill it.
            Unavailable: there is no slot and no place in line.
            NotFound: there is no such project for this caller.
        """
        return await self._ask(questions.open_session(project, asking, idempotency_key))

    async def sessions(
        self, *, live: bool = False, page: int = PAGE, **which: Unpack[Which]
    ) -> AsyncIterator[SessionView]:
        """Yield the sessions that fit, newest first, asking for the next page when it is needed.

        Args:
            live: only those that have not ended.
            page: how many to ask for at once, 1 to 200.
            which: `state`, `code`, `project`, `region`, `end_user`, `worker`, `since`, `until`.
        """
        async for found in self._pages(
            lambda cursor: questions.list_sessions(
                live=live, limit=page, cursor=cursor, which=which
            )
        ):
            for one in found.sessions:
                yield one

    async def session(self, session: str) -> SessionView:
        """Return a session by its id. Raises NotFound where there is none for this caller."""
        return await self._ask(questions.get_session(session))

    async def timeline(self, session: str) -> Timeline:
        """Return how a session went: what happened, whose doing it was, and why it ended."""
        return await self._ask(questions.get_timeline(session))

    async def end_session(self, session: str) -> SessionView:
        """End a session and return it; one that has ended already stays as it is."""
        return await self._ask(questions.end_session(session))

    async def end_sessions(
        self, *, sessions: Sequence[str] | None = None, project: str | None = None
    ) -> list[EndResult]:
        """End many sessions: those named, or all of a project that have not ended.

        Returns:
            What came of each, in the order in which they were named.
        """
        asked = questions.end_sessions(sessions, project)
        return list((await self._ask(asked)).results)

    async def extend_session(
        self, session: str, *, seconds: float, idempotency_key: str | None = None
    ) -> SessionView:
        """Give a session more runtime, as far as the plan goes, and return it.

        Raises:
            Refused: it has ended, or the plan allows no more.
        """
        return await self._ask(questions.extend_session(session, seconds, idempotency_key))

    async def projects(self) -> list[ProjectView]:
        """Return the public projects, and with a key one's own, by name."""
        pages = self._pages(questions.list_projects)
        return [one async for page in pages for one in page.projects]

    async def project(self, name: str) -> Project:
        """Return a project by its name. Raises NotFound where there is none for this caller."""
        return await self._ask(questions.get_project(name))

    async def change_project(
        self, name: str, *, if_version: int | None = None, **change: Unpack[ProjectChange]
    ) -> Project:
        """Change a project and return it; what is left out stays, and what changes acts at once.

        Args:
            name: which.
            if_version: change it only if it is still at this version.
            change: `enabled`, `title`, `description`, `rules`.

        Raises:
            Refused: it is at another version (`version_passed`).
            Invalid: a rule does not exist or is out of its bounds (`rule_refused`).
        """
        return await self._ask(questions.change_project(name, change, if_version))

    async def create_project(self, name: str, *, world: str, **more: Unpack[NewProject]) -> Project:
        """Make a project and return it.

        Args:
            name: the last part of its address, `/play/<name>`.
            world: a name of `worlds`; with `kind`, which only the operator says, the program.
            more: `title`, `description`, `enabled`, `public`, `pool`, `regions`, `rules`.

        Raises:
            Refused: the name is taken.
            NotFound: there is no such world.
        """
        return await self._ask(questions.create_project(name, world, more))

    async def delete_project(self, name: str) -> None:
        """Take a project away that has no sessions; its history is kept.

        Raises:
            Refused: it has sessions that have not ended.
        """
        await self._ask(questions.delete_project(name))

    async def worlds(self) -> list[WorldView]:
        """Return the worlds that projects may be made from."""
        return list((await self._ask(questions.list_worlds())).worlds)

    async def rules(self) -> list[RuleView]:
        """Return every rule that a project has: what it does, its default and its bounds."""
        return list((await self._ask(questions.list_rules())).rules)

    async def queue(self, project: str) -> list[LaneView]:
        """Return a project's queue in each region: length, waits, and how true those told were."""
        return list((await self._ask(questions.get_queue(project))).regions)

    async def workers(self) -> list[WorkerView]:
        """Return the workers, and what their slots hold."""
        return list((await self._ask(questions.list_workers())).workers)

    async def pools(self) -> list[PoolView]:
        """Return the pools that the account's projects use, counted; for the operator, all."""
        return list((await self._ask(questions.list_workers())).pools)

    async def drain_worker(self, worker: str, *, within_s: float = 600.0) -> WorkerView:
        """Take a worker out of service, by its id; what still runs ends after `within_s`."""
        return await self._ask(questions.drain_worker(worker, within_s))

    async def resume_worker(self, worker: str) -> WorkerView:
        """Put a worker back in service, by its id."""
        return await self._ask(questions.resume_worker(worker))

    async def overview(self) -> Overview:
        """Return the account at a glance: streams against the limit, workers, hours."""
        return await self._ask(account.get_overview())

    async def usage(self, group_by: GroupBy = "total", **period: Unpack[Period]) -> UsageView:
        """Return what was used, with all groups; this month unless a period is named.

        Args:
            group_by: `project`, `end_user`, `region`, `day`, `session`; `total` has no groups.
            period: `period`, or `since` and `until`; `account` for the operator.
        """
        whole = await self._ask(account.get_usage(group_by, period, None))
        while whole.cursor is not None:
            page = await self._ask(account.get_usage(group_by, period, whole.cursor))
            groups = (*whole.groups, *page.groups)
            whole = msgspec.structs.replace(whole, groups=groups, cursor=page.cursor)
        return whole

    async def usage_csv(self, group_by: GroupBy = "total", **period: Unpack[Period]) -> str:
        """Return the same as CSV."""
        return (await self._ask(account.get_usage_csv(group_by, period))).decode()

    async def cost(self, price_per_gpu_hour: str, **period: Unpack[Period]) -> CostView:
        """Return what slots cost at a price, such as `"2.50"`, for an hour of a GPU."""
        return await self._ask(account.get_cost(price_per_gpu_hour, period))

    async def verify_usage(self, *, of: str | None = None) -> AsyncIterator[VerifiedView]:
        """Yield, page by page, whether what is kept of usage is what the log alone says.

        Args:
            of: for the operator: whose, or `all`.
        """
        async for page in self._pages(lambda cursor: account.verify_usage(of, cursor)):
            yield page

    async def keys(self) -> AsyncIterator[KeyView]:
        """Yield the account's keys, newest first; no secrets."""
        async for page in self._pages(account.list_keys):
            for one in page.keys:
                yield one

    async def create_key(
        self, name: str, *, scopes: Sequence[str] = (), **wanted: Unpack[WantedKey]
    ) -> CreatedKey:
        """Make a key and return it with its secret, which is told this once.

        Args:
            name: what it is called.
            scopes: what an API key may do, such as `sessions:read`.
            wanted: `kind`, `expires_in_s`, `worker`.

        Raises:
            Forbidden: it would reach beyond whoever makes it.
        """
        return await self._ask(account.create_key(name, scopes, wanted))

    async def rotate_key(self, key: str, *, overlap_s: float = 0.0) -> CreatedKey:
        """Make another secret for a key and return it; the old one works on for the overlap."""
        return await self._ask(account.rotate_key(key, overlap_s))

    async def revoke_key(self, key: str) -> KeyView:
        """Revoke a key: it opens nothing from the next request on."""
        return await self._ask(account.revoke_key(key))

    async def audit(
        self, *, actor: str | None = None, action: str | None = None
    ) -> AsyncIterator[AuditView]:
        """Yield who changed what, newest first."""
        async for page in self._pages(lambda cursor: account.list_audit(actor, action, cursor)):
            for one in page.entries:
                yield one

    async def set_up_link(self) -> str:
        """Return another link for the first owner; Refused once there is one."""
        return (await self._ask(account.make_set_up_link())).link

    async def account(self) -> AccountView:
        """Return one's own account: its limits, what it holds, what it has used this month."""
        return await self._ask(account.get_account(None))

    async def account_of(self, account_id: str) -> AccountView:
        """Return an account by its id; for the operator."""
        return await self._ask(account.get_account(account_id))

    async def accounts(self) -> AsyncIterator[AccountView]:
        """Yield every account; for the operator."""
        async for page in self._pages(account.list_accounts):
            for one in page.accounts:
                yield one

    async def create_account(
        self, name: str, *, plan: str = "free", owner_email: str | None = None
    ) -> CreatedAccount:
        """Make an account and return it, with a link for its first owner; for the operator."""
        return await self._ask(account.create_account(name, plan, owner_email))

    async def change_account(self, account_id: str, **change: Unpack[AccountChange]) -> AccountView:
        """Change an account and return it; for the operator.

        Args:
            account_id: which.
            change: `name`, `plan`, `concurrent_streams`, `suspended`.
        """
        return await self._ask(account.change_account(account_id, change))

    async def plans(self) -> AsyncIterator[PlanView]:
        """Yield the plans; for the operator."""
        async for page in self._pages(account.list_plans):
            for one in page.plans:
                yield one

    async def put_plan(self, name: str, **limits: Unpack[PlanLimits]) -> PlanView:
        """Make a plan or change it, and every account under it; for the operator."""
        return await self._ask(account.put_plan(name, limits))

    async def delete_plan(self, name: str) -> None:
        """Delete a plan that no account is under; for the operator."""
        await self._ask(account.delete_plan(name))

    async def create_ticket(self, project: str, **wishes: Unpack[TicketWishes]) -> MintedTicket:
        """Return a ticket that lets one viewer open one session of a project within its minutes."""
        return await self._ask(doors.mint_ticket(project, wishes))

    async def create_share_link(
        self, project: str, **wishes: Unpack[LinkWishes]
    ) -> CreatedShareLink:
        """Make a share link and return it with its `url`, which is told this once."""
        return await self._ask(doors.create_link(project, wishes))

    async def share_links(self, *, project: str | None = None) -> AsyncIterator[ShareLinkView]:
        """Yield the account's share links, the newest first, page by page."""
        async for page in self._pages(lambda cursor: doors.list_links(project, cursor)):
            for one in page.links:
                yield one

    async def change_share_link(self, link: str, **change: Unpack[LinkChange]) -> ShareLinkView:
        """Change a share link and return it: `name`, `expires_in_s`, `uses`, `concurrent`."""
        return await self._ask(doors.change_link(link, change))

    async def revoke_share_link(self, link: str, *, end_sessions: bool = False) -> ShareLinkView:
        """Let a share link open nothing any more, and return it; who waits by it is sent away."""
        return await self._ask(doors.revoke_link(link, end_sessions=end_sessions))

    async def events(
        self, *, cursor: str | None = None, types: Sequence[str] = (), session: str | None = None
    ) -> EventPage:
        """Return a page of what happened after a cursor, the oldest first.

        Keep its `cursor` and ask again with it: at once while there is `more`.
        """
        return await self._ask(telling.list_events(cursor, types, session))

    async def webhooks(self) -> AsyncIterator[WebhookView]:
        """Yield the account's webhooks, newest first; no secrets."""
        async for page in self._pages(telling.list_webhooks):
            for one in page.webhooks:
                yield one

    async def create_webhook(
        self, url: str, *, types: Sequence[str] = (), description: str = ""
    ) -> WebhookSecret:
        """Have events told to a URL, by default all; the secret is told this once."""
        return await self._ask(telling.create_webhook(url, types, description))

    async def delete_webhook(self, webhook: str) -> None:
        """Take a webhook away, with its log."""
        await self._ask(telling.delete_webhook(webhook))

    async def test_webhook(self, webhook: str) -> str:
        """Send a webhook an event of type `webhook.test`, and return the event's id."""
        return (await self._ask(telling.test_webhook(webhook))).event

    async def deliveries(
        self, webhook: str, *, state: str | None = None
    ) -> AsyncIterator[DeliveryView]:
        """Yield what a webhook was told, newest first, with each attempt."""
        async for page in self._pages(
            lambda cursor: telling.list_deliveries(webhook, state, cursor)
        ):
            for one in page.deliveries:
                yield one

    async def redeliver(self, delivery: str) -> DeliveryView:
        """Deliver an event to a webhook again, now."""
        return await self._ask(telling.redeliver(delivery))

    async def health(self) -> Health:
        """Return whether the gateway's process lives, and its version."""
        return await self._ask(questions.get_health())

    async def readiness(self) -> Readiness:
        """Return whether the gateway serves, and with how many workers."""
        return await self._ask(questions.get_readiness())

    def play(
        self,
        project: str,
        *,
        keep_frames: int = 1,
        auto_restart: bool = False,
        **asking: Unpack[Asking],
    ) -> AsyncViewer:
        """Return a viewer of a session of its own: `async with diorama.play("cove") as viewer`.

        Args:
            project: what to play.
            keep_frames: how many frames wait for a slow program before the oldest is dropped.
            auto_restart: whether an end that allows it opens a new session without being asked.
            asking: as for `open_session`.
        """
        wishes = Wishes(self.server, project, asking, auto_restart=auto_restart)
        return AsyncViewer(wishes, self.ask_once, keep_frames=keep_frames)

    async def _pages(self, ask: Callable[[str | None], Question[P]]) -> AsyncIterator[P]:
        """Yield a list's pages, asking for the next when it is needed."""
        cursor: str | None = None
        while True:
            page = await self._ask(ask(cursor))
            yield page
            cursor = page.cursor
            if cursor is None:
                return

    async def _ask(self, question: Question[T]) -> T:
        asked = 0
        while True:
            asked += 1
            try:
                return await self.ask_once(question)
            except ClientError as error:
                if not question.repeatable:
                    raise
                chance = random.random()  # noqa: S311 - spreads clients, hides nothing
                wait_s = self._retries.wait_s(error, asked=asked, chance=chance)
                if wait_s is None:
                    raise
            await asyncio.sleep(wait_s)

    async def ask_once(self, question: Question[T]) -> T:
        """Return the answer to a question, asked once; `diorama.client.questions` has them all."""
        try:
            async with asyncio.timeout(self._answer_within_s):
                response = await self._http.request(**request_of(question, self._api_key))
        except (httpx.RequestError, TimeoutError) as error:
            raise unreachable(self.server, error) from None
        return read(question, reply_of(response))
