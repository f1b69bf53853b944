"""A backend lets viewers in by the Python SDK: tickets and share links, sync and async."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.client import AsyncDiorama, Diorama, Unauthorized
from diorama.gateway.settings import ProjectSettings
from tests.gateway.running import Place, gateway_at


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    private = ProjectSettings(name="cove", world="a:B", public=False)
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


async def test_the_same_goes_for_programs_that_do_not_wait(place: Place) -> None:
    async with AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend:
        ticket = await backend.create_ticket("cove", end_user="ann")
        made = await backend.create_share_link("cove")
        changed = await backend.change_share_link(made.link.id, concurrent=3)
        links = [link.id async for link in backend.share_links()]
        async with AsyncDiorama(place.front.url) as page:
            opened = await page.open_session("cove", ticket=ticket.ticket)
        revoked = await backend.revoke_share_link(made.link.id)

    assert opened.session.end_user == "ann"
    assert changed.concurrent == 3
    assert (links, revoked.state) == ([made.link.id], "revoked")
