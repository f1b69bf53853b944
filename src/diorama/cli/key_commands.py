"""`diorama keys` and `diorama audit`: what opens an account, and who changed what in it."""

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.accounts.permissions import Permission
from diorama.cli.asking import Asking, asks
from diorama.cli.lengths import length_s

if TYPE_CHECKING:
    from diorama.client.account_questions import WantedKey
    from diorama.protocol.key_views import AuditView, CreatedKey, KeyView

keys: Final = typer.Typer(help="What opens the account.", no_args_is_help=True)
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Its id.")]


def _scopes(incomplete: str) -> list[str]:
    return [one.value for one in Permission if one.value.startswith(incomplete)]


@keys.command("ls")
@asks
def ls(asking: Asking) -> None:
    """List the keys, newest first; their secrets are nowhere."""
    titles = ("ID", "NAME", "KIND", "STATE", "BEGINS WITH", "SCOPES", "EXPIRES", "LAST USED")
    spare = ("BEGINS WITH", "LAST USED", "EXPIRES", "SCOPES", "KIND")
    asking.show_all(list(asking.diorama.keys()), titles, row, spare=spare)


@keys.command("create")
@asks
def create(  # noqa: PLR0913 - each is an option
    asking: Asking,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", autocompletion=_scopes, help="What it may do; several times."),
    ] = None,
    *,
    for_worker: Annotated[
        bool, typer.Option("--for-worker", help="A key for workers, which has no scopes.")
    ] = False,
    worker: Annotated[
        str | None, typer.Option(help="The only worker that may use a key for workers.")
    ] = None,
    expires_in: Annotated[
        str | None, typer.Option(help="How long it works: 12h, 30d; without it, until revoked.")
    ] = None,
) -> None:
    """Make a key. Its secret is all that is printed on standard output, this once."""
    wanted: WantedKey = {"kind": "worker" if for_worker or worker else "api"}
    if worker is not None:
        wanted["worker"] = worker
    if expires_in is not None:
        wanted["expires_in_s"] = length_s(expires_in)
    _show_secret(asking, asking.diorama.create_key(name, scopes=scope or (), **wanted))


@keys.command("rotate")
@asks
def rotate(
    asking: Asking,
    key: KeyId,
    overlap: Annotated[
        str, typer.Option(help="How long the old secret works on: 10min, 7d.")
    ] = "0s",
) -> None:
    """Make another secret for a key, and let the old one work on for a while."""
    _show_secret(asking, asking.diorama.rotate_key(key, overlap_s=length_s(overlap)))


@keys.command("revoke")
@asks
def revoke(asking: Asking, key: KeyId) -> None:
    """Revoke a key: it opens nothing from the next request on, at every gateway."""
    revoked = asking.diorama.revoke_key(key)
    asking.show(revoked, lambda one: (("id", one.id), ("name", one.name), ("state", one.state)))


@asks
def audit(
    asking: Asking,
    actor: Annotated[str | None, typer.Option(help="Only by this member or key.")] = None,
    action: Annotated[
        str | None, typer.Option(help="Only this, such as key.created, or key for all of it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List who changed what in the account, newest first."""

    def line(entry: "AuditView") -> tuple[object, ...]:
        return entry.at, entry.actor, entry.action, entry.subject, bytes(entry.detail).decode()

    found = list(islice(asking.diorama.audit(actor=actor, action=action), limit))
    asking.show_all(found, ("AT", "BY", "WHAT", "OF", "DETAIL"), line, spare=("OF", "BY"))
    if not found:
        asking.say("nobody changed anything yet" if actor is action is None else "no entry fits")


def row(key: "KeyView") -> tuple[object, ...]:
    """Return a key's line of the table."""
    return (
        key.id,
        key.name,
        key.kind,
        key.state,
        key.hint,
        "all" if key.scopes is None else key.scopes,
        key.expires_at,
        key.last_used_at,
    )


def _show_secret(asking: Asking, made: "CreatedKey") -> None:
    if asking.as_json:
        from diorama.cli import tables

        tables.print_json(made)
        return
    asking.say(f"{made.key.id} ({made.key.name}) is made; its secret is shown this once:")
    typer.echo(made.secret)
