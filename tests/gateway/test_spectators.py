"""Watching a session over REST and WHEP: who may, who does, and when it is over."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from diorama.gateway.hints import HintBus
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import Rules, SpectatorRules
from diorama.protocol import worker as worker_wire
from diorama.protocol.spectator_views import CreatedSpectator, Spectators, WatchView
from diorama.protocol.views import OpenedSession
from tests.gateway.fleet import Deaf, two_gateways
from tests.gateway.running import WITHIN_S, Json, Place, Reply, Worker, gateway_at

OFFER: Final = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
ANSWER: Final = "v=0\r\nan answer\r\n"
SDP: Final = "application/sdp"


def cove(most: int = 10, *, enabled: bool = True) -> ProjectSettings:
    rules = Rules(spectators=SpectatorRules(enabled=enabled, max=most))
    return ProjectSettings(name="cove", world="a:B", rules=rules)


async def shown(place: Place) -> tuple[OpenedSession, Worker]:
    """Return a session that shows something, and its worker."""
    worker = await place.worker()
    opened = await place.open()
    viewer = await place.viewer(opened)
    await worker.start()
    await viewer.until("streaming")
    return opened, worker


async def let(place: Place, session: str, secret: str = "", **more: object) -> CreatedSpectator:
    """Let somebody watch, and return the token and where to."""
    made = await place.ask(
        "POST", f"/v1/sessions/{session}/spectators", more, secret=secret or place.secrets.api_key
    )
    assert made.status == 201, made
    return msgspec.json.decode(made.body, type=CreatedSpectator)


async def offer(place: Place, who: CreatedSpectator, **headers: str) -> Reply:
    sent = {"Content_Type": SDP, "secret": who.token, **headers}
    return await place.ask("POST", f"/v1/whep/{who.session}", OFFER, **sent)


async def reply_to(worker: Worker, **more: object) -> worker_wire.Spectate:
    """Answer the next offer that the worker is given."""
    spectate = await worker.next(worker_wire.Spectate)
    said: dict[str, object] = {"sdp": ANSWER, **more}
    await worker.send(type="spectated", **about(spectate), **said)
    return spectate


async def reply_to_many(worker: Worker, count: int) -> None:
    for _ in range(count):
        await reply_to(worker)


async def watch(place: Place, worker: Worker, who: CreatedSpectator) -> str:
    """Watch as somebody, and return the watch's id."""
    posted, _ = await asyncio.gather(offer(place, who), reply_to(worker))
    assert posted.status == 201, posted
    return posted.headers["Location"].rpartition("/")[2]


async def look(place: Place, who: CreatedSpectator, watch_id: str) -> WatchView:
    reply = await place.ask("GET", f"/v1/watch/{who.session}?watch={watch_id}", secret=who.token)
    assert reply.status == 200, reply
    return msgspec.json.decode(reply.body, type=WatchView)


async def listed(place: Place, session: str) -> Spectators:
    reply = await place.ask(
        "GET", f"/v1/sessions/{session}/spectators", secret=place.secrets.api_key
    )
    return msgspec.json.decode(reply.body, type=Spectators)


def about(message: worker_wire.Spectate | worker_wire.StopSpectating) -> Json:
    return {
        "session": message.session,
        "term": message.term,
        "spectator": message.spectator,
    }


async def test_whoever_has_a_token_is_answered_by_the_worker_and_counts(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, cove(), url=database_url) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id, name="a friend")
        posted, spectate = await asyncio.gather(offer(place, who), reply_to(worker))
        seen = await place.look(opened)
        all_ = await listed(place, opened.session.id)

    assert (posted.status, posted.body.decode()) == (201, ANSWER)
    assert posted.headers["Content-Type"] == SDP
    assert posted.headers["Location"] == f"/v1/whep/{opened.session.id}/{spectate.spectator}"
    assert spectate.sdp == OFFER.decode()
    assert (seen.spectators, seen.state) == (1, "streaming")
    assert (all_.watching, all_.max) == (1, 10)
    assert [(one.name, one.watching, one.state) for one in all_.spectators] == [
        ("a friend", 1, "active")
    ]


async def test_the_link_of_a_spectator_holds_its_token_behind_the_number_sign(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, _ = await shown(place)
        by_viewer = await let(place, opened.session.id, opened.token)
        all_ = await listed(place, opened.session.id)

    base = place.front.url
    assert by_viewer.url == f"{base}/v1/whep/{opened.session.id}"
    assert by_viewer.watch_url == f"{base}/watch/{opened.session.id}#token={by_viewer.token}"
    assert all_.spectators[0].created_by == "viewer"


async def test_a_viewer_is_told_how_many_watch(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        await watch(place, worker, await let(place, opened.session.id))
        told = await viewer.session()

    assert (told.spectators, told.state) == (1, "streaming")


async def test_of_many_at_once_as_many_watch_as_may(tmp_path: Path, database_url: str) -> None:
    async with gateway_at(tmp_path, cove(most=3), url=database_url) as place:
        opened, worker = await shown(place)
        everybody = [await let(place, opened.session.id) for _ in range(8)]
        posted, _ = await asyncio.gather(
            asyncio.gather(*(offer(place, who) for who in everybody)), reply_to_many(worker, 3)
        )
        seen = await place.look(opened)

    assert sorted(reply.status for reply in posted) == [201] * 3 + [429] * 5
    refused = [reply.problem for reply in posted if reply.status == 429]
    assert refused == [(429, "spectator_limit")] * 5
    assert seen.spectators == 3


async def test_a_token_that_is_used_again_takes_its_own_place(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove(most=1)) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        first = await watch(place, worker, who)
        second = await watch(place, worker, who)
        stop = await worker.next(worker_wire.StopSpectating)
        seen = [await look(place, who, one) for one in (first, second)]

    assert stop.spectator == first
    assert [(one.watching, one.reason) for one in seen] == [(False, "replaced"), (True, None)]


async def test_a_token_of_two_places_is_used_in_two(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id, viewers=2)
        watches = []
        for _ in range(3):
            place.clock.step(seconds=0.1)
            watches.append(await watch(place, worker, who))
        seen = [(await look(place, who, one)).watching for one in watches]

    assert seen == [False, True, True]


async def test_who_is_revoked_is_put_out_at_once_and_told_why(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, cove(), url=database_url) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        watched = await watch(place, worker, who)
        path = f"/v1/sessions/{opened.session.id}/spectators/{who.id}"
        revoked = await place.ask("DELETE", path, secret=place.secrets.api_key)
        stop = await worker.next(worker_wire.StopSpectating)
        seen = await look(place, who, watched)
        again = await offer(place, who)

    assert (revoked.status, revoked.json["state"]) == (200, "revoked")
    assert stop.spectator == watched
    assert (seen.watching, seen.reason, seen.spectators) == (False, "revoked", 0)
    assert again.problem == (403, "spectator_revoked")


async def test_who_leaves_is_not_counted_and_may_leave_twice(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who, other = [await let(place, opened.session.id) for _ in range(2)]
        watched = await watch(place, worker, who)
        path = f"/v1/whep/{opened.session.id}/{watched}"
        foreign = await place.ask("DELETE", path, secret=other.token)
        left = [await place.ask("DELETE", path, secret=who.token) for _ in range(2)]
        stop = await worker.next(worker_wire.StopSpectating)
        seen = await place.look(opened)

    assert foreign.problem == (404, "watch_unknown")
    assert [one.status for one in left] == [204, 204]
    assert stop.spectator == watched
    assert seen.spectators == 0


@pytest.mark.parametrize("reason", ["left", "lost", "not_connected"])
async def test_a_spectator_that_the_worker_misses_counts_no_more(
    tmp_path: Path, reason: str
) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        posted, spectate = await asyncio.gather(offer(place, who), reply_to(worker))
        await worker.send(type="spectator_left", **about(spectate), reason=reason)
        await place.heard(worker)
        seen = await look(place, who, spectate.spectator)

    assert posted.status == 201
    assert (seen.spectators, seen.watching, seen.reason) == (0, False, reason)


async def test_a_spectator_that_no_beat_tells_of_is_taken_for_lost(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        watched = await watch(place, worker, who)
        term = {"term": 1, "session": opened.session.id, "world": "running", "media": "connected"}
        await place.heard(worker, 1, **term, spectators=[watched])
        with_it = await look(place, who, watched)
        await place.heard(worker, 2, **term)
        async with asyncio.timeout(WITHIN_S):
            while (without := await look(place, who, watched)).watching:
                await place.heard(worker, 3, **term)

    assert with_it.watching
    assert without.reason == "lost"


async def test_a_spectator_that_nobody_wants_is_put_out_at_the_next_beat(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        slot = {"term": 1, "session": opened.session.id, "world": "running"}
        await worker.beat(1, **slot, spectators=["wat_of_yesterday"])
        stop = await worker.next(worker_wire.StopSpectating)

    assert (stop.session, stop.spectator) == (opened.session.id, "wat_of_yesterday")


async def test_spectators_go_when_the_session_ends(tmp_path: Path, database_url: str) -> None:
    async with gateway_at(tmp_path, cove(), url=database_url) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        watched = await watch(place, worker, who)
        path = f"/v1/sessions/{opened.session.id}"
        ended = await place.ask("DELETE", path, secret=place.secrets.api_key)
        seen = await look(place, who, watched)
        again = await offer(place, who)
        more = await place.ask("POST", f"{path}/spectators", {}, secret=place.secrets.api_key)
        await place.sweep(after_s=1)
        all_ = await listed(place, opened.session.id)

    assert ended.json["spectators"] == 0
    assert (seen.watching, seen.reason, seen.state) == (False, "session_ended", "disconnected")
    assert again.problem == (404, "session_ended")
    assert more.problem == (409, "session_ended")
    assert [(one.state, one.watching) for one in all_.spectators] == [("over", 0)]


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("bad_offer", (422, "bad_offer")),
        ("offer_not_acceptable", (406, "offer_not_acceptable")),
        ("spectators_unsupported", (409, "spectators_unsupported")),
        ("session_not_here", (409, "session_not_live")),
    ],
)
async def test_what_the_worker_does_not_answer_is_refused_in_its_words(
    tmp_path: Path, reason: str, problem: tuple[int, str]
) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        posted, _ = await asyncio.gather(offer(place, who), reply_to(worker, sdp="", reason=reason))
        seen = await place.look(opened)

    assert posted.problem == problem
    assert seen.spectators == 0


async def test_a_worker_that_says_nothing_is_given_up_and_its_late_answer_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.gateway.whep.ANSWER_WITHIN_S", 0.05)
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        posted = await offer(place, who)
        spectate = await reply_to(worker)
        stop = await worker.next(worker_wire.StopSpectating)
        seen = await place.look(opened)

    assert posted.problem == (503, "worker_silent")
    assert stop.spectator == spectate.spectator
    assert seen.spectators == 0


async def test_nobody_watches_where_the_project_does_not_let_them(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove(enabled=False)) as place:
        opened, _ = await shown(place)
        refused = await place.ask(
            "POST", f"/v1/sessions/{opened.session.id}/spectators", {}, secret=opened.token
        )

    assert refused.problem == (403, "spectators_disabled")


async def test_a_session_that_shows_nothing_yet_is_not_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.gateway.whep.SHOWN_WITHIN_S", 0.0)
    async with gateway_at(tmp_path, cove()) as place:
        await place.worker()
        opened = await place.open()
        who = await let(place, opened.session.id)
        posted = await offer(place, who)

    assert posted.problem == (409, "session_not_live")


async def test_a_token_opens_nothing_after_its_time_and_who_watches_goes_on(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id, expires_in_s=60)
        watched = await watch(place, worker, who)
        place.clock.step(seconds=59.999_999)
        before = await watch(place, worker, who)
        place.clock.step(seconds=0.000_001)
        after = await offer(place, who)
        seen = [(await look(place, who, one)).watching for one in (watched, before)]

    assert after.problem == (403, "spectator_expired")
    assert seen == [False, True]


async def test_what_is_wrong_with_a_request_has_its_own_status(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, _ = await shown(place)
        who = await let(place, opened.session.id)
        path = f"/v1/whep/{who.session}"
        without = await place.ask("POST", path, OFFER, Content_Type=SDP)
        foreign = await offer(place, msgspec.structs.replace(who, token=opened.token))
        elsewhere = await offer(place, msgspec.structs.replace(who, session="ses_other"))
        json_ = await offer(place, who, Content_Type="application/json")
        wants = await offer(place, who, Accept="text/html")
        long = await place.ask(
            "POST", path, b"v=0" + b"x" * 70_000, Content_Type=SDP, secret=who.token
        )
        empty = await place.ask("POST", path, b"", Content_Type=SDP, secret=who.token)
        got = await place.ask("GET", path, secret=who.token)

    assert without.problem == (401, "credential_missing")
    assert foreign.problem == (401, "token_refused")
    assert elsewhere.problem == (401, "token_refused")
    assert json_.problem == (415, "media_type")
    assert wants.problem == (406, "not_acceptable")
    assert long.problem == (413, "too_large")
    assert empty.problem == (422, "bad_offer")
    assert got.problem == (405, "method_not_allowed")


async def test_pages_of_every_origin_may_watch(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        who = await let(place, opened.session.id)
        asked = await place.ask(
            "OPTIONS",
            f"/v1/whep/{who.session}",
            Origin="https://elsewhere.example",
            Access_Control_Request_Method="POST",
            Access_Control_Request_Headers="authorization, content-type",
        )
        posted, _ = await asyncio.gather(
            offer(place, who, Origin="https://elsewhere.example"), reply_to(worker)
        )
        refused = await place.ask(
            "POST", f"/v1/whep/{who.session}", OFFER, Origin="https://elsewhere.example"
        )
        options = await place.ask("OPTIONS", f"/v1/whep/{who.session}")

    assert asked.status == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "DELETE" in asked.headers["Access-Control-Allow-Methods"]
    assert posted.headers["Access-Control-Allow-Origin"] == "*"
    assert "Location" in posted.headers["Access-Control-Expose-Headers"]
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert options.headers["Accept-Post"] == SDP


@pytest.mark.parametrize("bus", [None, Deaf], ids=["hints", "no hints"])
async def test_an_offer_at_one_gateway_is_answered_by_a_worker_at_the_other(
    postgresql_url: str, tmp_path: Path, bus: Callable[[], HintBus] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (a, b):
        await a.ask(
            "PATCH",
            "/v1/projects/cove",
            {"rules": {"spectators": {"enabled": True}}},
            secret=a.secrets.api_key,
        )
        worker = await b.worker()
        opened = await a.open()
        viewer = await a.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        who = await let(a, opened.session.id)
        watched = await watch(a, worker, who)
        seen = await look(b, who, watched)

    assert seen.watching


async def test_a_session_is_the_same_with_spectators_as_without(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        opened, worker = await shown(place)
        before = await place.look(opened)
        who = await let(place, opened.session.id)
        watched = await watch(place, worker, who)
        await place.ask("DELETE", f"/v1/whep/{who.session}/{watched}", secret=who.token)
        await worker.next(worker_wire.StopSpectating)
        after = await place.look(opened)

    assert after == before


async def test_a_session_is_watched_whose_viewer_saw_it_before_its_worker_said_so(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        assign = await worker.next(worker_wire.Assign)
        slot: dict[str, object] = {"session": assign.session, "term": assign.term}
        await worker.send(type="accepted", **slot)
        await worker.next(worker_wire.Attach)
        await worker.send(type="media", **slot, attachment=1, state="connected")
        await viewer.until("streaming")
        watched = await watch(place, worker, await let(place, opened.session.id))

    assert watched.startswith("wat_")


async def test_who_comes_a_moment_too_soon_waits_for_the_first_picture(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, cove()) as place:
        worker = await place.worker()
        opened = await place.open()
        who = await let(place, opened.session.id)
        posting = asyncio.ensure_future(offer(place, who))
        await place.viewer(opened)
        await worker.start()
        spectate = await reply_to(worker)
        posted = await posting

    assert posted.headers["Location"].endswith(spectate.spectator)
