"""What a message of Odyssey's SDK comes to."""

import pytest

from diorama.agent import odyssey_messages as words
from diorama.agent.odyssey_messages import (
    FROM_VIEWER,
    TO_VIEWER,
    OdysseyMessages,
    StreamEnded,
    StreamError,
    StreamStarted,
    UpdateAcknowledged,
)
from diorama.agent.viewer_messages import Taken
from diorama.protocol.channel import Prompt
from diorama.protocol.media import Notice


def took(text: str, *, label: str = FROM_VIEWER) -> Taken:
    return OdysseyMessages(now_us=0, stream_id="ses_1").take(label, text, 0)


def test_a_start_is_answered_with_the_stream_and_its_prompt_goes_to_the_world() -> None:
    taken = took('{"type":"interactive_stream_start","prompt":"a red sky","portrait":false}')

    assert taken.reply == StreamStarted("ses_1", "a red sky")
    assert taken.to_world == Prompt("a red sky")
    assert taken.is_input
    assert not taken.broadcast


def test_a_start_without_a_prompt_leaves_the_world_as_it_is() -> None:
    taken = took('{"type":"interactive_stream_start","input_image_base64":null}')

    assert taken.reply == StreamStarted("ses_1", "")
    assert taken.to_world is None


def test_a_start_that_others_may_watch_is_started_and_their_place_is_asked_for() -> None:
    taken = took('{"type":"interactive_stream_start","prompt":"x","broadcast":true}')

    assert taken.reply == StreamStarted("ses_1", "x")
    assert taken.broadcast


def test_an_update_is_a_prompt_and_is_acknowledged() -> None:
    taken = took('{"type":"update","prompt":"snow \\u2744"}')

    assert taken.reply == UpdateAcknowledged("snow \u2744")
    assert taken.to_world == Prompt("snow \u2744")


def test_an_end_is_answered_and_is_no_input() -> None:
    taken = took('{"type":"interactive_stream_end"}')

    assert taken == Taken(reply=StreamEnded())
    assert not taken.is_input


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not JSON", "json_syntax"),
        ("null", "schema"),
        ('{"type":"something_else"}', "schema"),
        ('{"type":"update"}', "schema"),
        ('{"type":"update","prompt":"' + "x" * 4_001 + '"}', "prompt_too_long"),
        ('{"type":"interactive_stream_start","input_image_base64":"data:x"}', "image_wrong_way"),
        ('{"type":"update","prompt":"' + "x" * 262_144 + '"}', "too_large"),
    ],
)
def test_what_cannot_be_taken_is_answered_and_reaches_no_world(text: str, reason: str) -> None:
    taken = took(text)

    assert isinstance(taken.reply, StreamError)
    assert taken.reply.reason == reason
    assert len(taken.reply.message) <= 300
    assert taken.to_world is None


def test_nothing_is_heard_on_the_channel_that_the_worker_speaks_on() -> None:
    taken = took('{"type":"update","prompt":"x"}', label=TO_VIEWER)

    assert isinstance(taken.reply, StreamError)
    assert taken.reply.reason == "wrong_channel"


def test_a_flood_is_answered_a_few_times_and_then_left_unanswered() -> None:
    messages = OdysseyMessages(now_us=0, stream_id="ses_1")

    answered = [messages.take(FROM_VIEWER, '{"type":"update","prompt":"x"}', 0) for _ in range(60)]

    assert [taken.to_world is not None for taken in answered] == [True] * 50 + [False] * 10
    refused = [taken.reply for taken in answered[50:] if taken.reply is not None]
    assert [isinstance(one, StreamError) and one.reason for one in refused] == ["too_many"] * 5


def test_a_notice_of_the_gateway_is_told_as_an_error_of_the_stream() -> None:
    told = words.told(Notice(attachment=1, reason="afk_warning", message="soon over"))

    assert told == StreamError("afk_warning", "soon over")
