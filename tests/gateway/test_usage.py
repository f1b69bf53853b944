"""What was used, over REST: the same numbers as JSON, as CSV and at a glance."""

import csv
import io
from pathlib import Path

import msgspec

from diorama.gateway.settings import ProjectSettings
from diorama.protocol.usage_views import CostView, Overview, SeriesView, UsageView, VerifiedView
from diorama.protocol.views import OpenedSession
from tests.gateway.running import Place, Reply, gateway_at
from tests.gateway.tenants import tenant

FORMULA = "=HYPERLINK(1)"
PROJECTS = (ProjectSettings(name="cove", world="a:B"), ProjectSettings(name="dunes", world="a:B"))

REFUSED = {
    "period=2030-13": (422, "period"),
    "from=2030-01-01T00:00": (422, "period"),
    "from=%00": (422, "period"),
    "group_by=world": (422, "schema"),
    "limit=0": (422, "schema"),
    "limit=201": (422, "schema"),
    "group_by=end_user&cursor=nobody": (422, "cursor"),
    "account=acc_missing": (404, "account_unknown"),
    "account=%00": (404, "account_unknown"),
}


async def ask(place: Place, path: str, *, accept: str = "*/*") -> Reply:
    return await place.ask("GET", path, secret=place.secrets.api_key, accept=accept)


async def usage(place: Place, query: str = "") -> UsageView:
    return msgspec.json.decode((await ask(place, f"/v1/usage?{query}")).body, type=UsageView)


async def stream(place: Place, *, seconds: float, **asked: str) -> OpenedSession:
    """Open a session by key, stream for so long, and end it."""
    worker = await place.worker()
    reply = await place.post({"project": "cove", **asked}, secret=place.secrets.api_key)
    opened = msgspec.json.decode(reply.body, type=OpenedSession)
    viewer = await place.viewer(opened)
    await worker.start()
    await viewer.until("streaming")
    place.clock.step(seconds=seconds)
    await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=opened.token)
    await worker.stop()
    await worker.socket.close()
    return opened


async def test_json_csv_and_the_overview_say_the_same(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, *PROJECTS) as place:
        await stream(place, seconds=7, end_user="ada")
        await stream(place, seconds=2.5, project="dunes", end_user=FORMULA)
        glance = msgspec.json.decode((await ask(place, "/v1/overview")).body, type=Overview)
        view = await usage(place, "group_by=end_user&period=2030-01")
        accepted = await ask(place, "/v1/usage?group_by=end_user", accept="text/csv")
        named = await ask(place, "/v1/usage.csv?group_by=end_user&limit=1")
        whole = await ask(place, "/v1/usage.csv")

    lines = list(csv.DictReader(io.StringIO(accepted.body.decode())))
    ((total,),) = [list(csv.DictReader(io.StringIO(whole.body.decode())))]
    assert glance.stream_us == view.total.stream_us == 9_500_000 == int(total["stream_us"])
    assert (glance.stream_hours, glance.limit) == (100, 5)
    assert [(one.key, one.stream_us) for one in view.groups] == [
        (FORMULA, 2_500_000),
        ("ada", 7_000_000),
    ]
    assert [(line["end_user"], int(line["stream_us"])) for line in lines] == [
        (f"'{FORMULA}", 2_500_000),
        ("ada", 7_000_000),
    ]
    assert accepted.body == named.body
    assert accepted.headers["Content-Type"].startswith("text/csv")
    assert "usage-2030-01-01-end_user.csv" in accepted.headers["Content-Disposition"]


async def test_groups_are_paged_by_a_cursor(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, *PROJECTS) as place:
        await stream(place, seconds=1)
        await stream(place, seconds=1, project="dunes")
        first = await usage(place, "group_by=project&limit=1")
        rest = await usage(place, f"group_by=project&limit=1&cursor={first.cursor}")

    assert [one.key for one in (*first.groups, *rest.groups)] == ["cove", "dunes"]
    assert rest.cursor is None


async def test_a_question_that_cannot_be_answered_is_told_why(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        as_json = {query: (await ask(place, f"/v1/usage?{query}")).problem for query in REFUSED}
        as_csv = {query: (await ask(place, f"/v1/usage.csv?{query}")).problem for query in REFUSED}

    assert as_json == as_csv == REFUSED


async def test_a_chart_of_the_last_day_has_what_was_streamed(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, *PROJECTS) as place:
        await stream(place, seconds=150)
        reply = await ask(place, "/v1/overview/series")
        wide = await ask(place, "/v1/overview/series?step_s=3600")
        fine = await ask(place, "/v1/overview/series?step_s=1")

    chart = msgspec.json.decode(reply.body, type=SeriesView)
    assert (chart.step_s, len(chart.points)) == (300, 288)
    assert (chart.points[-1].concurrency_max, chart.points[-1].concurrency_avg) == (1, 0.5)
    assert len(msgspec.json.decode(wide.body, type=SeriesView).points) == 24
    assert fine.problem == (422, "too_many_points")


async def test_usage_rebuilt_from_the_log_alone_is_the_same(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await stream(place, seconds=7)
        clean = await ask(place, "/v1/usage/verify?account=all")
        await place.database.run(lambda tx: tx.run("DELETE FROM usage_span WHERE from_us < to_us"))
        torn = await ask(place, "/v1/usage/verify")

    found = msgspec.json.decode(clean.body, type=VerifiedView)
    told = msgspec.json.decode(torn.body, type=VerifiedView)
    assert (found.sessions, found.stream_us, found.differences) == (1, 7_000_000, ())
    assert [(one.what, one.kept_us, one.log_us) for one in told.differences] == [
        ("spans", 0, 7_000_000),
        ("month", 7_000_000, 0),
        ("month", 7_000_000, 0),
    ]


async def test_cost_is_split_by_what_slots_did(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await stream(place, seconds=9)
        own = await ask(place, "/v1/usage/cost?price_per_gpu_hour=2.50")
        fleet = await ask(place, "/v1/usage/cost?price_per_gpu_hour=2.50&account=all")
        refused = [
            (await ask(place, f"/v1/usage/cost?price_per_gpu_hour={price}")).problem
            for price in ("", "-1", "1e3", "NaN", "1.2345678")
        ]

    found = msgspec.json.decode(own.body, type=CostView)
    whole = msgspec.json.decode(fleet.body, type=CostView)
    assert (found.streaming.slot_us, found.streaming.cost) == (9_000_000, "0.006250")
    assert found.warm is None
    assert whole.warm is not None
    assert whole.streaming == found.streaming
    assert refused == [(422, "schema")] * 5


async def test_the_operator_sees_every_account_s_usage(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await stream(place, seconds=3)
        by_account = await usage(place, "group_by=account")
        together = await usage(place, "account=all")
        own = await usage(place, "account=acc_owner")

    assert [(one.key, one.stream_us) for one in by_account.groups] == [("acc_owner", 3_000_000)]
    assert together.total == own.total == by_account.total


async def test_usage_is_nobody_else_s_to_see(tmp_path: Path) -> None:
    paths = [f"/v1/{of}" for of in ("overview", "overview/series", "usage", "usage.csv")]
    paths += ["/v1/usage/verify", "/v1/usage/cost?price_per_gpu_hour=1"]
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        opened = await place.open()
        without = [(await place.ask("GET", path)).problem for path in paths]
        by_viewer = [(await place.ask("GET", path, secret=opened.token)).problem for path in paths]
        await worker.socket.close()

    assert without == [(401, "credential_missing")] * len(paths)
    assert by_viewer == [(401, "credential_refused")] * len(paths)


async def test_another_account_sees_its_own_usage_and_no_more(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        secret = (await tenant(place)).secret
        await stream(place, seconds=3)

        async def by_tenant(path: str) -> Reply:
            return await place.ask("GET", path, secret=secret)

        own = await by_tenant("/v1/usage?group_by=session")
        glance = msgspec.json.decode((await by_tenant("/v1/overview")).body, type=Overview)
        price = "price_per_gpu_hour=1"
        refused = [
            (await by_tenant(path)).problem
            for path in (
                "/v1/usage?account=all",
                "/v1/usage.csv?group_by=account",
                f"/v1/usage/cost?account=all&{price}",
                "/v1/usage/verify?account=all",
            )
        ]
        foreign = [(await by_tenant(path)).problem for path in _of_account("acc_owner", price)]
        missing = [(await by_tenant(path)).problem for path in _of_account("acc_missing", price)]

    assert (own.json["groups"], glance.stream_us, glance.workers) == ([], 0, 0)
    assert refused == [(403, "permission_missing")] * 4
    assert foreign == missing == [(404, "account_unknown")] * 4


def _of_account(account: str, price: str) -> list[str]:
    of = f"account={account}"
    return [
        *(f"/v1/usage?{of}", f"/v1/usage.csv?{of}"),
        *(f"/v1/usage/cost?{of}&{price}", f"/v1/usage/verify?{of}"),
    ]
