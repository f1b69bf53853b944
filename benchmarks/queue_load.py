"""A line as a gateway sees it: viewers that note what they are told, and a worker with one slot.

What is noted is read from the bytes of messages as they come, by position in the text: parsing ten
thousand of them would be measured as if it were the gateway's.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from picows import WSFrame, WSTransport
from socket_load import Viewer

from diorama.protocol import worker as wire

WITHIN_S: Final = 30.0
BEAT_S: Final = 4.0
_POSITION: Final = re.compile(rb'"position":(\d+)')
_DECODER: Final = msgspec.json.Decoder(wire.ToWorker)
_ENCODER: Final = msgspec.json.Encoder()


class Board:
    """What all viewers were told, together.

    Attributes:
        promoted: who was told last that it has a slot, and when.
        moved: how many were told a new position since `watch`.
        messages: how many messages about sessions came since `watch`.
    """

    def __init__(self) -> None:
        self.promoted: asyncio.Queue[tuple[Waiter, float]] = asyncio.Queue(maxsize=1_000)
        self.moved = 0
        self.messages = 0
        self.all_moved_at_s = 0.0
        self._expected = 0
        self._all = asyncio.Event()

    def watch(self, expected: int) -> None:
        """Count anew, until so many were told a new position."""
        self.moved = self.messages = 0
        self._expected = expected
        self._all.clear()

    async def until_all_moved(self) -> None:
        """Wait until as many as were expected were told a new position."""
        async with asyncio.timeout(WITHIN_S):
            await self._all.wait()

    def moved_one(self) -> None:
        """Count one who was told a new position."""
        self.moved += 1
        if self.moved == self._expected:
            self.all_moved_at_s = time.perf_counter()
            self._all.set()


class Waiter(Viewer):
    """A viewer that notes its position, and when it is told that it has a slot."""

    def __init__(self, token: str, board: Board) -> None:
        super().__init__(token)
        self._board = board
        self._position = 0
        self._promoted = False

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Note what the session has become, then do as every viewer does."""
        now_s = time.perf_counter()
        text = frame.get_payload_as_bytes()
        if b'"position":' in text:
            self._note_place(text)
        elif b'"state":"connecting"' in text and b'{"type":"session"' in text[:20]:
            if not self._promoted:
                self._board.promoted.put_nowait((self, now_s))
            self._promoted = True
        super().on_ws_frame(transport, frame)

    def _note_place(self, text: bytes) -> None:
        found = _POSITION.search(text)
        position = int(found[1]) if found else 0
        self._board.messages += 1
        if self._position and position != self._position:
            self._board.moved_one()
        self._position = position


class OneSlot:
    """A worker that takes whatever it is assigned, and confirms each stop when it is told to."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._slot = wire.SlotReport(index=0, term=0)
        self._freed = 0
        self._stops: asyncio.Queue[wire.Stop] = asyncio.Queue(maxsize=1_000)

    async def hello(self, name: str, pool: str) -> None:
        """Register anew, with one free slot."""
        await self._send(
            wire.Hello(
                protocol=wire.PROTOCOL,
                name=name,
                boot_id="fedcba9876543210",
                region="local",
                pool=pool,
                slots=(self._slot,),
                kinds=("python",),
                encoders=(),
                version="bench",
            )
        )

    async def listen(self) -> None:
        """Accept every assignment; keep stops for `free`."""
        async for received in self._socket:
            if received.type is not WSMsgType.TEXT:
                continue
            message = _DECODER.decode(received.data)
            if isinstance(message, wire.Assign):
                self._slot = wire.SlotReport(
                    index=message.index, term=message.term, session=message.session
                )
                await self._send(wire.Accepted(session=message.session, term=message.term))
            elif isinstance(message, wire.Stop):
                await self._stops.put(message)

    async def beat(self) -> None:
        """Beat for ever."""
        while True:
            await asyncio.sleep(BEAT_S)
            await self._send(wire.Beat(n=1, sent_us=0, slots=(self._slot,)))

    async def free(self) -> float:
        """Confirm the next stop; return when that was said: the slot is free from then on."""
        async with asyncio.timeout(WITHIN_S):
            while (stop := await self._stops.get()).term <= self._freed:
                continue  # said again, as long as its answer was on its way
        self._freed = stop.term
        self._slot = wire.SlotReport(index=stop.index, term=stop.term)
        now_s = time.perf_counter()
        await self._send(wire.Stopped(index=stop.index, session=stop.session, term=stop.term))
        return now_s

    async def _send(self, message: msgspec.Struct) -> None:
        await self._socket.send_str(_ENCODER.encode(message).decode())


@asynccontextmanager
async def one_slot(url: str, key: str, *, name: str, pool: str) -> AsyncIterator[OneSlot]:
    """Run a worker with one slot until the block ends."""
    headers = {"Authorization": f"Bearer {key}"}
    async with ClientSession() as http, http.ws_connect(f"{url}/v1/worker", headers=headers) as ws:
        worker = OneSlot(ws)
        async with asyncio.TaskGroup() as tasks:
            loops = [tasks.create_task(worker.listen()), tasks.create_task(worker.beat())]
            await worker.hello(name, pool)
            yield worker
            for loop in loops:
                loop.cancel()
