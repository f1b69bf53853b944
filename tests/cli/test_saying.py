"""What somebody reads where a command cannot begin."""

import errno

import pytest
import typer

from diorama.cli.saying import refusals
from diorama.gateway.front import CannotListen
from diorama.kernel.errors import Unavailable


def test_what_rose_through_task_groups_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    cause = CannotListen("cannot listen on 10.0.0.9:80: this machine has no such address")

    with pytest.raises(typer.Exit) as end, refusals():
        raise ExceptionGroup("outer", [ExceptionGroup("inner", [cause])])

    assert end.value.exit_code == 2
    assert capsys.readouterr().err == f"diorama: DIORAMA_HOST, DIORAMA_PORT: {cause}\n"


def test_two_causes_at_once_are_told_whole() -> None:
    causes = [Unavailable("one", code="a"), Unavailable("other", code="b")]

    with pytest.raises(ExceptionGroup) as raised, refusals():
        raise ExceptionGroup("both", causes)

    assert raised.value.exceptions == tuple(causes)


def test_a_disk_without_room_is_named_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as end, refusals():
        raise OSError(errno.ENOSPC, "No space left on device", "/srv/data/secrets/api.key")

    assert end.value.exit_code == 1
    assert capsys.readouterr().err == (
        "diorama: /srv/data/secrets/api.key: the disk is full; make room there\n"
    )


def test_an_error_that_nobody_can_mend_there_rises() -> None:
    with pytest.raises(BrokenPipeError), refusals():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
