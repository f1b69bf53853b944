"""Messages of the SDK of Odyssey on its signalling socket, as it names them.

What it does not know it leaves out, and so does the gateway: `parse_word` returns None for a type
that means nothing here. Source: `@odysseyml/odyssey` 1.3.1, `SignalingClient`, `handleOffer`.
"""

from typing import Final

import msgspec

from diorama.kernel.errors import Invalid
from diorama.protocol.media import CandidateText, IceCandidate, Sdp, SdpMid, SdpMLineIndex
from diorama.protocol.strict_json import parse_value


class OfferWord(msgspec.Struct, frozen=True, tag_field="type", tag="offer"):
    """The worker's offer."""

    sdp: str


class AnswerWord(msgspec.Struct, frozen=True, tag_field="type", tag="answer"):
    """The viewer's answer."""

    sdp: Sdp


class CandidateWord(
    msgspec.Struct, frozen=True, tag_field="type", tag="ice_candidate", rename="camel"
):
    """A candidate of either side, trickled."""

    candidate: CandidateText
    sdp_mid: SdpMid | None = None
    sdp_m_line_index: SdpMLineIndex | None = None


class Keepalive(msgspec.Struct, frozen=True, tag_field="type", tag="keepalive"):
    """The viewer is there; every 10 s."""


class Leaving(msgspec.Struct, frozen=True, tag_field="type", tag="client_disconnecting"):
    """The viewer goes on purpose."""


class Start(msgspec.Struct, frozen=True, tag_field="type", tag="interactive_stream_start"):
    """What belongs on the data channel, said here: see `agent.odyssey_messages`.

    One with an image is always said here.
    """

    prompt: str = ""
    broadcast: bool = False
    input_image_base64: str | None = None


class ErrorWord(msgspec.Struct, frozen=True, tag_field="type", tag="error"):
    """The end: the SDK shows the reason, and closes."""

    reason: str


Word = AnswerWord | CandidateWord | Keepalive | Leaving | Start
_KNOWN: Final = frozenset(
    {"answer", "ice_candidate", "keepalive", "client_disconnecting", "interactive_stream_start"}
)


def parse_word(text: str, *, max_bytes: int) -> Word | None:
    """Return what the viewer said; None is nothing that means anything here. Raises Invalid."""
    value = parse_value(text, max_bytes=max_bytes)
    if not isinstance(value, dict) or value.get("type") not in _KNOWN:
        return None
    try:
        word: Word = msgspec.convert(value, type=Word)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)[:200], code="schema") from None
    return word


def candidate_word(candidate: IceCandidate) -> CandidateWord:
    """Return a worker's candidate as the SDK takes it."""
    return CandidateWord(
        candidate=candidate.candidate,
        sdp_mid=candidate.sdp_mid,
        sdp_m_line_index=candidate.sdp_m_line_index,
    )


def ice_candidate(word: CandidateWord) -> IceCandidate:
    """Return a viewer's candidate as a worker takes it."""
    return IceCandidate(
        candidate=word.candidate, sdp_mid=word.sdp_mid, sdp_m_line_index=word.sdp_m_line_index
    )
