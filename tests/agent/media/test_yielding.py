"""Spectators' encoding waits for its turn, and gives up a picture rather than the viewer's time."""

import os
import threading
from dataclasses import dataclass, field

from diorama.agent.media.engine import (
    AccessUnit,
    ConnectionState,
    UnitWanted,
    VideoFeed,
)
from diorama.agent.media.yielding import NICENESS, YieldingScreen, yield_to_others

UNIT = AccessUnit(data=b"a picture", key=False)
WANTED = UnitWanted(codec="H264", key=False)
KEY_WANTED = UnitWanted(codec="H264", key=True)


@dataclass
class Feed:
    """A feed that counts."""

    asked: int = 0
    keys: int = 0
    states: list[ConnectionState] = field(default_factory=list)

    def next_unit(self, wanted: UnitWanted) -> AccessUnit | None:
        assert wanted.codec == "H264"
        self.asked += 1
        return UNIT

    def handle_connection_state(self, state: ConnectionState) -> None:
        self.states.append(state)

    def handle_key_frame_request(self) -> None:
        self.keys += 1

    def handle_target_bitrate(self, bitrate_kbps: int) -> None:
        """Take no notice."""


class Screen:
    """Keeps the feed that it is given."""

    def __init__(self) -> None:
        self.feed: VideoFeed | None = None

    def attach(self, feed: VideoFeed | None) -> None:
        self.feed = feed

    def frame_ready(self) -> bool:
        return True


def shown(turns: threading.Semaphore) -> tuple[Feed, VideoFeed]:
    feed, screen = Feed(), Screen()
    YieldingScreen(screen, turns, own_thread=False).attach(feed)
    assert screen.feed is not None
    return feed, screen.feed


def test_a_picture_is_encoded_in_its_turn() -> None:
    feed, asked = shown(threading.Semaphore(1))

    assert [asked.next_unit(WANTED), asked.next_unit(WANTED)] == [UNIT, UNIT]
    assert feed.asked == 2


def test_a_picture_that_gets_no_turn_is_lost_and_a_key_frame_is_made_up_for() -> None:
    feed, asked = shown(threading.Semaphore(0))

    assert asked.next_unit(WANTED) is None
    assert (feed.asked, feed.keys) == (0, 0)
    assert asked.next_unit(KEY_WANTED) is None
    assert (feed.asked, feed.keys) == (0, 1)


def test_a_screen_that_is_taken_its_feed_has_none() -> None:
    screen = Screen()
    yielding = YieldingScreen(screen, threading.Semaphore(1), own_thread=False)
    yielding.attach(Feed())
    yielding.attach(None)

    assert screen.feed is None
    assert yielding.frame_ready()


def test_a_thread_that_works_for_spectators_alone_is_nicer_than_the_others() -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    found: list[int] = []

    def work() -> None:
        yield_to_others()
        yield_to_others()
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert found == [min(before + NICENESS, 19)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
