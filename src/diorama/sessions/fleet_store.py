"""What several gateways over one database need from it, beyond what one needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Signalled:
    """A signal on its way from one gateway to another.

    Attributes:
        worker_id: the worker it is for; None: it is for the session's viewer.
        term: under which the sender knew the session's slot.
        attachment: the peer connection it is about.
        body: the signal, as JSON text.
    """

    session_id: str
    worker_id: str | None
    term: int
    attachment: int
    body: str


class FleetStore(Protocol):
    """What is there for a gateway that did not make it."""

    def wait_for_turn(self) -> None:
        """Let one gateway at a time go past this, until its transaction is over."""

    def changed(self, versions: Mapping[str, int]) -> list[str]:
        """Return which of these sessions are not at the version that is known of them."""

    def worker_marks(self, worker_ids: Collection[str]) -> dict[str, str]:
        """Return, by worker, a mark that differs once its slots should hold something else."""

    def lane_marks(self) -> dict[tuple[str, str], str]:
        """Return, by (project, region), a mark that differs once its waiters may have moved."""

    def put_signal(self, signal: Signalled, now_us: int, *, most: int) -> bool:
        """Leave a signal for another gateway; False where so many wait for the session already."""

    def take_signals(
        self, viewers: Mapping[str, int], workers: Mapping[str, int]
    ) -> list[Signalled]:
        """Take the signals for these sockets, in the order in which they were left.

        What is about an older term or peer connection is dropped on the way, and a socket whose
        number is not the newest is given nothing.

        Args:
            viewers: the number of the viewer's socket, by session.
            workers: the number of the worker's socket, by worker.
        """

    def signalled(self) -> tuple[set[str], set[str]]:
        """Return the sessions whose viewers, and the workers, for whom signals wait."""

    def forget_signals(self, before_us: int) -> int:
        """Drop signals older than this, and return how many."""
