"""Workers over REST and over their sockets: drained, resumed, and who may do and see what."""

from pathlib import Path

import msgspec

from diorama.protocol.viewer import Warned
from diorama.protocol.views import Workers, WorkerView
from tests.gateway.running import gateway_at
from tests.gateway.tenants import tenant


async def test_viewers_of_a_drained_worker_are_warned_and_then_ended(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker("gpu-1")
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        key = place.secrets.api_key
        listed = await place.ask("GET", "/v1/workers", secret=key)
        (found,) = msgspec.json.decode(listed.body, type=Workers).workers
        path = f"/v1/workers/{found.id}"
        drained = await place.ask("POST", f"{path}/drain", {"within_s": 3}, secret=key)
        await place.sweep(after_s=1)
        warned = await viewer.next(Warned)
        await place.sweep(after_s=2)
        stop = await worker.stop()
        ended = await viewer.until("disconnected")
        resumed = await place.ask("POST", f"{path}/resume", secret=key)

    shown = msgspec.json.decode(drained.body, type=WorkerView)
    assert (shown.state, shown.load.held) == ("draining", 1)
    assert (warned.kind, warned.seconds_left) == ("draining", 2)
    assert (stop.code, stop.reason) == (4014, "worker_draining")
    assert ended.end is not None
    assert ended.end.code == 4014
    assert resumed.json["state"] == "ready"


async def test_only_the_operator_takes_workers_out_of_service(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("gpu-1")
        other = await tenant(place)
        listed = await place.ask("GET", "/v1/workers", secret=place.secrets.api_key)
        path = f"/v1/workers/{msgspec.json.decode(listed.body, type=Workers).workers[0].id}"
        seen = await place.ask("GET", "/v1/workers", secret=other.secret)
        drained = await place.ask("POST", f"{path}/drain", {}, secret=other.secret)
        resumed = await place.ask("POST", f"{path}/resume", secret=other.secret)
        missing = await place.ask(
            "POST", "/v1/workers/wrk_0/drain", {}, secret=place.secrets.api_key
        )

    assert seen.json == {"workers": [], "pools": []}
    assert drained.problem == resumed.problem == (403, "permission_missing")
    assert missing.problem == (404, "worker_unknown")
