"""The built pages as a browser asks for them."""

import os
from pathlib import Path

import pytest
from fastapi import FastAPI

from diorama.gateway.front import Front
from diorama.gateway.pages import CONTENT_SECURITY_POLICY, pages
from tests.gateway.raw_http import RawAnswer, ask, listening


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<p>portal</p>")
    (static / "play.html").write_text("<p>player</p>")
    (static / "assets" / "play-1a2b.js").write_text("export {}")
    (static / "assets" / "play-1a2b.css").write_text("p {}")
    (static / "favicon.svg").write_text("<svg/>")
    return static


async def get(folder: Path, path: str, headers: str = "", method: str = "GET") -> RawAnswer:
    app = FastAPI()
    app.include_router(pages(folder))
    async with listening(Front(rest=app)) as running:
        return await ask(running, f"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n")


@pytest.mark.parametrize(
    ("path", "content", "media_type", "kept"),
    [
        ("/", b"<p>portal</p>", "text/html; charset=utf-8", "no-cache"),
        ("/play/cove", b"<p>player</p>", "text/html; charset=utf-8", "no-cache"),
        (
            "/assets/play-1a2b.js",
            b"export {}",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        (
            "/assets/play-1a2b.css",
            b"p {}",
            "text/css; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("/favicon.svg", b"<svg/>", "image/svg+xml", "no-cache"),
    ],
)
async def test_a_file_comes_with_its_type_and_how_long_to_keep_it(
    folder: Path, path: str, content: bytes, media_type: str, kept: str
) -> None:
    answer = await get(folder, path)

    assert (answer.status, answer.body) == (200, content)
    assert answer.header("content-type") == media_type
    assert answer.header("cache-control") == kept
    assert answer.header("content-security-policy") == CONTENT_SECURITY_POLICY
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "no-referrer"


async def test_a_page_that_is_still_the_same_is_not_sent_again(folder: Path) -> None:
    first = await get(folder, "/play/cove")
    tag = first.header("etag")
    second = await get(folder, "/play/cove", f"If-None-Match: {tag}\r\n")

    assert tag.startswith('"')
    assert (second.status, second.body) == (304, b"")
    assert second.header("etag") == tag


async def test_a_page_that_was_built_anew_is_sent_anew(folder: Path) -> None:
    tag = (await get(folder, "/")).header("etag")
    (folder / "index.html").write_text("<p>newer</p>")
    os.utime(folder / "index.html", (1, 1))

    assert (await get(folder, "/", f"If-None-Match: {tag}\r\n")).body == b"<p>newer</p>"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/assets/../../secret.txt",
        "/assets/..%2F..%2Fsecret.txt",
        "/assets/%2Fetc%2Fpasswd",
        "/assets/a%00b",
        "/assets/" + "x" * 300,
        "/assets/",
    ],
)
async def test_what_is_not_a_built_file_is_not_found(folder: Path, path: str) -> None:
    answer = await get(folder, path)

    assert answer.status == 404
    assert answer.header("cache-control") == "no-store"
    assert b"secret" not in answer.body


async def test_a_link_out_of_the_folder_leads_nowhere(folder: Path) -> None:
    (folder / "assets" / "link.txt").symlink_to(folder.parent / "secret.txt")

    assert (await get(folder, "/assets/link.txt")).status == 404


@pytest.mark.parametrize("path", ["/", "/play/cove"])
async def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path, path: str) -> None:
    answer = await get(tmp_path / "missing", path)

    assert answer.status == 503
    assert b"make web" in answer.body
    assert answer.header("content-type") == "text/html; charset=utf-8"


def test_pages_are_no_part_of_the_api() -> None:
    app = FastAPI()
    app.include_router(pages())

    assert app.openapi()["paths"] == {}
