"""Which ICE servers Odyssey's SDK is told of."""

from diorama.gateway.odyssey.ice import NOBODY, ice_for_sdk
from diorama.protocol.media import IceServer


def test_where_there_are_none_it_is_told_of_one_that_nobody_has() -> None:
    assert ice_for_sdk(()) == (NOBODY,)
    assert NOBODY.urls == ("stun:stun.invalid",)


def test_a_relay_that_would_be_the_only_way_is_left_out_where_another_is_not() -> None:
    both = IceServer(("turn:a.example", "turns:a.example"), username="u", credential="c")
    plain = IceServer(("turn:b.example",), username="u", credential="c")

    assert ice_for_sdk([both, plain]) == (
        IceServer(("turns:a.example",), username="u", credential="c"),
    )


def test_where_there_is_no_other_the_only_way_is_told() -> None:
    plain = IceServer(("stun:b.example", "turn:b.example"), username="u", credential="c")

    assert ice_for_sdk([plain]) == (plain,)
