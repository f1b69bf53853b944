"""What a stream of server-sent events tells, line by line."""

import pytest

from diorama.client.errors import NotUnderstood
from diorama.client.server_sent import MAX_LINE, Blocks, Lines


def told(blocks: Blocks, text: str) -> list[str]:
    return [data for line in text.split("\n") if (data := blocks.take(line)) is not None]


def test_a_block_tells_its_data_and_where_to_go_on() -> None:
    blocks = Blocks()

    data = told(blocks, 'retry: 2000\nid: 1\n\nid: 2\nevent: a\ndata: {"n":\ndata: 1}\n\n')

    assert data == ['{"n":\n1}']
    assert blocks.last_id == "2"


def test_a_block_that_was_cut_off_moves_nothing_on() -> None:
    blocks = Blocks("7")

    assert told(blocks, "id: 8\ndata: half") == []
    assert blocks.last_id == "7"


def test_comments_and_what_is_not_known_are_left_out() -> None:
    assert told(Blocks(), ": nothing new\ncolour: red\ndata:1\n\n\n") == ["1"]


def test_a_line_ends_at_a_line_feed_and_nowhere_else() -> None:
    lines = Lines()

    first = list(lines.take("data: a\u2028b".encode()))
    rest = list(lines.take(b"\r\ndata: c\n\nda"))

    assert (first, rest) == ([], ["data: a\u2028b", "data: c", ""])


def test_a_line_that_never_ends_is_not_kept() -> None:
    with pytest.raises(NotUnderstood):
        list(Lines().take(b"x" * (MAX_LINE + 1)))
