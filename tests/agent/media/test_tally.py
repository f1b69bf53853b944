from diorama.agent.media.engine import AccessUnit
from diorama.agent.media.tally import Means, Tally

UNIT = AccessUnit(data=b"x" * 1_000, key=False)


def test_means_are_over_the_time_since_the_last_reading() -> None:
    tally = Tally()
    tally.read(now_us=0)
    tally.sent(UNIT, skipped=0, encode_us=4_000, age_us=9_000)
    tally.sent(UNIT, skipped=3, encode_us=6_000, age_us=11_000)

    assert tally.read(now_us=500_000) == Means(fps=4.0, kbps=32.0, encode_ms=5.0, age_ms=10.0)
    assert tally.read(now_us=900_000) == Means(fps=0.0, kbps=0.0, encode_ms=None, age_ms=None)
    assert (tally.frames_sent, tally.frames_dropped) == (2, 3)


def test_key_frames_are_counted() -> None:
    tally = Tally()
    tally.sent(AccessUnit(data=b"x", key=True), skipped=0, encode_us=0, age_us=0)
    tally.sent(UNIT, skipped=0, encode_us=0, age_us=0)

    assert tally.key_frames == 1


def test_the_first_reading_only_starts_the_clock() -> None:
    tally = Tally()
    tally.sent(UNIT, skipped=0, encode_us=0, age_us=0)

    assert tally.read(now_us=1_000_000).fps == 0.0
