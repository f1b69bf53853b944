"""Which stretch of time a question is about."""

from datetime import UTC, datetime

import pytest

from diorama.kernel.errors import Invalid
from diorama.metering.periods import window
from tests.clock import NOON_US

DAY_US = 86_400_000_000


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("period", "since", "until", "found"),
    [
        (None, None, None, (at(2030, 1, 1), at(2030, 2, 1))),
        ("2030-02", None, None, (at(2030, 2, 1), at(2030, 3, 1))),
        ("2028-02", None, None, (at(2028, 2, 1), at(2028, 3, 1))),
        ("2029-12", None, None, (at(2029, 12, 1), at(2030, 1, 1))),
        (None, "2029-12-31", None, (at(2029, 12, 31), at(2030, 2, 1))),
        (None, None, "2030-01-02", (at(2030, 1, 1), at(2030, 1, 2))),
        (None, "2030-03-05", None, (at(2030, 3, 5), at(2030, 4, 1))),
        (
            None,
            "2029-12-31T23:30:00+01:00",
            "2030-01-01T00:00:00.000001Z",
            (at(2029, 12, 31, 22, 30), at(2030, 1, 1) + 1),
        ),
    ],
)
def test_a_question_is_about_a_month_or_from_when_to_when(
    period: str | None, since: str | None, until: str | None, found: tuple[int, int]
) -> None:
    asked = window(NOON_US, period=period, since=since, until=until)

    assert (asked.from_us, asked.to_us) == found


@pytest.mark.parametrize(
    ("period", "until_us"),
    [("2029-12", at(2030, 1, 1)), ("2030-01", NOON_US), ("2030-02", at(2030, 2, 1))],
)
def test_nothing_is_told_of_what_is_still_to_come(period: str, until_us: int) -> None:
    assert window(NOON_US, period=period).until_us == until_us


@pytest.mark.parametrize(
    "asked",
    [
        *({"period": text} for text in ("2030-13", "2030", "2030-1", "0000-01", "9999-12", "x")),
        *({"since": text} for text in ("", "today", "2030-02-30", "2030-01-01T00:00:00", "\0")),
        *({"since": text} for text in ("1969-12-31", "0001-01-01T00:00:00+23:59", "9999-12-31")),
        {"since": "2030-01-02", "until": "2030-01-02"},
        {"since": "2030-01-02", "until": "2030-01-01"},
        {"since": "2028-01-01", "until": "2030-01-01"},
        {"period": "2030-01", "since": "2030-01-01"},
        {"period": "2030-01", "until": "2030-01-01"},
    ],
)
def test_what_is_no_period_is_told(asked: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        window(NOON_US, **asked)

    assert refusal.value.code == "period"


def test_a_leap_year_fits_in_one_question() -> None:
    asked = window(NOON_US, since="2028-01-01", until="2029-01-01")

    assert asked.to_us - asked.from_us == 366 * DAY_US
