"""What spectators cost the viewer: its frame rate with none, one and three, in turns in one run.

Measured through `diorama up` as it is, over loopback, with headless Chromium as viewer and as
spectators, all on this machine: what decodes for spectators takes from the viewer, too, which on
machines of their own it would not.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx
from bench_stream import settings, viewer
from playwright.async_api import Page
from programs import Program, cpu_s, running
from report import Figures, median, publish, scaled, versions, wait_for_quiet

FPS: Final = 30
COUNTS: Final = (0, 1, 3)
ROUNDS: Final = 3
SETTLE_S: Final = 3.0
WINDOW_S: Final = 5.0
_RULES: Final = "\n[projects.rules.spectators]\nenabled = true\n"
_WATCH: Final = """async (links) => {
  window.players = await Promise.all(links.map(async (made) => {
    const peer = new RTCPeerConnection();
    const video = document.createElement("video");
    Object.assign(video, { autoplay: true, muted: true });
    peer.ontrack = ({ track }) => { video.srcObject = new MediaStream([track]); };
    peer.addTransceiver("video", { direction: "recvonly" });
    await peer.setLocalDescription();
    const answer = await fetch(new URL(made.url).pathname, {
      method: "POST",
      headers: { Authorization: `Bearer ${made.token}`, "Content-Type": "application/sdp" },
      body: peer.localDescription.sdp,
    });
    if (!answer.ok) throw new Error(await answer.text());
    const where = answer.headers.get("Location");
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    return { peer, video, where, token: made.token };
  }));
}"""
_RECEIVED: Final = """async () => {
  const counts = [];
  for (const { peer } of window.players)
    for (const entry of (await peer.getStats()).values())
      if (entry.type === "inbound-rtp" && entry.kind === "video") counts.push(entry.framesReceived);
  return counts;
}"""
_LEAVE: Final = """async () => {
  for (const { peer, where, token } of window.players) {
    await fetch(where, { method: "DELETE", headers: { Authorization: `Bearer ${token}` } });
    peer.close();
  }
  window.players = [];
}"""


async def window(page: Page, program: Program, links: Sequence[object]) -> Figures:
    """Return what the viewer, and who watches by these links, see for a while."""
    (worker,) = program.children("worker")
    await page.evaluate(_WATCH, list(links))
    await asyncio.sleep(SETTLE_S)
    before, own = await page.evaluate(_RECEIVED), await page.evaluate("reception()")
    worker_s, began = cpu_s(worker), time.perf_counter()
    await asyncio.sleep(WINDOW_S)
    seconds, worker_s = time.perf_counter() - began, cpu_s(worker) - worker_s
    after, own_after = await page.evaluate(_RECEIVED), await page.evaluate("reception()")
    await page.evaluate(_LEAVE)
    rates = [(late - early) / seconds for early, late in zip(before, after, strict=True)]
    return {
        "spectators": len(links),
        "viewer_fps": (own_after["framesReceived"] - own["framesReceived"]) / seconds,
        "spectator_fps": sum(rates) / len(rates) if rates else None,
        "worker_cores": worker_s / seconds,
    }


async def let_watch(url: str, folder: Path, session: str) -> list[object]:
    """Return links for as many as ever watch at once."""
    key = (folder / "data" / "secrets" / "api.key").read_text().strip()
    path = f"/v1/sessions/{session}/spectators"
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}) as rest:
        return [(await rest.post(path, json={})).json() for _ in range(max(COUNTS))]


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the medians for each number of spectators."""
    projects = settings()
    with running("up", folder, projects + _RULES) as program:
        async with viewer(program.url) as page:
            session = await page.evaluate("(project) => openSession(project)", f"at{FPS}")
            await page.evaluate("connect()")
            links = await let_watch(program.url, folder, session)
            rounds = [
                await window(page, program, links[:count])
                for _ in range(scaled(ROUNDS))
                for count in COUNTS
            ]
    return {"The viewer beside spectators, 1280x720": _medians(rounds)}


def _medians(rounds: list[Figures]) -> list[Figures]:
    rows = [_row(rounds, count) for count in COUNTS]
    alone = rows[0]["viewer_fps"]
    assert isinstance(alone, float), "it was measured"
    for row in rows:
        fps = row["viewer_fps"]
        assert isinstance(fps, float), "it was measured"
        row["of_alone"] = fps / alone
    return rows


def _row(rounds: list[Figures], count: int) -> Figures:
    of = [one for one in rounds if one["spectators"] == count]
    names = ("viewer_fps", "spectator_fps", "worker_cores")
    found: Figures = {"spectators": count}
    for name in names:
        values = [value for one in of if isinstance(value := one[name], float)]
        found[name] = median(values) if values else None
    return found


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = asyncio.run(run(Path(name)))
    publish("spectators", load, versions("reactor-webrtc", "av", "numpy", "playwright"), sections)


if __name__ == "__main__":
    main()
