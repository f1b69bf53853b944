"""The doctor at a real TURN server: who is let in, and what a refusal is said to mean."""

from collections.abc import Iterator

import pytest

from diorama.cli.doctor.findings import Finding, Verdict
from diorama.cli.doctor.ice_servers import ask, set_here
from diorama.gateway.ice import IceRules
from diorama.kernel.clock import SystemClock
from diorama.kernel.units import SECOND_US
from tests.coturn import SECRET, Coturn, coturn_running, needs_coturn

pytestmark = needs_coturn


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """Yield the server of this module."""
    with coturn_running(tmp_path_factory.mktemp("coturn")) as found:
        yield found


def findings(rules: IceRules, *, before_s: int = 0) -> list[Finding]:
    """Return what is found with credentials minted so long ago."""
    minted_us = SystemClock().now_us() - before_s * SECOND_US
    return [found for asked in set_here(rules, minted_us) for found in ask(asked)]


def test_each_way_to_a_server_that_shares_the_secret_is_open(coturn: Coturn) -> None:
    over_tcp = coturn.turn.replace("udp", "tcp")
    found = findings(IceRules(stun=(coturn.stun,), turn=(coturn.turn, over_tcp), secret=SECRET))

    assert [one.verdict for one in found] == [Verdict.OK] * 3
    assert found[0].text == f"{coturn.stun} sees this machine as 127.0.0.1"
    assert found[1].text == f"{coturn.turn} over udp relays from 127.0.0.1"
    assert found[2].text == f"{over_tcp} over tcp relays from 127.0.0.1"
    assert coturn.users()[0].endswith(":doctor")


def test_another_secret_is_what_the_doctor_thinks_of(coturn: Coturn) -> None:
    (found,) = findings(IceRules(turn=(coturn.turn,), secret="not the secret of coturn"))

    assert found.verdict is Verdict.FAIL
    assert found.text == f"{coturn.turn} over udp: it refuses: 401 Unauthorized"
    assert found.advice is not None
    assert "static-auth-secret" in found.advice
    assert "not the secret" not in f"{found}"


def test_a_credential_opens_no_relay_after_its_time_and_one_minted_then_does(
    coturn: Coturn,
) -> None:
    rules = IceRules(turn=(coturn.turn,), secret=SECRET, ttl_s=600)

    (expired,) = findings(rules, before_s=601)
    (fresh,) = findings(rules)

    assert (expired.verdict, fresh.verdict) == (Verdict.FAIL, Verdict.OK)


def test_a_fixed_user_that_the_server_does_not_know_is_told_apart(coturn: Coturn) -> None:
    (found,) = findings(IceRules(turn=(coturn.turn,), username="ann", credential="wonderland"))

    assert found.advice == (
        "the server knows no such user: check `ice.username` and `ice.credential`"
    )


def test_a_server_that_is_not_there_is_silent() -> None:
    (found,) = findings(IceRules(turn=("turn:127.0.0.1:9?transport=tcp",), secret=SECRET))

    assert "does not answer" in found.text
    assert found.advice == "is this port let out of this network, and is the server running?"
