"""What a command says to whoever typed it, and what it exits with.

What a person can mend is one line and exit code 2; what may be better the next time, or was not
done, is one line and exit code 1.
"""

import contextlib
import errno
from collections.abc import Iterator
from typing import Final, NoReturn

import typer

from diorama.cli.restarts import REFUSED
from diorama.kernel.errors import DioramaError

_FOLDERS: Final = {
    errno.ENOSPC: "the disk is full; make room there",
    errno.EDQUOT: "this user's share of the disk is used up; make room there",
    errno.EROFS: "the disk is mounted to be read only; name another folder with DIORAMA_DATA",
    errno.EACCES: "this user may not; name another folder with DIORAMA_DATA, or give it to them",
}


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
        with _one_cause():
            yield
    except SettingsRefused as error:
        refuse(*error.lines)
    except CannotListen as error:
        refuse(f"DIORAMA_HOST, DIORAMA_PORT: {error}")
    except Unavailable as error:  # may be there the next time: the supervisor tries again
        fail(str(error))
    except DioramaError as error:
        refuse(str(error))
    except OSError as error:
        if error.filename is None or error.errno not in _FOLDERS:
            raise
        fail(f"{error.filename}: {_FOLDERS[error.errno]}")


@contextlib.contextmanager
def _one_cause() -> Iterator[None]:
    """Let the one exception of a group of groups rise alone: what a start in task groups raises."""
    try:
        yield
    except BaseExceptionGroup as group:
        cause: BaseException = group
        while isinstance(cause, BaseExceptionGroup) and len(cause.exceptions) == 1:
            cause = cause.exceptions[0]
        if cause is group:
            raise
        raise cause from None
