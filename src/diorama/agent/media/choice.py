"""Decides which engine a worker uses: libwebrtc where its wheel loads, else aiortc."""

import asyncio
import importlib
from collections.abc import Callable
from typing import Final

from diorama.agent.media.engine import MediaEngine
from diorama.kernel.errors import Invalid, Unavailable


def _reactor() -> MediaEngine:
    module = importlib.import_module("diorama.agent.media.reactor_answerer")
    engine: MediaEngine = module.AnsweringReactorEngine()
    return engine


def _aiortc() -> MediaEngine:
    module = importlib.import_module("diorama.agent.media.aiortc_answerer")
    engine: MediaEngine = module.AnsweringAiortcEngine()
    return engine


_ENGINES: Final[dict[str, Callable[[], MediaEngine]]] = {
    "reactor-webrtc": _reactor,
    "aiortc": _aiortc,
}
ENGINE_NAMES: Final = tuple(_ENGINES)
"""What `choose_engine` takes, best first."""


async def choose_engine(name: str | None = None) -> MediaEngine:
    """Return the engine of that name, or the first that loads.

    Loading takes a library of 26 MB off the disk, so it is done on a thread. Raises Invalid for
    an unknown name, Unavailable where the one asked for, or all of them, do not load here.
    """
    if name is not None and name not in _ENGINES:
        allowed = ", ".join(ENGINE_NAMES)
        raise Invalid(f"no media engine is called {name!r}; allowed: {allowed}")
    failures: list[str] = []
    for each in [name] if name else ENGINE_NAMES:
        try:
            return await asyncio.to_thread(_ENGINES[each])
        except (ImportError, OSError, RuntimeError) as error:
            failures.append(f"{each}: {error}")
    raise Unavailable(
        f"no media engine loads here: {'; '.join(failures)}", code="engine_unavailable"
    )
