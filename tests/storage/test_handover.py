"""Who is let in, and what is said to those who wait too long. No database, no thread."""

import asyncio

import pytest

from diorama.kernel.errors import Unavailable
from diorama.storage.database import Transaction
from diorama.storage.handover import Handover

LONG_S = 60


def answer(_: Transaction) -> str:
    return "answer"


def ask(handover: Handover, *, timeout_s: float = LONG_S) -> asyncio.Task[str]:
    return asyncio.create_task(handover.ask(answer, reads_only=False, timeout_s=timeout_s))


async def test_a_unit_nobody_began_in_time_is_never_begun() -> None:
    handover = Handover()
    waiting = ask(handover, timeout_s=0)

    with pytest.raises(Unavailable, match="nothing was written") as refusal:
        await waiting

    job = handover.next()
    assert job
    assert not job.claim()
    assert refusal.value.code == "overloaded"


async def test_of_a_unit_that_was_begun_nobody_says_that_nothing_was_written() -> None:
    handover = Handover()
    waiting = ask(handover, timeout_s=0)
    await asyncio.sleep(0)
    job = handover.next()
    assert job
    assert job.claim()

    with pytest.raises(Unavailable, match="may yet be applied") as refusal:
        await waiting
    assert refusal.value.code == "commit_unknown"


async def test_who_does_not_fit_is_sent_away_at_once() -> None:
    handover = Handover(capacity=2)
    inside = [ask(handover), ask(handover)]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable, match="2 units in line") as refusal:
        await ask(handover)

    assert refusal.value.code == "overloaded"
    for task in inside:
        task.cancel()


async def test_an_answer_makes_room_for_the_next() -> None:
    handover = Handover(capacity=1)
    first = ask(handover)
    await asyncio.sleep(0)
    job = handover.next()
    assert job

    job.result = "done"
    handover.answer([job])
    assert await first == "done"

    second = ask(handover, timeout_s=0)
    with pytest.raises(Unavailable, match="did not get to"):
        await second


async def test_answers_to_those_who_left_are_dropped() -> None:
    handover = Handover()
    gone, there = ask(handover), ask(handover)
    await asyncio.sleep(0)
    jobs = [handover.next(), handover.next()]
    gone.cancel()
    await asyncio.sleep(0)

    handover.answer(job for job in jobs if job)

    assert await there is None


async def test_after_a_failure_everybody_is_told_the_first_reason() -> None:
    handover = Handover()
    handover.refuse(Unavailable("the disk broke", code="storage_failed"))
    handover.close(threads=1)

    for _ in range(2):
        with pytest.raises(Unavailable, match="the disk broke") as refusal:
            await ask(handover)
        assert refusal.value.code == "storage_failed"
    assert handover.next() is None
