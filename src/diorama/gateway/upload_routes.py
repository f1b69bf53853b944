"""Uploads of recordings: what a worker asks with the token of its assignment.

`POST /v1/uploads` says where each file is to be PUT; `.../complete` and `.../fail` end it. A token
opens one recording and no other, file names are four, and each address takes one file of exactly
the length that was announced. Files come to the gateway as they are sent and leave no part behind
where they break off; a bucket is written to directly, and looked at before a recording is complete.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from diorama.gateway.artifacts import MEGABYTE, Artifacts, Place
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Detail, Invalid, Refused, Unavailable
from diorama.protocol.recording_views import (
    MEDIA_TYPES,
    BeginUpload,
    CompleteUpload,
    FailUpload,
    FileToUpload,
    UploadTarget,
    UploadTargets,
)
from diorama.recordings.lifecycle import (
    UPLOAD_LASTS_US,
    WITHOUT_FILES,
    Recording,
    RecordingState,
    StoredFile,
)
from diorama.recordings.tokens import (
    FileToken,
    UploadToken,
    file_token,
    read_file_token,
    read_upload_token,
    refuse_upload,
)
from diorama.sessions.recording import begin_upload, complete_upload, fail_upload, opened_by

PATH: Final = "/v1/uploads"
FILES_AT_ONCE: Final = 16
"""That one gateway takes; each costs it some pieces of memory."""
TURN_WITHIN_S: Final = 30.0


def takes_files(method: str, path: str) -> bool:
    """Return whether a request is the upload of a file, whose body is read as it comes."""
    return method == "PUT" and path.startswith(f"{PATH}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadParts:
    """What the routes are given.

    Attributes:
        desk: runs use cases.
        artifacts: takes the files.
        secret: signs the tokens.
        max_mb: of one file.
        keep_us: how long any recording is kept.
    """

    desk: Desk
    artifacts: Artifacts
    secret: bytes
    max_mb: int
    keep_us: int


def upload_routes(parts: UploadParts, documents: Documents) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix=PATH, tags=["uploads"])
    uploads = _Uploads(parts)

    @router.post(
        "",
        summary="As a worker: say which files there are, and learn where to PUT them",
        **documents.route(
            body=BeginUpload, answers={200: UploadTargets}, problems=(400, 401, 413, 503, 507)
        ),
    )
    async def begin(
        body: Annotated[BeginUpload, Depends(json_body(BeginUpload, anybody=True))],
    ) -> Response:
        return answer(await uploads.begin(body), headers={"Cache-Control": "no-store"})

    @router.put(
        "/{token}/{name}",
        summary="As a worker: upload one file",
        **documents.route(answers={204: None}, problems=(401, 413, 503, 507)),
    )
    async def put(request: Request, token: str, name: str) -> Response:
        await uploads.put(request, token, name)
        return Response(status_code=204)

    @router.post(
        "/complete",
        summary="As a worker: say that every file is there; a second time changes nothing",
        **documents.route(body=CompleteUpload, answers={204: None}, problems=(400, 401, 409, 503)),
    )
    async def complete(
        body: Annotated[CompleteUpload, Depends(json_body(CompleteUpload, anybody=True))],
    ) -> Response:
        await uploads.complete(body)
        return Response(status_code=204)

    @router.post(
        "/fail",
        summary="As a worker: say that there will be no files; a second time changes nothing",
        **documents.route(body=FailUpload, answers={204: None}, problems=(400, 401)),
    )
    async def fail(
        body: Annotated[FailUpload, Depends(json_body(FailUpload, anybody=True))],
    ) -> Response:
        token = read_upload_token(body.token, parts.secret)
        await parts.desk.do(lambda work: fail_upload(work, token, body.reason))
        return Response(status_code=204)

    return router


class _Uploads:
    """Does what the routes say."""

    def __init__(self, parts: UploadParts) -> None:
        self._desk = parts.desk
        self._artifacts = parts.artifacts
        self._secret = parts.secret
        self._max_bytes = parts.max_mb * MEGABYTE
        self._keep_us = parts.keep_us
        self._turns = asyncio.Semaphore(FILES_AT_ONCE)

    async def begin(self, ask: BeginUpload) -> UploadTargets:
        """Let the files in that were announced, and say where each goes.

        Of a recording that is complete nothing is missing: so a worker which did not hear that it
        is, and begins anew, comes to the same end.
        """
        token = read_upload_token(ask.token, self._secret)
        self._check(ask.files)
        known = await self._desk.look(lambda work: opened_by(work, token, again=True))
        if known.state is RecordingState.READY:
            return UploadTargets(files=())
        await self._artifacts.make_room(sum(file.bytes for file in ask.files))
        files = tuple(StoredFile(name=file.name, bytes=file.bytes) for file in ask.files)
        recording = await self._desk.do(lambda work: begin_upload(work, token, files))
        targets = [await self._target(recording, file) for file in ask.files]
        return UploadTargets(files=tuple(targets))

    async def put(self, request: Request, text: str, name: str) -> None:
        """Take one file, whole or not at all."""
        now_us = await self._desk.look(lambda work: work.now_us)
        if name not in MEDIA_TYPES:
            refuse_upload()
        token = read_file_token(text, name, self._secret, now_us)
        upload = UploadToken(token.recording_id, token.issue)
        await self._desk.look(lambda work: opened_by(work, upload))
        said = request.headers.get("content-length")
        if said is not None and said != str(token.bytes):
            raise _other_length(token)
        await self._artifacts.make_room(token.bytes)
        place = Place(recording_id=token.recording_id, issue=token.issue, name=name)
        async with self._turn():
            try:
                await self._artifacts.write(place, _exactly(request, token))
            except ClientDisconnect:
                raise Invalid("the file did not come whole", code="upload_broken") from None
        if await self._is_over(upload):  # deleted, or given up, while it came
            await self._artifacts.remove(place)
            refuse_upload()

    async def complete(self, ask: CompleteUpload) -> None:
        """Make a recording ready whose files are all there."""
        token = read_upload_token(ask.token, self._secret)
        known = await self._desk.look(lambda work: opened_by(work, token, again=True))
        if known.state is RecordingState.READY:
            return
        missing = [file.name for file in known.announced if not await self._is_there(known, file)]
        if missing or not known.announced:
            raise Refused(
                "files of this recording are not there, or of another length than was announced",
                code="upload_incomplete",
                detail={"missing": list[Detail](missing)},
            )
        await self._desk.do(
            lambda work: complete_upload(
                work,
                token,
                ask.facts,
                files=known.announced,
                keep_at_most_us=self._keep_us,
            )
        )

    def _check(self, files: tuple[FileToUpload, ...]) -> None:
        if len({file.name for file in files}) != len(files):
            raise Invalid("each file is named once", code="files_repeated")
        for file in files:
            if file.bytes > self._max_bytes:
                raise Invalid(
                    f"{file.name} has {file.bytes} bytes; a file may have {self._max_bytes}",
                    code="too_large",
                    detail={"max_bytes": self._max_bytes},
                )

    async def _target(self, recording: Recording, file: FileToUpload) -> UploadTarget:
        place = Place(recording_id=recording.id, issue=recording.issue, name=file.name)
        until = timedelta(microseconds=UPLOAD_LASTS_US)
        url = await self._artifacts.upload_address(place, until)
        if url is None:
            token = FileToken(
                recording_id=recording.id,
                issue=recording.issue,
                bytes=file.bytes,
                expires_us=recording.uploads_until_us or 0,
                name=file.name,
            )
            url = f"{PATH}/{file_token(token, self._secret)}/{file.name}"
        return UploadTarget(name=file.name, url=url, media_type=MEDIA_TYPES[file.name])

    async def _is_there(self, recording: Recording, file: StoredFile) -> bool:
        place = Place(recording_id=recording.id, issue=recording.issue, name=file.name)
        return await self._artifacts.length(place) == file.bytes

    async def _is_over(self, upload: UploadToken) -> bool:
        """Return whether nobody waits for the files of an upload any more."""
        found = await self._desk.look(lambda work: work.stores.recordings.get(upload.recording_id))
        return found is None or found.state in WITHOUT_FILES or found.issue != upload.issue

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for one's turn: files cost memory while they come."""
        try:
            async with asyncio.timeout(TURN_WITHIN_S):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable(
                "too many files are being uploaded here", code="uploads_busy"
            ) from None
        try:
            yield
        finally:
            self._turns.release()


async def _exactly(request: Request, token: FileToken) -> AsyncIterator[bytes]:
    """Yield the pieces of a body that has to be of exactly the length that was announced."""
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > token.bytes:
            raise _other_length(token)
        yield piece
    if length < token.bytes:
        raise _other_length(token)


def _other_length(token: FileToken) -> Invalid:
    return Invalid(
        f"{token.name} was announced with {token.bytes} bytes, and has another length",
        code="upload_length",
        detail={"bytes": token.bytes},
    )
