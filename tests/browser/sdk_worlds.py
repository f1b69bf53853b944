"""A world that says what it was told, for tests of what the web SDK sends."""

import msgspec

from diorama.world import InputEvent, Json, WorldContext
from tests.browser.worlds import Painted


class Telling(Painted):
    """Painted; sends each message back, and each input event as a message."""

    def start(self, context: WorldContext) -> None:
        """Keep how to answer."""
        super().start(context)
        self._context = context

    def on_message(self, data: Json) -> None:
        """Send it back."""
        self._context.send({"said": data})

    def on_input(self, event: InputEvent) -> None:
        """Tell what came."""
        super().on_input(event)
        self._context.send({"did": msgspec.to_builtins(event)})
