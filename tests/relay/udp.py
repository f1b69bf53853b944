"""A UDP relay: what comes to one of its ports goes on to one address, and back, through weather.

A viewer who is given a relay's port for a worker's candidate has its media pass here. Each sender
has a socket of its own towards the far side, so that answers find their way: as behind a NAT.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Self, cast

from tests.relay.weather import CUT, FAIR, Path, Weather

MAX_DOORS: Final = 64
MAX_SENDERS: Final = 64
MAX_KEPT: Final = 64
Address = tuple[str, int]


class UdpRelay:
    """Doors to far addresses, all under one weather. Use as `async with UdpRelay(seed=1) as relay`.

    Args:
        seed: of what is lost and swapped.

    Attributes:
        passed: datagrams that went on, of both directions.
        lost: those that did not.
    """

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._weather = FAIR
        self._doors: dict[Address, _Door] = {}
        self.passed = 0
        self.lost = 0

    async def __aenter__(self) -> Self:
        """Return it; it opens doors when they are asked for."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every door."""
        for door in self._doors.values():
            door.close()

    async def door_to(self, far: Address) -> Address:
        """Return the address whose datagrams go on to `far`: the same address for the same far."""
        if far not in self._doors:
            assert len(self._doors) < MAX_DOORS, "more doors than a test needs"
            door = _Door(self, far, f"{self._seed}:{len(self._doors)}")
            self._doors[far] = door
            door.set(self._weather)
            await door.open()
        return self._doors[far].here

    def be(self, weather: Weather) -> None:
        """Change the weather of every path, those to come included."""
        self._weather = weather
        for door in self._doors.values():
            door.set(weather)

    def cut(self) -> None:
        """Lose everything from now on."""
        self.be(CUT)

    def heal(self) -> None:
        """Lose nothing from now on."""
        self.be(FAIR)

    def delay(self, ms: float) -> None:
        """Let everything come late."""
        self.be(replace(self._weather, delay_ms=ms))


class _Socket(asyncio.DatagramProtocol):
    """A UDP socket that hands what it hears to a function."""

    def __init__(self, hear: Callable[[bytes, Address], None]) -> None:
        self._hear = hear
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._hear(data, addr)

    def error_received(self, exc: Exception) -> None:
        """Say nothing: who listens nowhere answers nothing."""

    def send(self, data: bytes, to: Address | None) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(data, to)


class _Hear:
    """Passes datagrams on through one direction of a path; keeps them until its socket is open."""

    def __init__(self, relay: UdpRelay, path: Path) -> None:
        self._relay = relay
        self._kept: list[bytes] = []
        self._out: _Socket | None = None
        self._to: Address | None = None
        self.path = path

    def open(self, out: _Socket, to: Address | None) -> None:
        """Send from this socket from now on."""
        self._out, self._to = out, to
        kept, self._kept = self._kept, []
        for data in kept:
            self(data, to)

    def close(self) -> None:
        """Close the socket, where it has one."""
        if self._out is not None and self._out.transport is not None:
            self._out.transport.close()

    def __call__(self, data: bytes, _: Address | None) -> None:
        if self._out is None:
            self._kept = [*self._kept, data][:MAX_KEPT]
            return
        outs = self.path.take(data)
        self._relay.lost += not outs
        self._relay.passed += len(outs)
        for out in outs:
            if out.delay_ms:
                loop = asyncio.get_running_loop()
                loop.call_later(out.delay_ms / 1_000, self._out.send, out.data, self._to)
            else:
                self._out.send(out.data, self._to)


class _Door:
    """One port here, and a socket towards the far side for each sender that was heard."""

    def __init__(self, relay: UdpRelay, far: Address, seed: str) -> None:
        self._relay = relay
        self._far = far
        self._seed = seed
        self._weather = FAIR
        self._near: _Socket | None = None
        self._ways: dict[Address, _Hear] = {}
        self._backs: list[_Hear] = []
        self._opening: set[asyncio.Task[None]] = set()
        self.here: Address = far

    async def open(self) -> None:
        """Take a free port beside the far one: on the same address, which the sender can reach."""
        loop = asyncio.get_running_loop()
        _, self._near = await loop.create_datagram_endpoint(
            lambda: _Socket(self._from_near), local_addr=(self._far[0], 0)
        )
        assert self._near.transport is not None
        self.here = self._near.transport.get_extra_info("sockname")[:2]

    def set(self, weather: Weather) -> None:
        """Change the weather."""
        self._weather = weather
        for hear in (*self._ways.values(), *self._backs):
            hear.path.weather = weather

    def close(self) -> None:
        """Close every socket."""
        for opening in self._opening:
            opening.cancel()
        for way in self._ways.values():
            way.close()
        if self._near is not None and self._near.transport is not None:
            self._near.transport.close()

    def _from_near(self, data: bytes, sender: Address) -> None:
        way = self._ways.get(sender)
        if way is None:
            if len(self._ways) >= MAX_SENDERS:
                return
            way = self._ways[sender] = self._hear(f"there:{len(self._ways)}")
            task = asyncio.ensure_future(self._open_way(way, sender))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        way(data, sender)

    async def _open_way(self, way: _Hear, sender: Address) -> None:
        assert self._near is not None
        back = self._hear(f"back:{len(self._ways)}")
        self._backs.append(back)
        back.open(self._near, sender)
        loop = asyncio.get_running_loop()
        _, out = await loop.create_datagram_endpoint(lambda: _Socket(back), remote_addr=self._far)
        way.open(out, None)

    def _hear(self, name: str) -> _Hear:
        path = Path(f"{self._seed}:{name}")
        path.weather = self._weather
        return _Hear(self._relay, path)
