"""What who operates Diorama does about accounts in a terminal."""

from tests.cli.typing_commands import Typist


async def test_an_account_is_made_with_a_link_for_its_owner(typist: Typist) -> None:
    made = await typist.types("accounts", "create", "Ann's studio", "--owner", "ann@a.example")

    listed = await typist.types("accounts", "ls")

    assert made.code == 0
    assert made.out.startswith("http://127.0.0.1:")
    assert made.out.count("\n") == 1
    assert "Ann's studio" in listed.out
    assert made.out.strip() not in listed.out


async def test_a_limit_is_set_apart_from_the_plan_and_back(typist: Typist) -> None:
    made = await typist.types("accounts", "create", "ann", "--json")
    account = made.json["account"]["id"]

    one = await typist.types("accounts", "set", account, "--streams", "1", "--json")
    shown = await typist.types("accounts", "show", account)
    back = await typist.types("accounts", "set", account, "--streams", "plan", "--json")

    assert (one.json["concurrent_streams"], one.json["own_streams"]) == (1, True)
    assert "0 of 1, apart from its plan" in shown.out
    assert (back.json["concurrent_streams"], back.json["own_streams"]) == (5, False)


async def test_an_account_is_suspended_and_reinstated(typist: Typist) -> None:
    made = await typist.types("accounts", "create", "ann", "--json")
    account = made.json["account"]["id"]

    kept = await typist.types("accounts", "suspend", account, given="n\n")
    suspended = await typist.types("accounts", "suspend", account, "--yes", "--json")
    back = await typist.types("accounts", "reinstate", account, "--json")

    assert kept.code == 1
    assert (suspended.json["suspended"], back.json["suspended"]) == (True, False)


async def test_ones_own_account_is_shown(typist: Typist) -> None:
    shown = await typist.types("accounts", "show")

    assert "acc_owner" in shown.out
    assert "0 of 5" in shown.out


async def test_plans_are_made_changed_and_deleted(typist: Typist) -> None:
    made = await typist.types("plans", "set", "studio", "--streams", "9", "--stream-hours", "10")
    await typist.types("plans", "set", "studio", "--streams", "8")
    listed = await typist.types("plans", "ls", "--json")
    gone = await typist.types("plans", "delete", "studio")

    found = {one["name"]: one for one in listed.json}
    assert made.rows[0][:2] == ["studio", "9"]
    assert {"free", "unlimited", "studio"} <= set(found)
    assert (found["studio"]["concurrent_streams"], found["studio"]["stream_hours"]) == (8, None)
    assert gone.code == 0


async def test_what_changes_is_said(typist: Typist) -> None:
    assert (await typist.types("accounts", "set", "acc_1")).code == 2
    assert (await typist.types("accounts", "set", "acc_1", "--streams", "many")).code == 2


async def test_a_link_for_the_first_owner_is_made_again(typist: Typist) -> None:
    first = await typist.types("accounts", "set-up-link")
    second = await typist.types("accounts", "set-up-link", "--json")

    assert "/set-up#" in first.out
    assert second.json["link"] != first.out.strip()
