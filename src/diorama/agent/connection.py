"""The worker's WebSocket to whichever gateway answers.

It connects, says `hello`, beats, and starts again elsewhere when it is not answered any more.
Nothing waits here for a gateway that is away: a message that cannot be sent is dropped, and said
again from the slots after the next `welcome`. Streams do not notice.
"""

import asyncio
import itertools
import random
from collections.abc import Callable
from typing import Final, NoReturn, Protocol

import aiohttp
import msgspec
import structlog

from diorama.agent.backoff import wait_s
from diorama.kernel.errors import DioramaError, Invalid
from diorama.protocol.worker import Beat, FromWorker, Hello, Problem, ToWorker, Welcome

PATH: Final = "/v1/worker"
MAX_WAITING: Final = 1_000  # messages; a gateway that takes none for so long is left
MAX_MESSAGE_BYTES: Final = 256 * 1024
ANSWER_WITHIN_S: Final = 10.0
REPLACED_S: Final = 30.0
"""How long a start that was replaced waits before it asks whether the newer one is still there."""
_MISSED_BEATS: Final = 3
_REFUSED: Final = frozenset({401, 403})

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final[msgspec.json.Decoder[ToWorker]] = msgspec.json.Decoder(ToWorker)

log = structlog.get_logger(__name__)


class GatewayEvents(Protocol):
    """What a worker says and hears, on the asyncio loop."""

    def hello(self) -> Hello:
        """Return who the worker is; the moment counts as the sending."""

    def beat(self) -> Beat:
        """Return the next beat; the moment counts as its sending."""

    def on_welcome(self, welcome: Welcome) -> None:
        """Take that a gateway knows the worker; `send` works from now on."""

    def on_message(self, message: ToWorker) -> None:
        """Take a message of the gateway."""

    def on_replaced(self, problem: Problem) -> None:
        """Take that a newer start has this worker's name: what runs here is nobody's."""


class Outlived(Exception):
    """The gateways gave this start of the worker up: what it ran is over, it has to start anew."""


class _Lost(Exception):
    """The connection is of no use any more."""


class GatewayConnection:
    """See above. Its owner runs `run` in a task, and cancels it to leave."""

    def __init__(
        self,
        *,
        gateways: tuple[str, ...],
        credential: Callable[[], str],
        events: GatewayEvents,
        rng: random.Random,
    ) -> None:
        self._gateways = gateways
        self._credential = credential
        self._events = events
        self._rng = rng
        self._outbox: asyncio.Queue[FromWorker] | None = None
        self._confirmed_at = 0.0
        self._welcomed = False
        self._replaced = False
        self._leaving = False

    def leave(self) -> None:
        """Look for no other gateway once this one is lost: the owner cancels `run` now."""
        self._leaving = True

    def send(self, message: FromWorker) -> None:
        """Send a message, in order; dropped while no gateway is there."""
        if self._outbox is None:
            return
        if self._outbox.full():
            log.error("the gateway takes no messages: leaving it")
            self._outbox = None  # the writer sees it and gives the connection up
        else:
            self._outbox.put_nowait(message)

    async def flush(self, *, timeout_s: float) -> None:
        """Return once what was sent is on its way, or the time is over."""
        if self._outbox is None:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._outbox.join()
        except TimeoutError:
            log.warning("the gateway did not take the last words")

    async def run(self) -> NoReturn:
        """Stay connected to one of the gateways until cancelled.

        Raises:
            Outlived: the worker has to start anew.
        """
        failures = 0
        async with aiohttp.ClientSession() as client:
            for gateway in itertools.cycle(self._in_turn()):
                self._welcomed = self._replaced = False
                try:
                    await self._stay_with(gateway, client)
                except* (_Lost, DioramaError, aiohttp.ClientError, OSError, TimeoutError) as errors:
                    log.warning("no gateway", gateway=gateway, reason=_reason(errors))
                finally:
                    self._outbox = None
                if self._leaving:  # its tasks' group may have kept the cancellation to itself
                    raise asyncio.CancelledError
                failures = 0 if self._welcomed else failures + 1
                await asyncio.sleep(self._pause_s(failures))
        raise AssertionError("a cycle of gateways ended")

    def _in_turn(self) -> tuple[str, ...]:
        """Return the gateways from a random one on, so that many workers spread over them."""
        first = self._rng.randrange(len(self._gateways))
        return self._gateways[first:] + self._gateways[:first]

    def _pause_s(self, failures: int) -> float:
        if self._replaced:
            return self._rng.uniform(REPLACED_S / 2, REPLACED_S)
        return wait_s(failures, self._rng)

    async def _stay_with(self, gateway: str, client: aiohttp.ClientSession) -> None:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            socket = await client.ws_connect(
                gateway + PATH,
                headers={"Authorization": f"Bearer {self._credential()}"},
                max_msg_size=MAX_MESSAGE_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
            )
        async with socket:
            welcome = await self._greet(socket)
            outbox = self._outbox = asyncio.Queue[FromWorker](MAX_WAITING)
            self._welcomed = True
            self._confirmed_at = asyncio.get_running_loop().time()
            log.info("gateway found", gateway=gateway)
            self._events.on_welcome(welcome)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(socket))
                tasks.create_task(self._write(socket, outbox))
                tasks.create_task(self._keep_beating(welcome.heartbeat_s))

    async def _greet(self, socket: aiohttp.ClientWebSocketResponse) -> Welcome:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await socket.send_str(_ENCODER.encode(self._events.hello()).decode())
            answer = await _receive(socket)
        if isinstance(answer, Problem) and answer.code == "lease_expired":
            raise Outlived(answer.message)
        if isinstance(answer, Problem) and answer.code == "worker_replaced":
            self._replaced = True
            self._events.on_replaced(answer)
        if not isinstance(answer, Welcome):
            raise _Lost(f"it answers hello with {answer}")
        return answer

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            message = await _receive(socket)
            self._confirmed_at = asyncio.get_running_loop().time()
            self._events.on_message(message)

    async def _write(
        self, socket: aiohttp.ClientWebSocketResponse, outbox: asyncio.Queue[FromWorker]
    ) -> None:
        while self._outbox is outbox:
            message = await outbox.get()
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await socket.send_str(_ENCODER.encode(message).decode())
            outbox.task_done()
        raise _Lost("it takes no messages")

    async def _keep_beating(self, heartbeat_s: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self.send(self._events.beat())
            pause_s = heartbeat_s * self._rng.uniform(0.8, 1.0)
            due_at = loop.time() + pause_s
            await asyncio.sleep(pause_s)
            # While this process stood still it read nothing: that is no silence of the gateway.
            self._confirmed_at += max(loop.time() - due_at, 0)
            silent_s = loop.time() - self._confirmed_at
            if silent_s > heartbeat_s * _MISSED_BEATS:
                raise _Lost(f"nothing heard of it for {silent_s:.1f} s")


async def _receive(socket: aiohttp.ClientWebSocketResponse) -> ToWorker:
    message = await socket.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise _Lost(f"it closed the socket ({socket.close_code}): {message.extra or 'no reason'}")
    try:
        return _DECODER.decode(message.data)
    except msgspec.DecodeError as error:
        raise Invalid(f"the gateway said what cannot be taken: {error}") from error


def _reason(errors: BaseExceptionGroup[Exception]) -> str:
    leaves: list[str] = []
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            leaves.append(_reason(error))
        elif isinstance(error, aiohttp.WSServerHandshakeError) and error.status in _REFUSED:
            leaves.append(f"it refuses this worker's credential ({error.status})")
        else:
            leaves.append(str(error) or type(error).__name__)
    return "; ".join(leaves)
