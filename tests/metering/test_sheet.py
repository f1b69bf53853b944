"""Usage as CSV: what a spreadsheet reads, and what it must never run."""

import csv
import io

import pytest

from diorama.metering.sheet import heading, rows, total_row
from diorama.protocol.usage_views import UsageGroup, UsageSum

PERIOD = ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z")


def group(key: str | None) -> UsageGroup:
    return UsageGroup(stream_us=12, streaming_us=7, idle_us=5, simulation_us=0, sessions=2, key=key)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_sheet_has_a_heading_and_a_line_for_each_group() -> None:
    text = heading("project") + rows(PERIOD, [group("cove"), group(None)])

    assert read(text) == [
        [
            *("from", "to", "project", "stream_us", "streaming_us", "idle_us"),
            *("simulation_us", "sessions"),
        ],
        [*PERIOD, "cove", "12", "7", "5", "0", "2"],
        [*PERIOD, "", "12", "7", "5", "0", "2"],
    ]


def test_a_total_is_one_line() -> None:
    used = UsageSum(stream_us=3, streaming_us=2, idle_us=1, simulation_us=0, sessions=1)

    assert total_row(PERIOD, used) == f"{PERIOD[0]},{PERIOD[1]},total,3,2,1,0,1\r\n"


@pytest.mark.parametrize(
    "key",
    [
        '=cmd|"/C calc"!A0',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1",  # noqa: RUF001 - a full-width sign, which some spreadsheets take for the other
    ],
)
def test_what_a_spreadsheet_would_run_is_quoted(key: str) -> None:
    ((_, _, cell, *_),) = read(rows(PERIOD, [group(key)]))

    assert cell == f"'{key}"


@pytest.mark.parametrize("key", ['a,b"c', "a\nb", "ü — 日本", "7", "a=1"])
def test_other_text_is_left_as_it_is(key: str) -> None:
    ((_, _, cell, *_),) = read(rows(PERIOD, [group(key)]))

    assert cell == key
