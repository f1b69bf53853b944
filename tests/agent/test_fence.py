"""When a worker must end what it runs, told in seconds since the machine started."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.agent.fence import Fence
from diorama.kernel.units import seconds


def fence(*, welcomed_s: float = 100, self_fence_s: float = 60) -> Fence:
    made = Fence()
    made.welcomed(sent_us=seconds(welcomed_s), self_fence_s=self_fence_s)
    return made


def test_nothing_may_run_before_a_gateway_knows_the_worker() -> None:
    assert Fence().is_due(0)


@pytest.mark.parametrize(("at_s", "due"), [(159.999_999, False), (160, True)])
def test_the_fence_counts_from_the_sending_of_hello(at_s: float, due: bool) -> None:
    assert fence().is_due(seconds(at_s)) is due


@pytest.mark.parametrize(("at_s", "due"), [(179.999_999, False), (180, True)])
def test_a_confirmed_beat_counts_from_its_sending_not_from_its_confirmation(
    at_s: float, due: bool
) -> None:
    under = fence()
    under.sent(1, seconds(120))
    under.sent(2, seconds(125))
    under.confirmed(1)

    assert under.is_due(seconds(at_s)) is due


def test_a_beat_that_was_never_sent_or_is_confirmed_twice_changes_nothing() -> None:
    under = fence()
    under.sent(1, seconds(110))
    for n in (1, 1, 2):
        under.confirmed(n)

    assert under.deadline_us == seconds(170)


def test_confirmations_out_of_order_never_shorten_the_lease() -> None:
    under = fence()
    under.sent(1, seconds(110))
    under.sent(2, seconds(115))
    under.confirmed(2)
    under.confirmed(1)

    assert under.deadline_us == seconds(175)


def test_beats_sent_to_another_gateway_are_not_confirmed_by_this_one() -> None:
    under = fence()
    under.sent(1, seconds(150))
    under.welcomed(sent_us=seconds(120), self_fence_s=60)
    under.confirmed(1)

    assert under.deadline_us == seconds(180)


@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), max_size=300))
def test_the_fence_never_lies_further_than_the_last_confirmed_sending(
    beats: list[tuple[int, bool]],
) -> None:
    under, now, last = fence(), seconds(100), seconds(100)
    for n, (gap_s, confirmed) in enumerate(beats):
        now += seconds(gap_s)
        under.sent(n, now)
        if confirmed:
            under.confirmed(n)
            last = now
        assert under.deadline_us == last + seconds(60)
