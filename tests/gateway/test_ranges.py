"""Which part of a file a request asks for."""

import pytest

from diorama.gateway.ranges import Part, Unsatisfiable, asked_part

NONE = Unsatisfiable()


@pytest.mark.parametrize(
    ("header", "length", "found"),
    [
        (None, 10, None),
        ("bytes=0-9", 10, Part(0, 10)),
        ("bytes=0-0", 10, Part(0, 1)),
        ("bytes=3-", 10, Part(3, 10)),
        ("bytes=3-99", 10, Part(3, 10)),
        ("bytes=9-9", 10, Part(9, 10)),
        ("bytes=10-", 10, NONE),
        ("bytes=10-11", 10, NONE),
        ("bytes=-4", 10, Part(6, 10)),
        ("bytes=-40", 10, Part(0, 10)),
        ("bytes=-0", 10, NONE),
        ("bytes=-1", 0, NONE),
        ("bytes=5-4", 10, None),
        ("bytes=-", 10, None),
        ("bytes=0-1,3-4", 10, None),
        ("items=0-1", 10, None),
        ("bytes=a-b", 10, None),
        ("bytes=0-9\n", 10, None),
        ("bytes=0-" + "9" * 40, 10, None),
    ],
)
def test_a_range_is_one_part_the_whole_file_or_nothing(
    header: str | None, length: int, found: object
) -> None:
    assert asked_part(header, length) == found
