"""A world for viewers without a screen: one colour at a time, and an answer to what it is told."""

from diorama.world import Json, WorldContext
from tests.browser.worlds import Painted


class Answering(Painted):
    """Painted, which says messages back, and does harm where it is told to."""

    def start(self, context: WorldContext) -> None:
        """Keep the way to say something."""
        super().start(context)
        self._context = context

    def on_message(self, data: Json) -> None:
        """Say it back, end, or break."""
        match data:
            case "end":
                self._context.end()
            case "break":
                raise RuntimeError("the world broke")
            case _:
                self._context.send(data)
