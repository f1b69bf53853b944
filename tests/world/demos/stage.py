"""A stage for worlds: what a host does, without a host. Frames come at 30 a second, as told."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from diorama.protocol.input import InputEvent
from diorama.world import FrameTime, Json, Picture, World

FPS = 30


@dataclass
class Stage:
    """A `WorldContext` that remembers what the world sent."""

    seed: int = 7
    options: Mapping[str, Json] = field(default_factory=dict)
    session_id: str = "session"
    sent: list[Json] = field(default_factory=list)
    held_off_s: list[float] = field(default_factory=list)
    ended: bool = False

    def send(self, data: Json) -> None:
        self.sent.append(data)

    def hold_off_afk(self, seconds: float) -> None:
        self.held_off_s.append(seconds)

    def end(self) -> None:
        self.ended = True


@dataclass
class Play:
    """A world on its stage."""

    world: World
    stage: Stage
    frame: int = 0

    def do(self, *events: InputEvent) -> None:
        for event in events:
            self.world.on_input(event)

    def pass_frames(self, count: int) -> Picture:
        """Render `count` frames and return a copy of the last."""
        for _ in range(count):
            delta_s = 1 / FPS if self.frame else 0.0
            picture = self.world.render(FrameTime(self.frame, self.frame / FPS, delta_s))
            self.frame += 1
        return picture.copy()


def put_on(world: World, stage: Stage | None = None) -> Play:
    """Start a world."""
    stage = stage or Stage()
    world.start(stage)
    return Play(world, stage)


def digest(pictures: Sequence[Picture]) -> str:
    """Return a hash of pictures."""
    return hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest()


def difference(one: Picture, other: Picture) -> float:
    """Return how far two pictures are apart, as the mean over all bytes."""
    return float(abs(one.astype(int) - other.astype(int)).mean())
