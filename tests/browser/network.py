"""The network between a browser and Diorama, in a test's hands: signalling by TCP, media by UDP.

The page is given the TCP relay's address for the gateway's. Each of the worker's candidates is
replaced, where the page hands it to its peer connection, by a door of the UDP relay; those that no
door can be made for are left out. The worker knows the page by what comes through a door.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from playwright.async_api import BrowserContext

from tests.browser.running import HOST
from tests.relay.tcp import TcpRelay
from tests.relay.udp import UdpRelay

SEED: Final = 20_260_101
_THROUGH_DOORS: Final = """
(() => {
  const kind = RTCPeerConnection.prototype
  const { addIceCandidate, setRemoteDescription } = kind

  async function through(line) {
    const words = line.split(' ')
    const [, , transport, , address, port] = words
    if (transport.toLowerCase() !== 'udp' || address.includes(':')) return null
    const door = await window.doorTo(address, Number(port))
    return [...words.slice(0, 4), ...door, ...words.slice(6)].join(' ')
  }

  kind.addIceCandidate = async function (given) {
    if (!given?.candidate) return addIceCandidate.call(this, given)
    const candidate = await through(given.candidate)
    if (candidate === null) return
    const { sdpMid, sdpMLineIndex } = given
    return addIceCandidate.call(this, { candidate, sdpMid, sdpMLineIndex })
  }

  kind.setRemoteDescription = async function ({ type, sdp }) {
    const lines = []
    for (const line of sdp.split('\\r\\n')) {
      const passed = line.startsWith('a=candidate:') ? await through(line) : line
      if (passed !== null) lines.push(passed)
    }
    return setRemoteDescription.call(this, { type, sdp: lines.join('\\r\\n') })
  }
})()
"""


class Network:
    """What lies between; `tcp` and `udp` fail on command."""

    def __init__(self, tcp: TcpRelay, udp: UdpRelay) -> None:
        self.tcp = tcp
        self.udp = udp

    @property
    def address(self) -> str:
        """Where the gateway is, as seen through the network."""
        return f"http://{HOST}:{self.tcp.port}"

    def drop(self) -> None:
        """Be gone without a word: nothing passes, and nothing is closed."""
        self.tcp.stall()
        self.udp.cut()

    def heal(self) -> None:
        """Be there again."""
        self.tcp.heal()
        self.udp.heal()


@contextlib.asynccontextmanager
async def network_to(port: int, context: BrowserContext) -> AsyncIterator[Network]:
    """Put a network between a browser's context and a gateway: before its first page."""
    async with TcpRelay(port) as tcp, UdpRelay(seed=SEED) as udp:

        async def door_to(address: str, port: int) -> list[str]:
            here, door = await udp.door_to((address, port))
            return [here, str(door)]

        await context.expose_function("doorTo", door_to)
        await context.add_init_script(_THROUGH_DOORS)
        yield Network(tcp, udp)
