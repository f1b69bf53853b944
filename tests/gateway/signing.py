"""People in browsers of their own, without the browsers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from multidict import CIMultiDictProxy

from diorama.accounts.joining import offer_set_up
from diorama.protocol.people_views import Me
from tests.gateway.running import Json, Place, Reply

PASSWORD = "a long way to the cove"
EMAIL = "ada@example.com"


@dataclass
class Browser:
    """Keeps cookies as a browser does, and says whose page asks."""

    place: Place
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str | None = None
    account: str | None = None

    @property
    def origin(self) -> str:
        return self.place.front.url

    async def ask(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        odd: Mapping[str, str | None] = {},
        **headers: str | None,
    ) -> Reply:
        """Ask as a page of the gateway would; a header that is None is left out."""
        sent: dict[str, str | None] = {
            "Origin": None if method == "GET" else self.origin,
            "Sec_Fetch_Site": "same-origin",
            "Diorama_CSRF": None if method == "GET" else self.csrf,
            "Diorama_Account": self.account,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()) or None,
        }
        sent |= {**odd, **headers}
        given = {name: value for name, value in sent.items() if value is not None}
        reply = await self.place.ask(method, path, body, **given)
        self._take(reply.headers)
        return reply

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> Reply:
        return self.enter(
            await self.ask("POST", "/v1/sign-in", {"email": email, "password": password})
        )

    def enter(self, reply: Reply) -> Reply:
        """Keep what a page needs to know after it signed somebody in."""
        if reply.status in {200, 201}:
            self.csrf = me(reply).csrf
        return reply

    def _take(self, headers: CIMultiDictProxy[str]) -> None:
        for cookie in headers.getall("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]


def me(reply: Reply) -> Me:
    return msgspec.json.decode(reply.body, type=Me)


async def set_up_token(place: Place) -> str:
    token = await place.gateway.desk.do(offer_set_up)
    assert token is not None
    return token


async def owner_of(place: Place, email: str = EMAIL) -> Browser:
    """Make the first owner, signed in."""
    browser = Browser(place)
    token = await set_up_token(place)
    reply = await browser.ask(
        "POST", "/v1/set-up", {"token": token, "email": email, "name": "Ada", "password": PASSWORD}
    )
    assert reply.status == 201, reply
    browser.enter(reply)
    return browser


async def joined(owner: Browser, email: str, role: str) -> Browser:
    """Invite somebody new, and let them in, in a browser of their own."""
    invited = await owner.ask("POST", "/v1/members", {"email": email, "role": role})
    assert invited.status == 201, invited
    token = str(invited.json["link"]).partition("#")[2]
    browser = Browser(owner.place)
    accepted = await browser.ask(
        "POST", "/v1/invitations/accept", {"token": token, "name": "Bo", "password": PASSWORD}
    )
    assert accepted.status == 200, accepted
    browser.enter(accepted)
    return browser
