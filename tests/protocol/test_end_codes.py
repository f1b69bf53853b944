"""The registry of end codes against DESIGN section 2, and what must hold of every row."""

import pytest

from diorama.protocol.end_codes import END_CODES, End, EndCode, Retry
from diorama.protocol.states import FINAL, SessionState

DISCONNECTED, FAILED = SessionState.DISCONNECTED, SessionState.FAILED
NEVER, NEW, RESUME = Retry.NEVER, Retry.NEW_SESSION, Retry.RESUME

DESIGN = {
    1000: ("normal", DISCONNECTED, NEVER, None),
    1001: ("going away", DISCONNECTED, NEVER, None),
    1006: ("abnormal", FAILED, RESUME, None),
    4000: ("project disabled", DISCONNECTED, NEVER, None),
    4001: ("no worker available", FAILED, NEW, None),
    4002: ("app not found", FAILED, NEVER, None),
    4003: ("app unable to launch", FAILED, NEW, 1),
    4004: ("time limit", DISCONNECTED, NEW, None),
    4005: ("streamer not found", FAILED, NEW, 1),
    4006: ("app crashed", FAILED, NEW, None),
    4007: ("reconnection failed", FAILED, NEW, None),
    4010: ("limit reached", FAILED, NEW, None),
    4011: ("superseded", DISCONNECTED, NEVER, None),
    4012: ("ended by operator", DISCONNECTED, NEVER, None),
    4013: ("unauthorized", FAILED, NEVER, None),
    4014: ("draining", DISCONNECTED, NEW, None),
}


def test_the_registry_is_the_table_of_the_design() -> None:
    registry = {
        code.value: (entry.name, entry.ends, entry.retry, entry.retry_limit)
        for code, entry in END_CODES.items()
    }

    assert registry == DESIGN


def test_every_code_has_one_row() -> None:
    assert list(END_CODES) == list(EndCode)
    assert all(code is entry.code for code, entry in END_CODES.items())


def test_no_two_codes_share_a_name_or_a_sentence() -> None:
    entries = END_CODES.values()

    assert len({entry.name for entry in entries}) == len(entries)
    assert len({entry.viewer for entry in entries}) == len(entries)


def test_a_reason_belongs_to_one_code() -> None:
    reasons = [reason for entry in END_CODES.values() for reason in entry.reasons]

    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("code", EndCode)
def test_a_code_ends_in_a_final_state_and_says_why(code: EndCode) -> None:
    entry = END_CODES[code]

    assert entry.ends in FINAL
    assert entry.reasons
    assert all(reason.isidentifier() and reason.islower() for reason in entry.reasons)


@pytest.mark.parametrize("code", EndCode)
def test_viewer_and_operator_are_told_in_sentences(code: EndCode) -> None:
    entry = END_CODES[code]

    for sentence in (entry.viewer, entry.operator):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "|" not in sentence, "would break the tables of the docs"


@pytest.mark.parametrize("code", EndCode)
def test_only_a_new_session_is_tried_a_limited_number_of_times(code: EndCode) -> None:
    entry = END_CODES[code]

    assert entry.retry_limit is None or (entry.retry is NEW and entry.retry_limit > 0)


@pytest.mark.parametrize("code", EndCode)
def test_a_websocket_can_be_closed_with_every_code_but_the_one_that_means_it_was_not(
    code: EndCode,
) -> None:
    """RFC 6455 section 7.4: 1006 is never sent, 4000 to 4999 are an application's own."""
    assert code in {EndCode.NORMAL, EndCode.GOING_AWAY, EndCode.ABNORMAL} or 4000 <= code <= 4999


def test_an_end_has_one_of_its_codes_reasons() -> None:
    assert End(EndCode.TIME_LIMIT, "afk_timeout").entry.ends is DISCONNECTED
    with pytest.raises(AssertionError, match="TIME_LIMIT has no reason 'page_left'"):
        End(EndCode.TIME_LIMIT, "page_left")
