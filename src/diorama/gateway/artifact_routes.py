"""`GET /v1/artifacts/{token}/{name}`: one file of a recording, for whoever has its link.

No credential is looked at: the link is one. It opens its file until it expires or the recording is
deleted. A file goes out as it is read, in parts where parts are asked for, so a player can seek; of
a bucket's files the answer leads on to the bucket.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from diorama.gateway import problems
from diorama.gateway.artifacts import Artifacts, Place
from diorama.gateway.body import Documents
from diorama.gateway.desk import Desk
from diorama.gateway.ranges import Unsatisfiable, asked_part
from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US
from diorama.protocol.recording_views import MEDIA_TYPES
from diorama.recordings.lifecycle import RecordingState
from diorama.recordings.tokens import LinkToken, read_link_token, refuse_link
from diorama.sessions.work import Work

_PARTIAL: Final = 206
_WHOLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What a link opens, and for how long still."""

    place: Place
    length: int
    left_s: int

    @property
    def tag(self) -> str:
        """Return what names these bytes: a file never changes once it is there."""
        return f'"{self.place.recording_id}.{self.place.issue}.{self.length}"'


def artifact_routes(
    desk: Desk, documents: Documents, artifacts: Artifacts, secret: bytes
) -> APIRouter:
    """Return the route.

    Args:
        desk: runs use cases.
        documents: collects what the routes take and give.
        artifacts: has the files.
        secret: signed the links.
    """
    router = APIRouter(prefix="/v1/artifacts", tags=["recordings"])

    @router.get(
        "/{token}/{name}",
        summary="Get a file of a recording by its link, or a part of it by `Range`",
        **documents.route(answers={200: None, 206: None, 307: None}, problems=(404, 416, 503)),
    )
    async def get(
        request: Request,
        token: str,
        name: str,
        download: Annotated[bool, Query(description="to be saved, not shown")] = False,  # noqa: FBT002 - FastAPI's way to declare a parameter of the query
    ) -> Response:
        opened = await desk.look(lambda work: _opened(work, token, name, secret))
        within = timedelta(seconds=opened.left_s)
        elsewhere = await artifacts.download_address(opened.place, within)
        if elsewhere is not None:
            return RedirectResponse(elsewhere, 307, headers={"Cache-Control": "no-store"})
        return await _file(request, artifacts, opened, download=download)

    return router


def _opened(work: Work, text: str, name: str, secret: bytes) -> _Opened:
    token: LinkToken = read_link_token(text, name, secret, work.now_us)
    recording = work.stores.recordings.get(token.recording_id)
    if recording is None or recording.state is not RecordingState.READY:
        refuse_link()
    lengths = {file.name: file.bytes for file in recording.files}
    if recording.issue != token.issue or name not in lengths:
        refuse_link()
    place = Place(recording_id=recording.id, issue=recording.issue, name=name)
    left_s = max(1, (token.expires_us - work.now_us) // SECOND_US)
    return _Opened(place=place, length=lengths[name], left_s=left_s)


async def _file(
    request: Request, artifacts: Artifacts, opened: _Opened, *, download: bool
) -> Response:
    headers = _headers(opened, download=download)
    part = None
    if request.headers.get("if-range") in {None, opened.tag}:
        part = asked_part(request.headers.get("range"), opened.length)
    if isinstance(part, Unsatisfiable):
        refused = Invalid("the file has none of these bytes", code="range_refused")
        return problems.document(
            refused, request.scope, {"Content-Range": f"bytes */{opened.length}"}
        )
    start, end = (0, opened.length) if part is None else (part.start, part.end)
    pieces = await artifacts.read(opened.place, start, end)
    if pieces is None:
        refuse_link()
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{opened.length}"
    return StreamingResponse(
        pieces,
        _WHOLE if part is None else _PARTIAL,
        headers=headers,
        media_type=MEDIA_TYPES[opened.place.name],
    )


def _headers(opened: _Opened, *, download: bool) -> dict[str, str]:
    shown = "attachment" if download else "inline"
    file_name = f"{opened.place.recording_id}-{opened.place.name}"
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={opened.left_s}",
        "Content-Disposition": f'{shown}; filename="{file_name}"',
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'",
        "ETag": opened.tag,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
