from diorama.agent.media.rate import (
    FALL_HOLD_US,
    RISE_HOLD_US,
    FramePacer,
    Rate,
    RateControl,
    RateLimits,
)

LIMITS = RateLimits(min_bitrate_kbps=150, max_bitrate_kbps=8_000, fps=60)
SECOND = 1_000_000


def started(*, start_kbps: int = 2_000) -> RateControl:
    control = RateControl(LIMITS, start_kbps=start_kbps)
    control.decide(start_kbps, now_us=0)
    return control


def test_the_encoder_aims_a_tenth_below_the_estimate() -> None:
    assert started().rate == Rate(bitrate_kbps=1_800, fps=60)


def test_a_small_move_is_not_worth_a_key_frame() -> None:
    control = started()

    assert control.decide(2_400, now_us=10 * SECOND) is None
    assert control.decide(1_600, now_us=10 * SECOND) is None


def test_a_fall_is_followed_after_half_a_second() -> None:
    control = started()

    assert control.decide(1_000, now_us=FALL_HOLD_US - 1) is None
    assert control.decide(1_000, now_us=FALL_HOLD_US) == Rate(bitrate_kbps=900, fps=60)


def test_a_rise_waits_two_seconds() -> None:
    control = started()

    assert control.decide(4_000, now_us=RISE_HOLD_US - 1) is None
    assert control.decide(4_000, now_us=RISE_HOLD_US) == Rate(bitrate_kbps=3_600, fps=60)


def test_the_rate_stays_within_the_owners_bounds() -> None:
    control = started()

    assert control.decide(90_000, now_us=RISE_HOLD_US) == Rate(bitrate_kbps=8_000, fps=60)
    assert control.decide(10, now_us=9 * SECOND) == Rate(bitrate_kbps=150, fps=15)


def test_fewer_pictures_are_sent_below_six_hundred_kilobits() -> None:
    assert RateControl(LIMITS, start_kbps=668).rate == Rate(bitrate_kbps=601, fps=60)
    assert RateControl(LIMITS, start_kbps=665).rate == Rate(bitrate_kbps=598, fps=30)


def test_pictures_come_back_a_quarter_above_where_they_went() -> None:
    control = started(start_kbps=600)

    assert control.decide(800, now_us=10 * SECOND) == Rate(bitrate_kbps=720, fps=30)
    assert control.decide(840, now_us=20 * SECOND) == Rate(bitrate_kbps=756, fps=60)


def test_a_slow_world_is_not_slowed_below_what_it_has() -> None:
    limits = RateLimits(min_bitrate_kbps=150, max_bitrate_kbps=8_000, fps=4)

    assert RateControl(limits, start_kbps=100).rate.fps == 4


def test_the_first_picture_goes_at_once() -> None:
    assert FramePacer().wait_us(now_us=7 * SECOND, fps=60) <= 0


def test_a_picture_a_little_early_is_let_through() -> None:
    pacer = FramePacer()
    pacer.sent(now_us=SECOND, fps=50)

    assert pacer.wait_us(now_us=SECOND + 10_000, fps=50) == 0
    assert pacer.wait_us(now_us=SECOND + 9_000, fps=50) == 1_000


def test_pictures_of_a_fast_world_average_at_the_rate() -> None:
    pacer = FramePacer()
    now_us, sent = SECOND, 0
    for now_us in range(SECOND, 3 * SECOND, 1_000):
        if pacer.wait_us(now_us=now_us, fps=30) <= 0:
            pacer.sent(now_us=now_us, fps=30)
            sent += 1

    assert 60 <= sent <= 61
