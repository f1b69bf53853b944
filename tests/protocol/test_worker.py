"""What a project may ask of an encoder."""

import pytest

from diorama.kernel.errors import Invalid
from diorama.protocol.strict_json import parse
from diorama.protocol.worker import VideoSpec


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ('{"codecs": ["H264", "VP8", "VP9", "AV1"]}', '{"codecs": ["h264"]}'),
        ('{"codecs": ["VP8"]}', '{"codecs": []}'),
        ('{"max_bitrate_kbps": 100}', '{"max_bitrate_kbps": 99}'),
        ('{"max_bitrate_kbps": 100000}', '{"max_bitrate_kbps": 100001}'),
        ('{"max_fps": 1}', '{"max_fps": 0}'),
        ('{"max_fps": 120}', '{"max_fps": 121}'),
        ("{}", '{"bitrate": 8000}'),
    ],
)
def test_how_to_encode_is_bounded(allowed: str, refused: str) -> None:
    parse(allowed, VideoSpec)
    with pytest.raises(Invalid) as error:
        parse(refused, VideoSpec)

    assert error.value.code == "schema"
