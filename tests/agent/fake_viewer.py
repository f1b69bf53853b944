"""A viewer made of aiortc: it answers offers, watches pictures and uses the data channel."""

import asyncio
from typing import Final

import msgspec
from aiortc import MediaStreamTrack, RTCDataChannel, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from diorama.protocol.channel import Ack, FromViewer
from diorama.protocol.media import IceCandidate
from tests.agent.media.far_end import far_connection

PATIENCE_S: Final = 60.0
_SAYS_EVERY_S: Final = 0.5


class FakeViewer:
    """One attachment's viewer.

    Args:
        is_silent: unless it is, it says twice a second that it is there, as viewers do, though by
            what nobody answers.
    """

    def __init__(self, *, is_silent: bool = False) -> None:
        self._is_silent = is_silent
        self._saying: asyncio.Task[None] | None = None
        self._connection = far_connection()
        self._control: asyncio.Future[RTCDataChannel] = asyncio.get_running_loop().create_future()
        self._track: asyncio.Future[MediaStreamTrack] = asyncio.get_running_loop().create_future()
        self._messages: asyncio.Queue[str] = asyncio.Queue()
        self._connection.on("datachannel", self._on_channel)
        self._connection.on("track", self._track.set_result)

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label == "control":
            channel.on("message", self._messages.put_nowait)
            self._control.set_result(channel)
            if not self._is_silent:
                self._saying = asyncio.create_task(_say_that_it_is_there(channel))

    async def answer(self, sdp: str) -> str:
        """Return the answer to an offer."""
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        return self._connection.localDescription.sdp

    async def take(self, candidate: IceCandidate) -> None:
        """Take a candidate of the worker; aiortc knows no TCP ones."""
        if not candidate.candidate:
            return
        native = candidate_from_sdp(candidate.candidate.removeprefix("candidate:"))
        native.sdpMid, native.sdpMLineIndex = candidate.sdp_mid, candidate.sdp_m_line_index
        if native.protocol == "udp":
            await self._connection.addIceCandidate(native)

    async def sees(self, *, bright: bool) -> None:
        """Return once the picture is bright, or dark."""
        async with asyncio.timeout(PATIENCE_S):
            track = await self._track
            while True:
                frame = await track.recv()
                assert isinstance(frame, VideoFrame)
                if bool(frame.to_ndarray(format="gray").mean() > 128) is bright:
                    return

    async def says(self, message: FromViewer | str) -> None:
        """Send a message on the control channel."""
        channel = await asyncio.wait_for(self._control, PATIENCE_S)
        text = message if isinstance(message, str) else msgspec.json.encode(message).decode()
        channel.send(text)

    async def hears(self) -> object:
        """Return the next message of the worker."""
        heard: object = msgspec.json.decode(
            await asyncio.wait_for(self._messages.get(), PATIENCE_S)
        )
        return heard

    async def close(self) -> None:
        """Close the connection."""
        if self._saying is not None:
            self._saying.cancel()
        await self._connection.close()


async def _say_that_it_is_there(channel: RTCDataChannel) -> None:
    while channel.readyState == "open":
        channel.send(msgspec.json.encode(Ack(0)).decode())
        await asyncio.sleep(_SAYS_EVERY_S)
