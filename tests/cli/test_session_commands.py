"""What a person does about sessions in a terminal."""

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta

import pytest

from diorama.cli.session_commands import changes, remark
from diorama.protocol.views import EndView, QueueView
from tests.cli.typing_commands import Said, Typist
from tests.cli.viewing import NOON, a_session


async def test_live_sessions_are_listed_with_whose_they_are(typist: Typist) -> None:
    await typist.place.worker(slots=2)
    mine = await typist.place.open(device="Ann's laptop")
    await typist.place.open(project="glade")

    listed = await typist.types("sessions", "ls")
    of_one = await typist.types("sessions", "ls", "--project", "cove", "--json")

    assert {row[1] for row in listed.rows} == {"glade", "cove"}
    assert "Ann's laptop" in listed.out
    assert [one["id"] for one in of_one.json] == [mine.session.id]


async def test_where_nothing_is_live_the_table_is_left_out_and_json_is_an_empty_list(
    typist: Typist,
) -> None:
    table = await typist.types("sessions", "ls")
    as_json = await typist.types("sessions", "ls", "--json")

    assert (table.out, table.err) == ("", "diorama: no session is live\n")
    assert (as_json.json, as_json.err) == ([], "")


async def test_a_session_is_shown_with_why_it_ended(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.place.open()
    await typist.types("sessions", "end", opened.session.id)

    shown = await typist.types("sessions", "show", opened.session.id)
    listed = await typist.types("sessions", "ls", "--all")

    assert "4012" in shown.out
    assert "ended_by_api" in shown.out
    assert listed.rows[0][3] == "disconnected"


async def test_a_session_that_failed_is_shown_with_what_may_help(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.place.open()
    live = await typist.types("sessions", "show", opened.session.id)
    await typist.place.sweep(after_s=60)

    shown = await typist.types("sessions", "show", opened.session.id)

    assert "\nWhat may help: The world failed to start, also on a second worker" in shown.out
    assert "What may help" not in live.out


async def test_sessions_are_ended_by_name_and_what_became_of_each_is_said(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.place.open()

    ended = await typist.types("sessions", "end", opened.session.id, "ses_unknown")

    assert ended.code == 1
    assert [row[0] for row in ended.rows] == [opened.session.id, "ses_unknown"]
    assert ended.err == "diorama: 1 of 2 could not be ended\n"


async def test_ending_many_is_asked_about_first(typist: Typist) -> None:
    await typist.place.worker(slots=2)
    for _ in range(2):
        await typist.place.open()

    no = await typist.types("sessions", "end", "--project", "cove", given="n\n")
    still = await typist.types("sessions", "ls", "--json")
    yes = await typist.types("sessions", "end", "--project", "cove", "--yes")

    assert (no.code, len(still.json)) == (1, 2)
    assert (yes.code, len(yes.rows)) == (0, 2)


async def test_only_those_whose_viewer_is_away_are_ended(typist: Typist) -> None:
    await typist.place.worker(slots=2)
    here, away = await typist.place.open(), await typist.place.open()
    viewer = await typist.place.viewer(here)
    await viewer.send(type="heartbeat", n=1)

    await typist.types("sessions", "end", "--away", "--yes")

    assert (await typist.place.look(here)).end is None
    assert (await typist.place.look(away)).end is not None


@pytest.mark.parametrize("words", [(), ("ses_1", "--away"), ("ses_1", "--project", "cove")])
async def test_what_is_to_end_is_said_in_one_way(typist: Typist, words: tuple[str, ...]) -> None:
    assert (await typist.types("sessions", "end", *words)).code == 2


async def test_a_session_of_nobody_is_one_line_with_the_request_it_was(typist: Typist) -> None:
    said = await typist.types("sessions", "show", "ses_unknown")

    assert said.code == 1
    assert said.err.startswith("diorama: there is no session ses_unknown [req_")


async def test_a_key_that_opens_nothing_is_told_what_to_do(typist: Typist) -> None:
    said = await typist.types("sessions", "ls", DIORAMA_CLIENT_API_KEY="dio_wrong")

    assert said.code == 1
    assert "`diorama login` keeps a key" in said.err


async def test_a_gateway_that_is_away_is_one_line(typist: Typist) -> None:
    said = await typist.types("sessions", "ls", "--server", "http://127.0.0.1:9")

    assert said.code == 1
    assert said.err.startswith("diorama: http://127.0.0.1:9 did not answer")


async def test_a_device_label_moves_no_cursor(typist: Typist) -> None:
    await typist.place.worker()
    await typist.place.open(device="\u202ex")

    listed = await typist.types("sessions", "ls")

    assert "?x" in listed.out


async def test_a_program_that_watches_is_told_each_change_in_a_line(typist: Typist) -> None:
    await typist.place.worker()
    watching = await asyncio.create_subprocess_exec(
        *("env", "--default-signal=INT"),  # whoever started the tests may ignore it
        *(sys.executable, "-m", "diorama.cli", "sessions", "watch", "--json", "--every", "0.2"),
        env={**os.environ, **typist.environment},
        stdout=asyncio.subprocess.PIPE,
    )
    assert watching.stdout is not None

    async with asyncio.timeout(120):
        opened = await typist.place.open()
        first = json.loads(await watching.stdout.readline())
        await typist.types("sessions", "end", opened.session.id)
        last = json.loads(await watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        code = await watching.wait()

    assert (first["id"], first["state"]) == (opened.session.id, "connecting")
    assert (last["id"], last["state"]) == (opened.session.id, "disconnected")
    assert code == 130


async def test_the_shell_completes_sessions_and_commands(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.place.open()

    ids = await typist.types(
        _DIORAMA_COMPLETE="complete_bash", COMP_WORDS="diorama sessions end ses", COMP_CWORD="3"
    )
    words = await typist.types(
        _DIORAMA_COMPLETE="complete_bash", COMP_WORDS="diorama se", COMP_CWORD="1"
    )

    assert ids.out.split() == [opened.session.id]
    assert words.out.split() == ["sessions"]


def test_what_is_to_be_known_of_a_session_follows_its_state() -> None:
    end = EndView(
        code=4010,
        name="limit",
        reason="x",
        doing="viewer",
        retry="never",
        retry_limit=None,
        message="",
    )
    queued = a_session(queue=QueueView(position=2, length=5, eta_p50_s=90.0))

    assert remark(a_session(), NOON) is None
    assert remark(a_session(end=end), NOON) == "4010 x"
    assert remark(queued, NOON) == "number 2 of 5, about 1 min 30 s to go"
    limited = a_session(
        runs_until=NOON + timedelta(minutes=9), afk_ends_at=NOON + timedelta(seconds=8)
    )
    assert remark(limited, NOON) == "ends in 8 s"


def test_watching_tells_what_is_new_and_what_moved() -> None:
    one, two = a_session(), a_session(id="ses_2", created_at=NOON - timedelta(seconds=1))
    moved = a_session(version=5)

    assert changes({}, [one, two]) == [two, one]
    assert changes({"ses_1": one, "ses_2": two}, [moved, two]) == [moved]
    assert changes({"ses_1": one}, [one]) == []


async def test_a_session_is_shown_with_how_it_went(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.place.open()
    await typist.types("sessions", "end", opened.session.id)

    shown = await typist.types("sessions", "show", opened.session.id)
    as_json = await typist.types("sessions", "show", opened.session.id, "--json")

    assert as_json.json["sentence"] in shown.out
    at = as_json.json["session"]["created_at"]
    assert f"  {at.replace('T', ' ')}\n" in shown.out
    assert "\n12:00:00.000Z  requesting" in shown.out
    assert len(as_json.json["entries"]) >= 3
    assert "key:" in shown.out


async def test_past_sessions_are_found_by_how_they_ended_and_when(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.opens(end_user="ann")
    await typist.types("sessions", "end", opened.session.id)

    def ids(said: Said) -> list[str]:
        return [one["id"] for one in said.json]

    by_code = await typist.types("sessions", "ls", "--code", "4012", "--json")
    by_state = await typist.types("sessions", "ls", "--state", "disconnected", "--json")
    of_user = await typist.types("sessions", "ls", "--all", "--end-user", "ann", "--json")
    earlier = await typist.types("sessions", "ls", "--all", "--to", "2020-01-01", "--json")

    assert ids(by_code) == ids(by_state) == ids(of_user) == [opened.session.id]
    assert ids(earlier) == []
