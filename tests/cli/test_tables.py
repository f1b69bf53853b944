from datetime import UTC, datetime, timedelta, timezone

import pytest

from diorama.cli.tables import (
    age,
    cell,
    duration,
    fitting,
    instant,
    print_lines,
    print_table,
    printable,
    stamp,
)


@pytest.mark.parametrize(
    ("total_s", "said"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (3_600, "1 h"),
        (7_500, "2 h 5 min"),
        (86_400 * 3 + 7_500, "3 d 2 h"),
    ],
)
def test_a_length_of_time_is_said_in_two_words(total_s: float, said: str) -> None:
    assert duration(total_s) == said


def test_an_age_is_counted_across_time_zones() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    since = datetime(2026, 11, 21, 12, 59, tzinfo=timezone(timedelta(hours=1)))

    assert age(since, now) == "1 min"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        ("", "-"),
        ((), "-"),
        (True, "yes"),
        (0, "0"),
        (("a", "b"), "a, b"),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "2026-11-21 12:00:00Z"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_a_value_stands_in_a_table_as_a_person_reads_it(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_a_time_is_printed_in_utc_and_says_so() -> None:
    at = datetime(2026, 11, 21, 12, 59, 3, 250_999, tzinfo=timezone(timedelta(hours=1)))

    assert instant(at) == cell(at) == "2026-11-21 11:59:03Z"
    assert stamp(at) == "2026-11-21 11:59:03.250Z"


def test_what_moves_a_cursor_or_turns_a_line_is_not_printed() -> None:
    assert printable("a\x1b[2Jb\r\n\u202ec\u2028d\x9be") == "a?[2Jb???c?d?e"
    assert printable("Zoë's 💻, 你好") == "Zoë's 💻, 你好"


def test_a_row_is_one_line_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("ONE", "TWO"), [("x" * 500, "[red]y[/red]")])

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1] == "x" * 500 + "  [red]y[/red]"


TITLES = ("SESSION", "PROJECT", "DEVICE", "REMARK")
ROWS = [("s" * 30, "cove", "Chrome on Linux", "ends in 16 min 57 s")]
SPARE = ("DEVICE", "PROJECT")


@pytest.mark.parametrize(
    ("room", "kept"),
    [
        (74, TITLES),
        (73, ("SESSION", "PROJECT", "REMARK")),
        (57, ("SESSION", "PROJECT", "REMARK")),
        (56, ("SESSION", "REMARK")),
        (10, ("SESSION", "REMARK")),
    ],
)
def test_a_narrow_terminal_is_spared_whole_columns(room: int, kept: tuple[str, ...]) -> None:
    assert fitting(TITLES, ROWS, spare=SPARE, room=room) == kept


def test_an_id_is_whole_and_prose_is_broken_in_a_terminal_of_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    remark = "the world ended before its script did"
    print_table(TITLES, [("s" * 30, "a project", "d" * 30, remark)], SPARE)
    told = capsys.readouterr()

    lines = told.out.splitlines()
    assert "s" * 30 in lines[1]
    assert all(len(line) <= 80 for line in lines[1:])
    assert told.err == ("diorama: no room for DEVICE: a wider terminal, or --json, shows all\n")


def test_what_is_copied_is_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(("FILE", "LINK"), [("video.mp4", "l" * 200), ("a", None)])

    assert capsys.readouterr().out.splitlines() == [
        "FILE       LINK",
        "video.mp4  " + "l" * 200,
        "a          -",
    ]
