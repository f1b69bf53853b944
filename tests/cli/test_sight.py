from dataclasses import replace

import pytest

from diorama.cli.sight import Sight, report, verdict

STEADY = Sight(
    size=(1280, 720),
    first_s=0.414,
    arrived_s=tuple(10 + number / 30 for number in range(91)),
    rtts_s=(0.004, 0.001, 0.002),
)


def test_the_rate_is_that_between_the_first_frame_and_the_last() -> None:
    assert STEADY.fps == pytest.approx(30)
    assert STEADY.seconds == pytest.approx(3)
    assert STEADY.rtt_s == 0.002


def test_one_frame_has_no_rate_and_none_has_neither() -> None:
    one, none = replace(STEADY, arrived_s=(1.0,)), replace(STEADY, arrived_s=(), rtts_s=())

    assert (one.fps, one.longest_gap_s) == (0.0, 0.0)
    assert (none.fps, none.seconds, none.rtt_s) == (0.0, 0.0, None)


@pytest.mark.parametrize(
    ("sight", "word"),
    [
        (STEADY, "good"),
        (replace(STEADY, reconnected=1), "unsteady"),
        (replace(STEADY, arrived_s=(0.0, 0.1, 0.6)), "slow"),
        (replace(STEADY, arrived_s=(0.0, 0.1, 0.61)), "uneven"),
        (replace(STEADY, arrived_s=(0.0, 0.11, 0.22)), "slow"),
        (replace(STEADY, arrived_s=()), "slow"),
        (replace(STEADY, rtts_s=(0.15,)), "good"),
        (replace(STEADY, rtts_s=(0.151,)), "far"),
        (replace(STEADY, rtts_s=()), "good"),
    ],
)
def test_the_verdict_names_the_first_thing_that_is_wrong(sight: Sight, word: str) -> None:
    assert verdict(sight).split(":")[0] == word


def test_the_report_says_what_was_seen() -> None:
    assert report("cove", STEADY).splitlines() == [
        "project      cove, 1280x720",
        "first frame  0.41 s after asking",
        "frames       91 in 3.0 s: 30.0 a second, longest gap 33 ms",
        "round trip   2.0 ms",
        "verdict      good: frames come steadily",
    ]
