"""What a token opens, and what it does not."""

import pytest

from diorama.kernel.errors import NotFound, Unauthorized
from diorama.kernel.units import MINUTE_US, SECOND_US
from diorama.recordings.tokens import (
    FileToken,
    LinkToken,
    UploadToken,
    file_token,
    link_expires_us,
    link_token,
    read_file_token,
    read_link_token,
    read_upload_token,
    signed,
)

SECRET = b"the secret of this gateway"
NOW_US = 1_800_000_000 * SECOND_US
UPLOAD = UploadToken("rec_1", 2)
FILE = FileToken(
    recording_id="rec_1", issue=2, bytes=77, expires_us=NOW_US + SECOND_US, name="video.mp4"
)
LINK = LinkToken(recording_id="rec_1", issue=2, expires_us=NOW_US + SECOND_US, name="video.mp4")
UPLOAD_TEXT = signed(UPLOAD.unsigned, SECRET)
FILE_TEXT = file_token(FILE, SECRET)
LINK_TEXT = link_token(LINK, SECRET)


def test_an_upload_token_says_which_recording_and_which_token_of_it() -> None:
    assert read_upload_token(UPLOAD_TEXT, SECRET) == UPLOAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dup",
        UPLOAD.unsigned,
        signed(UPLOAD.unsigned, b"another secret"),
        UPLOAD_TEXT.replace("rec_1", "rec_2"),
        UPLOAD_TEXT.replace(".2.", ".3."),
        UPLOAD_TEXT[:-1],
        f"{UPLOAD_TEXT}\ud800",
        FILE_TEXT,
        LINK_TEXT,
        signed("dup_rec_1.x", SECRET),
        signed("dup_rec_1.2.3", SECRET),
        signed("dst_rec_1.2", SECRET),
    ],
)
def test_whatever_is_wrong_with_an_upload_token_is_said_in_the_same_words(text: str) -> None:
    with pytest.raises(Unauthorized, match=r"^this upload token opens nothing, or no longer$"):
        read_upload_token(text, SECRET)


def test_a_files_token_is_of_one_file_until_it_expires() -> None:
    assert read_file_token(FILE_TEXT, "video.mp4", SECRET, NOW_US) == FILE


@pytest.mark.parametrize(
    ("text", "name", "now_us"),
    [
        (FILE_TEXT, "preview.mp4", NOW_US),
        (FILE_TEXT, "video.mp4", NOW_US + SECOND_US),
        (FILE_TEXT.replace(".77.", ".78."), "video.mp4", NOW_US),
        (UPLOAD_TEXT, "video.mp4", NOW_US),
        (LINK_TEXT, "video.mp4", NOW_US),
        ("", "", NOW_US),
    ],
)
def test_whatever_is_wrong_with_a_files_token_is_said_in_the_same_words(
    text: str, name: str, now_us: int
) -> None:
    with pytest.raises(Unauthorized, match=r"^this upload token opens nothing, or no longer$"):
        read_file_token(text, name, SECRET, now_us)


def test_a_link_is_of_one_file_until_it_expires() -> None:
    assert read_link_token(LINK_TEXT, "video.mp4", SECRET, NOW_US) == LINK


@pytest.mark.parametrize(
    ("text", "name", "now_us"),
    [
        (LINK_TEXT, "events.jsonl", NOW_US),
        (LINK_TEXT, "video.mp4", NOW_US + SECOND_US),
        (LINK_TEXT.replace("rec_1", "rec_2"), "video.mp4", NOW_US),
        (FILE_TEXT, "video.mp4", NOW_US),
        (UPLOAD_TEXT, "video.mp4", NOW_US),
    ],
)
def test_whatever_is_wrong_with_a_link_is_said_in_the_same_words(
    text: str, name: str, now_us: int
) -> None:
    with pytest.raises(NotFound, match=r"^this link opens nothing, or no longer$"):
        read_link_token(text, name, SECRET, now_us)


def test_links_that_are_made_soon_after_each_other_are_the_same() -> None:
    start_us = NOW_US // (5 * MINUTE_US) * 5 * MINUTE_US

    assert link_expires_us(start_us) == start_us + 15 * MINUTE_US
    assert link_expires_us(start_us + 5 * MINUTE_US - 1) == start_us + 15 * MINUTE_US
    assert link_expires_us(start_us + 5 * MINUTE_US) == start_us + 20 * MINUTE_US
