import pytest

from diorama.cli.doctor.findings import (
    GIB,
    Verdict,
    judge_clock,
    judge_disk,
    judge_encoders,
    judge_versions,
    note,
    ok,
    warn,
    worst,
)


@pytest.mark.parametrize(
    ("free", "verdict"),
    [
        (GIB // 4 - 1, Verdict.FAIL),
        (GIB // 4, Verdict.WARN),
        (2 * GIB - 1, Verdict.WARN),
        (2 * GIB, Verdict.OK),
    ],
)
def test_a_disk_is_judged_by_what_is_left(free: int, verdict: Verdict) -> None:
    assert judge_disk("/data", free).verdict is verdict


@pytest.mark.parametrize(
    ("offset_s", "uncertain_s", "verdict"),
    [
        (0.3, 0.5, Verdict.OK),
        (2.4, 0.5, Verdict.OK),
        (2.5, 0.5, Verdict.WARN),
        (-2.5, 0.5, Verdict.WARN),
        (31.0, 1.1, Verdict.WARN),
        (-31.0, 1.0, Verdict.FAIL),
    ],
)
def test_a_clock_is_judged_by_what_is_sure(
    offset_s: float, uncertain_s: float, verdict: Verdict
) -> None:
    assert judge_clock(offset_s, uncertain_s).verdict is verdict


def test_two_versions_are_a_warning() -> None:
    assert judge_versions("1.0.0", "1.0.0").verdict is Verdict.OK
    assert judge_versions("1.0.0", "1.1.0").verdict is Verdict.WARN


def test_a_machine_without_an_encoder_that_browsers_understand_fails() -> None:
    assert worst(judge_encoders("x", [])) is Verdict.FAIL
    assert worst(judge_encoders("x", [("libaom", "AV1", False)])) is Verdict.FAIL
    assert worst(judge_encoders("x", [("libvpx", "VP8", False)])) is Verdict.NOTE
    assert worst(judge_encoders("x", [("h264_nvenc", "H264", True)])) is Verdict.OK


def test_the_worst_finding_counts() -> None:
    assert worst([]) is Verdict.OK
    assert worst([ok("a", ""), warn("b", ""), note("c", "")]) is Verdict.WARN
