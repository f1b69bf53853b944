"""How the files of a recording are handed over, to a server of the test's own."""

import random
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest

from diorama.agent import uploading
from diorama.agent.recording_facts import FILES
from diorama.agent.uploading import ATTEMPTS, Uploader
from diorama.kernel.errors import Refused, Unavailable
from diorama.protocol.recording_views import RecordedFacts
from tests.agent.upload_server import UploadServer, upload_server

FACTS = RecordedFacts(width=64, height=64, fps=30, frames=1, duration_us=33_333)
WHOLE = ["POST uploads", *(f"PUT {name}" for name in FILES), "POST complete"]


@pytest.fixture
async def server() -> AsyncIterator[UploadServer]:
    async with upload_server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_bytes(name.encode() * 1_000)
    return tmp_path


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "wait_s", lambda _failures, _rng: 0.0)


def uploader(*gateways: str) -> Uploader:
    return Uploader(gateways, rng=random.Random(1))


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_every_file_arrives_whole_and_the_facts_after_them(
    server: UploadServer, folder: Path, elsewhere: bool
) -> None:
    server.elsewhere = elsewhere
    await uploader(server.url.replace("http", "ws")).upload("tok", folder, FACTS)

    assert server.requests == WHOLE
    assert server.files["tok"] == {name: (folder / name).read_bytes() for name in FILES}
    assert server.completed == {"tok": FACTS}


@pytest.mark.parametrize(
    "status", [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT]
)
async def test_what_may_be_taken_another_time_is_begun_anew(
    server: UploadServer, folder: Path, status: HTTPStatus
) -> None:
    server.answers = [HTTPStatus.OK, status]
    await uploader(server.url).upload("tok", folder, FACTS)

    assert server.requests == [*WHOLE[:2], *WHOLE]
    assert server.completed == {"tok": FACTS}


async def test_a_bucket_that_refuses_an_address_is_given_a_fresh_one(
    server: UploadServer, folder: Path
) -> None:
    server.elsewhere = True
    server.answers = [HTTPStatus.OK, HTTPStatus.FORBIDDEN]
    await uploader(server.url).upload("tok", folder, FACTS)

    assert server.completed == {"tok": FACTS}


async def test_a_refusal_is_final(server: UploadServer, folder: Path) -> None:
    server.answers = [HTTPStatus.UNAUTHORIZED]
    with pytest.raises(Refused, match="it opens nothing"):
        await uploader(server.url).upload("tok", folder, FACTS)

    assert server.requests == WHOLE[:1]


async def test_another_gateway_is_asked_where_one_is_not_there(
    server: UploadServer, folder: Path
) -> None:
    nobody = "http://127.0.0.1:1"
    await uploader(nobody, server.url, nobody).upload("tok", folder, FACTS)

    assert server.completed == {"tok": FACTS}


async def test_it_is_not_tried_for_ever(server: UploadServer, folder: Path) -> None:
    server.answers = [HTTPStatus.INTERNAL_SERVER_ERROR] * 100
    with pytest.raises(Unavailable, match="500"):
        await uploader(server.url).upload("tok", folder, FACTS)

    assert len(server.requests) == ATTEMPTS


async def test_a_recording_that_failed_is_told_with_its_reason(server: UploadServer) -> None:
    await uploader(server.url).fail("tok", "not_kept")

    assert server.failed == {"tok": "not_kept"}
