"""Who is told of which ICE servers, and what a minted credential says."""

import pytest

from diorama.gateway.ice import Ice, IceRules, ice_for, ice_for_anybody, signature
from diorama.protocol.media import IceServer
from tests.clock import NOON_US, SteppedClock

SECRET = "a secret shared with coturn"
NOON_S = 1_893_499_200
STUN = ("stun:stun.example.com",)
TURN = ("turn:turn.example.com?transport=udp", "turns:turn.example.com?transport=tcp")
MINTING = IceRules(stun=STUN, turn=TURN, secret=SECRET, ttl_s=600)
FIXED = IceRules(turn=TURN, username="ann", credential="wonderland")


def test_a_credential_says_until_when_and_for_whom_and_is_signed() -> None:
    stun, turn = ice_for(MINTING, "ses_1", NOON_US)

    assert stun == IceServer(STUN)
    assert turn.urls == TURN
    assert turn.username == f"{NOON_S + 600}:ses_1"
    assert turn.credential == signature(SECRET, f"{NOON_S + 600}:ses_1")


def test_it_is_signed_as_coturn_signs_it() -> None:
    # Source: `openssl dgst -sha1 -hmac north -binary | base64` of the username.
    assert signature("north", "1433895918:ses_1") == "RO+JU24zqbyoqosDhNaKfgcY0Sg="


def test_each_minting_is_for_longer_and_for_its_holder_alone() -> None:
    clock = SteppedClock()
    ice = Ice(MINTING, clock)

    first = ice.viewer("ses_1")[-1]
    clock.step(seconds=1)
    later = ice.viewer("ses_1")[-1]
    others = (ice.worker("ses_1")[-1], ice.spectator("ses_1", "spe_2")[-1])

    assert (first.username, later.username) == (f"{NOON_S + 600}:ses_1", f"{NOON_S + 601}:ses_1")
    assert [one.username for one in others] == [
        f"{NOON_S + 601}:ses_1.worker",
        f"{NOON_S + 601}:ses_1.spe_2",
    ]
    assert len({one.credential for one in (first, later, *others)}) == 4


def test_a_fixed_user_is_given_as_it_is() -> None:
    assert ice_for(FIXED, "ses_1", NOON_US) == (IceServer(TURN, "ann", "wonderland"),)


def test_who_has_shown_nothing_is_told_of_stun_alone() -> None:
    assert Ice(MINTING, SteppedClock()).anybody() == (IceServer(STUN),)
    assert ice_for_anybody(FIXED) == ()


def test_without_servers_there_is_nothing_to_tell() -> None:
    ice = Ice(IceRules(), SteppedClock())

    assert (ice.viewer("ses_1"), ice.worker("ses_1"), ice.anybody()) == ((), (), ())
    assert not ice.mints


def test_workers_are_left_out_where_the_operator_says_so() -> None:
    ice = Ice(IceRules(stun=STUN, turn=TURN, secret=SECRET, workers=False), SteppedClock())

    assert ice.worker("ses_1") == ()
    assert len(ice.viewer("ses_1")) == 2


@pytest.mark.parametrize("rules", [MINTING, FIXED])
def test_neither_rules_nor_servers_show_what_opens_a_relay(rules: IceRules) -> None:
    minted = ice_for(rules, "ses_1", NOON_US)

    shown = f"{rules!r} {minted!r} {Ice(rules, SteppedClock())!r}"
    assert SECRET not in shown
    assert "wonderland" not in shown
    assert str(minted[-1].credential) not in shown
