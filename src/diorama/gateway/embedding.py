"""Who may frame a project's player, and what the page may know before its session. Pure.

A page may frame `/embed/{project}` if the browser finds it in the answer's `frame-ancestors`: the
gateway's own origin and those of the project's rule `embed_origins`. Without any, and where the
gateway itself is reached at a loopback address, any page of loopback may: on one's own machine the
first try works, and nobody else's page is one. The page is told the same list, and talks to no
other page.
"""

import html
from collections.abc import Sequence
from typing import Final

import msgspec

from diorama.leases.timers import Timers
from diorama.projects.rules import Project

LOOPBACK: Final = ("http://localhost:*", "http://127.0.0.1:*")
SELF: Final = "'self'"
_LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})
_PLACE: Final = b'content="facts"'


class PlayerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the player page is told in its HTML; None is what not everybody may know.

    Attributes:
        framers: origins that may frame it, beside the gateway's own.
        place_kept_s: how long a waiter who dropped keeps the place.
        connect_timeout_s: from a reserved slot to the first frame.
        resume_window_s: how long world and slot are kept for a viewer who dropped.
    """

    framers: tuple[str, ...] = ()
    place_kept_s: float | None = None
    connect_timeout_s: float | None = None
    resume_window_s: float | None = None


def facts_of(project: Project | None, timers: Timers) -> PlayerFacts:
    """Return the facts of a project's page; of one that is not public only who may frame it."""
    if project is None:
        return PlayerFacts(place_kept_s=timers.place_kept_s)
    rules = project.rules if project.public else None
    return PlayerFacts(
        framers=project.rules.embed_origins,
        place_kept_s=timers.place_kept_s,
        connect_timeout_s=rules.connect_timeout_s if rules else None,
        resume_window_s=rules.resume_window_s if rules else None,
    )


def framers(embed_origins: Sequence[str], host: str) -> tuple[str, ...]:
    """Return who may frame a page that was asked for with this `Host` header."""
    if embed_origins:
        return tuple(embed_origins)
    name = host.rsplit(":", 1)[0] if ":" in host else host
    return LOOPBACK if name.lower() in _LOOPBACK_HOSTS else ()


def ancestors(allowed: Sequence[str]) -> str:
    """Return the sources of `frame-ancestors`."""
    return " ".join((SELF, *allowed))


def with_facts(content: bytes, facts: PlayerFacts) -> bytes:
    """Return the page with the facts in its `<meta name="diorama" content="facts">`."""
    told = html.escape(msgspec.json.encode(facts).decode())
    return content.replace(_PLACE, f'content="{told}"'.encode(), 1)
