"""Messages of `/v1/worker`, between a worker and a gateway.

The worker connects out with `Authorization: Bearer diw_...`, sends `hello` with its `boot_id` (new
at every start of the process) and what it holds, and beats. What a slot should hold comes as
`assign`, `attach` and `stop`, each with the slot's `term`; a worker refuses a term lower than one
it has seen, and repeats of the same message change nothing. Everything is sent again after a
reconnect until the worker's reports agree with the store: each side may be told twice, neither may
be told wrong.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.media import Dialect, ForPeer, FromPeer, IceServer, MediaState
from diorama.protocol.scripts import MAX_SCRIPT_MS, Script

PROTOCOL: Final = 1
INPUT_WITHIN_S: Final = 5.0
MAX_HOLD_OFF_S: Final = 86_400
MAX_SPECTATORS: Final = 100
"""Of one session: each has its picture encoded, and a project's rule allows no more."""
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Short = Annotated[str, Meta(max_length=120)]
Detail = Annotated[str, Meta(max_length=2_000)]
SessionId = Annotated[str, Meta(max_length=64)]
SpectatorId = Annotated[str, Meta(max_length=64)]
SpectatorSdp = Annotated[str, Meta(max_length=65_536)]
SlotIndex = Annotated[int, Meta(ge=0, le=255)]
WorldKind = Literal["python", "pixel_streaming", "window"]
VideoCodec = Literal["H264", "VP8", "VP9", "AV1"]
Outcome = Literal["ended", "crashed", "failed_to_start", "unknown_world"]


class WorldSpec(msgspec.Struct, frozen=True, tag_field=None):
    """The program of a session.

    Attributes:
        kind: which of the three kinds of world.
        entry: for `python`: `module:Class`, or `path/file.py:Class`; for the others a command line.
        options: JSON text given to the world as `context.options`.
    """

    kind: WorldKind
    entry: Annotated[str, Meta(min_length=1, max_length=1_000)]
    options: Annotated[str, Meta(max_length=16_000)] = "{}"


class VideoSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to encode: codecs in order of wish, and the ceiling."""

    codecs: Annotated[tuple[VideoCodec, ...], Meta(min_length=1, max_length=4)] = ("H264", "VP8")
    max_bitrate_kbps: Annotated[int, Meta(ge=100, le=100_000)] = 8_000
    max_fps: Annotated[int, Meta(ge=1, le=120)] = 60


class Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of what size and how often pictures are kept; none is as the world renders."""

    width: Annotated[int, Meta(ge=64, le=3_840, multiple_of=2)] | None = None
    height: Annotated[int, Meta(ge=64, le=3_840, multiple_of=2)] | None = None
    fps: Annotated[int, Meta(ge=1, le=120)] | None = None


class Keeping(msgspec.Struct, frozen=True, kw_only=True, tag_field=None):
    """What is shown is kept as a recording.

    Attributes:
        recording: its id.
        upload_token: opens the upload of its files, and nothing else.
        frame: what is kept of it.
    """

    recording: Annotated[str, Meta(max_length=64)]
    upload_token: Annotated[str, Meta(max_length=1_000)]
    frame: Frame = Frame()


class ScriptRun(msgspec.Struct, frozen=True, kw_only=True, tag_field=None):
    """A script to run without a viewer, from the world's first picture to the script's end."""

    script: Script
    length_ms: Annotated[int, Meta(ge=1, le=MAX_SCRIPT_MS)]


class SlotReport(msgspec.Struct, frozen=True):
    """One slot as the worker has it. Ages are milliseconds before the message was sent.

    `viewer_age_ms`: since the viewer was last heard on the media path; `input_age_ms`: since input.
    `spectators`: whom it has a peer connection for beside its viewer.
    """

    index: SlotIndex
    term: Count
    session: SessionId | None = None
    attachment: Count = 0
    world: Literal["none", "starting", "running", "stopping"] = "none"
    media: MediaState = "none"
    viewer_age_ms: Count | None = None
    input_age_ms: Count | None = None
    fps: float | None = None
    bitrate_kbps: float | None = None
    spectators: Annotated[tuple[SpectatorId, ...], Meta(max_length=MAX_SPECTATORS)] = ()


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """First word of a worker: who it is, what it can run, what its slots hold.

    `host` names its machine for the operator, who may have given one name to two workers.
    """

    protocol: int
    name: Name
    boot_id: Annotated[str, Meta(min_length=16, max_length=64)]
    region: Name
    pool: Name
    slots: Annotated[tuple[SlotReport, ...], Meta(min_length=1, max_length=256)]
    kinds: Annotated[tuple[WorldKind, ...], Meta(max_length=8)]
    encoders: Annotated[tuple[Short, ...], Meta(max_length=32)]
    version: Short
    host: Short = ""


class Beat(msgspec.Struct, frozen=True, tag_field="type", tag="beat"):
    """Every `heartbeat_s`. `sent_us` is the worker's CLOCK_BOOTTIME, echoed once it is on disk."""

    n: Count
    sent_us: Count
    slots: Annotated[tuple[SlotReport, ...], Meta(max_length=256)]


class Accepted(msgspec.Struct, frozen=True, tag_field="type", tag="accepted"):
    """The worker took an assignment and starts the world."""

    session: SessionId
    term: Count


class Rejected(msgspec.Struct, frozen=True, tag_field="type", tag="rejected"):
    """The worker does not take an assignment; `reason` is for the operator."""

    session: SessionId
    term: Count
    reason: Detail


class WorldStarted(msgspec.Struct, frozen=True, tag_field="type", tag="world_started"):
    """The world has rendered its first picture."""

    session: SessionId
    term: Count


class MediaChanged(msgspec.Struct, frozen=True, tag_field="type", tag="media"):
    """The peer connection changed: `connected` once frames go out. `age_ms`: how long ago."""

    session: SessionId
    term: Count
    attachment: Count
    state: MediaState
    age_ms: Count = 0


class InputSeen(msgspec.Struct, frozen=True, tag_field="type", tag="input"):
    """Input reached the world, of which the gateway was not told for `input_within_s`."""

    session: SessionId
    term: Count


class HoldOff(msgspec.Struct, frozen=True, tag_field="type", tag="hold_off"):
    """The world holds the AFK warning off for so long from now; 0 lets go."""

    session: SessionId
    term: Count
    seconds: Annotated[float, Meta(ge=0, le=MAX_HOLD_OFF_S)]


class ViewerLeft(msgspec.Struct, frozen=True, tag_field="type", tag="viewer_left"):
    """The viewer said goodbye on the data channel: 1000 on purpose, 1001 the page is left."""

    session: SessionId
    term: Count
    code: Literal[1000, 1001]


class WorldEnded(msgspec.Struct, frozen=True, tag_field="type", tag="world_ended"):
    """The world is over by itself; `exit_code` is negative for a signal, as in subprocess."""

    session: SessionId
    term: Count
    outcome: Outcome
    exit_code: int | None = None
    detail: Detail = ""


class RunProgress(msgspec.Struct, frozen=True, tag_field="type", tag="run_progress"):
    """So many frames of a script's run are rendered, of so many; about once a second."""

    session: SessionId
    term: Count
    frames: Count
    frames_total: Count


class RunRendered(msgspec.Struct, frozen=True, tag_field="type", tag="run_rendered"):
    """The last frame of a script's run is rendered: its meter stops. `age_ms`: how long ago."""

    session: SessionId
    term: Count
    frames: Count
    age_ms: Count = 0


class RunEnded(msgspec.Struct, frozen=True, tag_field="type", tag="run_ended"):
    """A script's run is over and its files are uploaded; or it failed, for `reason`.

    `reason` is empty where it completed. A world that fails says `world_ended`, as in a session.
    """

    session: SessionId
    term: Count
    reason: Annotated[str, Meta(max_length=64)] = ""
    detail: Detail = ""


class Stopped(msgspec.Struct, frozen=True, tag_field="type", tag="stopped"):
    """The world's process group is gone: the slot is free as far as the worker goes."""

    index: SlotIndex
    session: SessionId
    term: Count


class SignalFromWorker(msgspec.Struct, frozen=True, tag_field="type", tag="signal"):
    """What is for the viewer, or its gateway: most of it an offer or a candidate."""

    session: SessionId
    term: Count
    signal: FromPeer


class Spectated(msgspec.Struct, frozen=True, tag_field="type", tag="spectated"):
    """The answer to a `spectate`: an SDP with every candidate; or none, and why not.

    `reason` is `bad_offer`, `offer_not_acceptable`, `spectators_unsupported`, `spectators_full` or
    `session_not_here`.
    """

    session: SessionId
    term: Count
    spectator: SpectatorId
    sdp: SpectatorSdp = ""
    reason: Annotated[str, Meta(max_length=64)] = ""
    detail: Detail = ""


class SpectatorLeft(msgspec.Struct, frozen=True, tag_field="type", tag="spectator_left"):
    """A spectator is gone: `left`, `lost`, or `not_connected` in time after the answer."""

    session: SessionId
    term: Count
    spectator: SpectatorId
    reason: Annotated[str, Meta(max_length=64)]


class Draining(msgspec.Struct, frozen=True, tag_field="type", tag="draining"):
    """The worker takes no new sessions and stops in `deadline_s` at the latest."""

    deadline_s: Annotated[float, Meta(ge=0, le=86_400)]


class Welcome(msgspec.Struct, frozen=True, tag_field="type", tag="welcome"):
    """The gateway's answer to `hello`."""

    protocol: int
    worker: str
    heartbeat_s: float
    self_fence_s: float


class BeatConfirmed(msgspec.Struct, frozen=True, tag_field="type", tag="beat"):
    """The renewal of beat `n` is on disk; the fence counts from its `sent_us`."""

    n: int
    sent_us: int


class Assign(msgspec.Struct, frozen=True, tag_field="type", tag="assign"):
    """Start this world on this slot. Accept within 20 s.

    `input_within_s`: input must be told of, by `input` or a beat, this soon after it was.
    `keeping`: what is shown is recorded. `run`: no viewer comes; a script is run, and `session` is
    the id of the run.
    """

    index: int
    session: str
    term: int
    world: WorldSpec
    video: VideoSpec
    seed: int
    start_timeout_s: float
    input_within_s: float = INPUT_WITHIN_S
    keeping: Keeping | None = None
    run: ScriptRun | None = None


class Attach(msgspec.Struct, frozen=True, tag_field="type", tag="attach"):
    """A viewer is there: make peer connection number `attachment`, close any older, and offer."""

    session: str
    term: int
    attachment: int
    codecs: tuple[str, ...]
    ice_servers: tuple[IceServer, ...] = ()
    dialect: Dialect = "diorama"


class Spectate(msgspec.Struct, frozen=True, tag_field="type", tag="spectate"):
    """Somebody wants to watch: answer this offer with `spectated`; a repeat is answered again.

    A spectator gets pictures and nothing else: it is no viewer, and what it sends is not read.
    """

    session: str
    term: int
    spectator: str
    sdp: str
    ice_servers: tuple[IceServer, ...] = ()


class StopSpectating(msgspec.Struct, frozen=True, tag_field="type", tag="stop_spectating"):
    """Close a spectator's peer connection; closing one that is not there changes nothing."""

    session: str
    term: int
    spectator: str


class Stop(msgspec.Struct, frozen=True, tag_field="type", tag="stop"):
    """End what this slot runs under `term` or a lower one, and confirm with `stopped`."""

    index: int
    session: str
    term: int
    code: int
    reason: str


class SignalToWorker(msgspec.Struct, frozen=True, tag_field="type", tag="signal"):
    """What is for the viewer's peer connection, most of it from the viewer."""

    session: str
    term: int
    signal: ForPeer


class Problem(msgspec.Struct, frozen=True, tag_field="type", tag="problem"):
    """What the worker sent cannot be taken."""

    code: str
    message: str


FromWorker = (
    Hello
    | Beat
    | Accepted
    | Rejected
    | WorldStarted
    | MediaChanged
    | InputSeen
    | HoldOff
    | ViewerLeft
    | WorldEnded
    | RunProgress
    | RunRendered
    | RunEnded
    | Stopped
    | SignalFromWorker
    | Spectated
    | SpectatorLeft
    | Draining
)
ToWorker = (
    Welcome
    | BeatConfirmed
    | Assign
    | Attach
    | Stop
    | SignalToWorker
    | Spectate
    | StopSpectating
    | Problem
)
