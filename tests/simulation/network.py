"""The sockets of a simulated world: in order while they live, late, doubled, cut or silent.

A connection has a client's end and a gateway's end. What is said on one arrives in order, each word
after a delay of its own; a word may come twice; a cut loses what is under way, or lets it arrive
long after the client has found another gateway; a silent connection loses everything and tells
nobody. `GatewayLine` stands where production has `gateway.wire.Wire`.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import msgspec

from diorama.protocol import viewer as viewer_words
from diorama.protocol import worker as worker_words
from tests.simulation.machine import Process, VirtualLoop

TICK_S = 2e-6
TWICE_IS_NEWS = (viewer_words.Hello, worker_words.Hello, worker_words.Welcome, viewer_words.Welcome)
"""Words that open a conversation: nobody says them twice on one connection."""


TWICE_IS_NOTHING = (
    worker_words.Assign,
    worker_words.Stop,
    worker_words.Accepted,
    worker_words.WorldStarted,
    worker_words.WorldEnded,
    worker_words.Stopped,
)
"""Words with a term, which may come again much later: the term says that they are old."""


@dataclass(slots=True)
class Weather:
    """How the network is now: chances per word, and the usual delay."""

    delay_s: float = 0.01
    late: float = 0.0
    doubled: float = 0.0
    again: float = 0.0
    cut: float = 0.0
    silent: float = 0.0
    lost_hint: float = 0.0


@dataclass(frozen=True, slots=True)
class Closed:
    """The other side closed, or the connection broke: then the code is 1006."""

    code: int
    reason: str = ""


@dataclass
class Network:
    """Makes connections and carries words."""

    loop: VirtualLoop
    rng: random.Random
    weather: Weather
    counts: Counter[str] = field(default_factory=Counter)

    def delay_s(self) -> float:
        """Return how long one word takes."""
        weather, rng = self.weather, self.rng
        if weather.late and rng.random() < weather.late:
            self.counts["late_word"] += 1
            return rng.uniform(0.2, 6.0)
        return weather.delay_s * (0.5 + rng.random())


class Connection:
    """One WebSocket: `line` is the gateway's end, `words` what the client hears."""

    def __init__(
        self,
        network: Network,
        client: Process,
        gateway: Process,
        problem: Callable[..., msgspec.Struct],
    ) -> None:
        self._network = network
        self._client = client
        self._gateway = gateway
        self._arrivals = {"in": 0.0, "out": 0.0}
        self.words: asyncio.Queue[msgspec.Struct | Closed] = asyncio.Queue()
        self.heard: asyncio.Queue[msgspec.Struct | Closed] = asyncio.Queue()
        self.line = GatewayLine(self, problem)
        self.is_open = True  # seen by the client
        self.is_silent = False
        self.is_closed_there = False

    def say(self, word: msgspec.Struct) -> bool:
        """Say something as the client; False where the socket is closed."""
        if not self.is_open:
            return False
        self._carry("in", word)
        return True

    def answer(self, word: msgspec.Struct) -> bool:
        """Say something as the gateway."""
        if self.is_closed_there:
            return False
        self._carry("out", word)
        return True

    def close(self, code: int, reason: str = "") -> None:
        """Close in order, as the client."""
        if self.is_open:
            self.is_open = False
            self._carry("in", Closed(code, reason))

    def close_there(self, code: int, reason: str) -> None:
        """Close in order, as the gateway."""
        if not self.is_closed_there:
            self.is_closed_there = True
            self._carry("out", Closed(code, reason))
            self.heard.put_nowait(Closed(code, reason))

    def cut(self, *, client_notices: bool = True, gateway_notices: bool = True) -> None:
        """Break: what is under way may be lost, or late; either side may not notice."""
        tail_s = self._network.rng.choice((0.0, 0.0, 0.1, 3.0))
        now_s = self._network.loop.time()
        for way, notices in (("in", gateway_notices), ("out", client_notices)):
            if notices:
                at_s = max(self._arrivals[way], now_s) + TICK_S + tail_s
                self._network.loop.outside(at_s, self._arrive, way, Closed(1006))
        self.is_silent = True

    def _carry(self, way: str, word: msgspec.Struct | Closed) -> None:
        network, weather = self._network, self._network.weather
        if self.is_silent:
            network.counts["lost_word"] += 1
            return
        if weather.cut and network.rng.random() < weather.cut:
            network.counts["cut_connection"] += 1
            network.counts["lost_word"] += 1
            self.cut()
            return
        if weather.silent and network.rng.random() < weather.silent:
            network.counts["silent_connection"] += 1
            self.is_silent = True
            return
        self._send(way, word)
        twice = weather.doubled and network.rng.random() < weather.doubled
        if twice and not isinstance(word, (*TWICE_IS_NEWS, Closed)):
            network.counts["doubled_word"] += 1
            self._send(way, word)
        if isinstance(word, TWICE_IS_NOTHING) and network.rng.random() < weather.again:
            network.counts["old_word_again"] += 1
            at_s = network.loop.time() + network.rng.uniform(1, 60)
            network.loop.outside(at_s, self._arrive, way, word)

    def _send(self, way: str, word: msgspec.Struct | Closed) -> None:
        loop = self._network.loop
        # Two timers of one instant may ring in either order; words on one socket keep theirs.
        at_s = max(loop.time() + self._network.delay_s(), self._arrivals[way] + TICK_S)
        self._arrivals[way] = at_s
        loop.outside(at_s, self._arrive, way, word)

    def _arrive(self, way: str, word: msgspec.Struct | Closed) -> None:
        if way == "in":
            if isinstance(word, Closed):
                self.is_closed_there = True
            if not self._gateway.is_dead:
                self.heard.put_nowait(word)
        else:
            if isinstance(word, Closed):
                self.is_open = False
            if not self._client.is_dead:
                self.words.put_nowait(word)

    def gateway_died(self) -> None:
        """Its process was killed: the kernel resets the connection, sooner or later."""
        self.is_closed_there = True
        wait_s = self._network.delay_s()
        self._network.loop.outside(
            self._network.loop.time() + wait_s, self._arrive, "out", Closed(1006)
        )
        self.is_silent = True

    def client_died(self, *, is_told: bool) -> None:
        """Its process was killed; a host that lost its power tells nobody."""
        self.is_open = False
        if is_told and not self.is_silent:
            self._carry("in", Closed(1006))
        self.is_silent = True


class GatewayLine:
    """The gateway's end of a connection: what production has in `gateway.wire.Wire`."""

    def __init__(self, connection: Connection, problem: Callable[..., msgspec.Struct]) -> None:
        self._connection = connection
        self._problem = problem

    async def send(self, message: msgspec.Struct) -> bool:
        """Send a message; False where the peer is gone."""
        return self._connection.answer(message)

    async def refuse(self, code: int, *, word: str, message: str) -> None:
        """Say what is wrong, then close with `code`."""
        await self.send(self._problem(code=word, message=message))
        await self.close(code, word)

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code."""
        self._connection.close_there(code, reason)

    async def first(self, within_s: float) -> msgspec.Struct | None:
        """Return the first message, or None where none came in time."""
        try:
            async with asyncio.timeout(within_s):
                received = await self._connection.heard.get()
        except TimeoutError:
            return None
        return None if isinstance(received, Closed) else received

    async def messages(self) -> AsyncIterator[msgspec.Struct]:
        """Yield what comes until the socket ends."""
        while True:
            received = await self._connection.heard.get()
            if isinstance(received, Closed):
                return
            yield received
