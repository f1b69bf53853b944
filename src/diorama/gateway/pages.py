"""The player's and the portal's files, as the build left them in `static/`.

Pages are asked for again at each visit and answered with 304 while they are the same; assets carry
a digest in their name, are kept for a year, and travel compressed. Every answer has the headers
that keep foreign code out. A player page is told a project's facts (`embedding`), which also say
who may frame it. The portal is one page at many paths, sent anew each time with a nonce of its own:
its scripts and styles are the ones that carry it. Where nothing is built, a page says how to build
it.
"""

import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from diorama.gateway.embedding import PlayerFacts, ancestors, framers, with_facts

STATIC: Final = Path(__file__).parent / "static"
MAX_FILE_BYTES: Final = 16_000_000
MIN_ZIPPED_BYTES: Final = 1_000
"""What is shorter gains nothing: it fits in one packet as it is."""
_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; "
    "worker-src 'self' blob:; base-uri 'none'; object-src 'none'; frame-ancestors "
)
"""`connect-src 'self'` covers ws: and wss: of the same host and port (CSP 3; so in Chromium). The
SDK keeps time in hidden pages by a worker made of a blob, which a page's own script alone can make.
"""
CONTENT_SECURITY_POLICY: Final = f"{_POLICY}'self'"
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PORTAL_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:{files}; media-src 'self'{files}; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
"""A module's nonce covers what it imports (HTML, "script fetch options"). With trusted types no
text becomes markup but by the portal's one policy, which lets none through that has a `<`. What is
recorded comes from the gateway, whose answer leads on to a bucket's origin where there is one."""
NONCE_PLACE: Final = b"diorama-nonce"
"""What the build writes wherever the nonce belongs (`html.cspNonce` in the portal's Vite)."""
PORTAL_PATHS: Final = (
    "sign-in",
    "set-up",
    "invitation",
    "profile",
    "sessions",
    "simulations",
    "recordings",
    "projects",
    "workers",
    "usage",
    "keys",
    "share-links",
    "webhooks",
    "events",
    "members",
    "audit",
    "accounts",
    "plans",
    "settings",
)
"""First segments of the portal's paths; a test holds them to the pages that the portal has."""
_PLAIN: Final[Mapping[str, str]] = {
    "/play": "index.html",
    "/watch/{session}": "watch.html",
}
"""Pages that read all they need from their own address."""
_FRAMED: Final[Mapping[str, str]] = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""So that a page which isolates itself (COEP) can frame it: it loads from its own origin alone."""
_FOR_EVERYBODY: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
FactsOf: TypeAlias = Callable[[str], Awaitable[PlayerFacts]]
"""Finds the facts of the project with a name, or those of no project."""
_REFUSED: Final = frozenset({"q=0", "q=0.0", "q=0.00", "q=0.000"})
_ASK_AGAIN: Final = "no-cache"
_KEEP: Final = "public, max-age=31536000, immutable"
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Diorama</title></head><body><h1>The pages are not built</h1>
<p>The server runs, but its pages are missing. Run <code>make web</code> in Diorama's folder,
then load this page again.</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, with what tells it from an older one.

    Attributes:
        zipped: the content by gzip, where that is worth it; pages have none: they are sent as
            they are, or written anew for each answer.
    """

    content: bytes
    media_type: str
    etag: str
    stamp: tuple[int, int]
    zipped: bytes | None = None


class StaticFolder:
    """The built files, read when they are first asked for, and again when they change."""

    def __init__(self, folder: Path = STATIC) -> None:
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


async def no_facts(_: str) -> PlayerFacts:
    """Return the facts of no project."""
    return PlayerFacts()


def pages(
    static: StaticFolder, facts_of: FactsOf = no_facts, files_from: str | None = None
) -> APIRouter:
    """Return the routes of the pages and their assets; they are no part of the API's document.

    Args:
        static: what the build left.
        facts_of: finds what a player page is told.
        files_from: the origin that the files of recordings come from, where it is another.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/play/{project}")
    async def player(request: Request, project: str) -> Response:
        facts = await _facts(request, project, facts_of)
        return _page(request, static.file("play.html"), facts)

    @router.get("/embed/{project}")
    async def framed(request: Request, project: str) -> Response:
        facts = await _facts(request, project, facts_of)
        policy = {"Content-Security-Policy": _POLICY + ancestors(facts.framers)}
        return _page(request, static.file("play.html"), facts, {**_FRAMED, **policy})

    @router.get("/embed.js")
    async def embed_script(request: Request) -> Response:
        return _asset(request, static.file("embed.js"), keep=_ASK_AGAIN, more=_FOR_EVERYBODY)

    @router.get("/assets/{name:path}")
    async def asset(request: Request, name: str) -> Response:
        return _asset(request, static.file(f"assets/{name}"))

    @router.get("/favicon.{kind}")
    async def icon(request: Request, kind: str) -> Response:
        return _asset(request, static.file(f"favicon.{kind}"), keep=_ASK_AGAIN)

    @router.get("/portal/assets/{name:path}")
    async def portal_asset(request: Request, name: str) -> Response:
        return _asset(request, static.file(f"portal/assets/{name}"))

    async def portal(_: Request) -> Response:
        return _portal(static.file("portal/index.html"), files_from)

    router.add_api_route("/", portal)
    for path, name in _PLAIN.items():
        router.add_api_route(path, _plain(static, name))
    for first in PORTAL_PATHS:
        router.add_api_route(f"/{first}", portal)
        router.add_api_route(f"/{first}/{{rest:path}}", portal)
    return router


def _plain(static: StaticFolder, name: str) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers with a page that is told nothing."""

    async def page(request: Request) -> Response:
        return _page(request, static.file(name))

    return page


def lost_page(static: StaticFolder) -> Callable[[Request], Response | None]:
    """Return what answers a person whose address leads nowhere: the portal, which says so.

    A program, and whoever asks for what the API might have, is told by a problem document: None.
    """

    def page(request: Request) -> Response | None:
        is_looking = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if not is_looking or request.url.path.startswith("/v1/"):
            return None
        return _portal(static.file("portal/index.html"), None, HTTPStatus.NOT_FOUND)

    return page


def _portal(
    file: StaticFile | None, files_from: str | None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Return the portal with a nonce that no other answer has; so it is never kept."""
    if file is None:
        return _missing()
    nonce = secrets.token_urlsafe(18)
    files = "" if files_from is None else f" {files_from}"
    policy = {"Content-Security-Policy": PORTAL_POLICY.format(nonce=nonce, files=files)}
    headers = {**SECURITY_HEADERS, **policy, "Cache-Control": "no-store"}
    content = file.content.replace(NONCE_PLACE, nonce.encode())
    return Response(content, status, headers, file.media_type)


async def _facts(request: Request, project: str, facts_of: FactsOf) -> PlayerFacts:
    facts = await facts_of(project)
    allowed = framers(facts.framers, request.headers.get("host", ""))
    return msgspec.structs.replace(facts, framers=allowed)


def _page(
    request: Request,
    file: StaticFile | None,
    facts: PlayerFacts | None = None,
    more: Mapping[str, str] = {},
) -> Response:
    if file is None:
        return _missing()
    if facts is not None:
        content = with_facts(file.content, facts)
        file = replace(file, content=content, etag=_tag(content))
    return _answer(request, file, {"Cache-Control": _ASK_AGAIN, **more})


def _missing() -> Response:
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store", "Retry-After": "10"}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return Response(_NOT_BUILT, status, headers, "text/html; charset=utf-8")


def _asset(
    request: Request,
    file: StaticFile | None,
    *,
    keep: str = _KEEP,
    more: Mapping[str, str] = {},
) -> Response:
    if file is None:
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
        return Response("There is no such file.\n", HTTPStatus.NOT_FOUND, headers, "text/plain")
    if file.zipped is None:
        return _answer(request, file, {"Cache-Control": keep, **more})
    vary = {"Cache-Control": keep, "Vary": "Accept-Encoding", **more}
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return _answer(request, file, vary)
    tag = f'{file.etag[:-1]}-gzip"'
    return _answer(
        request,
        replace(file, content=file.zipped, etag=tag),
        {"Content-Encoding": "gzip", **vary},
    )


def takes_gzip(accepted: str) -> bool:
    """Return whether an `Accept-Encoding` names gzip, or any, and does not refuse it (RFC 9110)."""
    weights: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        weights[name.strip()] = weight.strip().replace(" ", "") not in _REFUSED
    return weights.get("gzip", weights.get("*", False))


def _answer(request: Request, file: StaticFile, more: Mapping[str, str]) -> Response:
    headers = {**SECURITY_HEADERS, "ETag": file.etag, **more}
    asked = request.headers.get("if-none-match", "")
    held = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    if file.etag in held or "*" in held:
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    return Response(file.content, HTTPStatus.OK, headers, file.media_type)


def _read(path: Path, stamp: tuple[int, int]) -> StaticFile:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    has_charset = media_type.startswith("text/") or media_type.endswith("javascript")
    is_text = has_charset or media_type.endswith(("json", "svg+xml"))
    is_page = media_type == "text/html"
    if has_charset:
        media_type += "; charset=utf-8"
    zipped = None
    if is_text and not is_page and len(content) >= MIN_ZIPPED_BYTES:
        zipped = gzip.compress(content, compresslevel=6, mtime=0)
    return StaticFile(content, media_type, _tag(content), stamp, zipped)


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
