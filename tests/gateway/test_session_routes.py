"""Sessions over REST, as their account finds them: filters, timelines, and who is shown what."""

from pathlib import Path

import msgspec
import pytest

from diorama.gateway.bootstrap import OWNER
from diorama.gateway.settings import ProjectSettings
from diorama.kernel.units import SECOND_US
from diorama.protocol.timeline_views import Timeline
from diorama.protocol.views import Page
from diorama.sessions.show import time_of
from tests.clock import NOON_US
from tests.gateway.running import COVE, Place, gateway_at

DUNE = ProjectSettings(name="dune", world="a:B")


async def listed(place: Place, query: str) -> list[str]:
    """Return the devices of the sessions that fit, newest first."""
    reply = await place.ask("GET", f"/v1/sessions?{query}", secret=place.secrets.api_key)
    assert reply.status == 200, reply
    page = msgspec.json.decode(reply.body, type=Page)
    return [session.device or "" for session in page.sessions]


async def three_sessions(place: Place) -> None:
    """Open three, 5 s apart; the first has ended, the last waits for its slot."""
    key = place.secrets.api_key
    await place.worker(slots=2)
    first = await place.post({"project": "cove", "device": "one", "end_user": "ada"}, secret=key)
    await place.ask("DELETE", first.headers["Location"], secret=key)
    place.clock.step(seconds=5)
    await place.open(device="two")
    place.clock.step(seconds=5)
    await place.post({"project": "dune", "device": "three"})


async def test_a_list_is_narrowed_by_all_that_is_asked(tmp_path: Path) -> None:
    at = [time_of(NOON_US + s * SECOND_US).strftime("%Y-%m-%dT%H:%M:%SZ") for s in (0, 5, 10)]
    async with gateway_at(tmp_path, COVE, DUNE) as place:
        await three_sessions(place)
        found = {
            query: await listed(place, query)
            for query in (
                "",
                "live=true",
                "state=connecting&state=queued",
                "state=disconnected",
                "code=4012",
                "code=1000&code=4012",
                "code=1000",
                "project=dune",
                "project=nowhere",
                "end_user=ada",
                "region=local&project=cove",
                "region=mars",
                "worker=one&live=true",
                "worker=two",
                f"from={at[1]}",
                f"to={at[1]}",
                f"from={at[1]}&to={at[2]}",
            )
        }

    assert found == {
        "": ["three", "two", "one"],
        "live=true": ["three", "two"],
        "state=connecting&state=queued": ["three", "two"],
        "state=disconnected": ["one"],
        "code=4012": ["one"],
        "code=1000&code=4012": ["one"],
        "code=1000": [],
        "project=dune": ["three"],
        "project=nowhere": [],
        "end_user=ada": ["one"],
        "region=local&project=cove": ["two", "one"],
        "region=mars": [],
        "worker=one&live=true": ["two"],
        "worker=two": [],
        f"from={at[1]}": ["three", "two"],
        f"to={at[1]}": ["one"],
        f"from={at[1]}&to={at[2]}": ["two"],
    }


@pytest.mark.parametrize(
    "query",
    [
        "state=away",
        "code=7",
        "from=yesterday",
        "from=2026-11-21T10:00:00",
        "end_user=%00",
        "limit=0",
    ],
)
async def test_what_a_list_cannot_be_asked_for_is_refused(tmp_path: Path, query: str) -> None:
    async with gateway_at(tmp_path) as place:
        refused = await place.ask("GET", f"/v1/sessions?{query}", secret=place.secrets.api_key)

    assert refused.status == 422


async def test_an_account_is_shown_more_of_its_session_than_its_viewer(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("gpu-1")
        opened = await place.open()
        path = f"/v1/sessions/{opened.session.id}"
        own = (await place.ask("GET", path, secret=place.secrets.api_key)).json
        viewer = (await place.ask("GET", path, secret=opened.token)).json

    assert (own["worker"], own["source"]) == ("gpu-1", "viewer")
    assert (viewer["worker"], viewer["source"]) == (None, None)


async def test_a_timeline_is_told_to_the_account_and_to_nobody_else(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("gpu-1")
        key = place.secrets.api_key
        opened = await place.open()
        path = f"/v1/sessions/{opened.session.id}/timeline"
        await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=key)
        told = await place.ask("GET", path, secret=key)
        viewer = await place.ask("GET", path, secret=opened.token)
        nobody = await place.ask("GET", path)
        missing = await place.ask("GET", "/v1/sessions/ses_0/timeline", secret=key)

    timeline = msgspec.json.decode(told.body, type=Timeline)
    ended = timeline.entries[-1]
    assert [entry.kind for entry in timeline.entries] == ["requested", "reserved", "ended"]
    assert ended.actor.startswith("key:key_")
    assert ended.text == timeline.sentence
    assert timeline.session.end is not None
    assert timeline.complete
    assert timeline.sentence == 'Key "first api key" ended it before the first picture.'
    assert viewer.problem == (401, "credential_refused")
    assert nobody.problem == (401, "credential_missing")
    assert missing.problem == (404, "session_unknown")


async def test_a_session_says_by_which_share_link_it_came_and_who_ended_it(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        key = place.secrets.api_key
        made = await place.ask(
            "POST", "/v1/share-links", {"project": "cove", "name": "demo day"}, secret=key
        )
        link = made.json["link"]
        assert isinstance(link, dict)
        share = str(made.json["url"]).partition("#share=")[2]
        opened = await place.open(share=share)
        path = f"/v1/sessions/{opened.session.id}"
        own = await place.ask("GET", path, secret=key)
        before = await place.gateway.desk.look(lambda work: work.stores.audit.head(OWNER).seq)
        await place.ask("POST", "/v1/sessions/end", {"sessions": [opened.session.id]}, secret=key)
        await place.ask("DELETE", path, secret=key)
        after = await place.gateway.desk.look(lambda work: work.stores.audit.head(OWNER).seq)
        told = await place.ask("GET", f"{path}/timeline", secret=key)

    first = msgspec.json.decode(told.body, type=Timeline).entries[0]
    assert own.json["source"] == f"link:{link['id']}"
    assert (first.cause, first.facts["link"]) == ("with_share_link", "demo day")
    assert first.text.endswith('by share link "demo day".')
    assert after == before + 1
