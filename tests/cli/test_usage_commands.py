"""What a person asks about usage in a terminal: the same numbers as everywhere else."""

import csv
import io

import msgspec
import pytest

from diorama.cli.usage_commands import clock
from diorama.protocol.usage_views import UsageView
from tests.cli.typing_commands import Typist


async def stream(typist: Typist, *, for_s: float) -> None:
    """Let a viewer stream for so long."""
    worker = await typist.place.worker()
    opened = await typist.opens(end_user="=ann")
    viewer = await typist.place.viewer(opened)
    await worker.start()
    await viewer.until("streaming")
    typist.place.clock.step(seconds=for_s)
    await typist.types("sessions", "end", opened.session.id)


async def test_terminal_json_csv_and_rest_have_the_same_numbers(typist: Typist) -> None:
    await stream(typist, for_s=3.25)

    table = await typist.types("usage", "--by", "project")
    as_json = await typist.types("usage", "--by", "project", "--json")
    sheet = await typist.types("usage", "--by", "project", "--csv")
    reply = await typist.place.ask(
        "GET", "/v1/usage?group_by=project", secret=typist.place.secrets.api_key
    )

    rest = msgspec.json.decode(reply.body, type=UsageView)
    assert rest.total.stream_us == 3_250_000
    assert as_json.json["total"]["stream_us"] == 3_250_000
    (line,) = csv.DictReader(io.StringIO(sheet.out))
    assert line["stream_us"] == "3250000"
    assert table.rows == [
        ["cove", "0:00:03.25", "0:00:03.25", "0:00:00", "0:00:00", "1"],
        ["total", "0:00:03.25", "0:00:03.25", "0:00:00", "0:00:00", "1"],
    ]


async def test_a_month_in_which_nothing_was_used_is_empty(typist: Typist) -> None:
    await stream(typist, for_s=2)

    before = await typist.types("usage", "--period", "2020-01", "--json")

    assert before.json["total"]["stream_us"] == 0


async def test_usage_is_held_to_the_log(typist: Typist) -> None:
    await stream(typist, for_s=2)

    said = await typist.types("usage", "verify")
    as_json = await typist.types("usage", "verify", "--json")

    assert (said.code, said.out) == (0, "")
    assert "1 sessions, 0 runs of simulations and" in said.err
    assert "no difference" in said.err
    assert as_json.json["differences"] == []


async def test_a_difference_from_the_log_fails(typist: Typist) -> None:
    await stream(typist, for_s=2)
    await typist.place.database.run(
        lambda tx: tx.run("UPDATE stream_month SET settled_us = settled_us + 1")
    )

    said = await typist.types("usage", "verify")

    assert said.code == 1
    assert "the log is the truth" in said.err


async def test_a_period_that_is_none_is_refused_in_one_line(typist: Typist) -> None:
    said = await typist.types("usage", "--period", "last month")

    assert (said.code, said.err.count("\n")) == (1, 1)


async def test_an_account_is_shown_at_a_glance(typist: Typist) -> None:
    await typist.place.worker(slots=2)
    await typist.place.open()

    said = await typist.types("overview")

    assert "1 of 5" in said.out
    assert "1 free, 1 held" in said.out
    assert "0 running, 0 waiting" in said.out


@pytest.mark.parametrize(
    ("length_us", "shown"),
    [
        (0, "0:00:00"),
        (1, "0:00:00.000001"),
        (65_250_000, "0:01:05.25"),
        (360_000_000_000, "100:00:00"),
        (-1_500_000, "-0:00:01.5"),
    ],
)
def test_a_length_of_time_loses_nothing(length_us: int, shown: str) -> None:
    assert clock(length_us) == shown


async def test_what_is_no_price_is_told_how_one_is_written(typist: Typist) -> None:
    said = await typist.types("usage", "cost", "2,50")

    assert (said.code, said.err) == (2, "diorama: 2,50: write the price of a GPU hour as 2.50\n")


async def test_what_slots_cost_at_a_price_is_shown(typist: Typist) -> None:
    await stream(typist, for_s=3.6)

    table = await typist.types("usage", "cost", "2.50")
    as_json = await typist.types("usage", "cost", "2.50", "--json")

    assert table.rows[0] == ["streaming", "0:00:03.6", "0.001000", "0.002500"]
    assert table.rows[-1][-1] == as_json.json["cost"]
