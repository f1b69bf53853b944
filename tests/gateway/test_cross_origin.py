"""Pages of other origins, as their browsers see the gateway."""

from pathlib import Path
from typing import Final

import msgspec

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import Rules
from tests.gateway.running import COVE, Viewer, gateway_at

APP: Final = "https://app.example.com"
SHOP: Final = "https://shop.example.com"
LOCAL: Final = "http://localhost:5173"
NAMED: Final = ProjectSettings(name="cove", world="a:B", rules=Rules(origins=(APP,)))
OTHER: Final = ProjectSettings(name="other", world="a:B", rules=Rules(origins=(SHOP,)))
ALLOW: Final = "Access-Control-Allow-Origin"


async def test_a_browser_that_asks_first_is_told_what_it_may_send(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, NAMED) as place:
        wish = {"Origin": APP, "Access_Control_Request_Method": "POST"}
        reply = await place.ask("OPTIONS", "/v1/sessions", None, **wish)

    assert reply.status == 204
    assert reply.headers[ALLOW] == APP
    assert reply.headers["Vary"] == "Origin"
    assert "Idempotency-Key" in reply.headers["Access-Control-Allow-Headers"]
    assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in reply.headers


async def test_a_page_of_a_named_origin_opens_looks_and_leaves(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, NAMED) as place:
        await place.worker()
        opened = await place.post({"project": "cove"}, Origin=APP)
        token = opened.json["token"]
        where = opened.headers["Location"]
        seen = await place.ask("GET", where, Origin=APP, secret=str(token))
        viewer = Viewer(await place.line("/v1/connect", Origin=APP))
        await viewer.hello(str(token))
        body = msgspec.json.encode({"code": 1000, "token": token})
        left = await place.ask(
            "POST", f"{where}/bye", body, Origin=APP, Content_Type="text/plain;charset=UTF-8"
        )
        ended = await viewer.until("disconnected")

    assert (opened.status, seen.status, left.status) == (201, 200, 202)
    assert {reply.headers[ALLOW] for reply in (opened, seen, left)} == {APP}
    assert "Location" in opened.headers["Access-Control-Expose-Headers"]
    assert ended.end is not None


async def test_a_page_of_an_origin_that_nobody_names_may_read_why_and_nothing_else(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, NAMED) as place:
        await place.worker()
        key = place.secrets.api_key
        asked = await place.post({"project": "cove"}, Origin=SHOP)
        with_key = await place.ask("GET", "/v1/sessions", Origin=SHOP, secret=key)
        missing = await place.ask("GET", "/v1/nothing", Origin="null")
        listed = await place.ask("GET", "/v1/sessions", secret=key)
        page = await place.ask("GET", "/healthz", Origin=SHOP)

    assert [r.problem for r in (asked, with_key, missing)] == [(403, "origin_refused")] * 3
    assert [r.headers[ALLOW] for r in (asked, with_key, missing)] == [SHOP, SHOP, "null"]
    assert "origins" in str(asked.json["detail"])
    assert listed.json["sessions"] == []
    assert ALLOW not in listed.headers
    assert ALLOW not in page.headers


async def test_an_origin_that_another_project_names_opens_none_of_this_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, NAMED, OTHER) as place:
        await place.worker(slots=2)
        refused = await place.post({"project": "cove"}, Origin=SHOP)
        own = await place.post({"project": "other"}, Origin=SHOP)
        opened = await place.post({"project": "cove"}, Origin=APP)
        viewer = Viewer(await place.line("/v1/connect", Origin=SHOP))
        await viewer.send(type="hello", protocol=1, token=opened.json["token"])
        end = await viewer.end()

    assert refused.problem == (403, "origin_refused")
    assert own.status == 201
    assert end == (["origin_refused"], 4013)


async def test_a_development_server_on_this_machine_needs_no_rule(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, COVE) as place:
        await place.worker()
        opened = await place.post({"project": "cove"}, Origin=LOCAL)
        viewer = Viewer(await place.line("/v1/connect", Origin=LOCAL))
        welcome = await viewer.hello(str(opened.json["token"]))

    assert opened.headers[ALLOW] == LOCAL
    assert welcome.session.state == "connecting"


async def test_a_goodbye_without_a_good_token_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, COVE) as place:
        await place.worker()
        opened = await place.open()
        path = f"/v1/sessions/{opened.session.id}/bye"
        forged = await place.ask("POST", path, {"code": 1000, "token": "dst_x"}, Origin=LOCAL)
        without = await place.ask("POST", path, {"code": 1000}, Origin=LOCAL)
        seen = await place.look(opened)

    assert forged.problem == (401, "token_refused")
    assert without.problem == (401, "credential_missing")
    assert seen.end is None
