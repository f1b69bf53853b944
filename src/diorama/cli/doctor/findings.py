"""What the doctor finds, and how figures are judged. Pure.

A finding says what was looked at, what was seen, and, where it is not well, what to do about it.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

GIB: Final = 1 << 30
DISK_FAILS: Final = GIB // 4
DISK_WARNS: Final = 2 * GIB
CLOCK_WARNS_S: Final = 2.0
CLOCK_FAILS_S: Final = 30.0
"""A ticket lives for 300 s at most, and the clocks of who makes it and who takes it must agree."""
BROWSERS_DECODE: Final = frozenset({"h264", "vp8"})


class Verdict(StrEnum):
    """How a finding is."""

    OK = "ok"
    NOTE = "note"  # worth knowing, and not wrong
    WARN = "warn"
    FAIL = "fail"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at; `advice` is what to do about it."""

    check: str
    verdict: Verdict
    text: str
    advice: str | None = None


def ok(check: str, text: str) -> Finding:
    """Return a finding that is well."""
    return Finding(check, Verdict.OK, text)


def note(check: str, text: str, advice: str | None = None) -> Finding:
    """Return a finding that is worth knowing."""
    return Finding(check, Verdict.NOTE, text, advice)


def warn(check: str, text: str, advice: str | None = None) -> Finding:
    """Return a finding that will be trouble."""
    return Finding(check, Verdict.WARN, text, advice)


def fail(check: str, text: str, advice: str | None = None) -> Finding:
    """Return a finding that is trouble."""
    return Finding(check, Verdict.FAIL, text, advice)


def judge_disk(folder: str, free: int) -> Finding:
    """Judge how many bytes a data folder's disk has left."""
    text = f"{free / GIB:.1f} GiB free for {folder}"
    if free < DISK_FAILS:
        return fail("disk", text, "make room: a store that cannot write stops serving")
    if free < DISK_WARNS:
        return warn("disk", text, "make room, or choose another folder with DIORAMA_DATA")
    return ok("disk", text)


def judge_clock(offset_s: float, uncertain_s: float) -> Finding:
    """Judge how far this machine's clock is from the gateway's, and how sure that is."""
    off_s = max(abs(offset_s) - uncertain_s, 0.0)
    way = "ahead of" if offset_s > 0 else "behind"
    text = f"{abs(offset_s):.1f} s {way} the gateway's, give or take {uncertain_s:.1f} s"
    advice = "let both machines follow NTP: tickets and certificates go by the clock"
    if off_s >= CLOCK_FAILS_S:
        return fail("clock", text, advice)
    if off_s >= CLOCK_WARNS_S:
        return warn("clock", text, advice)
    return ok("clock", "agrees with the gateway's" + f" to {max(abs(offset_s), uncertain_s):.1f} s")


def judge_versions(own: str, gateway: str) -> Finding:
    """Judge this Diorama's version against the gateway's."""
    if own == gateway:
        return ok("version", f"the gateway is {gateway}, as this is")
    advice = "bring both to one version: pip install, or make run"
    return warn("version", f"the gateway is {gateway}, this is {own}", advice)


def judge_encoders(engine: str, encoders: Sequence[tuple[str, str, bool]]) -> list[Finding]:
    """Judge what this machine can stream with.

    Args:
        engine: the media engine that loads.
        encoders: those that work: name, codec, and whether it is hardware.
    """
    codecs = sorted({codec for _, codec, _ in encoders})
    found = [ok("media", f"the engine is {engine}")]
    if not {codec.lower() for codec in codecs} & BROWSERS_DECODE:
        advice = "a worker here can stream nothing: install Diorama's wheels of av again"
        return [*found, fail("encoder", "no encoder of H.264 or VP8 works here", advice)]
    names = ", ".join(f"{name} ({codec})" for name, codec, _ in encoders)
    found.append(ok("codecs", f"can be encoded here: {', '.join(codecs)}"))
    if any(hardware for _, _, hardware in encoders):
        found.append(ok("encoder", names))
    else:
        found.append(note("encoder", f"{names}; none of them on a GPU"))
    return found


def worst(findings: Iterable[Finding]) -> Verdict:
    """Return the worst verdict there is."""
    order = list(Verdict)
    return max((one.verdict for one in findings), key=order.index, default=Verdict.OK)
