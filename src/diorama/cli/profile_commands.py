"""`diorama login`, `logout` and `profiles`: which gateways there are, and which key opens each."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from diorama.cli.asking import target, told
from diorama.cli.saying import fail, refuse, say
from diorama.cli.starting import LOOPBACK

profiles: Final = typer.Typer(help="Gateways and their keys.", no_args_is_help=True)
DEFAULT: Final = "default"
_MAX_KEY: Final = 512
ProfileName = Annotated[str, typer.Option("--profile", metavar="NAME", help="What it is called.")]


def login(
    server: Annotated[
        str | None, typer.Option(help="The gateway's address; asked for if left out.")
    ] = None,
    profile: ProfileName = DEFAULT,
    key_file: Annotated[
        Path | None, typer.Option(help="Read the API key from this file; else it is asked for.")
    ] = None,
) -> None:
    """Keep a gateway's address and API key in a profile, once the gateway takes the key."""
    from diorama.cli.profiles import Profile, profiles_file, read_profiles, write_profiles

    with told():
        from diorama.client import Diorama, Forbidden
        from diorama.client.address import origin_of

        kept = read_profiles(profiles_file(os.environ))
        known = kept.profiles.get(profile)
        shown = known.server if known else "http://127.0.0.1:8080"
        address = server or typer.prompt("The gateway's address", default=shown, err=True)
        made = Profile(origin_of(address), _key(key_file))
        if is_in_the_open(made.server):
            say("this address is http: who is on the way can read the key; prefer https")
        with Diorama(made.server, api_key=made.api_key) as diorama:
            try:
                next(diorama.sessions(page=1), None)
            except Forbidden:
                say("this key may not list sessions; what it may do is up to its scopes")
        others = {name: one for name, one in kept.profiles.items() if name != profile}
        after = type(kept)(kept.default or profile, {**others, profile: made})
        write_profiles(profiles_file(os.environ), after)
    say(f"profile {profile} is kept: {made.server}")


def logout(profile: ProfileName = DEFAULT) -> None:
    """Forget a profile and its key. The key itself stays valid: `diorama keys revoke` ends it."""
    from diorama.cli.profiles import Kept, profiles_file, read_profiles, write_profiles

    with told():
        kept = read_profiles(profiles_file(os.environ))
        if profile not in kept.profiles:
            fail(f"there is no profile {profile}")
        left = {name: one for name, one in kept.profiles.items() if name != profile}
        default = kept.default if kept.default in left else None
        write_profiles(profiles_file(os.environ), Kept(default, left))
    say(f"profile {profile} is forgotten")


@profiles.command("ls")
def ls(
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,  # noqa: FBT002 - Typer's way to say a flag
) -> None:
    """List the profiles, and say which gateway a command would ask now. Keys are not shown."""
    from diorama.cli import tables
    from diorama.cli.profiles import profiles_file, read_profiles

    with told():
        kept = read_profiles(profiles_file(os.environ))
        asked = target(None, None)
    rows = [
        {"name": name, "server": one.server, "default": name == kept.default}
        for name, one in sorted(kept.profiles.items())
    ]
    if as_json:
        tables.print_json({"profiles": rows, "asked": asked.profile.server})
        return
    if rows:
        titles = ("NAME", "SERVER", "DEFAULT")
        tables.print_table(titles, [tuple(one.values()) for one in rows])
    say(f"commands ask {asked.profile.server}, from {asked.source}")


@profiles.command("use")
def use(profile: Annotated[str, typer.Argument(metavar="NAME", help="Which.")]) -> None:
    """Ask the gateway of this profile from now on."""
    from diorama.cli.profiles import Kept, profiles_file, read_profiles, write_profiles

    with told():
        kept = read_profiles(profiles_file(os.environ))
        if profile not in kept.profiles:
            fail(f"there is no profile {profile}; `diorama login --profile {profile}` makes it")
        write_profiles(profiles_file(os.environ), Kept(profile, kept.profiles))


def is_in_the_open(server: str) -> bool:
    """Whether a key goes to this address unencrypted, and over a network."""
    from urllib.parse import urlsplit

    parts = urlsplit(server)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _key(file: Path | None) -> str:
    """Return a key: never from the command line, where `ps` would show it to everybody."""
    if file is not None:
        try:
            key = file.read_text()
        except OSError as error:
            refuse(f"--key-file {file}: {error.strerror}")
        except UnicodeDecodeError:
            refuse(f"--key-file {file}: it holds no key, for it is no text")
    elif sys.stdin.isatty():
        key = typer.prompt("The API key", hide_input=True, err=True)
    else:
        key = sys.stdin.readline(_MAX_KEY)
    key = key.strip()
    if not key.startswith("dio_") or not key.isascii() or len(key) > _MAX_KEY:
        refuse("that is no API key: those begin with dio_")
    return key
