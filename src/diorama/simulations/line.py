"""Who of those that wait in line is next: the account that has the fewest runs running. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Line:
    """Where runs wait for the same slots."""

    pool: str
    region: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The first run of one account in a line, and how many of the account's runs have a slot."""

    account_id: str
    run_id: str
    ticket: int
    running: int


def first_of(waiting: Sequence[Waiting]) -> Waiting | None:
    """Return who is next: of the account that runs least, and of those who came first."""
    return min(waiting, key=lambda one: (one.running, one.ticket), default=None)


def may_take(*, free: int, keep_free: int) -> bool:
    """Whether runs may take one of the free slots: some may be kept for viewers who come."""
    return free > keep_free
