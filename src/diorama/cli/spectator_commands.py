"""`diorama spectators`: who may watch a live session, who does, and who may no more."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.cli.asking import Asking, asks, complete_session
from diorama.cli.lengths import length_s

if TYPE_CHECKING:
    from diorama.client.door_questions import WatchWishes
    from diorama.protocol.spectator_views import SpectatorView

spectators: Final = typer.Typer(help="Who may watch a live session.", no_args_is_help=True)
SessionId = Annotated[
    str,
    typer.Argument(metavar="SESSION", autocompletion=complete_session, help="Its id."),
]


@spectators.command("ls")
@asks
def ls(asking: Asking, session: SessionId) -> None:
    """List who may watch a session, the newest first, and in how many places each does."""
    found = asking.diorama.spectators(session)
    titles = ("ID", "NAME", "STATE", "WATCHING", "PLACES", "MADE BY", "BEGINS UNTIL")
    asking.show_all(list(found.spectators), titles, row)
    asking.say(f"{found.watching} of at most {found.max} watch")


@spectators.command("create")
@asks
def create(
    asking: Asking,
    session: SessionId,
    name: Annotated[str | None, typer.Option(help="What the list calls them.")] = None,
    expires_in: Annotated[
        str | None, typer.Option(help="How long it begins to watch: 10min, 7d; a day without it.")
    ] = None,
    viewers: Annotated[
        int | None, typer.Option(min=1, help="In how many places at once; one without it.")
    ] = None,
) -> None:
    """Let somebody watch. The page's address is all that is printed on standard output, once."""
    from diorama.cli import tables

    wishes: WatchWishes = {}
    if name is not None:
        wishes["name"] = name
    if expires_in is not None:
        wishes["expires_in_s"] = round(length_s(expires_in))
    if viewers is not None:
        wishes["viewers"] = viewers
    made = asking.diorama.let_watch(session, **wishes)
    if asking.as_json:
        tables.print_json(made)
        return
    asking.say(f"{made.id} may watch {made.session}; the address is shown this once:")
    typer.echo(made.watch_url)


@spectators.command("revoke")
@asks
def revoke(
    asking: Asking,
    session: SessionId,
    named: Annotated[list[str], typer.Argument(metavar="SPECTATOR...", help="Their ids.")],
) -> None:
    """Let tokens open nothing any more; who watches by them is put out at once."""
    for one in named:
        asking.diorama.revoke_spectator(session, one)
        asking.say(f"{one} may watch no more")


def row(view: "SpectatorView") -> tuple[object, ...]:
    """Return a spectator's line of the table."""
    return (
        view.id,
        view.name,
        view.state,
        view.watching,
        view.viewers,
        view.created_by,
        view.expires_at,
    )
