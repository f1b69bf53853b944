"""What a backend asks over REST to let others in: tickets, share links and spectators.

Questions are values, as in `questions`.
"""

from typing import TypedDict
from urllib.parse import quote

from diorama.client.questions import Question, as_json, path_of
from diorama.protocol.door_views import (
    CreatedShareLink,
    CreateShareLink,
    MintedTicket,
    MintTicket,
    ShareLinks,
    ShareLinkView,
)
from diorama.protocol.requests import AskedAfk
from diorama.protocol.spectator_views import (
    CreatedSpectator,
    CreateSpectator,
    Spectators,
    SpectatorView,
)

PAGE = 200


class TicketWishes(TypedDict, total=False):
    """What a ticket allows, beside its project.

    Attributes:
        end_user: whose session it is, for limits and usage.
        origin: the only pages that may use it.
        region: where the session runs.
        device: what a list of sessions calls the viewer's device.
        priority: a class of the project's `queue.priorities`.
        max_runtime_s: how long the session may run, where the project's rule is not shorter.
        afk: shorter times than the project's for a viewer who does nothing.
        expires_in_s: for how long it may be used, at most 300.
    """

    end_user: str
    origin: str
    region: str
    device: str
    priority: str
    max_runtime_s: float
    afk: AskedAfk
    expires_in_s: int


class LinkWishes(TypedDict, total=False):
    """What a share link allows, beside its project.

    Attributes:
        name: what a list of links calls it.
        expires_in_s: for how long it opens sessions.
        uses: sessions it may open in all.
        concurrent: sessions of it that may be there at once.
    """

    name: str
    expires_in_s: int
    uses: int
    concurrent: int


class WatchWishes(TypedDict, total=False):
    """What a spectator's token allows, beside its session.

    Attributes:
        name: what a list of spectators calls it.
        expires_in_s: for how long it begins to watch; who watches then goes on.
        viewers: in how many places it is used at once; the newest takes the oldest's place.
    """

    name: str
    expires_in_s: int
    viewers: int


class LinkChange(TypedDict, total=False):
    """What changes of a share link; what is left out stays, None takes a limit away.

    Attributes:
        expires_in_s: for how long from now on it opens sessions.
    """

    name: str
    expires_in_s: int | None
    uses: int | None
    concurrent: int | None


def mint_ticket(project: str, wishes: TicketWishes) -> Question[MintedTicket]:
    """Ask for a ticket; one that nobody uses costs nothing."""
    body = as_json(MintTicket(project=project, **wishes))
    return Question(method="POST", path="/v1/tickets", body=body, answer=MintedTicket)


def create_link(project: str, wishes: LinkWishes) -> Question[CreatedShareLink]:
    """Ask for a share link, once: a second one would open the project too."""
    return Question(
        method="POST",
        path="/v1/share-links",
        body=as_json(CreateShareLink(project=project, **wishes)),
        answer=CreatedShareLink,
        repeatable=False,
    )


def list_links(project: str | None, cursor: str | None) -> Question[ShareLinks]:
    """Ask for a page of share links, the newest first."""
    query = {"limit": str(PAGE)}
    query |= {} if project is None else {"project": project}
    query |= {} if cursor is None else {"cursor": cursor}
    return Question(method="GET", path="/v1/share-links", query=query, answer=ShareLinks)


def change_link(link: str, change: LinkChange) -> Question[ShareLinkView]:
    """Ask for a change of a share link; its end is counted from the last time this is asked."""
    return Question(
        method="PATCH",
        path=path_of("share-links", link),
        body=as_json(change),
        answer=ShareLinkView,
    )


def revoke_link(link: str, *, end_sessions: bool) -> Question[ShareLinkView]:
    """Ask for the end of a share link; one that is revoked stays so."""
    return Question(
        method="DELETE",
        path=path_of("share-links", link),
        query={"end_sessions": str(end_sessions).lower()},
        answer=ShareLinkView,
    )


def let_watch(session: str, wishes: WatchWishes) -> Question[CreatedSpectator]:
    """Ask for a spectator's token, once: a second one would show the session too."""
    return Question(
        method="POST",
        path=_spectators(session),
        body=as_json(CreateSpectator(**wishes)),
        answer=CreatedSpectator,
        repeatable=False,
    )


def list_spectators(session: str) -> Question[Spectators]:
    """Ask who may watch a session, and who does."""
    return Question(method="GET", path=_spectators(session), answer=Spectators)


def revoke_spectator(session: str, spectator: str) -> Question[SpectatorView]:
    """Ask for the end of a spectator's token; one that is revoked stays so."""
    path = f"{_spectators(session)}/{quote(spectator, safe='')}"
    return Question(method="DELETE", path=path, answer=SpectatorView)


def _spectators(session: str) -> str:
    return path_of("sessions", session) + "/spectators"
