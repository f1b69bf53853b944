"""Recordings over HTTP: as their worker hands them over, and as their account has them."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientError

from diorama.gateway.settings import ArtifactSettings
from diorama.kernel.units import DAY_US, SECOND_US
from diorama.recordings.lifecycle import UPLOAD_LASTS_US, UPLOAD_WITHIN_US
from tests.gateway.running import WITHIN_S, Place, Reply, gateway_at
from tests.gateway.test_canaries import written  # noqa: F401 - a fixture
from tests.gateway.uploading import FACTS, FILES, RECORDED, VIDEO, Recorded, pieces, record

REFUSED = (401, "upload_refused")
GONE = (404, "link_refused")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, RECORDED) as place:
        yield place


@pytest.fixture
async def recorded(place: Place) -> Recorded:
    return await record(place)


def files_under(folder: Path) -> list[str]:
    """Return the files that the gateway has, partial ones too."""
    root = folder / "artifacts"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def told(reply: Reply) -> dict[str, object]:
    return {**reply.json, "request_id": ""}


async def sweep(place: Place, *, after_us: int = 0) -> None:
    place.clock.step(seconds=after_us / SECOND_US)
    await place.gateway.recordings.once()


async def test_what_a_worker_hands_over_is_the_accounts_to_have(
    place: Place, recorded: Recorded
) -> None:
    before = await recorded.view()
    await recorded.end()
    await recorded.upload()

    view = await recorded.view()
    page = await place.ask("GET", "/v1/recordings", secret=place.secrets.api_key)
    links = await recorded.links()

    assert (before["state"], before["files"]) == ("recording", [])
    assert (view["state"], view["project"]) == ("ready", "cove")
    assert {name: view[name] for name in FACTS} == FACTS
    assert view["source"] == {
        "kind": "session",
        "id": recorded.session,
        "run": None,
        "script": None,
    }
    assert view["bytes"] == sum(map(len, FILES.values()))
    assert page.json["recordings"] == [view]
    for name, body in FILES.items():
        assert (await place.ask("GET", links[name])).body == body


async def test_a_file_says_what_it_is_and_keeps_no_longer_than_its_link(
    place: Place, recorded: Recorded
) -> None:
    await recorded.upload()
    link = (await recorded.links())["video.mp4"]

    shown = await place.ask("GET", link)
    saved = await place.ask("GET", f"{link}?download=true")
    head = await place.ask("HEAD", link)

    assert shown.headers["Content-Type"] == "video/mp4"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "private, max-age=900"
    name = f'filename="{recorded.keeping.recording}-video.mp4"'
    assert shown.headers["Content-Disposition"] == f"inline; {name}"
    assert saved.headers["Content-Disposition"] == f"attachment; {name}"
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(VIDEO))


async def test_a_player_seeks(place: Place, recorded: Recorded) -> None:
    await recorded.upload()
    link = (await recorded.links())["video.mp4"]

    part = await place.ask("GET", link, Range="bytes=1000-1999")
    rest = await place.ask("GET", link, Range="bytes=-5", If_Range=part.headers["ETag"])
    other = await place.ask("GET", link, Range="bytes=0-1", If_Range='"another"')
    beyond = await place.ask("GET", link, Range=f"bytes={len(VIDEO)}-")

    assert (part.status, part.body) == (206, VIDEO[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(VIDEO)}"
    assert (rest.status, rest.body) == (206, VIDEO[-5:])
    assert (other.status, other.body) == (200, VIDEO)
    assert beyond.problem == (416, "range_refused")
    assert beyond.headers["Content-Range"] == f"bytes */{len(VIDEO)}"


async def test_a_link_expires_and_is_of_one_file(place: Place, recorded: Recorded) -> None:
    await recorded.upload()
    links = await recorded.links()
    again = await recorded.links()
    crossed = links["video.mp4"].replace("video.mp4", "preview.mp4")
    forged = links["video.mp4"].replace("video.mp4", "thumbnail.jpg")[:-20] + "/thumbnail.jpg"
    refused = [await place.ask("GET", link) for link in (crossed, forged)]
    place.clock.step(seconds=900)
    refused.append(await place.ask("GET", links["video.mp4"]))

    assert again == links
    assert [reply.problem for reply in refused] == [GONE] * 3
    assert len({str(told(reply)) for reply in refused}) == 1
    assert (await place.ask("GET", (await recorded.links())["video.mp4"])).status == 200


async def test_who_deletes_a_recording_closes_its_links_at_once_and_its_files_go(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    await recorded.upload()
    links = await recorded.links()
    path, key = f"/v1/recordings/{recorded.keeping.recording}", place.secrets.api_key
    there = files_under(tmp_path)

    gone = await place.ask("DELETE", path, secret=key)
    again = await place.ask("DELETE", path, secret=key)
    closed = await place.ask("GET", links["video.mp4"])
    await sweep(place)

    assert len(there) == 4
    assert (gone.json["state"], gone.json["files"]) == ("deleted", [])
    assert again.json == gone.json
    assert closed.problem == GONE
    assert files_under(tmp_path) == []
    assert not (tmp_path / "artifacts" / recorded.keeping.recording).exists()
    listed = await place.ask("GET", "/v1/recordings", secret=key)
    deleted = await place.ask("GET", "/v1/recordings?state=deleted", secret=key)
    assert (listed.json["recordings"], deleted.json["recordings"]) == ([], [gone.json])
    audit = await place.ask("GET", "/v1/audit?action=recording.deleted", secret=key)
    entries = audit.json["entries"]
    assert isinstance(entries, list)
    assert [one["subject"] for one in entries] == [recorded.keeping.recording]


async def test_what_is_over_is_deleted_with_its_files(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    await recorded.upload()
    await sweep(place, after_us=30 * DAY_US - 1)
    before = files_under(tmp_path)
    await sweep(place, after_us=1)

    assert len(before) == 4
    assert (await recorded.view())["state"] == "deleted"
    assert files_under(tmp_path) == []


async def test_a_session_says_that_it_is_recorded_and_which_recording_is_its_accounts(
    place: Place, recorded: Recorded
) -> None:
    path = f"/v1/sessions/{recorded.session}"
    own = (await place.ask("GET", path, secret=place.secrets.api_key)).json
    opened = await place.open()
    viewers = (
        await place.ask("GET", f"/v1/sessions/{opened.session.id}", secret=opened.token)
    ).json

    assert (own["recorded"], own["recording"]) == (True, recorded.keeping.recording)
    assert (viewers["recorded"], viewers["recording"]) == (True, None)


@pytest.mark.parametrize(
    "token",
    ["", "dup_x", "dup_rec_x.1." + "0" * 64, "dst_rec_x.1." + "0" * 64],
    ids=["empty", "no token", "forged", "another kind"],
)
async def test_a_token_that_is_none_opens_nothing(place: Place, token: str) -> None:
    asked: list[tuple[str, dict[str, object]]] = [
        ("", {"files": [{"name": "video.mp4", "bytes": 1}]}),
        ("/complete", {"facts": FACTS}),
        ("/fail", {"reason": "encoder_failed"}),
    ]
    replies = [
        await place.ask("POST", f"/v1/uploads{path}", {"token": token, **body})
        for path, body in asked
    ]
    replies.append(await place.ask("PUT", f"/v1/uploads/{token or 'x'}/video.mp4", b"x"))

    assert {reply.problem for reply in replies} == {REFUSED}
    assert len({str(told(reply)) for reply in replies}) == 1


async def test_a_token_of_one_recording_writes_nothing_into_anothers(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    other = await record(place, "two")
    targets = await recorded.targets()
    mixed = targets["video.mp4"].replace(
        recorded.keeping.recording.removeprefix("rec_"),
        other.keeping.recording.removeprefix("rec_"),
    )

    reply = await place.ask("PUT", mixed, VIDEO)
    renamed = await place.ask("PUT", targets["video.mp4"].replace("video", "preview"), VIDEO)
    outside = await place.ask("PUT", targets["video.mp4"].replace("video", "..%2f..%2fx"), VIDEO)

    assert (reply.problem, renamed.problem) == (REFUSED, REFUSED)
    assert outside.status in {401, 404}
    assert files_under(tmp_path) == []


async def test_a_token_opens_nothing_once_its_recording_is_complete(
    place: Place, recorded: Recorded
) -> None:
    targets = await recorded.targets()
    await recorded.upload()
    ready = await recorded.view()

    again = await recorded.complete(facts={**FACTS, "frames": 1})
    late = [await recorded.fail(), await place.ask("PUT", targets["video.mp4"], VIDEO)]

    assert again.status == 204
    assert [reply.problem for reply in late] == [REFUSED] * 2
    assert await recorded.view() == ready


async def test_a_worker_that_did_not_hear_that_it_is_complete_has_nothing_left_to_upload(
    recorded: Recorded,
) -> None:
    await recorded.upload()
    ready = await recorded.view()

    begun, completed = await recorded.begin(), await recorded.complete()

    assert (begun.status, begun.json) == (200, {"files": []})
    assert completed.status == 204
    assert await recorded.view() == ready


async def test_an_address_of_a_file_expires(place: Place, recorded: Recorded) -> None:
    targets = await recorded.targets()
    place.clock.step(seconds=UPLOAD_LASTS_US / SECOND_US)

    assert (await place.ask("PUT", targets["video.mp4"], VIDEO)).problem == REFUSED


async def test_a_recording_that_fails_says_why_and_keeps_nothing(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    await recorded.put_all()
    replies = [await recorded.fail("encoder_failed"), await recorded.fail("another_reason")]
    await sweep(place)

    assert [reply.status for reply in replies] == [204, 204]
    view = await recorded.view()
    assert (view["state"], view["error"]) == ("failed", "encoder_failed")
    assert files_under(tmp_path) == []
    assert (await recorded.complete()).problem == REFUSED


async def test_what_is_never_handed_over_fails(place: Place, recorded: Recorded) -> None:
    await recorded.end()
    await sweep(place, after_us=UPLOAD_WITHIN_US)

    view = await recorded.view()
    assert (view["state"], view["error"]) == ("failed", "never_uploaded")
    assert (await recorded.begin()).problem == REFUSED


async def test_a_recording_is_not_complete_before_each_file_is_there(
    place: Place, recorded: Recorded
) -> None:
    nothing = await recorded.complete()
    targets = await recorded.targets()
    await place.ask("PUT", targets["video.mp4"], VIDEO)
    some = await recorded.complete()

    assert nothing.problem == some.problem == (409, "upload_incomplete")
    assert some.json["missing"] == ["preview.mp4", "thumbnail.jpg", "events.jsonl"]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([], (422, "schema")),
        ([{"name": "video.avi", "bytes": 1}], (422, "schema")),
        ([{"name": "../video.mp4", "bytes": 1}], (422, "schema")),
        ([{"name": "video.mp4", "bytes": 0}], (422, "schema")),
        ([{"name": "video.mp4", "bytes": 1}] * 2, (422, "files_repeated")),
        ([{"name": "video.mp4", "bytes": 4_096_000_001}], (413, "too_large")),
    ],
    ids=["none", "unknown", "path", "empty", "twice", "too large"],
)
async def test_what_cannot_be_a_recordings_files_is_refused(
    recorded: Recorded, files: list[object], problem: tuple[int, str]
) -> None:
    assert (await recorded.announce(files)).problem == problem


async def test_a_file_of_another_length_leaves_nothing(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    url = place.front.url + (await recorded.targets())["video.mp4"]
    statuses = []
    for body in (VIDEO + b"x", VIDEO[:-1]):
        said = await place.ask("PUT", url.removeprefix(place.front.url), body)
        assert said.problem == (422, "upload_length")
        async with place.http.put(url, data=pieces(body)) as chunked:
            statuses.append(chunked.status)

    assert statuses == [422, 422]
    assert files_under(tmp_path) == []


async def test_an_upload_that_breaks_off_leaves_nothing_and_can_be_made_again(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    body = b"x" * 3_000_000
    files = {"video.mp4": body}
    url = (await recorded.targets(files))["video.mp4"]

    async def broken() -> AsyncIterator[bytes]:
        yield body[:2_500_000]
        while not files_under(tmp_path):  # it has begun to be written
            await place.ask("GET", "/healthz")
        raise ConnectionResetError

    headers = {"Content-Length": str(len(body))}
    with pytest.raises((ClientError, ConnectionResetError)):
        await place.http.put(place.front.url + url, data=broken(), headers=headers)
    async with asyncio.timeout(WITHIN_S):
        while files_under(tmp_path):
            await place.ask("GET", "/healthz")
    async with place.http.put(place.front.url + url, data=pieces(body)) as after:
        assert after.status == 204
    assert (await recorded.complete()).status == 204
    assert [name.rpartition("/")[2] for name in files_under(tmp_path)] == ["video.mp4"]


async def test_the_gateway_answers_others_while_a_file_comes_slowly(
    place: Place, recorded: Recorded
) -> None:
    url = (await recorded.targets({"video.mp4": VIDEO}))["video.mp4"]
    go_on = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield VIDEO[:1_000]
        await go_on.wait()
        yield VIDEO[1_000:]

    upload = asyncio.ensure_future(place.http.put(place.front.url + url, data=slowly()))
    others = [await place.ask("GET", "/healthz") for _ in range(3)]
    go_on.set()
    answer = await upload

    assert [one.status for one in others] == [200] * 3
    assert answer.status == 204
    answer.release()


async def test_a_disk_without_room_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    artifacts = ArtifactSettings(keep_free_mb=10_000_000)
    async with gateway_at(tmp_path, RECORDED, artifacts=artifacts) as place:
        recorded = await record(place)
        reply = await recorded.begin()

        assert reply.problem == (507, "artifacts_full")
        assert reply.headers["Retry-After"] == "60"
        assert (await recorded.view())["state"] == "recording"


async def test_files_that_cannot_be_had_now_are_said_to_be_so(
    place: Place, recorded: Recorded, tmp_path: Path
) -> None:
    (tmp_path / "artifacts").write_text("no folder")

    targets = await recorded.targets()
    reply = await place.ask("PUT", targets["video.mp4"], VIDEO)

    assert reply.problem == (503, "artifacts_failed")


async def test_events_and_pages_tell_of_what_became_of_a_recording(
    place: Place, recorded: Recorded
) -> None:
    await recorded.upload()
    other = await record(place, "two")
    await other.fail()
    await place.gateway.telling.publisher.once()

    reply = await place.ask("GET", "/v1/events?types=recording.*", secret=place.secrets.api_key)
    events = reply.json["events"]
    assert isinstance(events, list)
    said = [(one["type"], one["data"]["id"], one["data"]["error"]) for one in events]

    assert said == [
        ("recording.ready", recorded.keeping.recording, None),
        ("recording.failed", other.keeping.recording, "encoder_failed"),
    ]


async def test_a_list_goes_on_where_it_stopped_and_shows_what_is_asked(place: Place) -> None:
    made = []
    for name in ("one", "two", "three"):
        place.clock.step(seconds=1)
        made.append(await record(place, name))
    key = place.secrets.api_key
    first = await place.ask("GET", "/v1/recordings?limit=2", secret=key)
    second = await place.ask("GET", f"/v1/recordings?cursor={first.json['cursor']}", secret=key)

    async def ids(query: str) -> list[object]:
        reply = await place.ask("GET", f"/v1/recordings?{query}", secret=key)
        found = reply.json["recordings"]
        assert isinstance(found, list)
        return [one["id"] for one in found]

    found = [*await ids("limit=2"), *await ids(f"cursor={first.json['cursor']}")]
    assert found == [one.keeping.recording for one in reversed(made)]
    assert second.json["cursor"] is None
    assert await ids(f"session={made[1].session}") == [made[1].keeping.recording]
    assert await ids("project=cove&source=session&state=recording") == found
    assert await ids("project=other") == await ids("source=simulation") == []
    assert await ids(f"session={made[1].session}&simulation=sim_1") == []


async def test_no_link_and_no_token_stands_in_the_log(
    written: tuple[Place, io.StringIO],  # noqa: F811 - the fixture
) -> None:
    place, stream = written
    key = place.secrets.api_key
    rules = {"rules": {"recording": {"enabled": True}}}
    await place.ask("PATCH", "/v1/projects/cove", rules, secret=key)
    recorded = await record(place)
    targets = await recorded.targets()
    await recorded.upload()
    links = await recorded.links()
    for link in links.values():
        await place.ask("GET", link)
        await place.ask("GET", link.replace("rec_", "rec_x"))
    await place.ask("PUT", targets["video.mp4"], VIDEO)

    said = stream.getvalue()
    signatures = [
        one.split("/")[3].rpartition(".")[2] for one in (*targets.values(), *links.values())
    ]
    signatures.append(recorded.keeping.upload_token.rpartition(".")[2])
    assert all(len(one) == 64 for one in signatures)
    assert not [one for one in signatures if one in said]
    assert '"route": "/v1/uploads/{token}/{name}"' in said
