"""Time limits as a viewer, a worker and an account's program see them, over real sockets."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from diorama.accounts.plans import FREE
from diorama.gateway.bootstrap import OWNER
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import AfkRules, Rules
from diorama.protocol.viewer import Warned
from diorama.protocol.views import OpenedSession
from diorama.protocol.worker import Problem
from diorama.sessions.filters import ALL
from tests.clock import NOON_US
from tests.gateway.running import Place, gateway_at

SHORT = ProjectSettings(
    name="cove",
    world="a:B",
    rules=Rules(
        max_runtime_s=65,
        afk=AfkRules(warn_after_s=30, disconnect_after_s=20, hold_off_budget_s=60),
    ),
)
NASTY: list[bytes] = [
    b"0",
    b"-1",
    b"0.999",
    b"86401",
    b"1e309",
    b"-1e309",
    b"NaN",
    b"Infinity",
    b"null",
    b'"60"',
    b"true",
    b"[60]",
    b"{}",
    b"99999999999999999999999999",
]


async def test_the_end_is_warned_of_again_after_a_reload_and_taken_back_by_more_runtime(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        started = await viewer.until("streaming")
        await place.sweep(after_s=6)
        first = await viewer.next(Warned)

        again = await place.viewer(opened, attachment=1)
        await place.sweep(after_s=1)
        second = await again.next(Warned)
        extended = await place.ask(
            "POST",
            f"/v1/sessions/{opened.session.id}/extend",
            {"seconds": 600},
            secret=place.secrets.api_key,
        )
        told = await again.session()

    assert (first.kind, first.seconds_left) == ("runtime", 59)
    assert (second.kind, second.seconds_left) == ("runtime", 58)
    assert extended.status == 200
    assert started.runs_until is not None
    assert told.runs_until == started.runs_until + timedelta(seconds=600)


async def test_a_countdown_is_in_the_view_of_who_comes_late(tmp_path: Path) -> None:
    quick = ProjectSettings(
        name="cove",
        world="a:B",
        rules=Rules(afk=AfkRules(warn_after_s=3, disconnect_after_s=7)),
    )
    async with gateway_at(tmp_path, quick) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        await place.sweep(after_s=4)
        idle = await viewer.until("idle")
        await place.sweep(after_s=1)
        warned = await viewer.next(Warned)
        late = await (await place.viewer()).hello(opened.token, attachment=1)

    assert (warned.kind, warned.seconds_left) == ("afk", 5)
    assert idle.afk_ends_at == idle.state_entered_at + timedelta(seconds=7)
    assert late.session.afk_ends_at == idle.afk_ends_at


async def test_a_world_holds_the_warning_off(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        assign = await worker.start()
        await viewer.until("streaming")
        await worker.send(type="hold_off", session=assign.session, term=assign.term, seconds=40)
        held = await viewer.session()
        row = await place.gateway.desk.look(lambda w: w.stores.sessions.get(opened.session.id))

    assert held.state == "streaming"
    assert row is not None
    assert (row.hold.until_us or 0) - (row.hold.since_us or 0) == 40_000_000


@pytest.mark.parametrize("seconds", ["NaN", "1e309", "-1", "86401", '"1"', "null"])
async def test_a_worker_cannot_hold_off_for_no_number_of_seconds(
    tmp_path: Path, seconds: str
) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        assign = await worker.start()
        before = await viewer.until("streaming")
        about = f'"session":"{assign.session}","term":{assign.term},"seconds":{seconds}'
        await worker.socket.send_str(f'{{"type":"hold_off",{about}}}')
        problem = await worker.next(Problem)
        after = await place.look(opened)

    assert problem.code in {"schema", "json_number"}
    assert after.version == before.version


@pytest.mark.parametrize("seconds", NASTY)
async def test_nonsense_extends_nothing(tmp_path: Path, seconds: bytes) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        await place.worker()
        opened = await place.open()
        path = f"/v1/sessions/{opened.session.id}/extend"
        reply = await place.ask(
            "POST", path, b'{"seconds": ' + seconds + b"}", secret=place.secrets.api_key
        )
        after = await place.look(opened)

    assert reply.status in {400, 422}
    assert reply.problem[1] in {"schema", "json_number", "json_syntax"}
    assert after.version == opened.session.version


async def test_only_the_account_extends(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        await place.worker()
        opened = await place.open()
        path = f"/v1/sessions/{opened.session.id}/extend"
        by_viewer = await place.ask("POST", path, {"seconds": 60}, secret=opened.token)
        by_nobody = await place.ask("POST", path, {"seconds": 60})
        missing = await place.ask(
            "POST", "/v1/sessions/ses_0/extend", {"seconds": 60}, secret=place.secrets.api_key
        )
        await place.ask("DELETE", path.removesuffix("/extend"), secret=opened.token)
        over = await place.ask("POST", path, {"seconds": 60}, secret=place.secrets.api_key)

    assert by_viewer.problem == (401, "credential_refused")
    assert by_nobody.problem == (401, "credential_missing")
    assert missing.problem == (404, "session_unknown")
    assert over.problem == (409, "session_ended")


async def test_a_viewer_asks_for_shorter_times_with_the_session(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, SHORT) as place:
        await place.worker()
        good = await place.post({"project": "cove", "afk": {"warn_after_s": 5}})
        bad = [
            await place.post({"project": "cove", "afk": afk})
            for afk in (5, {"warn_after_s": 0.5}, {"warn_after_s": 7_201}, {"enabled": False})
        ]
        found = await place.gateway.desk.look(
            lambda w: w.stores.sessions.listed("acc_owner", ALL, after=None, limit=10)
        )

    assert good.status == 201
    assert [one.rules.afk.warn_after_s for one in found] == [5]
    assert {one.problem for one in bad} == {(422, "schema")}


async def under(place: Place, stream_s: float) -> None:
    """Put the owner's account under a plan with so many seconds of streaming a month."""
    plan = replace(FREE, name="small", stream_hours=stream_s / 3_600)
    await place.gateway.desk.do(lambda work: work.stores.accounts.set_plan(OWNER, plan))


async def test_the_end_of_the_plan_s_hours_is_told_and_comes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await under(place, 68)
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        assign = await worker.start()
        started = await viewer.until("streaming")
        await place.sweep(after_s=1)
        far = await viewer.next(Warned)
        told = await place.look(opened)
        await place.sweep(after_s=8)
        near = await viewer.next(Warned)
        late = await (await place.viewer()).hello(opened.token, attachment=1)
        for n in range(1, 8):
            about = {"term": assign.term, "session": assign.session}
            await place.heard(worker, n, **about, viewer_age_ms=0)
            await place.sweep(after_s=9)
        over = await place.look(opened)
        await worker.stop()
        refused = await place.post({"project": "cove"})

    assert [(w.kind, w.seconds_left) for w in (far, near)] == [("hours", 67), ("hours", 59)]
    assert started.hours_end_at is not None
    assert told.hours_end_at == late.session.hours_end_at == started.hours_end_at
    assert over.end is not None
    assert (over.end.code, over.end.reason) == (4004, "hours_exhausted")
    assert refused.problem == (429, "hours_exhausted")
    assert refused.json["end_code"] == 4004
    assert int(refused.headers["Retry-After"]) > 30 * 86_400


async def test_hours_that_end_later_than_was_told_are_told_again(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await under(place, 68)
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        await place.sweep(after_s=1)
        await viewer.next(Warned)
        await under(place, 7_200)
        await place.sweep(after_s=1)
        await place.sweep(after_s=1)
        view = await viewer.session()
        while view.hours_end_at is not None:
            view = await viewer.session()

    assert view.state == "streaming"


async def test_a_start_under_another_plan_ends_nobody(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, plan="unlimited") as place:
        await place.worker(slots=7)
        opened = [await place.open() for _ in range(7)]
        account = await place.gateway.desk.look(lambda work: work.stores.accounts.get(OWNER))
    async with gateway_at(tmp_path) as place:
        lower = await place.gateway.desk.look(lambda work: work.stores.accounts.get(OWNER))
        states = {(await place.look(one)).state for one in opened}
        refused = await place.post({"project": "cove"})

    assert account is not None
    assert lower is not None
    assert (account.plan, account.concurrent_streams, account.stream_us) == (
        "unlimited",
        100_000,
        None,
    )
    assert (lower.plan, lower.concurrent_streams, lower.stream_us) == ("free", 5, FREE.stream_us)
    assert (lower.held, states) == (7, {"connecting"})
    queued = msgspec.json.decode(refused.body, type=OpenedSession)
    assert queued.session.state == "queued"


async def test_a_restart_forgets_no_clock(tmp_path: Path) -> None:
    """The gateway is away while the runtime ends: it ended when it should have."""
    async with gateway_at(tmp_path, SHORT) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        assign = await worker.start()
        started = await viewer.until("streaming")
        await worker.send(type="hold_off", session=assign.session, term=assign.term, seconds=50)
        await viewer.session()
    async with gateway_at(tmp_path, SHORT, now_us=NOON_US + 64_000_000) as place:
        await place.sweep(after_s=0)
        before = await place.look(opened)
        row = await place.gateway.desk.look(lambda w: w.stores.sessions.get(opened.session.id))
        await place.sweep(after_s=1.5)
        after = await place.look(opened)

    assert row is not None
    assert (row.hold.spent_by(NOON_US + 99_000_000), before.end) == (50_000_000, None)
    assert after.end is not None
    assert (after.end.reason, after.ended_at) == ("max_runtime", started.runs_until)


async def test_a_machine_that_goes_is_told_with_a_countdown(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        await worker.send(type="draining", deadline_s=30)
        await worker.say_hello()
        await worker.next(Problem)  # of the second hello: the first word was taken
        await place.sweep(after_s=1)
        view = await viewer.session()
        warned = await viewer.next(Warned)
        late = await (await place.viewer()).hello(opened.token, attachment=1)

    assert (warned.kind, warned.seconds_left) == ("draining", 29)
    assert view.drains_at == late.session.drains_at
    assert view.drains_at is not None


@pytest.mark.parametrize("deadline_s", ["-1", "1e308", "NaN", "null"])
async def test_a_worker_cannot_go_at_no_time(tmp_path: Path, deadline_s: str) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        await worker.socket.send_str(f'{{"type":"draining","deadline_s":{deadline_s}}}')
        problem = await worker.next(Problem)

    assert problem.code in {"schema", "json_number"}
