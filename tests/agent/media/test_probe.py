import pytest

from diorama.agent.media.av_encoder import VPX, X264, AvRecipe
from diorama.agent.media.encoder import EncoderInfo, EncoderSettings
from diorama.agent.media.probe import Encoders, find_encoders, probe_encoders
from diorama.kernel.errors import Unavailable

SETTINGS = EncoderSettings(width=64, height=64, bitrate_kbps=300, fps=30)
BROKEN = AvRecipe(info=EncoderInfo(name="h264_moon", codec="H264", hardware=True))


async def test_software_encoders_are_found_everywhere() -> None:
    names = [info.name for info in await probe_encoders()]

    assert names[-2:] == ["libx264", "libvpx"]


async def test_what_is_found_opens() -> None:
    encoders = await find_encoders()

    assert [encoders.open(codec, SETTINGS).info.codec for codec in encoders.codecs] == list(
        encoders.codecs
    )


def test_codecs_come_best_first_and_once() -> None:
    assert Encoders((BROKEN, X264, VPX)).codecs == ("H264", "VP8")


def test_the_next_best_opens_where_the_best_does_not() -> None:
    assert Encoders((BROKEN, X264)).open("H264", SETTINGS).info.name == "libx264"


def test_no_encoder_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="there is none"):
        Encoders((VPX,)).open("H264", SETTINGS)
