"""What the plans allow."""

from diorama.accounts.plans import FREE, PLANS


def test_the_free_plan_allows_five_streams_at_once() -> None:
    assert PLANS["free"] is FREE
    assert FREE.concurrent_streams == 5
