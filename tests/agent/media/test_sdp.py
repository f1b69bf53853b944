import pytest

from diorama.agent.media.sdp import read_answer, shape_offer
from diorama.kernel.errors import Invalid

FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)
OFFER = """\
v=0
s=-
a=group:BUNDLE 0 1
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 102
a=mid:0
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 H264/90000
a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
a=rtpmap:99 H264/90000
a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f
a=rtpmap:100 H264/90000
a=fmtp:100 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=fmtp:100 x-google-start-bitrate=800
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=rtpmap:102 VP9/90000
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:1
""".replace("\n", "\r\n")
ANSWER = f"""\
v=0
s=-
{FINGERPRINT}
m=video 9 UDP/TLS/RTP/SAVPF 100 101
a=mid:0
a=rtpmap:100 H264/90000
a=candidate:1 1 udp 1 8.8.8.8 50000 typ srflx
a=end-of-candidates
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:1
a=candidate:1 1 udp 1 8.8.8.8 50000 typ srflx
""".replace("\n", "\r\n")


def test_the_offer_holds_the_wished_codecs_in_the_wished_order() -> None:
    shaped = shape_offer(OFFER, ("H264", "VP8")).splitlines()

    assert "m=video 9 UDP/TLS/RTP/SAVPF 100 101 96 97" in shaped
    assert [line for line in shaped if line.startswith("a=rtpmap")] == [
        "a=rtpmap:100 H264/90000",
        "a=rtpmap:101 rtx/90000",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 rtx/90000",
    ]


def test_the_offered_level_carries_sixty_pictures_a_second() -> None:
    shaped = shape_offer(OFFER, ("H264",))

    assert "profile-level-id=42e02a" in shaped
    assert "42e01f" not in shaped


def test_nothing_experimental_is_offered() -> None:
    assert "x-google" not in shape_offer(OFFER, ("H264", "VP8"))


def test_other_sections_are_left_as_they_are() -> None:
    assert shape_offer(OFFER, ("VP8",)).endswith(
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"
    )


def test_an_answer_gives_its_codec_and_its_candidates_once() -> None:
    answer = read_answer(ANSWER)

    assert answer.codec == "H264"
    assert answer.candidates == (("0", "candidate:1 1 udp 1 8.8.8.8 50000 typ srflx"),)


def test_an_answer_is_handed_on_without_candidates_and_their_end() -> None:
    assert "candidate" not in read_answer(ANSWER).sdp


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v=0", "w=0"),
        (FINGERPRINT, "a=fingerprint:sha-1 AB:CD"),
        (FINGERPRINT, FINGERPRINT + ":AB"),
        ("m=application", "m=audio"),
        ("m=video 9", "m=video 0"),
        ("m=video 9 UDP/TLS/RTP/SAVPF 100 101", "m=video 9"),
        ("H264/90000", "VP9/90000"),
        ("s=-", "s=" + "x" * 70_000),
    ],
)
def test_an_answer_that_cannot_be_used_is_invalid(old: str, new: str) -> None:
    with pytest.raises(Invalid):
        read_answer(ANSWER.replace(old, new, 1))
