"""Watching a session over WHEP, below HTTP: an offer in, the worker's answer out.

The offer is left in the store, and the gateway that has the worker's socket passes it on; its
answer comes back the same way. So it is the same whether that gateway is this one or another: a
hint brings either within milliseconds, and a look each second makes a lost one harmless.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

from diorama.accounts.credentials import SpectatorToken, read_spectator
from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub
from diorama.gateway.ice import Ice
from diorama.gateway.watching import Watch
from diorama.kernel.errors import DioramaError, Invalid, NotFound, Refused, Unavailable
from diorama.protocol.media import IceServer
from diorama.protocol.spectator_views import WatchView
from diorama.sessions.spectating import (
    ANSWER_WITHIN_S,
    begin_watch,
    end_watch,
    leave_watch,
    look_at_watch,
    watch_view,
)
from diorama.sessions.spectator_store import Watch as Place

MAX_OFFER_BYTES: Final = 64 * 1024
SHOWN_WITHIN_S: Final = 3.0
"""How long a spectator waits for a world that is about to show something."""
_LOOK_EVERY_S: Final = 1.0
_LOOK_AGAIN_S: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of an offer: the answer, and what it is to be ended by."""

    session_id: str
    watch_id: str
    answer: str


class Whep:
    """Answers offers of spectators.

    Args:
        desk: runs use cases.
        hub: says what changed.
        secret: signs tokens.
        ice: which STUN and TURN servers spectators use.
    """

    def __init__(self, desk: Desk, hub: Hub, secret: bytes, ice: Ice) -> None:
        self._desk = desk
        self._hub = hub
        self._secret = secret
        self._ice = ice

    def ice_servers(self, token: SpectatorToken) -> tuple[IceServer, ...]:
        """Return the ICE servers for whose token opened something just now."""
        return self._ice.spectator(token.session_id, token.spectator_id)

    def token(self, text: str) -> SpectatorToken:
        """Return what a genuine token says.

        Raises:
            Unauthorized: it is none of ours (`token_refused`).
        """
        return read_spectator(text, self._secret)

    async def watch(self, token: SpectatorToken, offer: str) -> Watched:
        """Take an offer to the session's worker, and return its answer.

        Raises:
            DioramaError: what `sessions.spectating.begin_watch` refuses; Invalid (`bad_offer`,
                `offer_not_acceptable`); Refused (`spectators_unsupported`, `session_not_live`);
                NotFound (`session_ended`); Unavailable (`worker_silent`).
        """
        if not offer.startswith("v=0") or "\0" in offer:
            raise Invalid("the body is no SDP: it does not start with v=0", code="bad_offer")
        with self._hub.watches.watch() as news:
            watch = await self._begin(token, offer, news)
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    while watch.state == "asked":
                        await news.wait(within_s=_LOOK_EVERY_S)
                        news.take()
                        watch = await self._desk.look(partial(look_at_watch, watch=watch))
            except TimeoutError:
                await self._give_up(watch)
                raise Unavailable(
                    f"the worker of session {watch.session_id} did not answer"
                    f" within {ANSWER_WITHIN_S:g} s",
                    code="worker_silent",
                ) from None
            except asyncio.CancelledError:
                await asyncio.shield(self._give_up(watch))  # nobody is there to be answered
                raise
        if watch.state == "ended":
            raise _refusal(watch)
        return Watched(session_id=watch.session_id, watch_id=watch.id, answer=watch.answer)

    async def _begin(self, token: SpectatorToken, offer: str, news: Watch) -> Place:
        """Take a place; who comes a moment before the first picture is known of waits for that."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + SHOWN_WITHIN_S
        while True:
            try:
                return await self._desk.do(lambda work: begin_watch(work, token, offer))
            except Refused as error:
                if error.code != "session_not_live" or loop.time() >= until_s:
                    raise
            await news.wait(within_s=_LOOK_AGAIN_S)
            news.take()

    async def leave(self, token: SpectatorToken, watch_id: str) -> bool:
        """End a watch as its holder asks; False where it had ended.

        Raises:
            NotFound: this token has no such watch (`watch_unknown`).
        """
        return await self._desk.do(lambda work: leave_watch(work, token, watch_id))

    async def view(self, token: SpectatorToken, watch_id: str | None) -> WatchView:
        """Return a session as a spectator may see it, and how their watch fares."""
        return await self._desk.look(lambda work: watch_view(work, token, watch_id))

    async def _give_up(self, watch: Place) -> None:
        await self._desk.do(
            lambda work: end_watch(work, watch.session_id, watch.id, "not_answered")
        )


def _refusal(watch: Place) -> DioramaError:
    match watch.refusal:
        case "bad_offer":
            return Invalid("the offer cannot be used", code="bad_offer")
        case "offer_not_acceptable":
            return Invalid(
                "the offer takes no video that the worker can send: H264 or VP8, received only",
                code="offer_not_acceptable",
            )
        case "":
            return NotFound(f"session {watch.session_id} has ended", code="session_ended")
        case "session_not_here":
            return Refused(
                f"session {watch.session_id} shows nothing now",
                code="session_not_live",
                detail={"retry_after_s": 1},
            )
        case refusal:
            return Refused("the worker takes no spectator now", code=refusal)
