"""What opens an image: only what was signed, and only in time."""

import pytest

from diorama.gateway.image_tokens import LASTS_US, ImageToken, image_token, read_image_token
from diorama.kernel.errors import NotFound
from diorama.kernel.units import SECOND_US
from diorama.recordings.tokens import UploadToken, signed
from tests.clock import NOON_US

SECRET = b"s" * 32
TOKEN = ImageToken(
    image_id="img_1", session_id="ses_1", term=3, bytes=9, expires_us=NOON_US + LASTS_US
)
TEXT = image_token(TOKEN, SECRET)


def test_a_token_says_what_was_signed() -> None:
    assert read_image_token(TEXT, SECRET, NOON_US) == TOKEN
    assert TOKEN.path == "images/img_1"


def test_a_token_opens_until_it_expires() -> None:
    assert read_image_token(TEXT, SECRET, TOKEN.expires_us - SECOND_US) == TOKEN
    with pytest.raises(NotFound):
        read_image_token(TEXT, SECRET, TOKEN.expires_us)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dim_x",
        TEXT[:-1],
        TEXT + "0",
        TEXT.replace("img_1", "img_2"),
        TEXT.replace("ses_1", "ses_2"),
        TEXT.replace(".3.", ".4."),
        "\u00e4" + TEXT,
        "\ud800",
        "x" * 100_000,
        signed(UploadToken("rec_1", 1).unsigned, SECRET),
        signed("dim_img_1.ses_1.3.9", SECRET),
        image_token(TOKEN, b"t" * 32),
    ],
)
def test_anything_else_opens_nothing(text: str) -> None:
    with pytest.raises(NotFound) as error:
        read_image_token(text, SECRET, NOON_US)

    assert error.value.code == "image_refused"
