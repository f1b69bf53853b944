"""New sessions that are opened without being asked, where a program wants them."""

from dataclasses import replace

import pytest

from diorama.client.core import model as core
from diorama.client.core.ends import end_of
from diorama.client.core.events import Restarting
from diorama.client.errors import Problem
from diorama.protocol.end_codes import END_CODES, EndCode, Retry
from tests.client.core.story import Story, plain


def wanting(at: str = "streaming") -> Story:
    story = Story(auto_restart=True)
    story.begin(at, {})
    return story


def end(story: Story, code: int, reason: str | None = None) -> None:
    ended = plain(end_of(EndCode(code), reason))
    story.session({"state": END_CODES[EndCode(code)].ends, "end": ended})


def again(story: Story, code: int) -> None:
    """Get one session more as far as its socket, and end it."""
    story.wait(15_000)
    story.do({"opened": {"id": "ses_2"}})
    story.tell(core.SocketOpened())
    end(story, code)


def restarting(story: Story) -> list[Restarting]:
    return [
        effect.event
        for effect in story.effects
        if isinstance(effect, core.Emit) and isinstance(effect.event, Restarting)
    ]


def test_waits_grow_in_a_row_and_then_the_end_is_one() -> None:
    story = wanting("welcomed")
    end(story, 4006)
    waits_s = [restarting(story)[0].in_s]

    for _ in range(5):
        again(story, 4006)
        waits_s.append(restarting(story)[0].in_s)
    again(story, 4006)

    assert waits_s == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0]
    story.check({"state": "failed", "emitted.restarting": []})


def test_where_the_registry_says_once_it_is_once() -> None:
    story = wanting("welcomed")
    end(story, 4003)
    assert len(restarting(story)) == 1

    again(story, 4003)

    assert restarting(story) == []


@pytest.mark.parametrize(("seconds", "attempt"), [(59.9, 3), (60.0, 1)])
def test_a_minute_of_frames_ends_the_row(seconds: float, attempt: int) -> None:
    story = wanting()
    story.model = replace(
        story.model, restarts=core.Restarts(2, 4006), played_s=story.now_s - seconds
    )

    end(story, 4006)

    assert [told.attempt for told in restarting(story)] == [attempt]


@pytest.mark.parametrize(("told_s", "waits_s"), [(7, 7.0), (10_000, 300.0), (-5, 0.0)])
def test_a_wait_is_as_long_as_the_server_says(told_s: int, waits_s: float) -> None:
    story = wanting("asked")
    facts = {"retry_after_s": told_s}

    story.tell(core.RequestRefused(Problem(status=429, code="busy", detail="", facts=facts)))

    assert [told.in_s for told in restarting(story)] == [waits_s]


@pytest.mark.parametrize("code", list(END_CODES))
def test_each_end_is_followed_as_the_registry_says(code: EndCode) -> None:
    story = wanting()

    end(story, code)

    assert bool(restarting(story)) is (END_CODES[code].retry is not Retry.NEVER)


@pytest.mark.parametrize("reason", ["afk_timeout", "hours_exhausted"])
def test_for_nobody_no_session_is_opened(reason: str) -> None:
    story = wanting()

    end(story, 4004, reason)

    assert restarting(story) == []


def test_the_request_for_another_session_has_a_key_of_its_own() -> None:
    story = wanting()
    end(story, 4006)

    story.wait(0)

    assert story.effects[-1] == core.Post(fresh=True)
