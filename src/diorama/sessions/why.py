"""Why a session ended, or what a live one waits for, as one plain sentence. Pure.

What is said of an end is made from its reason and from what the session's log knows; a reason that
has no sentence here gets its code's hint for the operator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from diorama.kernel.units import HOUR_US, MINUTE_US, SECOND_US, seconds
from diorama.leases.timers import Timers
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import Event, Session, runtime_us
from diorama.sessions.timeline_store import Logged, Note

_WHO: Final = {
    "viewer": "the viewer",
    "gateway": "Diorama",
    "anyone": "a visitor",
    "operator": "the operator",
    "api": "a key of the account",
    "worker": "the worker",
}

WHY: Final[Mapping[str, str]] = {
    "viewer_left": "The viewer ended it {streamed}.",
    "client_ended": "The viewer's page or program ended it {streamed}.",
    "world_ended": "The world came to its own end {streamed}.",
    "page_left": "The viewer closed or left the page {streamed}.",
    "viewer_lost": "The viewer was last heard {quiet} before the end, and did not come back in"
    " the {window} for which the place was kept.",
    "never_attached": "Nobody came to see it: no viewer attached within {claim}.",
    "media_lost": "The viewer was there, but its picture did not come back within {connect}.",
    "stale_yielded": "Its viewer had not been heard for {quiet}, and somebody else needed the room"
    " that it took.",
    "project_disabled": "{Who} disabled the project {streamed}.",
    "no_worker": "No worker could serve it.",
    "queue_off": "{Who} switched the project's queue off while it waited.",
    "queue_full": "The line of its project was full.",
    "waited_too_long": "It stood in line for {waited}, which is as long as its project lets anybody"
    " wait.",
    "world_unknown": "Worker {worker} does not know the project's world.",
    "world_failed_to_start": "The world did not start on worker {workers}.",
    "worker_refused": "Worker {workers} refused to run it.",
    "assignment_expired": "Worker {workers} did not take it up within {accept}.",
    "max_runtime": "It had run for {runtime}, which is as long as its rules let it.",
    "afk_timeout": "The viewer did nothing for {afk}, and nothing after the warning either.",
    "hours_exhausted": "The account had used up its stream hours of the month {streamed}.",
    "no_media_offered": "The world ran on worker {worker}, but its picture was never offered.",
    "connect_timeout": "The world ran on worker {worker}, but no picture reached the viewer within"
    " {connect}.",
    "world_crashed": "The world stopped unexpectedly on worker {worker} {streamed}.",
    "worker_lost": "Worker {worker} was lost, so the session ended at the last moment at which the"
    " worker was heard, {streamed}.",
    "gave_up": "The viewer's program gave up reconnecting {streamed}.",
    "continued_elsewhere": "The viewer continued it in another tab or window.",
    "taken_over": "A newer request of the same viewer or account took its place {streamed}.",
    "ended_by_api": "{Who} ended it {streamed}.",
    "ended_in_portal": "{Who} ended it in the portal {streamed}.",
    "ended_by_cli": "{Who} ended it with the command line {streamed}.",
    "link_revoked": "{Who} revoked the share link that it came by {streamed}.",
    "account_suspended": "{Who} suspended the account {streamed}.",
    "worker_draining": "Worker {worker} was going out of service, and its time was up {streamed}.",
    "gateway_draining": "The gateway was going out of service {streamed}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that a timeline is made from.

    Attributes:
        session: as it is now.
        project: its project's name.
        log: what happened to it, in order.
        notes: what was noted beside it, in order.
        streamed_us: its metered time so far.
        workers: the names of the workers it was on, by their ids.
        names: what keys and members are called, by actor.
    """

    session: Session
    project: str
    log: Sequence[Logged]
    timers: Timers
    now_us: int
    notes: Sequence[Note] = ()
    streamed_us: int = 0
    workers: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def worker(self, worker_id: str | None) -> str:
        """Return what a worker is called."""
        return self.workers.get(worker_id or "", worker_id or "unknown")

    def who(self, actor: str) -> str:
        """Return an actor as a sentence names it."""
        kind, _, name = actor.partition(":")
        if actor in self.names:
            known = self.names[actor]
            return known if kind == "member" else f'{kind} "{known}"'
        return f"{kind} {name}" if name else _WHO.get(actor, actor)


def sentence(story: Story) -> str:
    """Return why a session ended, or what a live one is at."""
    end = story.session.end
    if end is None:
        return _now(story)
    template = WHY.get(end.reason)
    if template is None:
        return end.entry.operator.partition(". ")[0].rstrip(".") + "."
    return template.format_map(_ending(story))


def hint(session: Session) -> str | None:
    """Return what may be done about a session that failed; None of any other."""
    end = session.end
    return end.entry.operator if end is not None and end.entry.ends is SessionState.FAILED else None


def duration(us: int) -> str:
    """Return a length of time as people write it: `0.4 s`, `12 s`, `3 min 5 s`, `1 h 2 min`."""
    if us < 10 * SECOND_US:
        return f"{max(us, 0) / SECOND_US:.1f} s".replace(".0 s", " s")
    whole_us = round(us / SECOND_US) * SECOND_US
    if whole_us < MINUTE_US:
        return f"{whole_us // SECOND_US} s"
    if whole_us < HOUR_US:
        minutes, rest = divmod(whole_us, MINUTE_US)
        return f"{minutes} min" + (f" {rest // SECOND_US} s" if rest >= SECOND_US else "")
    hours, rest = divmod(whole_us, HOUR_US)
    return f"{hours} h" + (f" {rest // MINUTE_US} min" if rest >= MINUTE_US else "")


def capital(text: str) -> str:
    """Return a sentence's beginning."""
    return text[:1].upper() + text[1:]


def _ending(story: Story) -> Mapping[str, str]:
    session, timers, rules = story.session, story.timers, story.session.rules
    before = story.log[-2] if len(story.log) > 1 else None
    waited = before is not None and before.state is SessionState.QUEUED
    window_us = seconds(timers.place_kept_s if waited else rules.resume_window_s)
    actor = story.log[-1].actor if story.log else "gateway"
    return {
        "Who": capital(story.who(actor)),
        "streamed": _streamed(story),
        "quiet": duration(_quiet_us(story)),
        "window": duration(window_us),
        "claim": duration(seconds(timers.claim_s)),
        "connect": duration(seconds(rules.connect_timeout_s)),
        "accept": duration(seconds(timers.accept_assignment_s)),
        "runtime": duration(runtime_us(session)),
        "afk": duration(seconds(rules.afk.warn_after_s)),
        "waited": duration((session.ended_us or story.now_us) - session.created_us),
        "worker": story.worker(session.worker_id),
        "workers": ", nor on ".join(_tried(story)) or story.worker(session.worker_id),
    }


def _streamed(story: Story) -> str:
    if story.session.first_frame_us is None:
        return "before the first picture"
    return f"after {duration(story.streamed_us)} of streaming"


def _quiet_us(story: Story) -> int:
    """Return for how long the viewer had not been heard when the session ended."""
    ended_us = story.session.ended_us or story.now_us
    gone = [
        row.at_us
        for row in story.log
        if row.kind in {Event.DETACHED, Event.SOCKET_CLOSED, Event.MEDIA_LOST}
    ]
    return ended_us - gone[-1] if gone else 0


def _tried(story: Story) -> list[str]:
    """Return the workers it was given a slot of, each once, in order."""
    found = [row.worker_id for row in story.log if row.kind is Event.RESERVED]
    return [story.worker(one) for one in dict.fromkeys(found)]


def _now(story: Story) -> str:
    session = story.session
    since = duration(story.now_us - session.entered_us)
    worker = story.worker(session.worker_id)
    match session.state:
        case SessionState.QUEUED:
            away = "its viewer is away, and " if session.aside_us is not None else ""
            return f"It has stood in line for {since}: {away}no slot was free for it so far."
        case SessionState.CONNECTING:
            return _connecting(story, since, worker)
        case SessionState.STREAMING:
            return f"It has streamed from worker {worker} for {since} without a break."
        case SessionState.IDLE:
            return f"Its viewer does nothing; it was warned {since} ago."
        case _:
            return "It was asked for, and is not decided yet."


def _connecting(story: Story, since: str, worker: str) -> str:
    session = story.session
    if session.detached_us is not None:
        window = duration(seconds(session.rules.resume_window_s))
        return f"Its viewer has been away for {since}; world and slot are kept for {window}."
    if session.attachment == 0:
        return f"It has had a slot of worker {worker} for {since}; no viewer has come yet."
    if session.world_started_us is None:
        return f"Worker {worker} has been starting its world for {since}."
    return f"Its world runs on worker {worker}; its picture is being set up for {since}."
