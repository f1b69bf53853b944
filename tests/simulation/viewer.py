"""A viewer of the simulated world: a page with the web SDK, and the person before it.

The page follows the SDK's rules (`web/packages/sdk/src/core`): an unanswered request is asked again
under its own key, a lost socket is repaired with backoff while media may flow on, an end is final
and its `retry` decides about another session. The person comes, does things or nothing, reloads,
leaves in order or not at all, opens a second tab.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from diorama.kernel.errors import DioramaError, LimitReached, Unavailable
from diorama.protocol import viewer as wire
from diorama.protocol.end_codes import END_CODES, EndCode, Retry
from diorama.protocol.media import Answer, Offer, Restart
from diorama.protocol.views import EndView, OpenedSession, SessionView
from diorama.sessions.opening import Opening
from tests.simulation.gateway import Gateway, Surroundings
from tests.simulation.machine import Process
from tests.simulation.network import Closed, Connection
from tests.simulation.pictures import Devices, Path, ViewerMedia

DELAYS_S: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
ASK_FOR_S: Final = 60.0
ANSWER_WITHIN_S: Final = 15.0
OPEN_WITHIN_S: Final = 10.0
SILENT_BEATS: Final = 2.5
MEDIA_LOOK_S: Final = 2.0
ICE_AFTER_S: Final = 6.0
PEER_AFTER_S: Final = 10.0
PEER_AGAIN_S: Final = 10.0
MAX_SESSIONS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who asks, for what, and how the stay will go."""

    name: str
    project: str
    client_id: str | None
    end_user: str | None
    account_id: str | None
    stays_s: float
    input_every_s: float  # longer than the warning means an idle viewer
    priority: str | None
    leaves: str  # how it goes: bye, close, vanish


class Viewer:
    """One tab."""

    def __init__(
        self,
        around: Surroundings,
        devices: Devices,
        person: Person,
        rng: random.Random,
        counts: Counter[str],
    ) -> None:
        self.around = around
        self.person = person
        self.rng = rng
        self.process = Process(around.loop, person.name)
        self.path = Path()
        self.is_offline = False
        self.is_gone = False
        self.session: SessionView | None = None
        self._devices = devices
        self._counts = counts
        self._token: str | None = None
        self._line: Connection | None = None
        self._media: ViewerMedia | None = None
        self._requests = 0
        self._heartbeat_s = 5.0
        self._resume_s = 60.0
        self._shown_attachment: int | None = None
        around.pages.append(self.process)

    def open_page(self) -> None:
        """Load the page."""
        self.process.spawn(self._run())

    # What happens to it

    def vanish(self) -> None:
        """Be gone without a word: the browser was killed, or the machine lost its power."""
        self.is_gone = True
        self.process.kill()
        if self._line is not None:
            self._line.client_died(is_told=self.rng.random() < 0.5)
        self._line = None

    def go_offline(self) -> None:
        """Lose the network: nothing comes or goes, and nobody is told."""
        self.is_offline = True
        self.path.is_up = False
        if self._line is not None:
            self._line.is_silent = True

    def come_online(self) -> None:
        """Have the network again."""
        self.is_offline = False
        self.path.is_up = True

    def lose_socket(self) -> None:
        """Lose the socket alone: media flows on."""
        if self._line is not None:
            self._line.cut(gateway_notices=self.rng.random() < 0.7)

    def reload(self) -> "Viewer":
        """Reload the page: the old one says that it is left, the new one has the same client id."""
        if self.process.runs:
            self._say_leaving(1001)
        self.is_gone = True
        self.process.kill()
        if self._line is not None:
            self._line.close(1001)
        again = Viewer(self.around, self._devices, self.person, self.rng, self._counts)
        again.process.name = self.process.name + "'"
        again.open_page()
        return again

    def second_tab(self) -> "Viewer":
        """Open the same page again: the same client, and the older tab is superseded."""
        again = Viewer(self.around, self._devices, self.person, self.rng, self._counts)
        again.process.name += f"+{self.around.loop.now_us}"
        again.open_page()
        return again

    def leave(self) -> None:
        """Go as this person goes."""
        if self.is_gone:
            return
        if self.person.leaves == "vanish" or not self.process.runs:
            self.vanish()
            return
        code = 1000 if self.person.leaves == "bye" else 1001
        self._say_leaving(code)
        self.is_gone = True
        self.process.kill()
        if self._line is not None:
            self._line.close(code)

    def _say_leaving(self, code: int) -> None:
        """Say it by every way there is."""
        if self._media is not None and self.path.is_up:
            self._media.said_bye = code
        if self._line is not None:
            self._line.say(wire.Bye(code=1000 if code == 1000 else 1001))
        gateway = self._gateway()
        if self.session is not None and gateway is not None and not self.is_offline:
            issue = int((self._token or "0.0.0").split(".")[1])
            gateway.process.spawn(_quietly(gateway, self.session.id, issue, code))

    def touch(self) -> None:
        """Do something in the world."""
        if self._media is not None:
            self._media.last_input_us = self.around.loop.now_us

    # The page

    async def _run(self) -> None:
        for _ in range(MAX_SESSIONS):
            end = await self._one_session()
            if end is None:
                break
            self._counts[f"end_{end.code}"] += 1
            if end.retry != Retry.NEW_SESSION:
                break
            await asyncio.sleep(self.rng.uniform(0.5, 10))
        self.is_gone = True
        if self._line is not None:
            self._line.close(1000)

    async def _one_session(self) -> EndView | None:
        self._requests += 1
        self.session = self._token = None
        opened = await self._ask()
        if opened is None or isinstance(opened, EndView):
            return opened
        self._see(opened.session)
        self._token = opened.token
        self._media = ViewerMedia(self.process, self.path)
        self._devices.put(opened.session.id, self._media)
        if opened.session.end is not None:
            return opened.session.end
        return await self._keep_connected()

    async def _ask(self) -> OpenedSession | EndView | None:
        """POST /v1/sessions until it is answered, under one key."""
        person, loop = self.person, asyncio.get_running_loop()
        opening = Opening(
            project=person.project,
            region=None,
            client_id=person.client_id,
            end_user=person.end_user,
            device=person.name,
            account_id=person.account_id,
            priority=person.priority,
            idempotency_key=f"key-of-{self.process.name}-number-{self._requests}",
            fingerprint=person.project,
        )
        since_s, attempt = loop.time(), 0
        while loop.time() - since_s < ASK_FOR_S:
            try:
                answer = await self._post(opening)
            except LimitReached as refusal:
                self._counts["refused_by_limit"] += 1
                return _end_of(EndCode.LIMIT_REACHED, refusal.code)
            except Unavailable as refusal:
                if "end_code" in refusal.detail:
                    self._counts["refused_no_room"] += 1
                    return _end_of(EndCode.NO_WORKER_AVAILABLE, refusal.code)
                answer = None
            except DioramaError as refusal:
                self._counts[f"refused_{refusal.code}"] += 1
                self.around.oracle.refused_otherwise(opening, refusal.code)
                return None
            if answer is not None:
                self.around.oracle.opened(opening, answer)
                return answer
            attempt += 1
            await asyncio.sleep(self._backoff_s(attempt))
        return None

    async def _post(self, opening: Opening) -> OpenedSession | None:
        """Ask once; None where no answer came."""
        gateway = self._gateway()
        await asyncio.sleep(self.around.network.delay_s())
        if gateway is None or self.is_offline or not gateway.is_up:
            return None
        answer: asyncio.Future[OpenedSession] = asyncio.get_running_loop().create_future()
        gateway.process.spawn(_answer(gateway, opening, answer))
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                opened = await asyncio.shield(answer)
        except TimeoutError:
            answer.cancel()
            return None
        weather = self.around.network
        if self.is_offline or weather.rng.random() < weather.weather.cut * 5:
            weather.counts["lost_answer"] += 1
            return None
        return opened

    def _gateway(self) -> Gateway | None:
        running = self.around.running()
        return self.rng.choice(running) if running else None

    def _backoff_s(self, attempt: int) -> float:
        return DELAYS_S[min(attempt, len(DELAYS_S) - 1)] * (1 - self.rng.random() / 2)

    async def _keep_connected(self) -> EndView | None:
        """Hold a socket until the session is over, or the page gives up."""
        loop, attempt, lost_s = asyncio.get_running_loop(), 0, asyncio.get_running_loop().time()
        while True:
            opened_s = loop.time()
            closed = await self._one_socket()
            if self.session is not None and self.session.end is not None:
                return self.session.end
            if closed is not None and closed.code >= 4000 and closed.code in END_CODES:
                return _end_of(EndCode(closed.code), None)
            if loop.time() - opened_s > 10:
                attempt, lost_s = 0, loop.time()
            elif self._media_flows():
                lost_s = loop.time()
            if loop.time() - lost_s > self._resume_s:
                return _end_of(EndCode.RECONNECTION_FAILED, "gave_up")
            attempt += 1
            await asyncio.sleep(self._backoff_s(attempt))

    def _media_flows(self) -> bool:
        return self._media is not None and self._media.flows

    async def _one_socket(self) -> Closed | None:
        """Open a socket, and use it until it closes."""
        gateway = self._gateway()
        await asyncio.sleep(self.around.network.delay_s())
        if gateway is None or self.is_offline or self._token is None:
            return None
        line = self._line = gateway.take_viewer(self.process)
        if line is None:
            return None
        attachment = self._shown_attachment if self._media_flows() else None
        hello = wire.Hello(
            protocol=wire.PROTOCOL, token=self._token, attachment=attachment, codecs=("H264",)
        )
        if attachment is None and self._media is not None:
            self._media.attachment = self._shown_attachment = None
        line.say(hello)
        tending = (
            asyncio.ensure_future(self._beat(line)),
            asyncio.ensure_future(self._tend_media()),
        )
        try:
            return await self._read(line)
        finally:
            for one in tending:
                one.cancel()
            line.close(1000)

    async def _tend_media(self) -> None:
        """Ask for repairs while no pictures come: ICE first, then a new peer connection."""
        lost_s = 0.0
        while True:
            await asyncio.sleep(MEDIA_LOOK_S)
            if self._shown_attachment is None or self._media_flows():
                lost_s = 0.0
                continue
            lost_s += MEDIA_LOOK_S
            if lost_s == ICE_AFTER_S:
                self.ask_for_repair("ice")
            elif lost_s >= PEER_AFTER_S and (lost_s - PEER_AFTER_S) % PEER_AGAIN_S == 0:
                self.ask_for_repair("peer")

    async def _beat(self, line: Connection) -> None:
        n = 0
        while True:
            await asyncio.sleep(self._heartbeat_s)
            line.say(wire.Heartbeat(n=n))
            n += 1

    async def _read(self, line: Connection) -> Closed | None:
        silent_s = self._heartbeat_s * SILENT_BEATS
        while True:
            try:
                async with asyncio.timeout(silent_s):
                    word = await line.words.get()
            except TimeoutError:
                return None
            if isinstance(word, Closed):
                return word
            self._take(line, word)

    def _take(self, line: Connection, word: msgspec.Struct) -> None:
        match word:
            case wire.Welcome(session=session, heartbeat_s=heartbeat_s):
                self._heartbeat_s, self._resume_s = heartbeat_s, word.resume_window_s
                self._see(session)
            case wire.SessionChanged(session=session):
                self._see(session)
            case Offer(attachment=attachment):
                self._take_offer(line, attachment)

    def _see(self, session: SessionView) -> None:
        self.around.oracle.shown(self.process.name, session)
        if self.session is None or session.version >= self.session.version:
            self.session = session

    def _take_offer(self, line: Connection, attachment: int) -> None:
        if self._media is None or attachment < (self._shown_attachment or 0):
            return
        self._shown_attachment = self._media.attachment = attachment
        line.say(Answer(attachment=attachment, sdp="simulated"))

    def ask_for_repair(self, scope: Literal["ice", "peer"]) -> None:
        """Ask for a new offer."""
        if self._line is not None and self._shown_attachment is not None:
            word = Restart(attachment=self._shown_attachment, scope=scope)
            self._line.say(word)


def _end_of(code: EndCode, reason: str | None) -> EndView:
    entry = END_CODES[code]
    return EndView(
        code=int(code),
        name=entry.name,
        reason=reason or entry.reasons[0],
        doing=entry.doing,
        retry=entry.retry,
        retry_limit=entry.retry_limit,
        message=entry.viewer,
    )


async def _answer(
    gateway: Gateway, opening: Opening, answer: "asyncio.Future[OpenedSession]"
) -> None:
    try:
        opened = await gateway.open(opening)
    except DioramaError as error:
        if not answer.done():
            answer.set_exception(error)
    else:
        if not answer.done():
            answer.set_result(opened)


async def _quietly(gateway: Gateway, session_id: str, issue: int, code: int) -> None:
    """Say bye for a page that is going: nobody reads the answer."""
    try:
        await gateway.bye(session_id, issue, code)
    except DioramaError:
        return
