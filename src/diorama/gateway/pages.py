"""The player's and the portal's files, as the build left them in `static/`.

Pages are asked for again at each visit and answered with 304 while they are the same; assets carry
a digest in their name and are kept for a year. Every answer has the headers that keep foreign code
out. Where nothing is built, a page says how to build it.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

STATIC: Final = Path(__file__).parent / "static"
MAX_FILE_BYTES: Final = 16_000_000
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; object-src 'none'"
)
"""`connect-src 'self'` covers ws: and wss: of the same host and port (CSP 3; so in Chromium)."""
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_ASK_AGAIN: Final = "no-cache"
_KEEP: Final = "public, max-age=31536000, immutable"
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Diorama</title></head><body><h1>The player is not built</h1>
<p>The server runs, but its pages are missing. Run <code>make web</code> in Diorama's folder,
then load this page again.</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, with what tells it from an older one."""

    content: bytes
    media_type: str
    etag: str
    stamp: tuple[int, int]


class StaticFolder:
    """The built files, read when they are first asked for, and again when they change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._known: dict[Path, StaticFile] = {}  # bounded: one for each file that is there

    def file(self, name: str) -> StaticFile | None:
        """Return a file by its path under the folder; None if it is not there, or not under it."""
        try:
            path = (self._folder / name).resolve()
            found = path.stat()
        except (OSError, ValueError):  # not there; a name no file can have
            return None
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        stamp = (found.st_mtime_ns, found.st_size)
        known = self._known.get(path)
        if known is None or known.stamp != stamp:
            if found.st_size > MAX_FILE_BYTES:
                return None
            known = self._known[path] = _read(path, stamp)
        return known


def pages(folder: Path = STATIC) -> APIRouter:
    """Return the routes of the pages and their assets; they are no part of the API's document."""
    router = APIRouter(include_in_schema=False)
    static = StaticFolder(folder)

    @router.get("/")
    async def portal(request: Request) -> Response:
        return _page(request, static.file("index.html"))

    @router.get("/play/{project}")
    async def player(request: Request, project: str) -> Response:  # noqa: ARG001 - the page reads it
        return _page(request, static.file("play.html"))

    @router.get("/assets/{name:path}")
    async def asset(request: Request, name: str) -> Response:
        return _asset(request, static.file(f"assets/{name}"))

    @router.get("/favicon.{kind}")
    async def icon(request: Request, kind: str) -> Response:
        return _asset(request, static.file(f"favicon.{kind}"), keep=_ASK_AGAIN)

    return router


def _page(request: Request, file: StaticFile | None) -> Response:
    if file is None:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-store", "Retry-After": "10"}
        return Response(_NOT_BUILT, status, headers, "text/html; charset=utf-8")
    return _answer(request, file, _ASK_AGAIN)


def _asset(request: Request, file: StaticFile | None, *, keep: str = _KEEP) -> Response:
    if file is None:
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
        return Response("There is no such file.\n", HTTPStatus.NOT_FOUND, headers, "text/plain")
    return _answer(request, file, keep)


def _answer(request: Request, file: StaticFile, keep: str) -> Response:
    headers = {**SECURITY_HEADERS, "Cache-Control": keep, "ETag": file.etag}
    asked = request.headers.get("if-none-match", "")
    held = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    if file.etag in held or "*" in held:
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    return Response(file.content, HTTPStatus.OK, headers, file.media_type)


def _read(path: Path, stamp: tuple[int, int]) -> StaticFile:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or media_type.endswith("javascript"):
        media_type += "; charset=utf-8"
    return StaticFile(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"', stamp)
