"""The second engine's other half: aiortc answers the offer of a spectator.

aiortc takes half a minute to miss a far end that vanished. A browser that watches reports about
once a second, so the answerer counts it out where no report came for `SILENT_S`.
"""

import asyncio
from dataclasses import replace
from typing import Final

from aiortc import RTCDataChannel, RTCSessionDescription
from aiortc.rtp import AnyRtcpPacket

from diorama.agent.media.aiortc_engine import (
    OP_TIMEOUT_S,
    UNUSABLE,
    AiortcEngine,
    AiortcPeer,
)
from diorama.agent.media.engine import (
    ConnectionState,
    IceCandidate,
    PeerEvents,
    PeerSettings,
)
from diorama.agent.media.sdp import read_offer
from diorama.kernel.errors import DioramaError, Invalid

SILENT_S: Final = 8.0
_LOOK_EVERY_S: Final = 1.0


class AnsweringAiortcEngine(AiortcEngine):
    """aiortc, offering and answering; see `engine.MediaEngine`."""

    def create_answerer(self, settings: PeerSettings, events: PeerEvents) -> "AiortcAnswerer":
        """Return a new answerer; its events are called on the running loop."""
        return AiortcAnswerer(settings, events)


class AiortcAnswerer(AiortcPeer):
    """One aiortc peer connection that a spectator offered; see `engine.Answerer`."""

    has_own_thread = False

    def __init__(self, settings: PeerSettings, events: PeerEvents) -> None:
        super().__init__(replace(settings, channels=()), events)
        self._heard_s = self._looked_s = self._loop.time()
        self._looking = self._loop.call_later(_LOOK_EVERY_S, self._look)

    @property
    def candidates_dropped(self) -> int:
        """How many of the spectator's candidates lie in special-purpose address ranges."""
        return self._gate.dropped

    async def answer(self, sdp: str) -> str:
        """Return the answer to an offer, with every candidate in it."""
        self._assert_open()
        offered = read_offer(sdp, self._settings.codecs)
        self._prefer((offered.codec,))
        self._codec = offered.codec
        try:
            async with asyncio.timeout(OP_TIMEOUT_S):
                await self._connection.setRemoteDescription(
                    RTCSessionDescription(sdp=offered.sdp, type="offer")
                )
                for mid, candidate in offered.candidates:
                    await self.add_remote_candidate(IceCandidate(candidate=candidate, sdp_mid=mid))
                await self._connection.setLocalDescription(await self._connection.createAnswer())
        except (*UNUSABLE, DioramaError) as error:
            raise Invalid(f"the offer cannot be used: {error}", code="bad_offer") from error
        return self._connection.localDescription.sdp

    async def close(self) -> None:
        """Close it. Idempotent; the events hear CLOSED once and nothing after."""
        self._looking.cancel()
        await super().close()

    def _accept_channel(self, channel: RTCDataChannel) -> None:
        """Close it: who watches has nothing to say."""
        channel.close()

    def _heed(self, packet: AnyRtcpPacket) -> None:
        self._heard_s = self._loop.time()
        super()._heed(packet)

    def _look(self) -> None:
        now_s = self._loop.time()
        # While this process stood still it read nothing: that is no silence of the spectator.
        self._heard_s += max(now_s - self._looked_s - 2 * _LOOK_EVERY_S, 0)
        self._looked_s = now_s
        silent = now_s - self._heard_s > SILENT_S
        if silent and self._state is ConnectionState.CONNECTED:
            self._set_state(ConnectionState.DISCONNECTED)
        elif not silent and self._state is ConnectionState.DISCONNECTED:
            self._hear_state()
        self._looking = self._loop.call_later(_LOOK_EVERY_S, self._look)
