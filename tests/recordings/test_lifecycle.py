"""What becomes of a recording, and when something is due to it."""

from dataclasses import replace

import pytest

from diorama.kernel.units import DAY_US, HOUR_US, MINUTE_US
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Frame
from diorama.recordings.lifecycle import (
    LOOK_AGAIN_US,
    NEXT,
    UPLOAD_LASTS_US,
    UPLOAD_WITHIN_US,
    Recording,
    RecordingState,
    Source,
    StoredFile,
    begun,
    begun_again,
    completed,
    deleted,
    failed,
    holder_ended,
    is_forgotten,
    purged,
    uploading,
)

NOW_US = 1_000 * DAY_US
FACTS = RecordedFacts(width=640, height=360, fps=30, frames=300, duration_us=10_000_000)
FILES = (StoredFile(name="video.mp4", bytes=1_000), StoredFile(name="thumbnail.jpg", bytes=24))
NEW = begun(
    Recording(
        id="rec_1",
        account_id="acc_1",
        project_id="prj_1",
        source=Source(kind="session", id="ses_1"),
        end_user=None,
        frame=Frame(),
        keep_us=30 * DAY_US,
        created_us=NOW_US,
    )
)


def test_a_recording_that_nobody_ends_is_looked_after_all_the_same() -> None:
    assert NEW.due_us == NOW_US + LOOK_AGAIN_US


def test_files_are_due_soon_after_what_is_recorded_has_ended() -> None:
    ended = holder_ended(NEW, NOW_US + HOUR_US, NOW_US + HOUR_US + 5)

    assert ended.ended_us == NOW_US + HOUR_US
    assert ended.due_us == NOW_US + HOUR_US + 5 + UPLOAD_WITHIN_US
    assert not is_forgotten(ended, ended.due_us - 1)
    assert is_forgotten(ended, ended.due_us)


def test_an_end_that_is_told_twice_puts_nothing_off() -> None:
    ended = holder_ended(NEW, NOW_US, NOW_US)

    assert holder_ended(ended, NOW_US + HOUR_US, NOW_US + HOUR_US) == ended


def test_an_upload_that_has_begun_is_given_its_time() -> None:
    ended = holder_ended(NEW, NOW_US, NOW_US)

    under_way = uploading(ended, FILES, NOW_US + UPLOAD_WITHIN_US - 1)

    assert under_way.announced == FILES
    assert under_way.due_us == NOW_US + UPLOAD_WITHIN_US - 1 + UPLOAD_LASTS_US


def test_an_end_leaves_an_upload_that_has_begun_its_time() -> None:
    under_way = uploading(NEW, FILES, NOW_US)

    assert holder_ended(under_way, NOW_US, NOW_US).due_us == NOW_US + UPLOAD_LASTS_US


def test_what_is_complete_has_its_files_and_is_kept_as_long_as_its_project_says() -> None:
    ready = completed(uploading(NEW, FILES, NOW_US), FACTS, NOW_US, keep_at_most_us=90 * DAY_US)

    assert (ready.state, ready.files, ready.bytes) == (RecordingState.READY, FILES, 1_024)
    assert ready.expires_us == ready.due_us == NOW_US + 30 * DAY_US


def test_nothing_is_kept_longer_than_the_gateway_keeps_anything() -> None:
    ready = completed(uploading(NEW, FILES, NOW_US), FACTS, NOW_US, keep_at_most_us=DAY_US)

    assert ready.expires_us == NOW_US + DAY_US


def test_a_worker_whose_clock_is_ahead_begins_no_recording_in_the_future() -> None:
    facts = RecordedFacts(
        width=2, height=2, fps=1, frames=1, duration_us=1, started_us=NOW_US + HOUR_US
    )

    ready = completed(uploading(NEW, FILES, NOW_US), facts, NOW_US, keep_at_most_us=DAY_US)

    assert ready.started_us == NOW_US


@pytest.mark.parametrize(
    ("state", "next_states"),
    [
        (RecordingState.RECORDING, {"ready", "failed", "deleted"}),
        (RecordingState.READY, {"deleted"}),
        (RecordingState.FAILED, {"deleted", "recording"}),
        (RecordingState.DELETED, set()),
    ],
)
def test_each_state_leads_where_the_table_says(
    state: RecordingState, next_states: set[str]
) -> None:
    assert NEXT[state] == next_states


def test_what_is_ready_cannot_fail() -> None:
    ready = completed(uploading(NEW, FILES, NOW_US), FACTS, NOW_US, keep_at_most_us=DAY_US)

    with pytest.raises(AssertionError, match="it cannot become failed"):
        failed(ready, "too_late", NOW_US)


def test_what_failed_is_begun_anew_for_another_worker_with_another_token() -> None:
    again = begun_again(failed(NEW, "encoder_failed", NOW_US), NOW_US + MINUTE_US)

    assert (again.state, again.issue, again.error) == (RecordingState.RECORDING, 2, None)
    assert (again.ended_us, again.due_us) == (None, NOW_US + MINUTE_US + LOOK_AGAIN_US)


def test_files_are_removed_once_more_after_the_last_upload_that_could_still_go_on() -> None:
    gone = deleted(uploading(NEW, FILES, NOW_US), NOW_US)

    once = purged(gone, NOW_US + 1)
    twice = purged(once, NOW_US + UPLOAD_LASTS_US)

    assert gone.due_us == NOW_US
    assert once.due_us == NOW_US + UPLOAD_LASTS_US
    assert twice.due_us is None


def test_files_that_nobody_uploads_are_removed_once() -> None:
    assert purged(deleted(NEW, NOW_US), NOW_US + 1).due_us is None


def test_what_was_deleted_shows_no_files() -> None:
    ready = completed(uploading(NEW, FILES, NOW_US), FACTS, NOW_US, keep_at_most_us=DAY_US)

    gone = deleted(ready, NOW_US + 1)

    assert (gone.files, gone.bytes, gone.deleted_us) == ((), 0, NOW_US + 1)
    assert replace(gone, due_us=None).facts == FACTS
