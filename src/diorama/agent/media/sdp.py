"""Decides what of a session description is signalled, and which answers are usable.

Offers: only codecs the worker encodes, in order of wish, each with its retransmission; nothing
experimental. Answers: size, sections, fingerprint and codec are checked before any engine sees
them, and candidates are taken out so that every candidate passes one filter. Pure.
"""

import re
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
    kept: list[str] = []
    candidates: dict[str, str] = {}  # bundled sections repeat them: the first counts
    for lines in sections:
        mid = next((line[6:] for line in lines if line.startswith("a=mid:")), "0")
        for line in lines:
            if line.startswith("a=candidate:"):
                candidates.setdefault(line[2:], mid)
        kept += [line for line in lines if not line.startswith(_TRICKLED)]
    text = "\r\n".join(kept) + "\r\n"
    return Answer(
        sdp=text,
        candidates=tuple((mid, candidate) for candidate, mid in candidates.items()),
        codec=_chosen_codec(sections[1]),
    )


def _kept_payloads(lines: list[str], codecs: tuple[Codec, ...]) -> list[str]:
    names = {found[1]: found[2].upper() for line in lines if (found := _RTPMAP.match(line))}
    repairs = {found[2]: found[1] for line in lines if (found := _APT.match(line))}
    unfit = {
        line.split()[0].removeprefix("a=fmtp:")
        for line in lines
        if line.startswith("a=fmtp:") and _is_unfit_h264(line)
    }
    kept: list[str] = []
    for codec in codecs:
        usable = [p for p, name in names.items() if name == codec and p not in unfit]
        for payload in usable[:1]:
            kept += [payload, *([repairs[payload]] if payload in repairs else [])]
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


def _bad(why: str) -> Invalid:
    return Invalid(f"the answer cannot be used: {why}", code="bad_answer")
