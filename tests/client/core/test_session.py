"""The reducer, told the stories that the web SDK's is told as well."""

import pytest

from diorama.client.core import model as core
from diorama.client.core.model import Send
from diorama.client.errors import Problem
from diorama.protocol.end_codes import END_CODES, EndCode
from diorama.protocol.media import Restart
from tests.client.core.story import CASES, Story


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_viewers_of_both_sdks_live_the_same_story(case: dict[str, object]) -> None:
    story = Story(auto_restart=bool(case.get("restarts")))
    changes, steps = case.get("with", {}), case["steps"]
    assert isinstance(changes, dict)
    assert isinstance(steps, list)
    story.begin(str(case["begin"]), changes)

    for step in steps:
        then = step.get("then")
        if then is None:
            story.do(step)
        else:
            story.check(then)


@pytest.mark.parametrize("code", list(END_CODES))
def test_each_end_code_ends_the_session_in_its_state(code: EndCode) -> None:
    story = Story()
    story.begin("streaming", {})

    story.session({"state": END_CODES[code].ends, "end": int(code)})

    story.check(
        {
            "state": END_CODES[code].ends,
            "did": {"close_peer": 1, "close_socket": 1},
            "emitted.ended": [{"code": int(code), "message": "A sentence."}],
            "deadline": False,
        }
    )


@pytest.mark.parametrize("code", [code for code in END_CODES if code >= 4000])
def test_a_socket_closed_with_an_end_code_ends_it_in_the_words_of_the_registry(
    code: EndCode,
) -> None:
    story = Story()
    story.begin("streaming", {})

    story.tell(core.SocketLost(code))

    story.check({"emitted.ended": [{"code": int(code), "message": END_CODES[code].viewer}]})


@pytest.mark.parametrize(
    ("status", "code", "end"),
    [
        (429, "account_limit", 4010),
        (429, "limit_reached", 4010),
        (503, "unavailable", 4001),
        (404, "not_found", 4002),
        (401, "unauthorized", 4013),
        (403, "origin_refused", 4013),
        (409, "project_disabled", 4000),
        (422, "schema", 4007),
    ],
)
def test_a_refused_request_ends_with_the_code_it_means(status: int, code: str, end: int) -> None:
    story = Story()
    story.begin("asked", {})
    problem = Problem(status=status, code=code, detail="Because.")

    story.tell(core.RequestRefused(problem))

    story.check(
        {
            "emitted.error": [{"code": code, "message": "Because."}],
            "emitted.ended": [{"code": end, "reason": code, "problem": {"status": status}}],
        }
    )


def test_an_end_code_in_the_problem_is_the_one_that_counts() -> None:
    story = Story()
    story.begin("asked", {})
    facts = {"end_code": 4001}

    story.tell(core.RequestRefused(Problem(status=429, code="busy", detail="", facts=facts)))

    story.check({"end": {"code": 4001, "reason": "busy"}})


class TestWithoutIceRestart:
    """A viewer made of aiortc asks for a new peer connection wherever another would restart ICE."""

    def story(self) -> Story:
        story = Story(restarts_ice=False)
        story.begin("streaming", {})
        return story

    def test_lost_media_asks_for_a_new_connection_after_a_second_and_again_each_ten(self) -> None:
        story = self.story()
        story.tell(core.MediaReported(1, "disconnected"))

        story.wait(999)
        assert Send(Restart(1, "peer")) not in story.effects
        story.wait(1)
        assert Send(Restart(1, "peer")) in story.effects
        story.told({"type": "heartbeat", "n": 1})
        story.wait(9_999)
        assert Send(Restart(1, "peer")) not in story.effects
        story.wait(1)
        assert Send(Restart(1, "peer")) in story.effects

    def test_failed_media_asks_for_a_new_connection_at_once(self) -> None:
        story = self.story()

        story.tell(core.MediaReported(1, "failed"))

        assert Send(Restart(1, "peer")) in story.effects
        story.check({"reconnecting": {"step": "peer", "attempt": 1, "live": False}})
