"""Decides what of a session description is signalled, and which answers and offers are usable.

Offers: only codecs the worker encodes, in order of wish, each with its retransmission; nothing
experimental. Answers: size, sections, fingerprint and codec are checked before any engine sees
them, and candidates are taken out so that every candidate passes one filter. A spectator's offer
is held to the same, and loses every codec that the worker does not send. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from diorama.agent.media.engine import MAX_SDP_BYTES, Codec
from diorama.kernel.errors import Invalid

CONSTRAINED_BASELINE: Final = "42e0"
LEVEL_4_2: Final = "2a"
"""1280x720 and 1920x1080 at 60 fps (H.264 table A-1); level 3.1, libwebrtc's word, ends at 30."""

_PAYLOAD_LINE: Final = re.compile(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d+) ")
_RTPMAP: Final = re.compile(r"a=rtpmap:(\d+) ([A-Za-z0-9-]+)/90000")
_APT: Final = re.compile(r"a=fmtp:(\d+) .*\bapt=(\d+)")
_PROFILE: Final = re.compile(r"(profile-level-id=)([0-9a-fA-F]{4})[0-9a-fA-F]{2}")
_SHA_256: Final = re.compile(
    r"a=fingerprint:sha-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}$", re.IGNORECASE
)
_TRICKLED: Final = ("a=candidate:", "a=end-of-candidates")
_CODECS: Final[dict[str, Codec]] = {"H264": "H264", "VP8": "VP8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer: the SDP without candidates, the candidates, the codec the viewer chose."""

    sdp: str
    candidates: tuple[tuple[str, str], ...]  # (mid, candidate)
    codec: Codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A spectator's offer, checked: without candidates, its video in the codecs that are sent."""

    sdp: str
    candidates: tuple[tuple[str, str], ...]  # (mid, candidate)
    codec: Codec


def shape_offer(sdp: str, codecs: tuple[Codec, ...]) -> str:
    """Return an engine's offer as the viewer gets it: those codecs alone, in that order."""
    lines = sdp.splitlines()
    payloads = _kept_payloads(lines, codecs)
    shaped: list[str] = []
    for section in _sections(lines):
        if section and section[0].startswith("m=video "):
            shaped.append(" ".join([*section[0].split()[:3], *payloads]))
            shaped += [line for line in section[1:] if not _PAYLOAD_LINE.match(line)]
            shaped += _formats(section, payloads)
        else:
            shaped += section
    return "\r\n".join(shaped) + "\r\n"


def read_answer(sdp: str) -> Answer:
    """Return a viewer's answer, checked. Raises Invalid where it cannot be used."""
    if len(sdp.encode()) > MAX_SDP_BYTES:
        raise _bad(f"it is longer than {MAX_SDP_BYTES} bytes")
    if not sdp.startswith("v=0"):
        raise _bad("it does not start with v=0")
    sections = _sections(sdp.splitlines())
    kinds = [lines[0].split()[0].removeprefix("m=") for lines in sections[1:]]
    if kinds != ["video", "application"]:
        raise _bad("it has not one video and one application section, as the offer had")
    for lines in sections[1:]:
        _check_fingerprint(sections[0] + lines)
    text, candidates = _without_candidates(sections)
    return Answer(sdp=text, candidates=candidates, codec=_chosen_codec(sections[1]))


def read_offer(sdp: str, codecs: tuple[Codec, ...]) -> Offered:
    """Return a spectator's offer, checked: one video that it receives, at most one audio.

    Raises:
        Invalid: it is no usable offer (`bad_offer`), or none that these codecs and pictures alone
            can serve (`offer_not_acceptable`).
    """
    if len(sdp.encode()) > MAX_SDP_BYTES or not sdp.startswith("v=0"):
        raise _bad_offer(f"it is no SDP, or longer than {MAX_SDP_BYTES} bytes")
    sections = _sections(sdp.splitlines())
    kinds = sorted(lines[0].split()[0].removeprefix("m=") for lines in sections[1:])
    if kinds not in (["video"], ["audio", "video"]):
        raise _unacceptable("it has not one video, and beside it at most one audio")
    for lines in sections[1:]:
        try:
            _check_fingerprint(sections[0] + lines)
        except Invalid as error:
            raise _bad_offer("a section has no sha-256 fingerprint") from error
    video = next(lines for lines in sections if lines[0].startswith("m=video "))
    if "a=recvonly" not in video and "a=sendrecv" not in video:
        raise _unacceptable("its video is not one to receive")
    chosen = _served(video, codecs)
    text, candidates = _without_candidates(
        [_only(lines, chosen) if lines is video else lines for lines in sections]
    )
    return Offered(sdp=text, candidates=candidates, codec=chosen[0][0])


def with_candidates(sdp: str, candidates: Iterable[str]) -> str:
    """Return an answer that holds every candidate in its first section, and says there are no more.

    Bundled sections share a transport: the first one's candidates are all that count (RFC 9143).
    """
    sections = _sections(sdp.splitlines())
    lines = [line for line in sections[1] if not line.startswith(_TRICKLED)]
    lines += [f"a={one.removeprefix('a=')}" for one in candidates]
    sections[1] = [*lines, "a=end-of-candidates"]
    return "\r\n".join(line for section in sections for line in section) + "\r\n"


def _without_candidates(sections: list[list[str]]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the SDP without candidates, and those, each once, with the section it was in."""
    kept: list[str] = []
    candidates: dict[str, str] = {}  # bundled sections repeat them: the first counts
    for lines in sections:
        mid = next((line[6:] for line in lines if line.startswith("a=mid:")), "0")
        for line in lines:
            if line.startswith("a=candidate:"):
                candidates.setdefault(line[2:], mid)
        kept += [line for line in lines if not line.startswith(_TRICKLED)]
    text = "\r\n".join(kept) + "\r\n"
    return text, tuple((mid, candidate) for candidate, mid in candidates.items())


def _served(video: list[str], codecs: tuple[Codec, ...]) -> list[tuple[Codec, list[str]]]:
    found = _payloads(video, codecs)
    if not found:
        raise _unacceptable(f"its video takes none of {', '.join(codecs)}")
    return found


def _payloads(lines: list[str], codecs: tuple[Codec, ...]) -> list[tuple[Codec, list[str]]]:
    """Return these codecs, as far as they are there, in order of wish, with their payload types."""
    names = {found[1]: found[2].upper() for line in lines if (found := _RTPMAP.match(line))}
    repairs = {found[2]: found[1] for line in lines if (found := _APT.match(line))}
    unfit = {
        line.split()[0].removeprefix("a=fmtp:")
        for line in lines
        if line.startswith("a=fmtp:") and _is_unfit_h264(line)
    }
    kept: list[tuple[Codec, list[str]]] = []
    for codec in codecs:
        fit = (p for p, name in names.items() if name == codec and p not in unfit)
        payload = next(fit, None)
        if payload is not None:
            repair = [repairs[payload]] if payload in repairs else []
            kept.append((codec, [payload, *repair]))
    return kept


def _only(video: list[str], served: list[tuple[Codec, list[str]]]) -> list[str]:
    """Return a video section with these payload types alone."""
    payloads = [payload for _, group in served for payload in group]
    lines = [" ".join([*video[0].split()[:3], *payloads])]
    for line in video[1:]:
        about = _PAYLOAD_LINE.match(line)
        if about is None or about[1] in payloads:
            lines.append(line)
    return lines


def _kept_payloads(lines: list[str], codecs: tuple[Codec, ...]) -> list[str]:
    kept = [payload for _, group in _payloads(lines, codecs) for payload in group]
    assert kept, f"the engine offers none of {codecs}"
    return kept


def _formats(section: list[str], payloads: list[str]) -> list[str]:
    """Return the lines about these payload types, in their order: some readers go by it."""
    about = [(found[1], line) for line in section if (found := _PAYLOAD_LINE.match(line))]
    return [
        _PROFILE.sub(rf"\g<1>\g<2>{LEVEL_4_2}", line)
        for payload in payloads
        for number, line in about
        if number == payload and "x-google" not in line
    ]


def _is_unfit_h264(fmtp: str) -> bool:
    profile = _PROFILE.search(fmtp)
    return profile is not None and (
        profile[2].lower() != CONSTRAINED_BASELINE or "packetization-mode=1" not in fmtp
    )


def _sections(lines: list[str]) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def _check_fingerprint(lines: list[str]) -> None:
    if lines and any(_SHA_256.match(line.rstrip()) for line in lines):
        return
    raise _bad("a section has no sha-256 fingerprint")


def _chosen_codec(lines: list[str]) -> Codec:
    names = {found[1]: found[2].upper() for line in lines if (found := _RTPMAP.match(line))}
    fields = lines[0].split()
    if len(fields) < 4 or fields[1] == "0":  # noqa: PLR2004 - m=video PORT PROTO PAYLOAD...
        raise _bad("it refuses the video")
    codec = _CODECS.get(names.get(fields[3], ""))
    if codec is None:
        raise _bad("its first video format is not one that was offered")
    return codec


def _bad_offer(why: str) -> Invalid:
    return Invalid(f"the offer cannot be used: {why}", code="bad_offer")


def _unacceptable(why: str) -> Invalid:
    return Invalid(f"the offer cannot be served: {why}", code="offer_not_acceptable")


def _bad(why: str) -> Invalid:
    return Invalid(f"the answer cannot be used: {why}", code="bad_answer")
