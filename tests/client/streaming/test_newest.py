import asyncio

from diorama.client.streaming.newest import Newest


async def test_things_are_had_in_their_order_each_once() -> None:
    newest: Newest[int] = Newest(3)
    for thing in (1, 2, 3):
        newest.put(thing)

    assert [await newest.next() for _ in range(3)] == [1, 2, 3]


async def test_the_newest_push_the_oldest_out_and_are_counted() -> None:
    newest: Newest[int] = Newest(2)
    for thing in range(5):
        newest.put(thing)

    assert [await newest.next(), await newest.next()] == [3, 4]
    assert (newest.received, newest.dropped) == (5, 3)


async def test_who_waits_is_given_the_next() -> None:
    newest: Newest[int] = Newest(1)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(newest.next())
        await asyncio.sleep(0)
        newest.put(7)

    assert waiting.result() == 7


async def test_what_is_kept_can_be_had_after_the_close_and_then_nothing() -> None:
    newest: Newest[int] = Newest(2)
    newest.put(1)
    newest.close()
    newest.put(2)

    assert [await newest.next(), await newest.next(), await newest.next()] == [1, None, None]
    assert newest.received == 1


async def test_a_close_is_told_to_all_who_wait() -> None:
    newest: Newest[int] = Newest(1)
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(newest.next()) for _ in range(3)]
        await asyncio.sleep(0)
        newest.close()

    assert [task.result() for task in waiting] == [None, None, None]
