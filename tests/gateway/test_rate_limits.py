"""How often may be asked: which bucket a request counts on, and what a refusal says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from starlette.types import Scope

from diorama.accounts.buckets import Allowance
from diorama.accounts.credentials import SessionToken, sign_token
from diorama.gateway.client_address import networks
from diorama.gateway.rate_limits import COSTS, Counted, RateLimits
from diorama.gateway.settings import ProjectSettings, RateLimitSettings
from diorama.kernel.errors import LimitReached
from diorama.projects.rules import Rules
from tests.clock import SteppedClock
from tests.gateway.running import Place, gateway_at
from tests.gateway.tenants import SECRETS, tenant
from tests.security.document import documented

SECRET: Final = b"of session tokens"
FAR: Final = "192.0.2.1"
LEAST: Final = 100
SMALL: Final = RateLimitSettings(
    key_burst=LEAST,
    key_per_s=1,
    account_burst=2 * LEAST,
    account_per_s=1,
    session_burst=LEAST,
    session_per_s=1,
    address_burst=LEAST,
    address_per_s=1,
)
FROM_FAR: Final = {"X-Forwarded-For": FAR}
ELSEWHERE: Final = "https://pages.example"
KEY: Final = f"dio_{'k' * 43}"


class Door:
    """Rate limits of 3 at once and one a second, 4 for an account, and who knocks."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.refused: list[Counted] = []
        three = Allowance(burst=3, every_s=1)
        self.limits = RateLimits(
            {**dict.fromkeys(Counted, three), Counted.ACCOUNT: Allowance(burst=4, every_s=1)},
            self.clock,
            secret=SECRET,
            proxies=networks("127.0.0.0/8"),
            refused=self.refused.append,
        )

    def knock(
        self,
        *,
        at: str = FAR,
        path: str = "/v1/me",
        good: tuple[str, str] | None = None,
        **headers: str,
    ) -> str:
        """Ask once; return whose limit refused, or nothing."""
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "client": (at, 1),
            "headers": [
                (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
            ],
            "state": {},
        }
        try:
            self.limits.count(scope)
            if good is not None:
                self.limits.is_good(scope, actor=good[0], account_id=good[1])
        except LimitReached as error:
            return str(error.detail["limit"])
        return ""

    def knocks(
        self, times: int, *, at: str = FAR, path: str = "/v1/me", **headers: str
    ) -> list[str]:
        return [self.knock(at=at, path=path, good=None, **headers) for _ in range(times)]

    def with_key(self, key: str, actor: str, account_id: str = "acc_one") -> str:
        return self.knock(authorization=f"Bearer {key}", good=(actor, account_id))


def token_of(session_id: str) -> str:
    return f"Bearer {sign_token(SessionToken(session_id=session_id, issue=1), SECRET)}"


def passed(answers: Sequence[str]) -> int:
    return sum(not answer for answer in answers)


def test_an_address_without_a_credential_asks_a_burst_and_not_once_more() -> None:
    door = Door()

    assert door.knocks(5) == ["", "", "", "address", "address"]
    assert door.knock(at="192.0.2.2") == ""
    assert door.refused == [Counted.ADDRESS] * 2


def test_a_household_is_one_address() -> None:
    door = Door()
    door.knocks(3, at="2001:db8::1")

    assert door.knock(at="2001:db8::2") == "address"
    assert door.knock(at="2001:db8:0:1::1") == ""


def test_behind_a_proxy_the_visitor_counts_and_this_machine_is_not_held() -> None:
    door = Door()
    door.knocks(3, at="127.0.0.1", x_forwarded_for=FAR)

    assert door.knock(at="127.0.0.1", x_forwarded_for=FAR) == "address"
    assert passed(door.knocks(50, at="127.0.0.1")) == 50


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/play/cove", "/v1/uploads"]
)
def test_health_metrics_pages_and_what_workers_bring_are_not_held(path: str) -> None:
    assert passed(Door().knocks(50, path=path)) == 50


def test_made_up_credentials_count_on_the_address() -> None:
    door = Door()
    answers = [
        door.knock(authorization=f"Bearer dio_{number}", cookie=f"diorama_sign_in={number}")
        for number in range(2)
    ]
    answers += [door.knock(cookie="diorama_sign_in=3"), door.knock(authorization="Bearer dst_x.1")]

    assert answers == ["", "", "", "address"]


def test_a_key_has_its_own_and_takes_nothing_of_its_address() -> None:
    door = Door()
    answers = [door.with_key(KEY, "key:one") for _ in range(4)]

    assert answers == ["", "", "", "caller"]
    assert passed(door.knocks(4)) == 3


def test_who_floods_an_address_stops_no_key_that_was_good_behind_it() -> None:
    door = Door()
    door.with_key(KEY, "key:one")
    door.knocks(10)

    assert door.with_key(KEY, "key:one") == ""


def test_a_member_is_one_however_many_browsers_are_theirs() -> None:
    door = Door()
    answers = [
        door.knock(cookie=f"diorama_sign_in={browser}", good=("member:one", "acc_one"))
        for browser in ("a", "b", "a", "b")
    ]

    assert answers == ["", "", "", "caller"]


def test_all_keys_of_an_account_share_what_it_may() -> None:
    door = Door()
    answers = [door.with_key(f"{KEY}{n}", f"key:{n % 2}") for n in range(6)]

    assert answers == ["", "", "", "", "account", "account"]
    assert door.with_key("dio_of_another", "key:other", "acc_two") == ""


def test_what_the_account_refuses_costs_the_key_nothing() -> None:
    door = Door()
    for _ in range(3):
        door.with_key(KEY, "key:one")
    door.with_key("dio_two", "key:two")
    refused = door.with_key("dio_two", "key:two")
    door.clock.step(seconds=2)

    assert refused == "account"
    assert [door.with_key("dio_two", "key:two") for _ in range(3)] == ["", "", "account"]


def test_a_session_has_its_own_wherever_its_viewer_is() -> None:
    door = Door()
    answers = [door.knock(at=f"192.0.2.{n}", authorization=token_of("ses_1")) for n in range(3)]
    door.limits.count_session("ses_2")

    assert answers == ["", "", ""]
    with pytest.raises(LimitReached):
        door.limits.count_session("ses_1")


@pytest.mark.parametrize(("waited_s", "again"), [(0.999, "address"), (1.0, ""), (1.5, "")])
def test_waiting_as_long_as_was_told_is_enough(waited_s: float, again: str) -> None:
    door = Door()
    door.knocks(4)
    door.clock.step(seconds=waited_s)

    assert door.knock() == again


def test_no_request_costs_more_than_the_least_burst_that_may_be_set() -> None:
    assert max(COSTS.values()) <= LEAST


def test_every_cost_is_of_an_operation_that_there_is() -> None:
    assert {f"{method} {path}" for method, path in COSTS} <= set(documented())


async def ask(place: Place, times: int, path: str = "/v1/account", **headers: str) -> list[int]:
    return [(await place.ask("GET", path, None, **headers)).status for _ in range(times)]


async def test_who_asks_too_often_is_told_when_to_ask_again_and_others_are_not_touched(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, rate_limits=SMALL) as place:
        await tenant(place, "ada")
        await tenant(place, "bob")
        first = await ask(place, LEAST, secret=SECRETS["ada"])
        reply = await place.ask("GET", "/v1/usage.csv", secret=SECRETS["ada"])
        others = await ask(place, 1, secret=SECRETS["bob"])
        place.clock.step(seconds=int(reply.headers["Retry-After"]) - 0.001)
        early = await ask(place, 1, path="/v1/usage.csv", secret=SECRETS["ada"])
        place.clock.step(seconds=0.001)
        again = await ask(place, 2, path="/v1/usage.csv", secret=SECRETS["ada"])
        text = (await place.ask("GET", "/metrics", secret=place.secrets.api_key)).body.decode()

    assert set(first) == {200}
    assert reply.problem == (429, "rate_limited")
    assert reply.headers["Retry-After"] == "20"
    assert reply.json["limit"] == "caller"
    assert (others, early, again) == ([200], [429], [200, 429])
    assert 'diorama_rate_limited_total{limit="caller"} 3.0' in text


async def test_a_page_elsewhere_may_read_when_to_ask_again(tmp_path: Path) -> None:
    shown = ProjectSettings(name="cove", world="a:B", rules=Rules(origins=(ELSEWHERE,)))
    async with gateway_at(tmp_path, shown, rate_limits=SMALL) as place:
        await ask(place, LEAST, path="/v1/rules", X_Forwarded_For=FAR)
        reply = await place.ask("GET", "/v1/rules", None, X_Forwarded_For=FAR, Origin=ELSEWHERE)

    assert reply.problem == (429, "rate_limited")
    assert reply.headers["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "Retry-After" in reply.headers["Access-Control-Expose-Headers"]


async def test_sockets_of_viewers_count_and_those_of_workers_do_not(tmp_path: Path) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", **FROM_FAR}
    async with gateway_at(tmp_path, rate_limits=SMALL) as place:
        for _ in range(LEAST):
            await (await place.line("/v1/connect", **FROM_FAR)).close()
        refused = await place.ask("GET", "/v1/connect", None, **upgrade)
        key = f"Bearer {place.secrets.worker_key}"
        await place.line("/v1/worker", **FROM_FAR, Authorization=key)
        await place.line("/v1/connect", **{"X-Forwarded-For": "192.0.2.2"})

    assert refused.problem == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "1"


async def test_a_token_shown_too_often_is_told_to_come_back_later(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, rate_limits=SMALL) as place:
        await place.worker()
        opened = await place.open()
        await ask(place, LEAST, path=f"/v1/sessions/{opened.session.id}", secret=opened.token)
        viewer = await place.viewer()
        await viewer.send(type="hello", protocol=1, token=opened.token)
        problems, closed = await viewer.end()
        place.clock.step(seconds=1)
        await place.viewer(opened)

    assert (problems, closed) == (["rate_limited"], 1013)


async def test_nobody_is_held_where_the_operator_says_so(tmp_path: Path) -> None:
    free = RateLimitSettings(enabled=False, address_burst=LEAST)
    async with gateway_at(tmp_path, rate_limits=free) as place:
        found = await ask(place, LEAST + 10, path="/v1/rules", X_Forwarded_For=FAR)

    assert set(found) == {200}


def test_a_refusal_says_what_a_program_may_act_on() -> None:
    door = Door()
    door.knocks(3)
    with pytest.raises(LimitReached) as refused:
        door.limits.count_upgrade(FAR, ())

    assert refused.value.code == "rate_limited"
    assert refused.value.detail == {"limit": "address", "retry_after_s": 1}
