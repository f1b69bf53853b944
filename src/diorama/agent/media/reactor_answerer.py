"""The default engine's other half: libwebrtc answers the offer of a spectator.

libwebrtc joins its own track to the first video of a remote offer only where that was added as a
track, not as a transceiver; without a track of its own it would answer with what it can decode,
and that is no H.264.
"""

import asyncio
from contextlib import suppress
from typing import Final

import reactor_webrtc as rw

from diorama.agent.media.engine import (
    IceCandidate,
    PeerEvents,
    PeerSettings,
)
from diorama.agent.media.reactor_engine import OP_TIMEOUT_S, ReactorEngine, ReactorPeer
from diorama.agent.media.sdp import read_offer, with_candidates
from diorama.kernel.errors import DioramaError, Invalid

GATHERED_WITHIN_S: Final = 3.0
"""A STUN or TURN server that is slower than this is done without, once there is a candidate."""


class AnsweringReactorEngine(ReactorEngine):
    """libwebrtc, offering and answering; see `engine.MediaEngine`."""

    def create_answerer(self, settings: PeerSettings, events: PeerEvents) -> "ReactorAnswerer":
        """Return a new answerer; its events are called on the running loop."""
        return ReactorAnswerer(self._factory, settings, events)


class ReactorAnswerer(ReactorPeer):
    """One libwebrtc peer connection that a spectator offered; see `engine.Answerer`."""

    has_own_thread = True

    def __init__(
        self, factory: rw.PeerConnectionFactory, settings: PeerSettings, events: PeerEvents
    ) -> None:
        self._gathered: list[str] = []
        self._complete = asyncio.Event()
        self._some = asyncio.Event()
        super().__init__(factory, settings, events)

    @property
    def candidates_dropped(self) -> int:
        """How many of the spectator's candidates lie in special-purpose address ranges."""
        return self._gate.dropped

    async def answer(self, sdp: str) -> str:
        """Return the answer to an offer, with every candidate in it."""
        offered = read_offer(sdp, self._settings.codecs)
        connection = self._connection
        assert connection is not None, "a closed answerer is asked nothing"
        try:
            async with asyncio.timeout(OP_TIMEOUT_S):
                await connection.set_remote_description(rw.SessionDescription("offer", offered.sdp))
                self._transceiver = await _video_of(connection)
                await self._bound_bitrate(connection, self._transceiver)
                answer = await connection.create_answer()
                await connection.set_local_description(answer)
        except RuntimeError as error:
            raise Invalid(f"the offer cannot be used: {error}", code="bad_offer") from error
        self._codec = offered.codec
        for mid, candidate in offered.candidates:
            await self._take(IceCandidate(candidate=candidate, sdp_mid=mid))
        await self._until_gathered()
        return with_candidates(answer.sdp, self._gathered)

    def _prepare(self, connection: rw.PeerConnection, track: rw.Track) -> None:
        """Add the track that the offer's video is answered with; there are no channels."""
        connection.add_track(track)

    async def _take(self, candidate: IceCandidate) -> None:
        try:
            await self.add_remote_candidate(candidate)
        except DioramaError as error:
            raise Invalid(f"the offer cannot be used: {error}", code="bad_offer") from error

    async def _until_gathered(self) -> None:
        """Wait for all candidates, or for the first: a process that was stopped has none yet."""
        for event, patience_s in (
            (self._complete, GATHERED_WITHIN_S),
            (self._some, OP_TIMEOUT_S),
        ):
            with suppress(TimeoutError):  # what there is is answered with
                async with asyncio.timeout(patience_s):
                    await event.wait()
                return

    def _hear_candidate(self, candidate: IceCandidate | None) -> None:
        """Keep a candidate for the answer; None says that it was the last."""
        if candidate is None:
            self._complete.set()
        else:
            self._gathered.append(candidate.candidate)
        self._some.set()

    def _accept_channel(self, channel: rw.DataChannel) -> None:
        """Close it: who watches has nothing to say."""
        channel.close(0.0)


async def _video_of(connection: rw.PeerConnection) -> rw.Transceiver:
    for transceiver in await connection.transceivers():
        if transceiver.kind() == rw.MediaKind.Video:
            return transceiver
    raise Invalid("the offer has no video", code="offer_not_acceptable")
