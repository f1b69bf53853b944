from dataclasses import replace

import pytest

from diorama.cli.sight import Sight, report, verdict

STEADY = Sight(
    size=(1280, 720),
    first_s=0.414,
    arrived_s=tuple(10 + number / 30 for number in range(91)),
    rtts_s=(0.004, 0.001, 0.002),
)


AT_FIVE = replace(STEADY, arrived_s=tuple(number / 5 for number in range(16)))


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
        (replace(STEADY, meant_fps=30), "good"),
        (replace(STEADY, meant_fps=60), "slow"),
        (replace(STEADY, meant_fps=60, rtts_s=(0.2,)), "slow"),
        (replace(AT_FIVE, meant_fps=5), "good"),
        (AT_FIVE, "slow"),
        (replace(AT_FIVE, arrived_s=(0.0, 1.0, 2.0), meant_fps=1), "good"),
        (replace(AT_FIVE, arrived_s=(0.0, 1.0, 4.1), meant_fps=1), "uneven"),
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


def test_a_report_names_the_rate_that_was_meant_where_the_world_said_it() -> None:
    at_eleven = tuple(number / 11 for number in range(34))
    slow = report("cove", replace(STEADY, arrived_s=at_eleven, meant_fps=30)).splitlines()

    assert "11.0 of 30 a second" in slow[2]
    assert slow[4] == (
        "verdict      slow: 11 of the 30 frames a second that the world means to show; "
        "is a machine busy, or the network narrow?"
    )
