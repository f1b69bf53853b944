"""People at the door, on both databases: in, out, and what an old cookie is worth."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.accounts.people import SIGN_IN_IDLE_US, SIGN_IN_LASTS_US
from diorama.kernel.ids import digest
from diorama.kernel.units import SECOND_US
from tests.gateway.running import Place, Reply, gateway_at
from tests.gateway.signing import EMAIL, PASSWORD, Browser, joined, me, owner_of, set_up_token

OTHER = "another way to the cove"


@pytest.fixture
async def place(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, url=database_url) as place:
        yield place


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Place]:
    """Yield a gateway over SQLite, for what never gets as far as the database."""
    async with gateway_at(tmp_path) as place:
        yield place


def said(reply: Reply) -> dict[str, object]:
    """What an answer says, whichever request it is to."""
    return {**reply.json, "request_id": None}


async def test_the_first_owner_comes_by_a_link_that_works_once(place: Place) -> None:
    before = await place.ask("GET", "/v1/sign-in")
    token = await set_up_token(place)
    asked = {"token": token, "email": "Ada@Example.com ", "name": "Ada", "password": PASSWORD}
    browser = Browser(place)
    made = await browser.ask("POST", "/v1/set-up", asked)
    again = await Browser(place).ask("POST", "/v1/set-up", asked | {"email": "eve@example.com"})
    after = await place.ask("GET", "/v1/sign-in")

    assert before.json == {"password": True, "oidc": None, "set_up": True}
    assert made.status == 201
    assert me(made).person.email == EMAIL
    assert (me(made).account.id, me(made).account.role) == ("acc_owner", "owner")
    assert "operate" in me(made).permissions
    assert again.problem == (409, "set_up_done")
    assert after.json["set_up"] is False


@pytest.mark.parametrize("token", ["dsu_forged", "", "x" * 200])
async def test_a_forged_link_makes_no_owner(embedded: Place, token: str) -> None:
    await set_up_token(embedded)
    asked = {"token": token or "x", "email": EMAIL, "name": "Eve", "password": PASSWORD}
    refused = await Browser(embedded).ask("POST", "/v1/set-up", asked)

    assert refused.problem == (403, "link_refused")


async def test_a_link_for_the_first_owner_is_over_after_a_day(place: Place) -> None:
    token = await set_up_token(place)
    place.clock.step(seconds=24 * 3_600)
    asked = {"token": token, "email": EMAIL, "name": "Ada", "password": PASSWORD}
    refused = await Browser(place).ask("POST", "/v1/set-up", asked)

    assert refused.problem == (403, "link_refused")


async def test_the_link_is_made_again_for_who_holds_the_operator_s_key(place: Place) -> None:
    link = await place.ask("POST", "/v1/set-up/link", secret=place.secrets.api_key)
    stranger = await place.ask("POST", "/v1/set-up/link")
    token = str(link.json["link"]).partition("/set-up#")[2]
    asked = {"token": token, "email": EMAIL, "name": "Ada", "password": PASSWORD}
    made = await Browser(place).ask("POST", "/v1/set-up", asked)
    late = await place.ask("POST", "/v1/set-up/link", secret=place.secrets.api_key)

    assert link.status == 201
    assert stranger.problem == (401, "credential_missing")
    assert made.status == 201
    assert late.problem == (409, "set_up_done")


async def test_somebody_signs_in_and_out_again(place: Place) -> None:
    await owner_of(place)
    browser = Browser(place)
    entered = await browser.sign_in(" ADA@example.com")
    seen = await browser.ask("GET", "/v1/me")
    sessions = await browser.ask("GET", "/v1/sessions")
    old = dict(browser.cookies)
    out = await browser.ask("POST", "/v1/sign-out")
    gone = await browser.ask("GET", "/v1/me")
    replayed = await Browser(place, cookies=old).ask("GET", "/v1/me")

    assert entered.status == seen.status == sessions.status == 200
    assert me(entered) == me(seen)
    assert out.status == 204
    assert browser.cookies == {}
    assert gone.problem == replayed.problem == (401, "credential_missing")


async def test_the_cookie_is_out_of_scripts_reach_and_kept_to_the_host_over_https(
    place: Place,
) -> None:
    await owner_of(place)
    plain = await Browser(place).sign_in()
    host = place.front.url.removeprefix("http://")
    secure = await place.ask(
        "POST",
        "/v1/sign-in",
        {"email": EMAIL, "password": PASSWORD},
        Origin=f"https://{host}",
        Sec_Fetch_Site="same-origin",
    )

    assert plain.headers["Set-Cookie"].startswith("diorama_sign_in=dsi_")
    assert plain.headers["Set-Cookie"].endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax")
    assert secure.headers["Set-Cookie"].startswith("__Host-diorama_sign_in=dsi_")
    assert secure.headers["Set-Cookie"].endswith("; HttpOnly; SameSite=Lax; Secure")
    assert plain.headers["Cache-Control"] == "no-store"


async def test_the_store_holds_no_secret_of_a_cookie(place: Place) -> None:
    browser = await owner_of(place)
    (secret,) = browser.cookies.values()
    rows = await place.database.read(lambda tx: tx.run("SELECT digest FROM sign_in"))

    assert rows == [(digest(secret),)]


async def test_a_new_sign_in_ends_the_one_it_takes_the_place_of(place: Place) -> None:
    browser = await owner_of(place)
    old = dict(browser.cookies)
    await browser.sign_in()
    replayed = await Browser(place, cookies=old).ask("GET", "/v1/me")
    now = await browser.ask("GET", "/v1/me")

    assert browser.cookies != old
    assert replayed.problem == (401, "credential_missing")
    assert now.status == 200


async def test_a_changed_password_signs_every_other_browser_out(place: Place) -> None:
    browser = await owner_of(place)
    other = Browser(place)
    await other.sign_in()
    old = dict(browser.cookies)
    changed = browser.enter(
        await browser.ask("POST", "/v1/me/password", {"current": PASSWORD, "new": OTHER})
    )
    replayed = await Browser(place, cookies=old).ask("GET", "/v1/me")

    assert changed.status == 200
    assert (await browser.ask("GET", "/v1/me")).status == 200
    assert replayed.problem == (401, "credential_missing")
    assert (await other.ask("GET", "/v1/me")).problem == (401, "credential_missing")
    assert (await Browser(place).sign_in()).problem == (401, "sign_in_refused")
    assert (await Browser(place).sign_in(password=OTHER)).status == 200


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"current": OTHER, "new": OTHER}, (401, "sign_in_refused")),
        ({"current": None, "new": OTHER}, (422, "schema")),
        ({"current": PASSWORD, "new": "too short"}, (422, "password_weak")),
        ({"current": PASSWORD, "new": "aaaaaaaaaaaaaaaa"}, (422, "password_weak")),
        ({"current": PASSWORD, "new": EMAIL}, (422, "password_weak")),
        ({"current": PASSWORD, "new": "x" * 201}, (422, "schema")),
    ],
)
async def test_a_password_changes_with_the_current_one_and_to_no_weak_one(
    embedded: Place, asked: dict[str, object], problem: tuple[int, str]
) -> None:
    browser = await owner_of(embedded)

    assert (await browser.ask("POST", "/v1/me/password", asked)).problem == problem
    assert (await browser.ask("GET", "/v1/me")).status == 200


async def test_nobody_learns_who_is_known_here(place: Place) -> None:
    await owner_of(place)
    wrong = await Browser(place).sign_in(password=OTHER)
    unknown = await Browser(place).sign_in("eve@example.com")

    assert wrong.problem == (401, "sign_in_refused")
    assert said(wrong) == said(unknown)
    assert "Set-Cookie" not in {**wrong.headers, **unknown.headers}


async def test_a_guesser_has_to_wait_and_so_does_one_who_guesses_at_nobody(place: Place) -> None:
    await owner_of(place)
    tries = [await Browser(place).sign_in(password=OTHER) for _ in range(10)]
    right = await Browser(place).sign_in()
    nobody = [await Browser(place).sign_in("eve@example.com") for _ in range(11)]

    assert {reply.status for reply in tries} == {401}
    assert right.problem == (429, "too_many_attempts")
    assert int(right.headers["Retry-After"]) <= 30
    assert nobody[-1].problem == right.problem
    assert "ada" not in str(right.json)


async def test_tries_count_for_the_visitor_s_address_behind_a_proxy_that_is_trusted(
    embedded: Place,
) -> None:
    far = {"X_Forwarded_For": "203.0.113.9"}
    tries = [
        await Browser(embedded).ask(
            "POST", "/v1/sign-in", {"email": f"{n}@example.com", "password": OTHER}, far
        )
        for n in range(21)
    ]
    forged = await Browser(embedded).ask(
        "POST",
        "/v1/sign-in",
        {"email": "x@example.com", "password": OTHER},
        {"X_Forwarded_For": "198.51.100.1, 203.0.113.9"},
    )
    elsewhere = await Browser(embedded).sign_in("y@example.com")

    assert [reply.status for reply in tries] == [401] * 20 + [429]
    assert forged.problem == (429, "too_many_attempts")
    assert elsewhere.problem == (401, "sign_in_refused")


@pytest.mark.parametrize("lasts_us", [SIGN_IN_IDLE_US, SIGN_IN_LASTS_US])
async def test_a_sign_in_ends_when_it_is_unused_and_when_it_is_old(
    embedded: Place, lasts_us: int
) -> None:
    browser = await owner_of(embedded)
    step_s = min(SIGN_IN_IDLE_US, lasts_us) / SECOND_US
    if lasts_us > SIGN_IN_IDLE_US:
        step_s -= 1
        for _ in range(lasts_us // SIGN_IN_IDLE_US):
            embedded.clock.step(seconds=step_s)
            assert (await browser.ask("GET", "/v1/me")).status == 200
        step_s = lasts_us / SECOND_US - step_s * (lasts_us // SIGN_IN_IDLE_US)
    embedded.clock.step(seconds=step_s - 1)
    before = await browser.ask("GET", "/v1/me")
    embedded.clock.step(seconds=1 if lasts_us > SIGN_IN_IDLE_US else step_s)
    after = await browser.ask("GET", "/v1/me")

    assert before.status == 200
    assert after.problem == (401, "credential_missing")


@pytest.mark.parametrize(
    "cookie",
    [
        "diorama_sign_in=dsi_forged",
        "diorama_sign_in=" + "x" * 4_000,
        "__Host-diorama_sign_in=dsi_forged",
        "diorama_sign_in=\xff\xfe",
        "diorama_sign_in=dsi_forged; diorama_sign_in=dsi_other",
    ],
)
async def test_a_forged_cookie_opens_nothing(embedded: Place, cookie: str) -> None:
    await owner_of(embedded)
    seen = await embedded.ask("GET", "/v1/me", Cookie=cookie)
    listed = await embedded.ask("GET", "/v1/sessions", Cookie=cookie)
    open_to_all = await embedded.ask("GET", "/v1/projects", Cookie=cookie)

    assert seen.problem == listed.problem == (401, "credential_missing")
    assert open_to_all.status == 200


async def test_a_digest_from_the_store_is_no_cookie(place: Place) -> None:
    browser = await owner_of(place)
    (name, secret) = next(iter(browser.cookies.items()))
    stolen = await place.ask("GET", "/v1/me", Cookie=f"{name}={digest(secret)}")

    assert stolen.problem == (401, "credential_missing")


@pytest.mark.parametrize(
    "odd",
    [
        {"Diorama_CSRF": None},
        {"Origin": None, "Sec_Fetch_Site": None},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_a_change_by_cookie_that_no_own_page_sent_is_refused(
    embedded: Place, odd: dict[str, str | None]
) -> None:
    browser = await owner_of(embedded)
    renamed = await browser.ask("PATCH", "/v1/me", {"name": "Eve"}, odd)
    invited = await browser.ask(
        "POST", "/v1/members", {"email": "eve@example.com", "role": "owner"}, odd
    )
    out = await browser.ask("POST", "/v1/sign-out", odd=odd)
    seen = await browser.ask("GET", "/v1/me")

    refusals = {renamed.problem[1], invited.problem[1], out.problem[1]}
    assert refusals <= {"csrf_refused", "origin_refused"}
    assert {renamed.status, invited.status, out.status} == {403}
    assert me(seen).person.name == "Ada"


async def test_the_csrf_word_of_one_browser_is_worth_nothing_in_another(place: Place) -> None:
    browser = await owner_of(place)
    other = Browser(place)
    await other.sign_in()

    stolen = await browser.ask("PATCH", "/v1/me", {"name": "Eve"}, Diorama_CSRF=other.csrf)
    assert stolen.problem == (403, "csrf_refused")


async def test_a_visitor_of_a_public_project_needs_no_proof_for_the_cookie_they_have(
    place: Place,
) -> None:
    browser = await owner_of(place)
    await place.worker()
    visited = await browser.ask("POST", "/v1/sessions", {"project": "cove"}, Diorama_CSRF=None)
    named = {"project": "cove", "end_user": "bo"}
    as_anyone = await browser.ask("POST", "/v1/sessions", named, Diorama_CSRF=None)
    forged = await browser.ask("POST", "/v1/sessions", named, Diorama_CSRF="0" * 64)

    assert visited.status == 201
    assert as_anyone.problem == (422, "end_user_unproven")
    assert forged.problem == (403, "csrf_refused")


async def test_a_header_with_a_credential_is_all_that_is_looked_at(place: Place) -> None:
    browser = await owner_of(place)
    forged = await browser.ask("GET", "/v1/sessions", Authorization="Bearer dio_forged")

    assert forged.problem == (401, "credential_refused")


async def test_somebody_chooses_among_their_accounts_and_no_other(place: Place) -> None:
    browser = await owner_of(place)
    browser.account = "acc_owner"
    own = await browser.ask("GET", "/v1/me")
    browser.account = "acc_elsewhere"
    foreign = await browser.ask("GET", "/v1/me")

    assert me(own).account.id == "acc_owner"
    assert foreign.problem == (404, "account_unknown")


async def test_a_member_who_is_taken_out_is_out_at_once(place: Place) -> None:
    owner = await owner_of(place)
    bo = await joined(owner, "bo@example.com", "developer")
    listed = await owner.ask("GET", "/v1/members")
    (member,) = [m for m in listed.json["members"] if m["email"] == "bo@example.com"]  # type: ignore[attr-defined] # JSON
    before = await bo.ask("GET", "/v1/sessions")
    removed = await owner.ask("DELETE", f"/v1/members/{member['id']}")
    after = await bo.ask("GET", "/v1/sessions")
    again = await Browser(place).sign_in("bo@example.com")

    assert before.status == 200
    assert removed.status == 204
    assert after.problem == (401, "credential_missing")
    assert again.problem == (401, "sign_in_refused")


async def test_one_s_own_name_changes_for_every_account(place: Place) -> None:
    browser = await owner_of(place)
    renamed = await browser.ask("PATCH", "/v1/me", {"name": " Ada Lovelace "})
    blank = await browser.ask("PATCH", "/v1/me", {"name": "  "})

    assert me(renamed).person.name == "Ada Lovelace"
    assert blank.problem == (422, "schema")


async def test_a_key_is_nobody_who_is_signed_in(place: Place) -> None:
    reply = await place.ask("GET", "/v1/me", secret=place.secrets.api_key)

    assert reply.problem == (401, "credential_missing")
