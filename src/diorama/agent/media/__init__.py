"""The media side of the worker: engines, encoders and the stream between them."""

from diorama.agent.media.choice import choose_engine
from diorama.agent.media.encoder import EncoderFactory, EncoderInfo
from diorama.agent.media.engine import (
    CONTROL,
    INPUT,
    Codec,
    ConnectionState,
    IceCandidate,
    IceServer,
    MediaEngine,
    Peer,
    PeerEvents,
    PeerSettings,
    PeerStats,
)
from diorama.agent.media.frames import Frame, FrameSource
from diorama.agent.media.probe import Encoders, find_encoders, probe_encoders
from diorama.agent.media.stream import Stream, StreamStats

__all__ = [
    "CONTROL",
    "INPUT",
    "Codec",
    "ConnectionState",
    "EncoderFactory",
    "EncoderInfo",
    "Encoders",
    "Frame",
    "FrameSource",
    "IceCandidate",
    "IceServer",
    "MediaEngine",
    "Peer",
    "PeerEvents",
    "PeerSettings",
    "PeerStats",
    "Stream",
    "StreamStats",
    "choose_engine",
    "find_encoders",
    "probe_encoders",
]
