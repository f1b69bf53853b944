"""What passes between a worker and a viewer without any gateway, and who writes it down.

The diary is the oracle's second witness: which worker sent pictures of which term, from when to
when, in the worker's own words and in the world's time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.machine import Process


@dataclass
class Path:
    """The media path between one viewer's device and one worker: up or down, both ways."""

    is_up: bool = True


@dataclass(slots=True)
class Pictures:
    """That a worker sent pictures of one term from `from_us`; to `to_us`, once it stopped."""

    worker: str
    boot: int
    index: int
    session: str
    term: int
    from_us: int
    to_us: int | None = None


@dataclass
class Diary:
    """What workers did, in their own words; the oracle reads it."""

    pictures: list[Pictures] = field(default_factory=list)
    by_session: dict[str, list[Pictures]] = field(default_factory=dict)
    rendered: dict[tuple[str, int], list[Pictures]] = field(default_factory=dict)  # by run, term
    hung: set[tuple[str, int]] = field(default_factory=set)  # runs whose world renders no more
    started: list[tuple[str, int, int, int]] = field(default_factory=list)  # host, boot, slot, term
    inputs: dict[str, list[int]] = field(default_factory=dict)  # in the database's time
    database_us: Callable[[], int] = lambda: 0

    def note(self, pictures: Pictures) -> None:
        """Write down that pictures begin to go."""
        self.pictures.append(pictures)
        self.by_session.setdefault(pictures.session, []).append(pictures)

    def note_rendering(self, pictures: Pictures) -> None:
        """Write down that the world of a run begins to render, or goes on."""
        self.rendered.setdefault((pictures.session, pictures.term), []).append(pictures)

    def note_input(self, session: str) -> None:
        """Write down that input reached the worker."""
        self.inputs.setdefault(session, []).append(self.database_us())

    def of(self, session: str) -> list[Pictures]:
        """Return what was sent of a session."""
        return self.by_session.get(session, [])


@dataclass
class Temper:
    """How worlds behave: chances, and times in seconds."""

    fails_to_start: float = 0.02
    crashes_per_hour: float = 1.0
    holds_off: float = 0.02  # in a second
    hold_off_s: tuple[float, ...] = (0.0, 5.0, 20.0, 60.0)
    start_s: tuple[float, float] = (0.2, 3.0)
    stop_s: tuple[float, float] = (0.05, 2.0)
    hangs: float = 0.03  # of a script's world, in the middle
    upload_s: tuple[float, float] = (0.2, 12.0)


class Devices:
    """Who is at the other end of a session's media: viewers' devices, by session."""

    def __init__(self) -> None:
        self._paths: dict[str, ViewerMedia] = {}

    def put(self, session: str, media: "ViewerMedia") -> None:
        self._paths[session] = media

    def of(self, session: str) -> "ViewerMedia | None":
        return self._paths.get(session)


class ViewerMedia:
    """A viewer's side of the media: whether packets pass, whether its page runs, and input."""

    def __init__(self, page: Process, path: Path) -> None:
        self.page = page
        self.path = path
        self.attachment: int | None = None
        self.is_sent = False  # whether a worker sends it pictures now
        self.last_input_us: int | None = None
        self.said_bye: int | None = None

    @property
    def flows(self) -> bool:
        """Whether pictures reach the page."""
        return self.is_sent and self.path.is_up and self.attachment is not None

    def is_heard(self, attachment: int) -> bool:
        """Whether the worker hears this attachment now."""
        return self.path.is_up and self.page.runs and self.attachment == attachment
