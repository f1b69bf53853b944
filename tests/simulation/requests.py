"""A request to a gateway of the simulated world, below HTTP, and an answer that may never come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from diorama.kernel.errors import DioramaError
from tests.simulation.gateway import Gateway
from tests.simulation.network import Network

T = TypeVar("T")
Ask = Callable[[Gateway], Awaitable[T]]


async def request(
    network: Network,
    gateway: Gateway,
    ask: Ask[T],
    *,
    within_s: float,
    reaches: Callable[[], bool] = lambda: True,
) -> T:
    """Ask a gateway once, and return what it answers. `reaches`: whether the net is there at all.

    Raises:
        DioramaError: what it refuses with.
        TimeoutError: no answer came; what was asked for may have been done.
    """
    await asyncio.sleep(network.delay_s())
    if not gateway.is_up or not reaches():
        raise TimeoutError
    answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    gateway.process.spawn(_answer(gateway, ask, answer))
    async with asyncio.timeout(within_s):
        found = await answer
    await asyncio.sleep(network.delay_s())
    if not reaches() or network.rng.random() < network.weather.cut * 5:
        network.counts["lost_answer"] += 1
        raise TimeoutError
    return found


async def _answer(gateway: Gateway, ask: Ask[T], answer: "asyncio.Future[T]") -> None:
    try:
        found = await ask(gateway)
    except DioramaError as error:
        if not answer.done():
            answer.set_exception(error)
    else:
        if not answer.done():
            answer.set_result(found)
