"""The images of one session on a worker: in order, one at a time, each answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from diorama.agent.event_lines import Happening
from diorama.agent.fetching import Fetcher
from diorama.agent.images import MAX_HELD, Images
from diorama.agent.spool import Spool
from diorama.agent.world_link import GiveImage, ImageSeen
from diorama.kernel.errors import Unavailable
from diorama.protocol.channel import Prompt
from diorama.protocol.media import ImageGiven
from diorama.protocol.worker import Assign, VideoSpec, WorldSpec

ASSIGN = Assign(0, "ses_1", 3, WorldSpec(kind="python", entry="a:B"), VideoSpec(), 1, 60.0)
PATIENCE_S = 60.0


@dataclass
class HandFetcher:
    """Fetches when it is told to. See `fetching.Fetcher`."""

    asked: asyncio.Queue[tuple[str, int, Path]] = field(default_factory=asyncio.Queue)
    come: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    async def fetch(self, image: str, length: int, into: Path) -> None:
        self.asked.put_nowait((image, length, into))
        data = await self.come.get()
        if data is None:
            raise Unavailable("nobody has it", code="image_lost")
        await asyncio.to_thread(into.write_bytes, data)


@dataclass
class Stage:
    """The images of a session, and what the world and the viewer heard."""

    images: Images
    fetcher: HandFetcher
    spool: Path
    tasks: asyncio.TaskGroup
    handed: asyncio.Queue[Happening]
    answers: list[ImageSeen] = field(default_factory=list)

    def give(self, prompt: str = "", image: str = "dim_x") -> None:
        given = ImageGiven(1, image, 3, prompt)
        self.images.take(given, self.answers.append, self.tasks)

    async def next(self) -> Happening:
        return await asyncio.wait_for(self.handed.get(), PATIENCE_S)


@asynccontextmanager
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    fetcher = HandFetcher()
    handed: asyncio.Queue[Happening] = asyncio.Queue()
    spool = Spool.take(tmp_path, "w")
    images = Images(ASSIGN, spool, cast("Fetcher", fetcher), handed.put_nowait)
    async with asyncio.TaskGroup() as tasks:
        yield Stage(images, fetcher, tmp_path, tasks, handed)
        images.close()


def files(stage: Stage) -> list[Path]:
    return [path for path in stage.spool.rglob("*") if path.is_file()]


async def test_an_image_is_fetched_handed_over_and_answered_and_its_file_goes(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as here:
        here.give("rain", "dim_its_own")
        fetched = await here.fetcher.asked.get()
        here.fetcher.come.put_nowait(b"abc")
        given = await here.next()
        assert isinstance(given, GiveImage)
        lay_there = await asyncio.to_thread(Path(given.path).read_bytes)
        here.images.seen(ImageSeen(given.number))

        assert fetched[:2] == ("dim_its_own", 3)
        assert (given.text, lay_there) == ("rain", b"abc")
        assert here.answers == [ImageSeen(1)]
        assert files(here) == []


async def test_what_a_viewer_does_while_an_image_is_fetched_comes_after_it(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as here:
        before = here.images.holds_back(Prompt("before"))
        here.give()
        held = [here.images.holds_back(Prompt(str(n))) for n in range(MAX_HELD + 5)]
        here.fetcher.come.put_nowait(b"abc")
        order = [await here.next() for _ in range(MAX_HELD + 1)]
        after = here.images.holds_back(Prompt("after"))

        assert (before, set(held), after) == (False, {True}, False)
        assert isinstance(order[0], GiveImage)
        assert order[1:] == [Prompt(str(n)) for n in range(MAX_HELD)]
        assert here.handed.empty()


async def test_an_image_that_nobody_has_is_answered_and_holds_nothing_up(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        here.give()
        here.images.holds_back(Prompt("go on"))
        here.fetcher.come.put_nowait(None)
        then = await here.next()

        assert then == Prompt("go on")
        assert [seen.code for seen in here.answers] == ["image_lost"]


async def test_a_second_image_on_the_way_is_refused_and_a_later_one_is_taken(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as here:
        here.give()
        here.give()
        here.fetcher.come.put_nowait(b"abc")
        first = await here.next()
        here.give()
        here.images.seen(ImageSeen(1, "image_broken", "the image is broken"))
        here.give()
        here.fetcher.come.put_nowait(b"abc")
        last = await here.next()

        assert isinstance(first, GiveImage)
        assert isinstance(last, GiveImage)
        assert [(seen.number, seen.code) for seen in here.answers] == [
            (2, "image_pending"),
            (3, "image_pending"),
            (1, "image_broken"),
        ]
        assert (first.number, last.number) == (1, 4)


async def test_a_session_that_is_over_leaves_no_image_on_the_machine(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        here.give()
        here.fetcher.come.put_nowait(b"abc")
        await here.next()
        there = len(files(here))
        here.images.close()

        assert there == 1
        assert files(here) == []


async def test_a_worker_that_starts_removes_what_an_earlier_one_left(tmp_path: Path) -> None:
    left = Spool.take(tmp_path, "w").make_images("ses_1", 1) / "1"
    left.write_bytes(b"abc")

    Spool.take(tmp_path, "w")

    assert not left.exists()
