"""What a command says to whoever typed it, and what it exits with.

What a person can mend is one line and exit code 2; what may be better the next time, or was not
done, is one line and exit code 1.
"""

import contextlib
from collections.abc import Iterator
from typing import NoReturn

import typer

from diorama.cli.restarts import REFUSED
from diorama.kernel.errors import DioramaError


def say(line: str) -> None:
    """Say a line beside the answer: on standard error."""
    typer.echo(f"diorama: {line}", err=True)


def refuse(*lines: str) -> NoReturn:
    """Say what is to be mended, and end with exit code 2."""
    for line in lines:
        say(line)
    raise typer.Exit(REFUSED)


def fail(line: str) -> NoReturn:
    """Say what was not done, and end with exit code 1."""
    say(line)
    raise typer.Exit(1)


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what stops a gateway or a worker from starting into one line each."""
    from diorama.gateway.front import CannotListen
    from diorama.gateway.settings_file import SettingsRefused
    from diorama.kernel.errors import Unavailable

    try:
        yield
    except SettingsRefused as error:
        refuse(*error.lines)
    except CannotListen as error:
        refuse(f"DIORAMA_HOST, DIORAMA_PORT: {error}")
    except Unavailable as error:  # may be there the next time: the supervisor tries again
        fail(str(error))
    except DioramaError as error:
        refuse(str(error))
