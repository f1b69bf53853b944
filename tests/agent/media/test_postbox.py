import asyncio
import threading

from diorama.agent.media.postbox import MAX_WAITING, Postbox


async def settle() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def post_three(postbox: Postbox, heard: list[tuple[int, int]]) -> None:
    for i in range(3):
        postbox.post_message(lambda i=i: heard.append((i, threading.get_ident())))  # type: ignore[misc] # mypy infers no lambda with a default


async def test_what_another_thread_posts_is_delivered_on_the_loop_in_order() -> None:
    postbox = Postbox(asyncio.get_running_loop())
    heard: list[tuple[int, int]] = []
    await asyncio.to_thread(post_three, postbox, heard)
    await settle()

    assert heard == [(i, threading.get_ident()) for i in range(3)]


async def test_messages_past_the_bound_are_dropped_and_counted() -> None:
    postbox = Postbox(asyncio.get_running_loop())
    heard: list[int] = []
    for i in range(MAX_WAITING + 5):
        postbox.post_message(lambda i=i: heard.append(i))  # type: ignore[misc] # mypy infers no lambda with a default
    await settle()

    assert heard == list(range(MAX_WAITING))
    assert postbox.dropped == 5


async def test_what_was_delivered_makes_room() -> None:
    postbox = Postbox(asyncio.get_running_loop())
    for _ in range(MAX_WAITING):
        postbox.post_message(lambda: None)
    await settle()
    postbox.post_message(lambda: None)

    assert postbox.dropped == 0


async def test_events_pass_even_when_messages_do_not() -> None:
    postbox = Postbox(asyncio.get_running_loop())
    heard: list[str] = []
    for _ in range(MAX_WAITING + 1):
        postbox.post_message(lambda: None)
    postbox.post(lambda: heard.append("state"))
    await settle()

    assert heard == ["state"]


async def test_nothing_is_delivered_after_close() -> None:
    postbox = Postbox(asyncio.get_running_loop())
    heard: list[str] = []
    postbox.post(lambda: heard.append("late"))
    postbox.close()
    await settle()

    assert heard == []


def test_a_closed_loop_hears_nothing_and_nobody_minds() -> None:
    loop = asyncio.new_event_loop()
    loop.close()

    Postbox(loop).post(lambda: None)
