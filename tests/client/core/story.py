"""Tells a session's story to the reducer: what happens, when, and what comes of it.

The stories are in `cases.json`, and the web SDK's reducer is told the same ones
(web/packages/sdk/tests/core/cases.test.ts), so that the two cannot part. A case begins at `begin`
(with `restarts`: wanting new sessions) and goes through `steps`; each step is something that
happens, or a `then`: what must be so. Times are in milliseconds; `sent`, `did` and `emitted` are of
the last thing that happened, and of what a `wait` brought. All of `did` is compared, and of other
values what the case names.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from diorama.client.core import model as core
from diorama.client.core.events import Ended, Event
from diorama.client.core.model import Effect, Happened, Model, Moment
from diorama.client.core.session import handle, next_deadline_s
from diorama.client.core.views import reconnecting_of, state_of
from diorama.client.errors import Problem
from diorama.protocol import viewer as wire
from diorama.protocol.views import OpenedSession, SessionView

Json = Mapping[str, object]
CASES: Final[list[dict[str, object]]] = json.loads(
    Path(__file__).with_name("cases.json").read_text(encoding="utf-8")
)
MAX_TICKS: Final = 1_000
_VIEW: Final[Json] = {
    "id": "ses_1",
    "project": "cove",
    "region": "local",
    "state": "connecting",
    "version": 1,
    "attached": False,
    "attachment": 0,
    "created_at": "2026-01-01T00:00:00Z",
    "state_entered_at": "2026-01-01T00:00:00Z",
}
_END: Final[Json] = {
    "name": "a name",
    "reason": "a reason",
    "doing": "world",
    "retry": "new_session",
    "retry_limit": None,
    "message": "A sentence.",
}
_DID: Final[Mapping[str, type[object]]] = {
    "post": core.Post,
    "open_socket": core.OpenSocket,
    "close_socket": core.CloseSocket,
    "send": core.Send,
    "accept_offer": core.AcceptOffer,
    "add_candidate": core.AddCandidate,
    "close_peer": core.ClosePeer,
    "say_bye": core.SayBye,
    "post_bye": core.PostBye,
}


def view(changes: Json) -> Json:
    """Return a session's view as the gateway tells it; of an `end` the code is enough."""
    seen = dict(_VIEW) | dict(changes)
    end = seen.get("end")
    if end is not None:
        known = end if isinstance(end, dict) else {"code": end}
        seen["end"] = dict(_END) | known
    return seen


class Story:
    """A session as it is told."""

    def __init__(self, *, restarts_ice: bool = True, auto_restart: bool = False) -> None:
        self.model = Model(
            codecs=("H264", "VP8"), restarts_ice=restarts_ice, auto_restart=auto_restart
        )
        self.now_s = 0.0
        self.chance = 0.0
        self.effects: list[Effect] = []
        self._version = 1

    def tell(self, happened: Happened) -> None:
        """Tell one thing, and keep what came of it alone."""
        self.effects = []
        self._apply(happened)

    def told(self, message: Json) -> None:
        """Tell what the gateway says."""
        self.tell(core.Received(msgspec.convert(message, wire.ToViewer)))

    def session(self, changes: Json) -> None:
        """Tell a newer view of the session."""
        self._version += 1
        self.told({"type": "session", "session": view({"version": self._version} | dict(changes))})

    def welcome(self, resume_window_s: float = 60) -> None:
        """Tell that the socket is welcomed."""
        session = self.model.session or msgspec.convert(view({}), SessionView)
        welcome = wire.Welcome(
            protocol=1, session=session, heartbeat_s=5, resume_window_s=resume_window_s
        )
        self.tell(core.Received(welcome))

    def wait(self, ms: float) -> None:
        """Let time pass, tick by tick as the deadlines say; keep all that came of it."""
        self.effects = []
        until_s = self.now_s + ms / 1_000
        for _ in range(MAX_TICKS):
            due_s = next_deadline_s(self.model)
            if due_s is None or due_s > until_s + 1e-9:
                break
            self.now_s = max(self.now_s, due_s)
            self._apply(core.Tick())
        self.now_s = until_s

    def begin(self, at: str, changes: Json) -> None:
        """Bring it to where a case begins: asked, opened, welcomed or streaming."""
        self.tell(core.Start())
        if at == "asked":
            return
        session = msgspec.convert(view(changes), SessionView)
        self.tell(core.Opened(OpenedSession(session, "a token", continued=False)))
        if at == "opened":
            return
        self.tell(core.SocketOpened())
        self.welcome()
        if at == "welcomed":
            return
        self.told({"type": "offer", "attachment": 1, "sdp": "an offer"})
        self.tell(core.MediaReported(1, "connected"))
        self.tell(core.MediaReported(1, "playing"))
        self.session({"state": "streaming", "attachment": 1, "attached": True})
        self.wait(5_000)
        self.told({"type": "heartbeat", "n": 0})

    def do(self, step: Json) -> None:  # noqa: C901, PLR0912 - a table
        """Let a step of a case happen."""
        (what, value), *more = step.items()
        match what, value:
            case "wait", int() | float():
                self.wait(value)
            case "told", dict():
                self.told(value)
            case "session", dict():
                self.session(value)
            case "welcome", _:
                self.welcome()
            case "socket_opened", _:
                self.tell(core.SocketOpened())
            case "socket_closed", int():
                self.tell(core.SocketLost(value))
            case "media", str():
                (_, attachment), *_ = more
                self.tell(
                    msgspec.convert({"attachment": attachment, "seen": value}, core.MediaReported)
                )
            case "opened", dict():
                session = msgspec.convert(view(value), SessionView)
                self.tell(core.Opened(OpenedSession(session, "late", continued=False)))
            case "unanswered", _:
                self.tell(core.Unanswered())
            case "refused", dict():
                self.tell(core.RequestRefused(Problem(**value)))
            case "leave", 1000 | 1001:
                self.tell(core.Leave(value))
            case "wake", _:
                self.tell(core.Wake())
            case "chance", int() | float():
                self.chance = value
            case _:
                raise AssertionError(f"no case knows {what}")

    def check(self, then: Json) -> None:
        """Hold it to what a case says."""
        for what, wanted in then.items():
            found = self._found(what)
            same = found == wanted if what == "did" else contains(found, wanted)
            assert same, f"{what} is {found}, not {wanted}"

    def _found(self, what: str) -> object:  # noqa: PLR0911 - a table
        match what:
            case "state":
                return str(state_of(self.model))
            case "reconnecting":
                return plain(reconnecting_of(self.model))
            case "sent":
                return [plain(e.message) for e in self.effects if isinstance(e, core.Send)]
            case "did":
                counts = {n: sum(isinstance(e, k) for e in self.effects) for n, k in _DID.items()}
                return {name: count for name, count in counts.items() if count}
            case "end":
                return plain(self.model.end)
            case "deadline":
                return next_deadline_s(self.model) is not None
            case _:
                name = what.removeprefix("emitted.")
                return [
                    told(e.event)
                    for e in self.effects
                    if isinstance(e, core.Emit) and e.event.name == name
                ]

    def _apply(self, happened: Happened) -> None:
        step = handle(self.model, happened, Moment(self.now_s, self.chance))
        self.model = step.model
        self.effects += step.effects


def told(event: Event) -> object:
    """Return an event's detail as the web SDK gives it."""
    if isinstance(event, Ended):
        end = plain(event.end)
        assert isinstance(end, dict)
        return end | {"problem": plain(event.problem)}
    found = plain(event)
    assert isinstance(found, dict)
    inner = {"state": "state", "session": "session", "queue": "queue", "media": "media"}
    return found[inner[event.name]] if event.name in inner else found


def plain(value: object) -> object:
    """Return a value as JSON has it."""
    found: object = msgspec.json.decode(msgspec.json.encode(value))
    return found


def contains(found: object, wanted: object) -> bool:
    """Whether a value has what is wanted: of objects the members named, of lists all."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            contains(found.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return False
        return all(contains(one, other) for one, other in zip(found, wanted, strict=True))
    return found == wanted
