"""The built pages as a browser asks for them."""

import gzip
import os
import re
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI

from diorama.gateway.embedding import PlayerFacts
from diorama.gateway.front import Front
from diorama.gateway.pages import (
    CONTENT_SECURITY_POLICY,
    PORTAL_PATHS,
    StaticFolder,
    lost_page,
    pages,
    takes_gzip,
)
from diorama.gateway.problems import install
from diorama.gateway.settings import S3Settings
from tests.gateway.raw_http import RawAnswer, ask, listening

PORTAL: Final = '<script src="/portal/assets/x.js" nonce="diorama-nonce"></script><p>portal</p>'
PAGES: Final = Path(__file__).parents[2] / "web" / "apps" / "portal" / "src" / "pages"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<p>worlds</p>")
    (static / "play.html").write_text("<p>player</p>")
    (static / "embed.js").write_text("export {}")
    (static / "assets" / "play-1a2b.js").write_text("export {}")
    (static / "assets" / "play-1a2b.css").write_text("p {}")
    (static / "favicon.svg").write_text("<svg/>")
    (static / "portal" / "assets").mkdir(parents=True)
    (static / "portal" / "index.html").write_text(PORTAL)
    (static / "portal" / "assets" / "index-3c4d.js").write_text("export {}")
    return static


async def get(  # noqa: PLR0913 - a test names only what it is about
    folder: Path,
    path: str,
    headers: str = "",
    *,
    host: str = "x",
    framers: str = "",
    files_from: str | None = None,
) -> RawAnswer:
    async def facts_of(project: str) -> PlayerFacts:
        return PlayerFacts(framers=tuple(framers.split()) if project == "cove" else ())

    app = FastAPI()
    app.include_router(pages(StaticFolder(folder), facts_of, files_from))
    async with listening(Front(rest=app)) as running:
        return await ask(running, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n")


@pytest.mark.parametrize(
    ("path", "content", "media_type", "kept"),
    [
        ("/play", b"<p>worlds</p>", "text/html; charset=utf-8", "no-cache"),
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
        (
            "/portal/assets/index-3c4d.js",
            b"export {}",
            "text/javascript; charset=utf-8",
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
    assert "microphone=()" in answer.header("permissions-policy")
    assert answer.header("cross-origin-opener-policy") == "same-origin"


def test_what_is_written_anew_for_each_answer_is_not_compressed_to_be_kept(folder: Path) -> None:
    (folder / "play.html").write_text("<p>player</p>" * 500)
    (folder / "assets" / "long-1a2b.svg").write_text("<svg/>" * 500)
    static = StaticFolder(folder)
    page, asset = static.file("play.html"), static.file("assets/long-1a2b.svg")

    assert page is not None
    assert asset is not None
    assert (page.zipped is None, asset.zipped is None) == (True, False)


async def test_what_is_long_enough_travels_compressed_to_who_takes_that(folder: Path) -> None:
    script = "export const a = 'a'\n" * 500
    (folder / "assets" / "long-1a2b.js").write_text(script)
    plain = await get(folder, "/assets/long-1a2b.js")
    zipped = await get(folder, "/assets/long-1a2b.js", "Accept-Encoding: br, gzip\r\n")
    tag = zipped.header("etag")
    asked = f"Accept-Encoding: gzip\r\nIf-None-Match: {tag}\r\n"
    again = await get(folder, "/assets/long-1a2b.js", asked)
    short = await get(folder, "/assets/play-1a2b.js", "Accept-Encoding: gzip\r\n")

    assert plain.body == gzip.decompress(zipped.body) == script.encode()
    assert zipped.header("content-encoding") == "gzip"
    assert zipped.header("vary") == plain.header("vary") == "Accept-Encoding"
    assert tag != plain.header("etag")
    assert (again.status, again.body) == (304, b"")
    assert short.body == b"export {}"


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("br;q=1.0, GZip;q=0.5", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
    ],
)
def test_who_refuses_gzip_is_not_sent_it(accepted: str, *, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


async def test_a_page_that_is_still_the_same_is_not_sent_again(folder: Path) -> None:
    first = await get(folder, "/play/cove")
    tag = first.header("etag")
    second = await get(folder, "/play/cove", f"If-None-Match: {tag}\r\n")

    assert tag.startswith('"')
    assert (second.status, second.body) == (304, b"")
    assert second.header("etag") == tag


async def test_a_page_that_was_built_anew_is_sent_anew(folder: Path) -> None:
    tag = (await get(folder, "/play")).header("etag")
    (folder / "index.html").write_text("<p>newer</p>")
    os.utime(folder / "index.html", (1, 1))

    assert (await get(folder, "/play", f"If-None-Match: {tag}\r\n")).body == b"<p>newer</p>"


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sessions", "/sessions/ses_1", "/projects/cove/rules", "/audit"]
)
async def test_every_path_of_the_portal_is_the_portal(folder: Path, path: str) -> None:
    answer = await get(folder, path)

    assert answer.status == 200
    assert answer.header("content-type") == "text/html; charset=utf-8"
    assert b"portal" in answer.body


async def test_a_path_that_is_nobodys_is_not_the_portal(folder: Path) -> None:
    assert (await get(folder, "/nobody")).status == 404


@pytest.mark.parametrize(
    ("path", "accept", "is_page"),
    [
        ("/nobody", "text/html,*/*;q=0.8", True),
        ("/sessions-of-mine/1", "text/html", True),
        ("/nobody", "application/json", False),
        ("/nobody", "*/*", False),
        ("/v1/nobody", "text/html", False),
    ],
)
async def test_a_person_at_an_address_of_nothing_is_told_so_by_a_page(
    folder: Path, path: str, accept: str, *, is_page: bool
) -> None:
    app, static = FastAPI(), StaticFolder(folder)
    install(app, lost_page(static))
    app.include_router(pages(static))
    async with listening(Front(rest=app)) as running:
        answer = await ask(running, f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n")

    assert answer.status == 404
    assert (b"portal" in answer.body) is is_page
    assert (answer.header("content-type") == "application/problem+json") is not is_page


async def test_the_portal_takes_no_script_or_style_but_by_a_nonce_that_is_used_once(
    folder: Path,
) -> None:
    first, second = await get(folder, "/"), await get(folder, "/")

    (nonce,) = re.findall(rb'nonce="([^"]+)"', first.body)
    policy = first.header("content-security-policy")
    assert len(nonce) >= 22, "128 bits or more"
    assert f"script-src 'nonce-{nonce.decode()}';" in policy
    assert f"style-src 'self' 'nonce-{nonce.decode()}';" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert nonce not in second.body
    assert first.header("cache-control") == "no-store"


async def test_the_portal_shows_files_of_the_gateway_and_of_its_bucket_alone(
    folder: Path,
) -> None:
    own = (await get(folder, "/")).header("content-security-policy")
    bucket = (await get(folder, "/", files_from="https://s3.example:9000")).header(
        "content-security-policy"
    )

    assert "img-src 'self' data:; media-src 'self';" in own
    assert "img-src 'self' data: https://s3.example:9000;" in bucket
    assert "media-src 'self' https://s3.example:9000;" in bucket


def test_a_buckets_files_come_from_its_endpoint_or_from_amazons_of_its_region() -> None:
    assert S3Settings().origin is None
    assert S3Settings(bucket="kept", region="eu-west-1").origin == (
        "https://s3.eu-west-1.amazonaws.com"
    )
    own = S3Settings(bucket="kept", endpoint="https://s3.example:9000/minio")
    assert own.origin == "https://s3.example:9000"


def test_every_page_of_the_portal_has_a_path_that_the_gateway_knows() -> None:
    entries = sorted(PAGES.glob("*/entry.ts"))
    paths = [
        path for entry in entries for path in re.findall(r"path: '/([^']*)'", entry.read_text())
    ]

    assert paths, "the portal has pages"
    assert {path.partition("/")[0] for path in paths} <= {"", *PORTAL_PATHS}


async def test_only_the_page_for_frames_may_be_framed_and_only_by_whom_the_project_names(
    folder: Path,
) -> None:
    shown = await get(folder, "/embed/cove", framers="https://a.example https://*.b.example")
    other = await get(folder, "/embed/other", framers="https://a.example")
    plain = await get(folder, "/play/cove", framers="https://a.example")

    policy = shown.header("content-security-policy")
    assert policy.endswith("frame-ancestors 'self' https://a.example https://*.b.example")
    assert other.header("content-security-policy") == CONTENT_SECURITY_POLICY
    assert plain.header("content-security-policy") == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:1", "LOCALHOST"])
async def test_on_ones_own_machine_any_page_of_it_may_frame(folder: Path, host: str) -> None:
    shown = await get(folder, "/embed/cove", host=host)

    policy = shown.header("content-security-policy")
    assert policy.endswith("frame-ancestors 'self' http://localhost:* http://127.0.0.1:*")


async def test_a_page_that_isolates_itself_can_frame_the_player(folder: Path) -> None:
    shown = await get(folder, "/embed/cove")

    assert shown.header("cross-origin-embedder-policy") == "require-corp"
    assert shown.header("cross-origin-resource-policy") == "cross-origin"


async def test_the_script_for_embedding_pages_is_for_every_origin(folder: Path) -> None:
    script = await get(folder, "/embed.js")

    assert script.header("access-control-allow-origin") == "*"
    assert script.header("cache-control") == "no-cache"


async def test_the_player_reads_its_facts_from_the_page_and_they_are_no_markup(
    folder: Path,
) -> None:
    (folder / "play.html").write_text('<meta name="diorama" content="facts">')

    shown = await get(folder, "/embed/cove", framers='https://a.example/"><script>')
    again = await get(folder, "/embed/cove", f"If-None-Match: {shown.header('etag')}\r\n")

    assert b"&quot;https://a.example/\\&quot;&gt;&lt;script&gt;&quot;" in shown.body
    assert again.status == 200, "the facts are part of what may have changed"


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


@pytest.mark.parametrize("path", ["/", "/play", "/play/cove"])
async def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path, path: str) -> None:
    answer = await get(tmp_path / "missing", path)

    assert answer.status == 503
    assert b"make web" in answer.body
    assert answer.header("content-type") == "text/html; charset=utf-8"


def test_pages_are_no_part_of_the_api() -> None:
    app = FastAPI()
    app.include_router(pages(StaticFolder()))

    assert app.openapi()["paths"] == {}
