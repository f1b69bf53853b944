"""An account as it is now, kept up to date for one reader: what to look at, and what is news of it.

Level-triggered: what changed names sessions, the store says what they are now, and what a reader
was shown already is left out. Hints make it fast; a look at every live session each few seconds
makes lost ones harmless. What one reader costs is bounded by `MAX_LIVE` views.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from diorama.gateway.authorisation import Member
from diorama.gateway.own_views import own_views
from diorama.metering.overview import overview
from diorama.protocol.states import FINAL, SessionState
from diorama.protocol.usage_views import Overview
from diorama.protocol.views import Pools, PoolView, SessionView, Workers, WorkerView
from diorama.sessions.filters import SessionFilter
from diorama.sessions.fleet import workers_for
from diorama.sessions.work import Work

MAX_LIVE: Final = 500
"""Live sessions that a reader is kept up to date on; the newest, where there are more."""
BATCH: Final = 100
"""Sessions that are read at once: others wait for the store meanwhile, where it is SQLite."""
LOOK_AT_ALL_EVERY_S: Final = 2.0
OVERVIEW_EVERY_S: Final = 1.0
STILL_EVERY_S: Final = 5.0
"""Between two looks at what changes without being told of: hours used, places in line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What to read in one go.

    Attributes:
        ids: sessions to read, whoever they are of.
        known: the version of each session that was shown and has not ended.
        all_live: whether to see which sessions there are.
    """

    ids: frozenset[str]
    known: Mapping[str, int]
    all_live: bool
    overview: bool
    workers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read.

    Attributes:
        sessions: as they are now.
        left: sessions that are still to be read.
        gone: sessions that need no more looking at: they are beyond `MAX_LIVE`.
        more: whether the account has more live sessions than are looked at.
    """

    sessions: tuple[SessionView, ...]
    left: frozenset[str]
    gone: frozenset[str] = frozenset()
    more: bool = False
    overview: Overview | None = None
    workers: Workers | None = None


class Ready(msgspec.Struct, frozen=True):
    """The end of the first picture: what comes now are changes. `more`: not all could be shown."""

    more: bool


class WorkerGone(msgspec.Struct, frozen=True):
    """A worker that is not there any more: it was lost for so long that it was forgotten."""

    id: str


def look_at(work: Work, member: Member, look: Look, *, sees_workers: bool) -> Seen:
    """Read what a reader should see."""
    wanted, gone, more = set(look.ids), frozenset[str](), False
    live: dict[str, int] = {}
    if look.all_live:
        live = work.stores.timeline.live(member.account_id, limit=MAX_LIVE + 1)
        more = len(live) > MAX_LIVE
        changed = {one for one, version in live.items() if look.known.get(one) != version}
        wanted |= changed | (look.known.keys() - live.keys())
    now, left = _first(wanted)
    fits = SessionFilter(ids=now)
    found = work.stores.sessions.listed(member.account_id, fits, after=None, limit=BATCH)
    if more:
        gone = frozenset(look.known.keys() - live.keys()) & now
        gone -= {session.id for session in found if session.is_final}
    return Seen(
        sessions=own_views(work, sorted(found, key=lambda session: session.id)),
        left=left,
        gone=gone,
        more=more,
        overview=overview(work, member.account_id, operates=member.operates)
        if look.overview
        else None,
        workers=workers_for(work, member.account_id, operates=member.operates)
        if look.workers and sees_workers
        else None,
    )


def _first(wanted: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the sessions to read now, the newest, and those to read after them."""
    ordered = sorted(wanted, reverse=True)
    return frozenset(ordered[:BATCH]), frozenset(ordered[BATCH:])


@dataclass(slots=True)
class Reader:
    """What one reader was shown, and when it was looked at what. Times are a loop's."""

    sessions: dict[str, SessionView] = field(default_factory=dict)
    overview: Overview | None = None
    workers: dict[str, WorkerView] = field(default_factory=dict)
    pools: tuple[PoolView, ...] | None = None
    pending: frozenset[str] = frozenset()
    is_ready: bool = False
    _owes_overview: bool = True
    _all_s: float = float("-inf")
    _overview_s: float = float("-inf")
    _still_s: float = float("-inf")

    def next_look(
        self, now_s: float, sessions: Collection[str], *, workers: bool, everything: bool
    ) -> Look:
        """Return what to read, with these ids having changed."""
        all_live = everything or now_s - self._all_s >= LOOK_AT_ALL_EVERY_S
        still = now_s - self._still_s >= STILL_EVERY_S
        changed = bool(sessions) or workers or still
        self._owes_overview |= changed
        shows_overview = self._owes_overview and now_s - self._overview_s >= OVERVIEW_EVERY_S
        queued = self._queued() if still else set()
        if all_live:
            self._all_s = now_s
        if still:
            self._still_s = now_s
        if shows_overview:
            self._overview_s = now_s
        return Look(
            ids=self.pending | frozenset(sessions) | queued,
            known={one: view.version for one, view in self.sessions.items()},
            all_live=all_live,
            overview=shows_overview,
            workers=workers or all_live,
        )

    def _queued(self) -> frozenset[str]:
        shown = self.sessions.values()
        return frozenset(view.id for view in shown if view.state is SessionState.QUEUED)

    def news(self, seen: Seen) -> list[tuple[str, msgspec.Struct]]:
        """Return what is news of what was read, named, in the order in which to tell it."""
        found: list[tuple[str, msgspec.Struct]] = []
        if seen.overview is not None:
            self._owes_overview = False
            if seen.overview != self._overview_at(seen.overview):
                found.append(("overview", seen.overview))
                self.overview = seen.overview
        for view in seen.sessions:
            if self.sessions.get(view.id) != view:
                found.append(("session", view))
            if view.state in FINAL:
                self.sessions.pop(view.id, None)
            else:
                self.sessions[view.id] = view
        for one in seen.gone:
            self.sessions.pop(one, None)
        if seen.workers is not None:
            found += self._workers(seen.workers)
        self.pending = seen.left
        if not (self.is_ready or self.pending):
            self.is_ready = True
            found.append(("ready", Ready(more=seen.more)))
        return found

    def _workers(self, seen: Workers) -> list[tuple[str, msgspec.Struct]]:
        """Return what is news of workers; that one was heard again is none."""
        found: list[tuple[str, msgspec.Struct]] = []
        for view in seen.workers:
            known = self.workers.get(view.id)
            if known is None or msgspec.structs.replace(known, heard_at=view.heard_at) != view:
                found.append(("worker", view))
        now = {view.id: view for view in seen.workers}
        found += [("worker_gone", WorkerGone(one)) for one in self.workers.keys() - now.keys()]
        self.workers = now
        if seen.pools != self.pools:
            self.pools = seen.pools
            found.append(("pools", Pools(pools=seen.pools)))
        return found

    def _overview_at(self, newer: Overview) -> Overview | None:
        """Return the overview that was shown, as of another instant."""
        known = self.overview
        return None if known is None else msgspec.structs.replace(known, at=newer.at)
