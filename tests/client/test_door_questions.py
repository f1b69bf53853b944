"""A backend lets others in by the Python SDK: tickets, links and spectators, sync and async."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.client import AsyncDiorama, Diorama, Refused, Unauthorized
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import Rules, SpectatorRules
from tests.gateway.running import Place, gateway_at


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    rules = Rules(spectators=SpectatorRules(enabled=True, max=7))
    private = ProjectSettings(name="cove", world="a:B", public=False, rules=rules)
    async with gateway_at(tmp_path, private) as found:
        await found.worker(slots=4)
        yield found


async def test_a_ticket_opens_one_session_for_its_end_user(place: Place) -> None:
    def story() -> tuple[str | None, str]:
        with Diorama(place.front.url, api_key=place.secrets.api_key) as backend:
            ticket = backend.create_ticket("cove", end_user="ann", expires_in_s=60)
        with Diorama(place.front.url) as page:
            opened = page.open_session("cove", ticket=ticket.ticket)
            with pytest.raises(Unauthorized) as refused:
                page.open_session("cove", ticket=ticket.ticket)
        assert ticket.ticket not in repr(ticket)
        return opened.session.end_user, refused.value.code

    assert await asyncio.to_thread(story) == ("ann", "ticket_refused")


async def test_a_share_link_is_made_used_listed_and_revoked(place: Place) -> None:
    def story() -> None:
        with Diorama(place.front.url, api_key=place.secrets.api_key) as backend:
            made = backend.create_share_link("cove", name="press", uses=2)
            with Diorama(place.front.url) as page:
                page.open_session("cove", share=made.url.partition("#share=")[2])
            changed = backend.change_share_link(made.link.id, name="jury", uses=None)
            (listed,) = backend.share_links(project="cove")
            revoked = backend.revoke_share_link(made.link.id, end_sessions=True)
        assert (made.link.uses, changed.uses) == (2, None)
        assert (listed.name, listed.used, listed.live) == ("jury", 1, 1)
        assert (revoked.state, revoked.live) == ("revoked", 0)
        assert made.url not in repr(made)

    await asyncio.to_thread(story)


async def test_somebody_is_let_watch_listed_and_put_out(place: Place) -> None:
    def story() -> None:
        with Diorama(place.front.url, api_key=place.secrets.api_key) as backend:
            session = backend.open_session("cove").session.id
            made = backend.let_watch(session, name="the jury", expires_in_s=60, viewers=3)
            listed = backend.spectators(session)
            revoked = backend.revoke_spectator(session, made.id)
            backend.end_session(session)
            with pytest.raises(Refused) as over:
                backend.let_watch(session)
        assert made.watch_url == f"{place.front.url}/watch/{session}#token={made.token}"
        assert (listed.max, listed.watching) == (7, 0)
        assert [(one.name, one.viewers, one.state) for one in listed.spectators] == [
            ("the jury", 3, "active")
        ]
        assert (revoked.id, revoked.state) == (made.id, "revoked")
        assert made.token not in repr(made)
        assert over.value.code == "session_ended"

    await asyncio.to_thread(story)


async def test_the_same_goes_for_programs_that_do_not_wait(place: Place) -> None:
    async with AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend:
        ticket = await backend.create_ticket("cove", end_user="ann")
        made = await backend.create_share_link("cove")
        changed = await backend.change_share_link(made.link.id, concurrent=3)
        links = [link.id async for link in backend.share_links()]
        async with AsyncDiorama(place.front.url) as page:
            opened = await page.open_session("cove", ticket=ticket.ticket)
        watcher = await backend.let_watch(opened.session.id)
        watching = await backend.spectators(opened.session.id)
        put_out = await backend.revoke_spectator(opened.session.id, watcher.id)
        revoked = await backend.revoke_share_link(made.link.id)

    assert opened.session.end_user == "ann"
    assert changed.concurrent == 3
    assert (links, revoked.state) == ([made.link.id], "revoked")
    assert [one.id for one in watching.spectators] == [watcher.id]
    assert put_out.state == "revoked"
