"""What opens the upload of a recording, the upload of one file, and one file. Pure.

None is stored: each is what it opens, signed. An upload token stands in a worker's assignment, and
whether it still opens anything is the recording's state to say. The other two are parts of an
address, of one file each, and expire.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, NoReturn

from diorama.kernel.errors import NotFound, Unauthorized
from diorama.kernel.units import MINUTE_US, SECOND_US

UPLOAD: Final = "dup"
FILE: Final = "duf"
LINK: Final = "dar"
LINK_LASTS_US: Final = 15 * MINUTE_US
LINK_STEP_US: Final = 5 * MINUTE_US
"""Links made within one such step are the same, so a page that asks again plays on."""


@dataclass(frozen=True, slots=True)
class UploadToken:
    """Opens the upload of a recording: `issue` is the how-manieth token of it."""

    recording_id: str
    issue: int

    @property
    def unsigned(self) -> str:
        """What a use case hands out: the gateway's socket signs it."""
        return f"{UPLOAD}_{self.recording_id}.{self.issue}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToken:
    """Opens the upload of one file of exactly so many bytes, until it expires."""

    recording_id: str
    issue: int
    bytes: int
    expires_us: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkToken:
    """Opens one file of a recording, until it expires."""

    recording_id: str
    issue: int
    expires_us: int
    name: str


def signed(unsigned: str, secret: bytes) -> str:
    """Return a token with its signature: HMAC-SHA-256 over what stands before it."""
    return f"{unsigned}.{_signature(unsigned, secret)}"


def fields_of(text: str, kind: str, secret: bytes) -> list[str] | None:
    """Return what stands in a token that `signed` made, or None where it is none of this kind."""
    said, _, signature = text.rpartition(".")
    return _fields(said, kind, signature, said, secret)


def numbers_of(fields: list[str], count: int) -> list[int] | None:
    """Return fields as numbers, or None where they are not so many, or no numbers."""
    if len(fields) != count or not all(one.isascii() and one.isdecimal() for one in fields):
        return None
    return [int(one) for one in fields]


def read_upload_token(text: str, secret: bytes) -> UploadToken:
    """Return what a genuine upload token says.

    Raises:
        Unauthorized: it is none of ours (`upload_refused`), whatever is wrong with it.
    """
    fields = fields_of(text, UPLOAD, secret)
    if fields is None or (numbers := numbers_of(fields[1:], 1)) is None:
        refuse_upload()
    return UploadToken(fields[0], numbers[0])


def file_token(token: FileToken, secret: bytes) -> str:
    """Return the part of an address that opens the upload of one file."""
    expires_s = token.expires_us // SECOND_US
    said = f"{FILE}_{token.recording_id}.{token.issue}.{token.bytes}.{expires_s}"
    return f"{said}.{_signature(f'{said}/{token.name}', secret)}"


def read_file_token(text: str, name: str, secret: bytes, now_us: int) -> FileToken:
    """Return what a genuine token of a file says that has not expired.

    Raises:
        Unauthorized: `upload_refused`, whatever is wrong with it.
    """
    said, _, signature = text.rpartition(".")
    fields = _fields(said, FILE, signature, f"{said}/{name}", secret)
    if fields is None or (numbers := numbers_of(fields[1:], 3)) is None:
        refuse_upload()
    issue, length, expires_s = numbers
    if expires_s * SECOND_US <= now_us:
        refuse_upload()
    return FileToken(
        recording_id=fields[0],
        issue=issue,
        bytes=length,
        expires_us=expires_s * SECOND_US,
        name=name,
    )


def link_expires_us(now_us: int) -> int:
    """Return when a link made now expires: within 10 to 15 minutes."""
    return now_us // LINK_STEP_US * LINK_STEP_US + LINK_LASTS_US


def link_token(token: LinkToken, secret: bytes) -> str:
    """Return the part of an address that opens one file."""
    said = f"{LINK}_{token.recording_id}.{token.issue}.{token.expires_us // SECOND_US}"
    return f"{said}.{_signature(f'{said}/{token.name}', secret)}"


def read_link_token(text: str, name: str, secret: bytes, now_us: int) -> LinkToken:
    """Return what a genuine link says that has not expired.

    Raises:
        NotFound: `link_refused`, whatever is wrong with it.
    """
    said, _, signature = text.rpartition(".")
    fields = _fields(said, LINK, signature, f"{said}/{name}", secret)
    if fields is None or (numbers := numbers_of(fields[1:], 2)) is None:
        refuse_link()
    issue, expires_s = numbers
    if expires_s * SECOND_US <= now_us:
        refuse_link()
    return LinkToken(
        recording_id=fields[0], issue=issue, expires_us=expires_s * SECOND_US, name=name
    )


def refuse_upload() -> NoReturn:
    """Refuse an upload, whatever is wrong with its token, in the same words."""
    raise Unauthorized("this upload token opens nothing, or no longer", code="upload_refused")


def refuse_link() -> NoReturn:
    """Refuse a link to a file, whatever is wrong with it, in the same words."""
    raise NotFound("this link opens nothing, or no longer", code="link_refused")


def _fields(
    said: str, kind: str, signature: str, signed_text: str, secret: bytes
) -> list[str] | None:
    genuine = hmac.compare_digest(_signature(signed_text, secret).encode(), _bytes(signature))
    word, _, rest = said.partition("_")
    return rest.split(".") if genuine and word == kind else None


def _signature(said: str, secret: bytes) -> str:
    return hmac.new(secret, _bytes(said), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    # A path decoded with `surrogateescape` may hold lone surrogates: refused, not a crash.
    return text.encode(errors="surrogatepass")
