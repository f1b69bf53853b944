"""Small worlds for the tests, each in a process of its own. Loaded by path: `worlds.py:Name`."""

# ruff: noqa: ARG002 - a world is given more than it needs

import os
import signal
import subprocess
import sys
import time

import numpy as np

from diorama.world import (
    FrameTime,
    InputEvent,
    Json,
    KeyDown,
    Picture,
    World,
    WorldContext,
)

_SLEEPER = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


class Lamp(World):
    """Dark; a key makes it bright, a message is said back, and some messages do harm."""

    size = (128, 96)
    fps = 60

    def start(self, context: WorldContext) -> None:
        self.context = context
        self.level = 16
        self.pictures = np.zeros((96, 128, 3), dtype=np.uint8)

    def on_input(self, event: InputEvent) -> None:
        if isinstance(event, KeyDown):
            self.level = 235

    def on_prompt(self, text: str) -> None:
        self.context.send({"prompt": text})

    def on_message(self, data: Json) -> None:
        match data:
            case "end":
                self.context.end()
            case "crash":
                raise RuntimeError("the lamp broke")
            case "exit":
                os._exit(7)
            case "leave":
                sys.exit("the lamp is off")
            case "hang":
                time.sleep(600)
            case "who":
                self.context.send(
                    {
                        "session": self.context.session_id,
                        "seed": self.context.seed,
                        "options": dict(self.context.options),
                        "secret": os.environ.get("DIORAMA_WORKER_CREDENTIAL"),
                    }
                )
            case {"hold_off": int() | float() as seconds}:
                self.context.hold_off_afk(seconds)
            case _:
                self.context.send(data)

    def render(self, time: FrameTime) -> Picture:
        self.pictures[:] = self.level
        return self.pictures


class Grain(Lamp):
    """Grain of its seed."""

    def start(self, context: WorldContext) -> None:
        super().start(context)
        self.chance = np.random.default_rng(context.seed)

    def render(self, time: FrameTime) -> Picture:
        return self.chance.integers(0, 256, (96, 128, 3), dtype=np.uint8)


class Parent(Lamp):
    """Starts a process which does not heed SIGTERM, and tells its number."""

    def on_message(self, data: Json) -> None:
        child = subprocess.Popen([sys.executable, "-c", _SLEEPER])
        self.context.send(child.pid)


class ParentOfAStray(Lamp):
    """Starts a process in a session of its own, and tells its number."""

    def on_message(self, data: Json) -> None:
        child = subprocess.Popen([sys.executable, "-c", _SLEEPER], start_new_session=True)
        self.context.send(child.pid)


class Deaf(Lamp):
    """Does not heed SIGTERM."""

    def start(self, context: WorldContext) -> None:
        super().start(context)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Stopper(Lamp):
    """Tells on its way out that `stop` was called."""

    def stop(self) -> None:
        self.context.send("stopped")


class WrongShape(Lamp):
    def render(self, time: FrameTime) -> Picture:
        return np.zeros((96, 127, 3), dtype=np.uint8)


class WrongType(Lamp):
    def render(self, time: FrameTime) -> Picture:
        return np.zeros((96, 128, 3))  # type: ignore[return-value] # what is wrong here


class Unready(Lamp):
    def start(self, context: WorldContext) -> None:
        raise FileNotFoundError("no model here")


class NeverReady(Lamp):
    def start(self, context: WorldContext) -> None:
        time.sleep(600)


class OddSize(Lamp):
    size = (127, 96)


class NoWorld:
    pass


class ParentAtStart(Lamp):
    """Starts a process which does not heed SIGTERM."""

    def start(self, context: WorldContext) -> None:
        super().start(context)
        self.child = subprocess.Popen([sys.executable, "-c", _SLEEPER])
