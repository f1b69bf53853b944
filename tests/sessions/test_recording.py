"""Recordings from their beginning to the removal of their files, on each database."""

from functools import partial

import pytest

from diorama.accounts.plans import FREE, Account
from diorama.kernel.errors import NotFound, Unauthorized
from diorama.kernel.units import DAY_US, SECOND_US
from diorama.projects.rules import RecordingRules, Rules
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Frame, Keeping
from diorama.recordings.lifecycle import (
    LOOK_AGAIN_US,
    UPLOAD_LASTS_US,
    UPLOAD_WITHIN_US,
    Recording,
    RecordingState,
    Source,
    StoredFile,
)
from diorama.recordings.store import RecordingFilter
from diorama.recordings.tokens import UploadToken
from diorama.sessions.lifecycle import Session
from diorama.sessions.recording import (
    begin_recording,
    begin_upload,
    complete_upload,
    delete_recording,
    due_recordings,
    fail_recording,
    fail_upload,
    files_removed,
    files_stayed,
    keeping_of,
    recording_id_of,
    recording_of,
    tend,
)
from diorama.sessions.work import Work, recorded_ended
from diorama.sessions.working import wanted
from tests.sessions.house import ACCOUNT, House, Rig, project

RECORDED = project(rules=Rules(recording=RecordingRules(enabled=True, max_height=480, fps=20)))
RUN = Source(kind="simulation", id="sim_1", run="run_1", script=0)
FILES = (StoredFile(name="video.mp4", bytes=9), StoredFile(name="thumbnail.jpg", bytes=3))
FACTS = RecordedFacts(width=640, height=360, fps=20, frames=40, duration_us=2_000_000)


async def all_of(house: House, **wanted: object) -> list[Recording]:
    fits = RecordingFilter(**wanted)  # type: ignore[arg-type] # words of a filter
    return await house.look(
        lambda work: work.stores.recordings.listed(ACCOUNT, fits, after=None, limit=50)
    )


async def the_one(house: House) -> Recording:
    (found,) = await all_of(house)
    return found


async def recorded_session(house: House) -> tuple[Rig, Session]:
    await house.build(projects=[RECORDED])
    rig = await house.worker()
    return rig, await house.streaming(rig)


async def begin_run(house: House, source: Source = RUN) -> Keeping:
    return await house.do(
        lambda work: begin_recording(work, source, project=project(), frame=Frame(fps=10))
    )


def token_of(recording: Recording) -> UploadToken:
    return UploadToken(recording.id, recording.issue)


async def upload(house: House, recording: Recording) -> Recording:
    token = token_of(recording)
    await house.do(partial(begin_upload, token=token, files=FILES))
    return await house.do(
        partial(complete_upload, token=token, facts=FACTS, files=FILES, keep_at_most_us=90 * DAY_US)
    )


async def tend_all(house: House) -> list[Recording]:
    """Do what is due as a gateway does; return what files are to be removed of."""
    found = [
        await house.do(partial(tend, recording_id=one)) for one in await house.look(due_recordings)
    ]
    return [one for one in found if one is not None]


async def pass_time(house: House, us: int) -> None:
    house.clock.step(seconds=us / SECOND_US)


async def test_a_session_of_a_project_that_records_is_one_recording(house: House) -> None:
    rig, session = await recorded_session(house)
    await rig.media(session, "lost")
    await house.attach(session)
    await rig.start_world(session)
    await rig.media(session, "connected")

    found = await the_one(house)
    seen = await house.session(session)

    assert found.source == Source(kind="session", id=session.id)
    assert found.state is RecordingState.RECORDING
    assert found.id == recording_id_of(seen)


async def test_a_worker_is_told_to_keep_what_the_project_records(house: House) -> None:
    rig, session = await recorded_session(house)
    found = await the_one(house)

    (slot,) = await house.look(partial(wanted, worker_id=rig.worker.id))

    assert slot.assign is not None
    assert slot.assign.keeping == Keeping(
        recording=found.id,
        upload_token=f"dup_{found.id}.1",
        frame=Frame(height=480, fps=20),
    )
    assert slot.assign.session == session.id


async def test_nothing_is_kept_of_a_project_that_does_not_record(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)

    (slot,) = await house.look(partial(wanted, worker_id=rig.worker.id))

    assert slot.assign is not None
    assert slot.assign.keeping is None
    assert recording_id_of(session) is None
    assert await all_of(house) == []


async def test_a_session_whose_world_never_ran_has_no_recording(house: House) -> None:
    await house.build(projects=[RECORDED])
    rig = await house.worker()
    session = (await house.open()).session
    await rig.accept(session)
    await rig.world_ended(session, "failed_to_start")

    assert await all_of(house) == []
    assert recording_id_of(await house.session(session)) is None


async def test_a_session_that_moves_to_another_worker_is_kept_there(house: House) -> None:
    await house.build(projects=[RECORDED])
    first = await house.worker("one")
    session = (await house.open()).session
    await first.accept(session)
    second = await house.worker("two")
    await first.world_ended(session, "failed_to_start")
    moved = await second.stream(await house.session(session))

    (slot,) = await house.look(partial(wanted, worker_id=second.worker.id))
    found = await the_one(house)

    assert slot.assign is not None
    assert slot.assign.keeping is not None
    assert slot.assign.keeping.recording == found.id == recording_id_of(moved)


async def test_what_is_uploaded_of_a_session_is_ready_once(house: House) -> None:
    _, session = await recorded_session(house)
    await house.end(session)
    recording = await the_one(house)

    ready = await upload(house, recording)
    await pass_time(house, 60 * SECOND_US)
    again = await house.do(
        partial(
            complete_upload,
            token=token_of(recording),
            facts=RecordedFacts(width=2, height=2, fps=1, frames=1, duration_us=1),
            files=(),
            keep_at_most_us=1,
        )
    )

    assert (ready.state, ready.files, ready.facts) == (RecordingState.READY, FILES, FACTS)
    assert again == ready == await the_one(house)


async def test_a_session_that_ends_leaves_its_worker_time_to_upload_and_no_more(
    house: House,
) -> None:
    _, session = await recorded_session(house)
    await house.end(session)
    await pass_time(house, UPLOAD_WITHIN_US - 1)

    early = await tend_all(house)
    await pass_time(house, 1)
    (late,) = await tend_all(house)

    assert early == []
    assert (late.state, late.error) == (RecordingState.FAILED, "never_uploaded")
    with pytest.raises(Unauthorized, match="opens nothing"):
        await house.do(partial(begin_upload, token=token_of(late), files=FILES))


async def test_a_session_that_goes_on_for_long_is_recorded_on(house: House) -> None:
    await recorded_session(house)
    await pass_time(house, LOOK_AGAIN_US)

    assert await tend_all(house) == []
    assert (await the_one(house)).state is RecordingState.RECORDING


async def test_a_run_that_nobody_ends_fails_in_the_end(house: House) -> None:
    await house.build()
    await begin_run(house)
    await pass_time(house, LOOK_AGAIN_US)

    (found,) = await tend_all(house)

    assert found.error == "never_uploaded"


async def test_what_is_kept_is_deleted_when_its_time_is_over_and_its_files_after(
    house: House,
) -> None:
    await house.build()
    await begin_run(house)
    await house.do(partial(recorded_ended, holder="run_1", at_us=house.clock.now_us()))
    ready = await upload(house, await the_one(house))
    await pass_time(house, 30 * DAY_US - 1)
    early = await tend_all(house)
    await pass_time(house, 1)
    (gone,) = await tend_all(house)

    await house.do(partial(files_stayed, recording_id=gone.id))
    assert await house.look(due_recordings) == []
    await pass_time(house, 30 * SECOND_US)
    assert await tend_all(house) != []
    await house.do(partial(files_removed, recording_id=gone.id))

    assert early == []
    assert gone.state is RecordingState.DELETED
    assert ready.expires_us == ready.due_us
    await pass_time(house, 30 * DAY_US)
    assert await house.look(due_recordings) == []


async def test_the_second_attempt_of_a_run_makes_the_first_ones_token_worthless(
    house: House,
) -> None:
    await house.build()
    first = await begin_run(house)
    old = token_of(await the_one(house))
    await house.do(partial(begin_upload, token=old, files=FILES))
    second = await begin_run(house)
    recording = await the_one(house)

    assert first.recording == second.recording == recording.id
    assert first.upload_token != second.upload_token
    assert await house.look(partial(keeping_of, holder="run_1")) == second
    for refused in (
        partial(begin_upload, token=old, files=FILES),
        partial(complete_upload, token=old, facts=FACTS, files=FILES, keep_at_most_us=DAY_US),
        partial(fail_upload, token=old, reason="encoder_failed"),
    ):
        with pytest.raises(Unauthorized, match="opens nothing"):
            await house.do(refused)
    assert (await upload(house, recording)).state is RecordingState.READY


async def test_a_run_whose_first_upload_failed_is_recorded_by_its_second_attempt(
    house: House,
) -> None:
    await house.build()
    await begin_run(house)
    token = token_of(await the_one(house))
    await house.do(partial(fail_upload, token=token, reason="encoder_failed"))
    await house.do(partial(fail_upload, token=token, reason="encoder_failed"))
    failed = await the_one(house)
    await begin_run(house)

    assert (failed.state, failed.error) == (RecordingState.FAILED, "encoder_failed")
    assert (await upload(house, await the_one(house))).issue == 2


async def test_only_what_was_announced_makes_a_recording_complete(house: House) -> None:
    await house.build()
    await begin_run(house)
    token = token_of(await the_one(house))
    await house.do(partial(begin_upload, token=token, files=FILES[:1]))

    with pytest.raises(Unauthorized, match="opens nothing"):
        await house.do(
            partial(complete_upload, token=token, facts=FACTS, files=FILES, keep_at_most_us=DAY_US)
        )


async def test_who_deletes_a_recording_that_is_being_made_gets_none(house: House) -> None:
    _, session = await recorded_session(house)
    recording = await the_one(house)
    delete = partial(delete_recording, account_id=ACCOUNT, recording_id=recording.id, actor="key:1")
    gone = await house.do(delete)
    await house.end(session)

    with pytest.raises(Unauthorized, match="opens nothing"):
        await house.do(partial(begin_upload, token=token_of(recording), files=FILES))
    assert gone.state is RecordingState.DELETED
    assert await house.do(delete) == await house.look(
        partial(recording_of, account_id=ACCOUNT, recording_id=recording.id)
    )
    assert [one.id for one in await tend_all(house)] == [recording.id]


async def test_files_of_an_upload_that_was_cut_short_are_removed_once_more(house: House) -> None:
    await house.build()
    await begin_run(house)
    recording = await the_one(house)
    await house.do(partial(begin_upload, token=token_of(recording), files=FILES))
    await house.do(partial(fail_recording, holder="run_1", reason="worker_lost"))
    (first,) = await tend_all(house)
    await house.do(partial(files_removed, recording_id=first.id))
    await pass_time(house, UPLOAD_LASTS_US)
    (second,) = await tend_all(house)
    await house.do(partial(files_removed, recording_id=second.id))

    assert first.error == second.error == "worker_lost"
    assert await house.look(due_recordings) == []


async def test_nobody_sees_or_deletes_what_is_another_accounts(house: House) -> None:
    await house.build()

    def found_another(work: Work) -> None:
        account = Account.under(FREE, account_id="acc_other", name="other")
        work.stores.accounts.add(account)

    await house.do(found_another)
    await begin_run(house)
    recording = await the_one(house)

    for who, what in (("acc_other", recording.id), (ACCOUNT, "rec_none"), (ACCOUNT, "rec_\0")):
        with pytest.raises(NotFound):
            await house.look(partial(recording_of, account_id=who, recording_id=what))
        with pytest.raises(NotFound):
            await house.do(
                partial(delete_recording, account_id=who, recording_id=what, actor="key:1")
            )


async def test_recordings_are_listed_newest_first_by_what_is_asked(house: House) -> None:
    await house.build()
    for number in range(3):
        house.clock.step(seconds=1)
        await begin_run(
            house,
            Source(kind="simulation", id=f"sim_{number // 2}", run=f"run_{number}", script=0),
        )
    newest, middle, oldest = await all_of(house)
    await house.do(
        partial(delete_recording, account_id=ACCOUNT, recording_id=middle.id, actor="key:1")
    )

    after = await house.look(
        lambda work: work.stores.recordings.listed(
            ACCOUNT, RecordingFilter(), after=newest.id, limit=1
        )
    )

    assert [one.source.run for one in (newest, middle, oldest)] == ["run_2", "run_1", "run_0"]
    assert after == [oldest]
    assert await all_of(house) == [newest, oldest]
    assert [one.id for one in await all_of(house, state=RecordingState.DELETED)] == [middle.id]
    assert await all_of(house, source_id="sim_0") == [oldest]
    assert await all_of(house, kind="session") == []
    assert await all_of(house, project_id="prj_cove") == [newest, oldest]
