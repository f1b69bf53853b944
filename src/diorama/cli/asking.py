"""What commands that ask a gateway have in common: which gateway, with which key, how to answer.

`@asks` makes a command of a function that takes an `Asking` first: it adds `--server`, `--profile`
and `--json`, opens the client, and turns every error into one line and exit code 1.
"""

import contextlib
import functools
import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Concatenate, Final, NoReturn, ParamSpec, TypeVar, cast

import typer

from diorama.cli.saying import fail, say
from diorama.kernel.errors import DioramaError

if TYPE_CHECKING:
    from diorama.cli.profiles import Target
    from diorama.client import Diorama

P = ParamSpec("P")
T = TypeVar("T")
INTERRUPTED: Final = 130
"""What a shell takes for "ended by Ctrl-C"."""
COMPLETE_WITHIN_S: Final = 1.0
_AT_MOST: Final = 100


def complete_profile() -> list[str]:
    """Return the profiles, for the shell."""
    from diorama.cli import profiles

    try:
        return sorted(profiles.read_profiles(profiles.profiles_file(os.environ)).profiles)
    except DioramaError:
        return []


_COMMON: Final = {
    "server": Annotated[
        str | None, typer.Option(help="The gateway's address.", rich_help_panel="Which gateway")
    ],
    "profile": Annotated[
        str | None,
        typer.Option(
            help="A profile kept by `diorama login`.",
            rich_help_panel="Which gateway",
            autocompletion=complete_profile,
        ),
    ],
    "as_json": Annotated[bool, typer.Option("--json", help="Answer in JSON.")],
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A command at work.

    Attributes:
        diorama: the gateway.
        as_json: whether a program reads the answer.
    """

    diorama: "Diorama"
    as_json: bool

    def show_all(
        self,
        things: Sequence[T],
        titles: Sequence[str],
        row: Callable[[T], Sequence[object]],
        *,
        spare: Sequence[str] = (),
    ) -> None:
        """Answer with many things: JSON, or a table with a row for each.

        Args:
            things: what there is.
            titles: of the table's columns.
            row: returns what stands in them.
            spare: the columns that a narrow terminal is spared, the first first.
        """
        from diorama.cli import tables

        if self.as_json:
            tables.print_json(things)
        elif things:
            tables.print_table(titles, [row(thing) for thing in things], spare)

    def show(self, thing: T, facts: Callable[[T], Iterable[tuple[str, object]]]) -> None:
        """Answer with one thing: JSON, or a line for each fact."""
        from diorama.cli import tables

        if self.as_json:
            tables.print_json(thing)
        else:
            tables.print_facts(facts(thing))

    def say(self, line: str) -> None:
        """Say something beside the answer to a person; a program is told nothing."""
        if not self.as_json:
            say(line)


def asks(command: Callable[Concatenate[Asking, P], None]) -> Callable[..., None]:
    """Return the command of a function that takes an `Asking` first."""
    act = cast(Callable[..., None], command)  # Typer calls it by its own signature

    @functools.wraps(command)
    def run(*, server: str | None, profile: str | None, as_json: bool, **given: object) -> None:
        with told():
            from diorama.client import Diorama, Retries

            chosen = target(server, profile).profile
            patience = Retries(times=2)  # a person waits: an address that is wrong is told soon
            with Diorama(chosen.server, api_key=chosen.api_key, retries=patience) as diorama:
                act(Asking(diorama, as_json), **given)

    own = list(inspect.signature(command).parameters.values())[1:]
    common = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if name == "as_json" else None,
            annotation=kind,
        )
        for name, kind in _COMMON.items()
    ]
    by_name = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    run.__signature__ = inspect.Signature([*by_name, *common])  # type: ignore[attr-defined] # what `inspect.signature` reads
    run.__annotations__ = {one.name: one.annotation for one in [*own, *common]}
    return run


def target(server: str | None, profile: str | None) -> "Target":
    """Return the gateway that this process should ask.

    Raises:
        Invalid: what names it names nothing.
    """
    from diorama.cli import profiles

    return profiles.choose(
        server=server,
        profile=profile,
        environment=os.environ,
        kept=profiles.read_profiles(profiles.profiles_file(os.environ)),
        here=profiles.folder_profile(Path.cwd(), os.environ),
    )


def complete_project(incomplete: str) -> list[str]:
    """Return the projects whose names begin so, for the shell."""
    return _complete(lambda diorama: [one.name for one in diorama.projects()], incomplete)


def complete_session(incomplete: str) -> list[tuple[str, str]]:
    """Return the live sessions whose ids begin so, each with what tells it apart."""
    from itertools import islice

    def found(diorama: "Diorama") -> list[tuple[str, str]]:
        live = islice(diorama.sessions(live=True), _AT_MOST)
        return [(one.id, f"{one.project} {one.state}") for one in live]

    return _complete(found, incomplete)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what a gateway, or a profile, refuses into one line and exit code 1."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except DioramaError as error:
        _fail(error)


def _fail(error: DioramaError) -> NoReturn:
    from diorama.cli.tables import printable
    from diorama.client import ClientError, LimitReached, Unauthorized

    if isinstance(error, LimitReached):
        for holder in error.holders:
            device = f", {holder.device}" if holder.device else ""
            text = f"{holder.session} holds a slot ({holder.project}, {holder.state}{device})"
            say(printable(text))
    hint = "; `diorama login` keeps a key" if isinstance(error, Unauthorized) else ""
    asked = error.request_id if isinstance(error, ClientError) else None
    fail(printable(f"{error}{hint}") + (f" [{asked}]" if asked else ""))


def _complete(find: "Callable[[Diorama], list[T]]", incomplete: str) -> list[T]:
    """Return what a quick question finds; a shell that completes is told of no errors."""
    from diorama.client import Diorama, Retries

    try:
        chosen = target(None, None).profile
        patience = Retries(times=0)
        with Diorama(
            chosen.server,
            api_key=chosen.api_key,
            retries=patience,
            answer_within_s=COMPLETE_WITHIN_S,
        ) as diorama:
            found = find(diorama)
    except DioramaError:
        return []
    return [one for one in found if _begins(one, incomplete)]


def _begins(found: object, incomplete: str) -> bool:
    name = found[0] if isinstance(found, tuple) else found
    return str(name).startswith(incomplete)
