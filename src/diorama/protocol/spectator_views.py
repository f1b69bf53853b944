"""What REST takes and shows of spectators: who may watch a session, and who does."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.states import SessionState
from diorama.protocol.views import Instant
from diorama.protocol.worker import MAX_SPECTATORS

LONGEST_LIFE_S: Final = 7 * 86_400
USUAL_LIFE_S: Final = 86_400

SpectatorState = Literal["active", "expired", "revoked", "over"]
WatchEnd = Literal[
    "left",
    "lost",
    "not_connected",
    "not_answered",
    "refused",
    "revoked",
    "replaced",
    "session_ended",
]
"""Why somebody watches no more. `replaced`: the same token is used elsewhere since."""


class CreateSpectator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish for a token with which a session may be watched.

    Attributes:
        name: for whoever reads the list.
        expires_in_s: how long it can be used to begin to watch; who watches goes on.
        viewers: places in which it may be used at once; the newest takes the oldest's place.
    """

    name: Annotated[str, Meta(max_length=120)] = ""
    expires_in_s: Annotated[int, Meta(ge=60, le=LONGEST_LIFE_S)] = USUAL_LIFE_S
    viewers: Annotated[int, Meta(ge=1, le=MAX_SPECTATORS)] = 1


class CreatedSpectator(msgspec.Struct, frozen=True, kw_only=True):
    """A token with which a session may be watched; it is shown this once.

    Attributes:
        url: the WHEP endpoint that takes the token.
        watch_url: the page that shows the session, with the token behind its `#`.
    """

    id: str
    session: str
    name: str
    viewers: int
    url: str
    token: str
    watch_url: str
    expires_at: Instant

    def __repr__(self) -> str:
        """Show it without its token: what is printed is kept."""
        return f"CreatedSpectator({self.id}, session={self.session})"


class SpectatorView(msgspec.Struct, frozen=True, kw_only=True):
    """Who may watch a session, and in how many places that happens now.

    `over` is that the session has ended. `created_by` is `key:<id>`, `member:<id>` or `viewer`.
    """

    id: str
    name: str
    state: SpectatorState
    watching: int
    viewers: int
    created_at: Instant
    created_by: str
    expires_at: Instant
    revoked_at: Instant | None = None


class Spectators(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who may watch a session, the newest first; `watching` of at most `max` do."""

    spectators: tuple[SpectatorView, ...]
    watching: int
    max: int


class WatchView(msgspec.Struct, frozen=True, kw_only=True):
    """A session as a spectator may see it.

    Attributes:
        spectators: how many watch it.
        watching: whether the asked-for watch goes on.
        reason: why it does not.
    """

    session: str
    project: str
    title: str
    state: SessionState
    spectators: int
    watching: bool = False
    reason: WatchEnd | None = None
