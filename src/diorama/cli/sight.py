"""What `diorama view` saw, in figures and in one sentence. Pure."""

from dataclasses import dataclass
from typing import Final

from diorama.client.core.pace import is_slow

GAP_IS_LONG_S: Final = 0.5
GAP_IS_LONG_FRAMES: Final = 3
FAR_S: Final = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A look at a session.

    Attributes:
        size: width and height of the last frame.
        first_s: from asking to the first frame.
        arrived_s: when each frame came, on one clock that only grows.
        rtts_s: round trips to the world's worker that were measured.
        reconnected: how often a repair was under way.
        meant_fps: frames a second that the world means to show; None where it did not say.
    """

    size: tuple[int, int]
    first_s: float
    arrived_s: tuple[float, ...]
    rtts_s: tuple[float, ...]
    reconnected: int = 0
    meant_fps: int | None = None

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return self.arrived_s[-1] - self.arrived_s[0] if self.arrived_s else 0.0

    @property
    def fps(self) -> float:
        """Frames a second between the first and the last."""
        return (len(self.arrived_s) - 1) / self.seconds if self.seconds > 0 else 0.0

    @property
    def longest_gap_s(self) -> float:
        """The longest time without a frame."""
        pairs = zip(self.arrived_s, self.arrived_s[1:], strict=False)
        return max((later - earlier for earlier, later in pairs), default=0.0)

    @property
    def rtt_s(self) -> float | None:
        """The median round trip; None where none was measured."""
        ordered = sorted(self.rtts_s)
        return ordered[len(ordered) // 2] if ordered else None


def verdict(sight: Sight) -> str:
    """Return what to make of it: the first thing that is wrong, or that nothing is."""
    if sight.reconnected:
        return "unsteady: the connection was lost and came back"
    if sight.longest_gap_s > _long_gap_s(sight):
        return f"uneven: once no frame came for {sight.longest_gap_s:.1f} s"
    if is_slow(sight.fps, sight.meant_fps):
        return f"slow: {_rate(sight)}; is a machine busy, or the network narrow?"
    if sight.rtt_s is not None and sight.rtt_s > FAR_S:
        return f"far: what a viewer does takes {sight.rtt_s * 1_000:.0f} ms to the world and back"
    return "good: frames come steadily"


def _long_gap_s(sight: Sight) -> float:
    """Return how long without a frame is too long: a world may show few on purpose."""
    meant_s = 0.0 if sight.meant_fps is None else GAP_IS_LONG_FRAMES / sight.meant_fps
    return max(GAP_IS_LONG_S, meant_s)


def _rate(sight: Sight) -> str:
    if sight.meant_fps is None:
        return f"{sight.fps:.0f} frames a second"
    return f"{sight.fps:.0f} of the {sight.meant_fps} frames a second that the world means to show"


def report(project: str, sight: Sight) -> str:
    """Return the lines that are printed."""
    width, height = sight.size
    rtt = "not measured" if sight.rtt_s is None else f"{sight.rtt_s * 1_000:.1f} ms"
    meant = "" if sight.meant_fps is None else f" of {sight.meant_fps}"
    frames = (
        f"{len(sight.arrived_s)} in {sight.seconds:.1f} s: {sight.fps:.1f}{meant} a second, "
        f"longest gap {sight.longest_gap_s * 1_000:.0f} ms"
    )
    lines = {
        "project": f"{project}, {width}x{height}",
        "first frame": f"{sight.first_s:.2f} s after asking",
        "frames": frames,
        "round trip": rtt,
        "verdict": verdict(sight),
    }
    return "\n".join(f"{name:<12} {text}" for name, text in lines.items())
