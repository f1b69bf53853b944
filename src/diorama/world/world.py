"""What a Python world is: a class whose object lives as long as its session, in its own process.

The host calls the methods below one at a time, on one thread: `start` once, then for every frame
first what the viewer did since the last one (`on_input`, `on_prompt`, `on_image`, `on_message`, in
order), then `render`. An exception that leaves any of them ends the session: code 4006, or 4003
from `start`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from diorama.protocol.input import InputEvent

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Picture = npt.NDArray[np.uint8]
"""uint8, (height, width, 3), RGB, rows top to bottom."""


@dataclass(frozen=True, slots=True)
class FrameTime:
    """When a frame is: `number` from 0, `elapsed_s` since the first, `delta_s` since the last."""

    number: int
    elapsed_s: float
    delta_s: float


class WorldContext(Protocol):
    """What a world may ask of its host."""

    @property
    def session_id(self) -> str:
        """The session this world runs for."""

    @property
    def seed(self) -> int:
        """A number for the world's randomness; the same in a rerun of the same simulation."""

    @property
    def options(self) -> Mapping[str, Json]:
        """What the project says to its world: JSON, as the operator wrote it."""

    def send(self, data: Json) -> None:
        """Send a JSON message to the viewer; dropped while no viewer is connected."""

    def hold_off_afk(self, seconds: float) -> None:
        """Keep the viewer from being warned, and ended, for doing nothing, so long from now.

        For what is watched and not played: a film, a recital. The newest word counts, 0 lets go,
        and a day is the most; what the project's `afk.hold_off_budget_s` does not cover is not had.
        """

    def end(self) -> None:
        """End the session on purpose: code 1000, reason `world_ended`."""


class World:
    """Subclass this. Only `render` must be written.

    Attributes:
        size: width and height of the picture in pixels, both even, 64 to 3840.
        fps: frames a second the host asks for, 1 to 120; a simulation may ask for others.
        resizable: `size` may be set to another before `start`, as a simulation may ask for. A
            world that is not is simulated at its own size, and the video scaled.
        realtime: a simulation is no faster than the clock on the wall: for a world that something
            real keeps time for, such as a device or a service.
    """

    size: tuple[int, int] = (1280, 720)
    fps: int = 30
    resizable: bool = False
    realtime: bool = False

    def start(self, context: WorldContext) -> None:
        """Prepare: load models, build the scene. The viewer waits meanwhile (60 s at most)."""

    def on_input(self, event: InputEvent) -> None:
        """Take what the viewer did with keys, pointer, wheel, touch or gamepad."""

    def on_prompt(self, text: str) -> None:
        """Take a text prompt, 1 to 4,000 characters."""

    def on_image(self, image: Picture, text: str) -> None:
        """Take an image that came with a prompt, in place of `on_prompt`; the text may be empty.

        It is uint8, (height, width, 3), RGB, upright, of 1 to 4,096 pixels on a side, and the
        world's to keep. A world that does not override this takes no images.
        """

    def on_message(self, data: Json) -> None:
        """Take a JSON message from the viewer's page."""

    def render(self, time: FrameTime) -> Picture:
        """Return the next picture: uint8, (height, width, 3), RGB, rows top to bottom, of `size`.

        The host copies it before the next call, so the same array may be returned each time.
        """
        raise NotImplementedError(f"{type(self).__name__} does not render")

    def snapshot(self) -> bytes | None:
        """Return the world's state, to `restore` it elsewhere; None where it cannot be kept."""
        return None

    def restore(self, state: bytes) -> None:
        """Take up a state that `snapshot` of the same class returned; called after `start`."""
        raise NotImplementedError(f"{type(self).__name__} cannot restore a snapshot")

    def stop(self) -> None:
        """Clean up; the session has ended. The process is killed 5 s later in any case."""
