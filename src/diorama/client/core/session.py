"""One session as its viewer lives it: `handle` takes what happened and the moment. Pure.

It returns the new model and what to do; `next_deadline_s` says when to send `Tick`. The rules: an
unanswered request, or one that came too often, is asked again under its own key; a lost socket is
repaired alone while media flows; where neither works the resume window runs; an end is final,
unless `restart` puts a new session in its place. They are those of the web SDK's `core/session.ts`,
and both are held to the same cases: tests/client/core/cases.json.
"""

from dataclasses import replace
from typing import Final

from diorama.client.core.announcements import announcements
from diorama.client.core.backoff import delay_s
from diorama.client.core.ends import end_of, end_of_close, end_of_problem
from diorama.client.core.events import Ended, ErrorTold
from diorama.client.core.model import (
    ASK_FOR_S,
    OPEN_WITHIN_S,
    PROBE_WITHIN_S,
    SILENT_BEATS,
    STEADY_AFTER_S,
    AddCandidate,
    Answered,
    Asking,
    AskingAgain,
    CandidateFound,
    ClosePeer,
    CloseSocket,
    Effect,
    Emit,
    Happened,
    Leave,
    MediaConnected,
    MediaReported,
    Model,
    Moment,
    NoMedia,
    OfferAnswered,
    Opened,
    OpenSocket,
    Post,
    PostBye,
    Received,
    RequestRefused,
    SayBye,
    Send,
    SocketClosed,
    SocketLost,
    SocketOpen,
    SocketOpened,
    SocketOpening,
    SocketWaiting,
    Start,
    Step,
    Tick,
    Unanswered,
    Wake,
)
from diorama.client.core.repair import repair, repair_due_s, take_media, take_offer
from diorama.client.core.restart import follow_end, retry_after_s
from diorama.client.core.warnings import settle_warnings, take_warning
from diorama.client.errors import Problem
from diorama.client.retries import TOO_OFTEN
from diorama.protocol import viewer as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.media import Answer, Candidate, Offer
from diorama.protocol.views import EndView, OpenedSession, SessionView

SILENT: Final = 4900
"""Of a socket that says nothing any more: our own word for the close, in the private range."""


def handle(model: Model, happened: Happened, moment: Moment) -> Step:
    """Return what becomes of the session, and what is to be done about it."""
    if model.end is not None:
        decided = _after_end(model, happened)
    else:
        decided = _decide(model, happened, moment)
    step = follow_end(model, decided, moment)
    kept = replace(step.model, lost_s=_lost_since(step.model, moment.now_s))
    return Step(kept, (*announcements(model, kept), *step.effects))


def _decide(model: Model, happened: Happened, moment: Moment) -> Step:  # noqa: PLR0911, PLR0912, C901 - a table
    match happened:
        case Start():
            return _ask(model, 0, moment.now_s)
        case Opened(answer=answer):
            return _take_session(model, answer, moment)
        case Unanswered():
            return _ask_later(model, moment)
        case RequestRefused(problem=problem):
            return _refuse(model, problem, moment)
        case SocketOpened():
            return _greet(model)
        case SocketLost(code=code):
            return _lose_socket(model, code, moment)
        case Received(message=message):
            return _receive(_heard(model, moment.now_s), message, moment)
        case OfferAnswered(attachment=attachment, sdp=sdp):
            return _send(model, Answer(attachment, sdp))
        case CandidateFound(attachment=attachment, candidate=candidate):
            return _send(model, Candidate(attachment, candidate))
        case MediaReported(attachment=attachment, seen=seen):
            return take_media(model, attachment, seen, moment.now_s)
        case Leave():
            return _leave(model, happened)
        case Wake():
            return _wake(model, moment)
        case Tick():
            return _tick(model, moment)


def _send(model: Model, message: wire.FromViewer) -> Step:
    return Step(model, (Send(message),) if isinstance(model.socket, SocketOpen) else ())


# The request for a session.


def _ask(model: Model, attempt: int, since_s: float) -> Step:
    return Step(replace(model, opening=Asking(attempt, since_s)), (Post(fresh=attempt == 0),))


def _ask_later(model: Model, moment: Moment, at_least_s: float = 0.0) -> Step:
    if not isinstance(model.opening, Asking):
        return Step(model)
    since_s, attempt = model.opening.since_s, model.opening.attempt + 1
    due_s = moment.now_s + max(delay_s(attempt, moment.chance), at_least_s)
    if due_s - since_s > ASK_FOR_S:
        sentence = "The server does not answer."
        return _finish(model, end_of(EndCode.RECONNECTION_FAILED, "gave_up", sentence))
    return Step(replace(model, opening=AskingAgain(attempt, since_s, due_s)))


def _take_session(model: Model, answer: OpenedSession, moment: Moment) -> Step:
    asked = replace(model, opening=Answered(), session=answer.session, token=answer.token)
    if answer.session.end is not None:
        return _finish(asked, answer.session.end)
    return _open_socket(asked, 0, moment.now_s)


def _refuse(model: Model, problem: Problem, moment: Moment) -> Step:
    if problem.code == TOO_OFTEN:
        return _ask_later(model, moment, retry_after_s(problem))
    told = Emit(ErrorTold(problem.code, problem.detail))
    ended = _finish(model, end_of_problem(problem), problem)
    return Step(ended.model, (told, *ended.effects))


# The socket.


def _open_socket(model: Model, attempt: int, now_s: float) -> Step:
    return Step(replace(model, socket=SocketOpening(attempt, now_s)), (OpenSocket(),))


def _greet(model: Model) -> Step:
    """Say hello. Media that still flows is kept; of anything else a new offer is asked."""
    if not isinstance(model.socket, SocketOpening) or model.token is None:
        return Step(model)
    flows = isinstance(model.media, MediaConnected)
    attachment = model.media.attachment if isinstance(model.media, MediaConnected) else None
    hello = wire.Hello(
        protocol=wire.PROTOCOL, token=model.token, attachment=attachment, codecs=model.codecs
    )
    return Step(replace(model, media=model.media if flows else NoMedia()), (Send(hello),))


def _lose_socket(model: Model, code: int, moment: Moment) -> Step:
    socket = model.socket
    if not isinstance(socket, SocketOpen | SocketOpening):
        return Step(model)
    end = end_of_close(code, model.refusal)
    if end is not None:
        return _finish(replace(model, socket=SocketClosed()), end)
    steady = isinstance(socket, SocketOpen) and moment.now_s - socket.since_s >= STEADY_AFTER_S
    attempt = 0 if steady else socket.attempt + 1
    due_s = moment.now_s + delay_s(attempt, moment.chance)
    return Step(replace(model, socket=SocketWaiting(attempt, due_s)))


def _drop_socket(model: Model, moment: Moment) -> Step:
    lost = _lose_socket(model, SILENT, moment)
    return Step(lost.model, (CloseSocket(SILENT), *lost.effects))


def _heard(model: Model, now_s: float) -> Model:
    if not isinstance(model.socket, SocketOpen):
        return model
    return replace(model, socket=replace(model.socket, heard_s=now_s))


def _receive(model: Model, message: wire.ToViewer, moment: Moment) -> Step:  # noqa: PLR0911 - a table
    match message:
        case wire.Welcome():
            return _welcome(model, message, moment.now_s)
        case wire.SessionChanged(session=session):
            return _see(model, session, moment.now_s)
        case Offer():
            return take_offer(model, message, moment.now_s)
        case Candidate(attachment=attachment):
            ours = not isinstance(model.media, NoMedia) and model.media.attachment == attachment
            return Step(model, (AddCandidate(message),) if ours else ())
        case wire.Warned():
            return take_warning(model, message, moment.now_s)
        case wire.Problem(code=code, message=sentence):
            return Step(replace(model, refusal=sentence), (Emit(ErrorTold(code, sentence)),))
        case _:
            return Step(model)  # a heartbeat's echo, which counted as heard


def _welcome(model: Model, message: wire.Welcome, now_s: float) -> Step:
    if not isinstance(model.socket, SocketOpening):
        return Step(model)
    welcomed = replace(
        model,
        welcomed=True,
        refusal=None,
        heartbeat_s=message.heartbeat_s,
        resume_window_s=message.resume_window_s,
        socket=SocketOpen(
            attempt=model.socket.attempt,
            since_s=now_s,
            heard_s=now_s,
            beat_due_s=now_s + message.heartbeat_s,
        ),
    )
    return _see(welcomed, message.session, now_s)


def _see(model: Model, session: SessionView, now_s: float) -> Step:
    """Take a view of the session; versions only grow, so an older one is a straggler."""
    if model.session is not None and session.version < model.session.version:
        return Step(model)
    seen = replace(model, session=session)
    if session.end is not None:
        return _finish(seen, session.end)
    return settle_warnings(seen, model.session, now_s)


# The end.


def _finish(model: Model, end: EndView, problem: Problem | None = None) -> Step:
    closed = () if isinstance(model.socket, SocketClosed) else (CloseSocket(EndCode.NORMAL),)
    ended = replace(
        model, end=end, problem=problem, socket=SocketClosed(), media=NoMedia(), warned=()
    )
    return Step(ended, (ClosePeer(), *closed, Emit(Ended(end, problem))))


def _leave(model: Model, leaving: Leave) -> Step:
    """Leave by every way there is: the first to arrive ends the session."""
    code = leaving.code
    effects: list[Effect] = [SayBye(code)]
    connected = isinstance(model.socket, SocketOpen)
    if connected:
        effects.append(Send(wire.Bye(code)))
    unsure = code == 1001 or not connected  # noqa: PLR2004 - an end code, as the wire types it
    if model.session is not None and model.token is not None and unsure:
        effects.append(PostBye(model.session.id, model.token, code))
    on_purpose = code == 1000  # noqa: PLR2004 - as above
    end = end_of(EndCode(code), "client_ended" if on_purpose else "page_left")
    ended = _finish(model, end)
    return Step(ended.model, (*effects, *ended.effects))


def _after_end(model: Model, happened: Happened) -> Step:
    """Return the one thing left to do: give back a session that was opened too late."""
    if not isinstance(happened, Opened) or isinstance(model.opening, Answered):
        return Step(model)
    answer = happened.answer
    bye = PostBye(answer.session.id, answer.token, 1000)
    return Step(replace(model, opening=Answered()), (bye,))


# Time.


def _wake(model: Model, moment: Moment) -> Step:
    """Try now what waits: the network is back."""
    if isinstance(model.opening, AskingAgain):
        return _ask(model, model.opening.attempt, model.opening.since_s)
    if isinstance(model.socket, SocketWaiting):
        return _open_socket(model, model.socket.attempt, moment.now_s)
    if isinstance(model.socket, SocketOpen):
        return _probe(model, model.socket, moment.now_s)
    return Step(model)


def _probe(model: Model, socket: SocketOpen, now_s: float) -> Step:
    """Ask a socket that may have died unnoticed for a sign of life."""
    silence_s = _silence_s(model)
    if now_s >= socket.heard_s + silence_s:
        reopened = _open_socket(model, 0, now_s)
        return Step(reopened.model, (CloseSocket(SILENT), *reopened.effects))
    heard_s = min(socket.heard_s, now_s + PROBE_WITHIN_S - silence_s)
    return _beat(model, replace(socket, heard_s=heard_s), now_s)


def _beat(model: Model, socket: SocketOpen, now_s: float) -> Step:
    beaten = replace(socket, beats=socket.beats + 1, beat_due_s=now_s + model.heartbeat_s)
    return Step(replace(model, socket=beaten), (Send(wire.Heartbeat(socket.beats)),))


def _tick(model: Model, moment: Moment) -> Step:
    now, effects = model, list[Effect]()
    for tend in (_give_up, _ask_again, _tend_socket, _tend_media):
        if now.end is not None:
            break
        step = tend(now, moment)
        now = step.model
        effects += step.effects
    return Step(now, tuple(effects))


def _give_up(model: Model, moment: Moment) -> Step:
    until_s = _give_up_s(model)
    if until_s is None or moment.now_s < until_s:
        return Step(model)
    return _finish(model, end_of(EndCode.RECONNECTION_FAILED, "gave_up"))


def _ask_again(model: Model, moment: Moment) -> Step:
    opening = model.opening
    if isinstance(opening, AskingAgain) and moment.now_s >= opening.due_s:
        return _ask(model, opening.attempt, opening.since_s)
    return Step(model)


def _tend_socket(model: Model, moment: Moment) -> Step:
    now_s = moment.now_s
    match model.socket:
        case SocketWaiting(attempt=attempt, due_s=due_s) if now_s >= due_s:
            return _open_socket(model, attempt, now_s)
        case SocketOpening(since_s=since_s) if now_s >= since_s + OPEN_WITHIN_S:
            return _drop_socket(model, moment)
        case SocketOpen(heard_s=heard_s) if now_s >= heard_s + _silence_s(model):
            return _drop_socket(model, moment)
        case SocketOpen() as socket if now_s >= socket.beat_due_s:
            return _beat(model, socket, now_s)
        case _:
            return Step(model)


def _tend_media(model: Model, moment: Moment) -> Step:
    due_s = repair_due_s(model)
    if due_s is None or moment.now_s < due_s:
        return Step(model)
    return repair(model, moment.now_s)


def _silence_s(model: Model) -> float:
    """Return how long a socket may say nothing: two heartbeats unanswered, and a little."""
    return (SILENT_BEATS + 0.5) * model.heartbeat_s


def _lost_since(model: Model, now_s: float) -> float | None:
    """Return since when neither socket nor media has worked, or None."""
    asked = isinstance(model.opening, Answered) and model.end is None
    works = isinstance(model.socket, SocketOpen) or isinstance(model.media, MediaConnected)
    if not asked or works:
        return None
    return now_s if model.lost_s is None else model.lost_s


def _give_up_s(model: Model) -> float | None:
    return None if model.lost_s is None else model.lost_s + model.resume_window_s


def next_deadline_s(model: Model) -> float | None:
    """Return when `Tick` is due next, or None for never."""
    if model.end is not None:
        return None
    asks = model.opening.due_s if isinstance(model.opening, AskingAgain) else None
    deadlines = (asks, _socket_due_s(model), repair_due_s(model), _give_up_s(model))
    return min((due_s for due_s in deadlines if due_s is not None), default=None)


def _socket_due_s(model: Model) -> float | None:
    match model.socket:
        case SocketClosed():
            return None
        case SocketWaiting(due_s=due_s):
            return due_s
        case SocketOpening(since_s=since_s):
            return since_s + OPEN_WITHIN_S
        case SocketOpen(heard_s=heard_s, beat_due_s=beat_due_s):
            return min(beat_due_s, heard_s + _silence_s(model))
