"""`diorama doctor` as it is typed."""

import os
from typing import Annotated, Final

import typer

from diorama.cli.asking import target, told
from diorama.cli.starting import LOOPBACK

COLOURS: Final = {"ok": "green", "note": "cyan", "warn": "yellow", "fail": "red"}
TURN_PASSWORD: Final = "DIORAMA_CLIENT_TURN_PASSWORD"  # noqa: S105 - the name of a variable


def doctor(  # noqa: PLR0913 - each is an option
    *,
    stun: Annotated[
        list[str] | None, typer.Option(metavar="HOST:PORT", help="Ask this STUN server.")
    ] = None,
    turn: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Ask this TURN server for a relay.")
    ] = None,
    turn_user: Annotated[
        str, typer.Option(help=f"Its user; the password is read from {TURN_PASSWORD}.")
    ] = "",
    media: Annotated[
        bool, typer.Option("--media/--no-media", help="Try the encoders of this machine.")
    ] = True,
    server: Annotated[str | None, typer.Option(help="The gateway's address.")] = None,
    profile: Annotated[str | None, typer.Option(help="A profile kept by `diorama login`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Look at this machine and a gateway, and say what is wrong and what to do about it.

    It changes nothing and ends nothing. Exit code 1 where something fails.
    """
    from httpx import URL

    from diorama.cli import tables
    from diorama.cli.doctor.findings import Finding, Verdict, worst
    from diorama.cli.doctor.looking import Patient, look

    with told():
        chosen = target(server, profile).profile
    patient = Patient(
        server=chosen.server,
        api_key=chosen.api_key,
        is_here=URL(chosen.server).host in LOOPBACK,
        stun=tuple(stun or ()),
        turn=turn,
        turn_user=turn_user,
        turn_password=os.environ.get(TURN_PASSWORD, ""),
        media=media,
    )
    found: list[Finding] = []
    for finding in look(patient):
        found.append(finding)
        if not as_json:
            _print(finding.verdict.value, finding.check, finding.text, finding.advice)
    if as_json:
        tables.print_json(found)
    if worst(found) is Verdict.FAIL:
        raise typer.Exit(1)


def _print(verdict: str, check: str, text: str, advice: str | None) -> None:
    from diorama.cli.tables import printable

    typer.echo(f"{typer.style(f'{verdict:<4}', fg=COLOURS[verdict])}  {check:<9}  ", nl=False)
    typer.echo(printable(text))
    if advice is not None:
        typer.echo(f"{'':17}{printable(advice)}")
