"""How a worker fetches an image, from a server of the test's own."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from diorama.agent import fetching
from diorama.agent.fetching import ATTEMPTS, Fetcher
from diorama.kernel.errors import Refused, Unavailable


@dataclass
class ImageServer:
    """Answers with what it is told, in turn; then with the image."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    async def get(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers["Authorization"]))
        status, body = self.answers.pop(0) if self.answers else (200, b"image")
        return web.Response(status=status, body=body)


@pytest.fixture
async def server() -> AsyncIterator[ImageServer]:
    server, app = ImageServer(), web.Application()
    app.router.add_get("/v1/images/{image}", server.get)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "wait_s", lambda _failures, _rng: 0.0)


def fetcher(*gateways: str) -> Fetcher:
    return Fetcher(gateways, lambda: "diw_mine", rng=random.Random(1))


async def test_an_image_is_fetched_with_the_workers_own_credential(
    server: ImageServer, tmp_path: Path
) -> None:
    await fetcher(server.url.replace("http", "ws")).fetch("dim_x", 5, tmp_path / "1")

    assert (tmp_path / "1").read_bytes() == b"image"
    assert server.asked == [("/v1/images/dim_x", "Bearer diw_mine")]


@pytest.mark.parametrize("first", [(503, b""), (200, b"imag"), (200, b"images"), (307, b"")])
async def test_what_may_go_well_another_time_is_asked_again(
    server: ImageServer, tmp_path: Path, first: tuple[int, bytes]
) -> None:
    server.answers = [first]
    await fetcher(server.url).fetch("dim_x", 5, tmp_path / "1")

    assert (tmp_path / "1").read_bytes() == b"image"
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refusal_is_final(server: ImageServer, tmp_path: Path, status: int) -> None:
    server.answers = [(status, b"")]
    with pytest.raises(Refused):
        await fetcher(server.url).fetch("dim_x", 5, tmp_path / "1")

    assert len(server.asked) == 1
    assert not (tmp_path / "1").exists()


async def test_who_never_answers_well_is_asked_a_few_times(
    server: ImageServer, tmp_path: Path
) -> None:
    server.answers = [(500, b"")] * 10
    with pytest.raises(Unavailable):
        await fetcher(server.url).fetch("dim_x", 5, tmp_path / "1")

    assert len(server.asked) == ATTEMPTS
