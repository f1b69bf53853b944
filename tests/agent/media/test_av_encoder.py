import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from diorama.agent.media.av_encoder import VPX, X264, AvEncoder, AvRecipe
from diorama.agent.media.encoder import EncoderInfo, EncoderSettings, Pixels
from diorama.agent.media.engine import AccessUnit
from diorama.kernel.errors import Unavailable

SETTINGS = EncoderSettings(width=320, height=240, bitrate_kbps=1_000, fps=30)
DECODERS = {"H264": "h264", "VP8": "vp8"}


def painted(*, width: int = 320, height: int = 240) -> Pixels:
    """Return a picture, red on the left and blue on the right."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[:, : width // 2] = (210, 30, 40)
    pixels[:, width // 2 :] = (20, 60, 200)
    return pixels


def decoded(units: list[AccessUnit], codec: str) -> list[VideoFrame]:
    decoder = av.CodecContext.create(DECODERS[codec], "r")
    assert isinstance(decoder, VideoCodecContext)
    packets = [av.Packet(unit.data) for unit in units]
    return [frame for packet in [*packets, None] for frame in decoder.decode(packet)]


def encoded(
    encoder: AvEncoder, count: int, *, keys: tuple[int, ...] = (0,), pixels: Pixels | None = None
) -> list[AccessUnit]:
    picture = painted() if pixels is None else pixels
    return [encoder.encode(picture, rendered_us=i * 33_333, key=i in keys) for i in range(count)]


@pytest.fixture(params=[X264, VPX], ids=["libx264", "libvpx"])
def recipe(request: pytest.FixtureRequest) -> AvRecipe:
    chosen: AvRecipe = request.param
    return chosen


def test_each_picture_comes_out_at_once_and_in_its_colours(recipe: AvRecipe) -> None:
    units = encoded(AvEncoder(recipe, SETTINGS), 5)
    frames = decoded(units, recipe.info.codec)
    rgb = frames[-1].to_ndarray(format="rgb24", src_colorspace="ITU601")

    assert len(frames) == 5
    assert np.abs(rgb[120, 80].astype(int) - (210, 30, 40)).max() <= 6
    assert np.abs(rgb[120, 240].astype(int) - (20, 60, 200)).max() <= 6


def test_key_frames_come_only_when_asked_for(recipe: AvRecipe) -> None:
    units = encoded(AvEncoder(recipe, SETTINGS), 40, keys=(0, 17))

    assert [i for i, unit in enumerate(units) if unit.key] == [0, 17]


def test_a_key_frame_alone_can_be_decoded(recipe: AvRecipe) -> None:
    units = encoded(AvEncoder(recipe, SETTINGS), 6, keys=(0, 5))

    assert len(decoded(units[5:], recipe.info.codec)) == 1


def test_a_new_rate_begins_with_a_key_frame(recipe: AvRecipe) -> None:
    encoder = AvEncoder(recipe, SETTINGS)
    encoded(encoder, 3)
    encoder.set_rate(bitrate_kbps=300, fps=15)
    unit = encoder.encode(painted(), rendered_us=200_000, key=False)

    assert unit.key
    assert (encoder.settings.bitrate_kbps, encoder.settings.fps) == (300, 15)


def test_the_rate_is_kept_on_hard_pictures(recipe: AvRecipe) -> None:
    encoder = AvEncoder(recipe, SETTINGS)
    noise = np.random.default_rng(5).integers(0, 256, (90, 240, 320, 3), dtype=np.uint8)
    units = [
        encoder.encode(picture, rendered_us=i * 33_333, key=i == 0)
        for i, picture in enumerate(noise)
    ]
    kbps = sum(len(unit.data) for unit in units) * 8 / 3 / 1_000

    assert kbps <= 1_500


def test_h264_is_constrained_baseline_with_its_parameter_sets() -> None:
    unit = encoded(AvEncoder(X264, SETTINGS), 1)[0]
    start = unit.data.index(b"\x00\x00\x01\x67")

    assert unit.data[start + 4] == 66
    assert unit.data[start + 5] & 0x40


def test_an_odd_picture_is_fitted_to_an_even_size(recipe: AvRecipe) -> None:
    encoder = AvEncoder(recipe, SETTINGS)
    units = encoded(encoder, 2, pixels=painted(width=321, height=241))

    assert (decoded(units, recipe.info.codec)[0].width) == 320


def test_an_encoder_this_machine_lacks_is_unavailable() -> None:
    missing = AvRecipe(info=EncoderInfo(name="h264_moon", codec="H264", hardware=True))

    with pytest.raises(Unavailable, match="h264_moon"):
        AvEncoder(missing, SETTINGS)


def test_a_closed_encoder_opens_again(recipe: AvRecipe) -> None:
    encoder = AvEncoder(recipe, SETTINGS)
    encoded(encoder, 2)
    encoder.close()
    encoder.close()

    assert encoder.encode(painted(), rendered_us=100_000, key=False).key
