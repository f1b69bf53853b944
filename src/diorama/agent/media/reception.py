"""Decides what of a viewer's candidates reaches an engine: the filter and the count, once for all.

Candidates come trickled and in the answer; both pass here.
"""

from diorama.agent.media.candidates import is_name, is_special_purpose, parse_candidate
from diorama.agent.media.engine import MAX_REMOTE_CANDIDATES, IceCandidate
from diorama.kernel.errors import Refused


class CandidateGate:
    """The candidates of one viewer, counted over all answers of one peer."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._seen = 0
        self.dropped = 0

    def admit(self, candidate: IceCandidate) -> bool:
        """Return whether an engine may have it.

        Raises Invalid for one that does not parse, Refused past `MAX_REMOTE_CANDIDATES`.
        """
        if self._seen >= MAX_REMOTE_CANDIDATES:
            raise Refused(
                f"the viewer has sent {self._seen} ICE candidates; one more is too many",
                code="too_many_candidates",
            )
        self._seen += 1
        parsed = parse_candidate(candidate.candidate)
        if is_special_purpose(parsed.address) and not self._allow_private:
            self.dropped += 1
            return False
        return not is_name(parsed.address)

    def renew(self) -> None:
        """Count anew: an ICE restart brings the viewer's candidates a second time."""
        self._seen = 0
