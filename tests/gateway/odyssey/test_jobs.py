"""Simulations and recordings as Odyssey's SDK asks for them."""

from pathlib import Path
from typing import Final

from diorama.gateway.settings import ProjectSettings
from diorama.protocol import worker as wire
from diorama.protocol.scripts import Cue
from tests.gateway.odyssey.sdk import Sdk
from tests.gateway.running import COVE, Json, Place, gateway_at
from tests.gateway.uploading import FACTS, RECORDED, record

SCRIPT = [
    {"timestamp_ms": 0, "start": {"prompt": "a cat asleep"}},
    {"timestamp_ms": 500.4, "interact": {"prompt": "it wakes"}},
    {"timestamp_ms": 2000, "end": {}},
]
BAY = ProjectSettings(name="bay", world="a:B")
JOB: Json = {"portrait": True, "output_video": True, "script": SCRIPT}


async def client(place: Place, base: str = "/odyssey/cove") -> Sdk:
    sdk = Sdk(place, base)
    await sdk.sign_in()
    return sdk


async def test_a_job_is_taken_run_looked_at_and_listed(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        sdk = await client(place)
        taken = await sdk.ask("POST", "/simulation-jobs", JOB)
        job_id = str(taken.json["job_id"])
        pending = await sdk.ask("GET", f"/simulation-jobs/{job_id}")
        worker = await place.worker()
        assign = await worker.next(wire.Assign)
        listed = await sdk.ask("GET", "/simulation-jobs?active=true&limit=10")
        none = await sdk.ask("GET", "/simulation-jobs?status=completed")
        own = await place.ask("GET", f"/v1/simulations/{job_id}", secret=place.secrets.api_key)

    assert taken.status == 201
    assert taken.json["status"] == "pending"
    assert taken.json["estimated_wait_minutes"] is None
    assert pending.json | {"created_at": ""} == {
        "job_id": job_id,
        "status": "pending",
        "priority": "normal",
        "created_at": "",
        "dispatched_at": None,
        "started_at": None,
        "completed_at": None,
        "error_message": None,
        "assigned_region": None,
        "retry_count": 0,
        "streams": [],
    }
    assert assign.run is not None
    assert assign.run.script == (
        Cue(at_ms=0, prompt="a cat asleep"),
        Cue(at_ms=500, prompt="it wakes"),
        Cue(at_ms=2_000, end=True),
    )
    assert (listed.json["total"], listed.json["limit"], listed.json["offset"]) == (1, 10, 0)
    (line,) = list(listed.json["jobs"])  # type: ignore[call-overload] # a list, as just asserted
    assert line["job_id"] == job_id
    assert none.json["jobs"] == []
    assert own.json["name"] == "Odyssey SDK"


async def test_a_batch_is_one_job_and_is_paged_by_offset(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        sdk = await client(place)
        ids: list[object] = []
        for _ in range(3):
            place.clock.step(seconds=1)
            made = await sdk.ask("POST", "/simulation-jobs", {"scripts": [SCRIPT, SCRIPT]})
            ids.append(made.json["job_id"])
        second = await sdk.ask("GET", "/simulation-jobs?limit=1&offset=1")
        beyond = await sdk.ask("GET", "/simulation-jobs?limit=101")

    assert second.json["total"] == 3
    (line,) = list(second.json["jobs"])  # type: ignore[call-overload] # a list of one
    assert line["job_id"] == ids[1]
    assert beyond.status == 422


BAD: Final[tuple[Json, ...]] = (
    {},
    {"script": SCRIPT, "scripts": [SCRIPT]},
    {"script_url": "https://example.com/script.json"},
    {"script": []},
    {"script": [{"timestamp_ms": 0}]},
    {"script": [{"timestamp_ms": 0, "start": {"prompt": "x"}}]},
    {"script": [{"timestamp_ms": 0, "start": {"prompt": "x"}, "end": {}}]},
    {"script": [{"timestamp_ms": -1, "end": {}}]},
    {"script": [{"timestamp_ms": 1, "start": {"image": "data:x"}}, SCRIPT[-1]]},
    {"script": [{"timestamp_ms": 1, "interact": {"prompt": "x" * 4_001}}, SCRIPT[-1]]},
)


async def test_a_job_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        sdk = await client(place)
        replies = [await sdk.ask("POST", "/simulation-jobs", body) for body in BAD]

    assert {reply.status for reply in replies} == {422}
    assert {reply.json["code"] for reply in replies} == {"schema", "script_invalid"}


async def test_a_job_is_cancelled_once(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        sdk = await client(place)
        job_id = (await sdk.ask("POST", "/simulation-jobs", JOB)).json["job_id"]
        cancelled = await sdk.ask("DELETE", f"/simulation-jobs/{job_id}")
        again = await sdk.ask("DELETE", f"/simulation-jobs/{job_id}")
        missing = await sdk.ask("DELETE", "/simulation-jobs/sim_missing")

    assert cancelled.json == {"job_id": job_id, "status": "cancelled"}
    assert again.problem == (400, "simulation_over")
    assert again.json["detail"] == "This simulation is over: it cannot be cancelled."
    assert missing.status == 404


async def test_a_job_of_another_project_is_missing_here(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, COVE, BAY) as place:
        job_id = (await (await client(place)).ask("POST", "/simulation-jobs", JOB)).json["job_id"]
        bay = await client(place, "/odyssey/bay")
        found = [
            await bay.ask(method, f"/simulation-jobs/{job_id}") for method in ("GET", "DELETE")
        ]
        listed = await bay.ask("GET", "/simulation-jobs")

    assert [reply.status for reply in found] == [404, 404]
    assert listed.json["total"] == 0


async def test_a_recorded_session_is_found_by_its_stream(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, RECORDED) as place:
        sdk = await client(place)
        recorded = await record(place)
        stream_id = recorded.keeping.recording
        running = await sdk.ask("GET", f"/recordings/{stream_id}")
        none = await sdk.ask("GET", "/stream-recordings")
        await recorded.end()
        await recorded.upload()
        ready = await sdk.ask("GET", f"/recordings/{stream_id}")
        by_session = await sdk.ask("GET", f"/recordings/{recorded.session}")
        listed = await sdk.ask("GET", "/stream-recordings?limit=5")
        url = str(ready.json["video_url"])
        video = await place.ask("GET", url.removeprefix(place.front.url))
        path = f"/v1/recordings/{stream_id}"
        await place.ask("DELETE", path, secret=place.secrets.api_key)
        gone = await sdk.ask("GET", f"/recordings/{stream_id}")

    assert running.json == {
        "stream_id": stream_id,
        "video_url": None,
        "events_url": None,
        "thumbnail_url": None,
        "preview_url": None,
        "frame_count": None,
        "duration_seconds": None,
    }
    assert none.json == {"recordings": [], "total": 0, "limit": 20, "offset": 0}
    assert ready.json == by_session.json
    assert ready.json["frame_count"] == FACTS["frames"]
    assert url.startswith(f"{place.front.url}/v1/artifacts/")
    assert video.status == 200
    (line,) = list(listed.json["recordings"])  # type: ignore[call-overload] # a list of one
    assert line["stream_id"] == stream_id
    assert (line["width"], line["height"]) == (FACTS["width"], FACTS["height"])
    assert gone.status == 404
