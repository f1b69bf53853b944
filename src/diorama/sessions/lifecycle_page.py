"""docs/session-lifecycle.md, drawn from the tables of `sessions.lifecycle`.

`python -m diorama.sessions.lifecycle_page` writes it; `--check` only says whether it is stale.
"""

import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from diorama.leases.timers import DEFAULTS
from diorama.projects.rules import Rules
from diorama.protocol.generate import run
from diorama.protocol.states import FINAL, HOLDS_SLOT, METERED, STATE_MEANINGS, SessionState
from diorama.sessions.deadlines import DUE_ENDS, Due
from diorama.sessions.lifecycle import TRANSITIONS, Event

PATH: Final = "docs/session-lifecycle.md"
_RULES: Final = Rules()

STATE_DEADLINES: Final[Mapping[SessionState, str]] = {
    SessionState.REQUESTING: f"{DEFAULTS.admission_s:g} s",
    SessionState.QUEUED: "`queue.max_wait_s`, none by default; a waiter who dropped keeps the "
    f"place for {DEFAULTS.place_kept_s:g} s, and so does one who was put aside",
    SessionState.CONNECTING: f"`connect_timeout_s`, {_RULES.connect_timeout_s:g} s; "
    f"`queue.accept_s`, {_RULES.queue.accept_s:g} s, for one who was in line; after a drop "
    f"`resume_window_s`, {_RULES.resume_window_s:g} s",
    SessionState.STREAMING: f"the warning after `afk.warn_after_s`, {_RULES.afk.warn_after_s:g} s "
    f"without input, or the end of `max_runtime_s`, {_RULES.max_runtime_s:g} s",
    SessionState.IDLE: f"`afk.disconnect_after_s`, {_RULES.afk.disconnect_after_s:g} s, or the end "
    "of the runtime",
    SessionState.DISCONNECTED: "final",
    SessionState.FAILED: "final",
}
EVENT_MEANINGS: Final[Mapping[Event, str]] = {
    Event.REQUESTED: "a session was asked for; the first event of every session",
    Event.QUEUED: "put in line, or back in line with its old place",
    Event.RESERVED: "given a slot",
    Event.PUT_ASIDE: "did not answer a promotion: its slot is taken back, its place kept",
    Event.ACCEPTED: "the worker took the assignment",
    Event.WORLD_STARTED: "the world rendered its first picture",
    Event.ATTACHED: "a viewer's socket came, and a new peer connection for it",
    Event.REJOINED: "a viewer's new socket came; media never stopped",
    Event.CONTINUED: "the same client asked again; older tokens open nothing",
    Event.SOCKET_CLOSED: "the viewer's socket closed; media may flow all the same",
    Event.LEAVING: "the page said that it is being left; it may be a reload",
    Event.DETACHED: "the viewer is not heard",
    Event.FRAMES: "frames reach the viewer",
    Event.MEDIA_LOST: "frames reach the viewer no more",
    Event.SILENCE: "no input for so long that the viewer is warned",
    Event.INPUT: "input again",
    Event.HELD_OFF: "the world holds the AFK warning off, or lets go",
    Event.EXTENDED: "given more runtime",
    Event.ENDED: "the session ended, with a code and a reason",
}
DUE_MEANINGS: Final[Mapping[Due, str]] = {
    Due.ADMISSION_EXPIRED: "nothing was decided in time",
    Due.WAITED_TOO_LONG: "no slot came free in time",
    Due.ASSIGNMENT_EXPIRED: "the worker did not take the assignment in time",
    Due.PAGE_LEFT: "a page that said it is being left did not come back",
    Due.NEVER_ATTACHED: "no viewer came to watch in time",
    Due.NOT_ANSWERED: "the viewer of one who was in line is not there for its slot",
    Due.PLACE_LOST: "a waiter dropped and did not come back in time",
    Due.START_TIMED_OUT: "the world did not start in time",
    Due.CONNECT_TIMED_OUT: "the world started, and its picture did not arrive in time",
    Due.RESUME_EXPIRED: "the viewer was lost and did not come back in time",
    Due.MEDIA_GONE: "the viewer is there, and its picture did not come back in time",
    Due.SILENCE: "no input for a while",
    Due.AFK_EXPIRED: "no input after the warning either",
    Due.RUNTIME_OVER: "the runtime is used up",
}
_WITHOUT_END: Final[Mapping[Due, str]] = {
    Due.ASSIGNMENT_EXPIRED: "back in line for another worker, or the end with 4003",
    Due.NOT_ANSWERED: "put aside, and from the third time on the end with 1006",
    Due.SILENCE: "`idle`: the viewer is warned",
}


def page() -> str:
    """Return docs/session-lifecycle.md."""
    return f"""\
<!-- made by `python -m diorama.sessions.lifecycle_page` from diorama.sessions.lifecycle -->

# The life of a session

A session is in one of seven states. Only events change it, each in one transaction; a final state
never changes. {_and(HOLDS_SLOT)} hold a slot and count in limits; the time in
{_and(METERED)} is metered.

{_diagram()}
What changes no state is not drawn.

## States

| state | meaning | waits until |
|---|---|---|
{_rows((f"`{s}`", STATE_MEANINGS[s], STATE_DEADLINES[s]) for s in SessionState)}
## Events

An event that a state does not answer changes nothing: it came late or twice.

| event | meaning | answered in |
|---|---|---|
{_rows((f"`{e}`", EVENT_MEANINGS[e], _answered_in(e)) for e in Event)}
## Deadlines

Each is stored with the session, so a restart forgets none. The codes are those of
[end codes](end-codes.md).

| deadline | meaning | brings |
|---|---|---|
{_rows((f"`{d}`", DUE_MEANINGS[d], _brings(d)) for d in Due)}"""


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {SessionState.REQUESTING}"]
    for state, row in TRANSITIONS.items():
        for to in SessionState:
            events = [e for e, found in row.items() if found is to and found is not state]
            if events:
                lines.append(f"    {state} --> {to}: {', '.join(events)}")
        if Event.ENDED in row:
            lines.extend(f"    {state} --> {final}: {Event.ENDED}" for final in sorted(FINAL))
    lines.extend(f"    {final} --> [*]" for final in sorted(FINAL))
    return "\n".join([*lines, "```", ""])


def _answered_in(event: Event) -> str:
    return ", ".join(f"`{state}`" for state, row in TRANSITIONS.items() if event in row)


def _brings(due: Due) -> str:
    if due not in DUE_ENDS:
        return _WITHOUT_END[due]
    end = DUE_ENDS[due]
    return f"{end.code.value} `{end.reason}`"


def _and(states: Collection[SessionState]) -> str:
    *others, last = (f"`{state}`" for state in SessionState if state in states)
    return f"{', '.join(others)} and {last}"


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


if __name__ == "__main__":
    sys.exit(run({PATH: page()}, sys.argv[1:], Path.cwd()))
