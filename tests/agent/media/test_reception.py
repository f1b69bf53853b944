import pytest

from diorama.agent.media.engine import MAX_REMOTE_CANDIDATES, IceCandidate
from diorama.agent.media.reception import CandidateGate
from diorama.kernel.errors import Refused

PRIVATE = IceCandidate(candidate="candidate:1 1 udp 1 10.0.0.1 50000 typ host")
PUBLIC = IceCandidate(candidate="candidate:1 1 udp 1 8.8.8.8 50000 typ srflx")
NAMED = IceCandidate(candidate="candidate:1 1 udp 1 0f3a.local 50000 typ host")


def test_a_public_candidate_passes() -> None:
    assert CandidateGate(allow_private=False).admit(PUBLIC)


def test_a_private_candidate_is_dropped_and_counted() -> None:
    gate = CandidateGate(allow_private=False)

    assert not gate.admit(PRIVATE)
    assert gate.dropped == 1


def test_a_private_candidate_passes_where_the_operator_allows_it() -> None:
    gate = CandidateGate(allow_private=True)

    assert gate.admit(PRIVATE)
    assert gate.dropped == 0


def test_a_name_is_never_looked_up() -> None:
    assert not CandidateGate(allow_private=True).admit(NAMED)


def test_the_last_allowed_candidate_passes_and_the_next_is_refused() -> None:
    gate = CandidateGate(allow_private=False)
    passed = [gate.admit(PUBLIC) for _ in range(MAX_REMOTE_CANDIDATES)]

    with pytest.raises(Refused):
        gate.admit(PUBLIC)
    assert all(passed)


def test_an_ice_restart_counts_anew() -> None:
    gate = CandidateGate(allow_private=False)
    for _ in range(MAX_REMOTE_CANDIDATES):
        gate.admit(PUBLIC)
    gate.renew()

    assert gate.admit(PUBLIC)
