"""What a planted bug is: one small change of the text of one production function, or of some."""

from collections.abc import Callable
from dataclasses import dataclass

AnyFunction = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Change:
    """In `function`, `sane` is replaced by `sick`."""

    function: AnyFunction
    sane: str
    sick: str


@dataclass(frozen=True, slots=True)
class Planted:
    """One bug. `laws` are those it may break first.

    Some need two changes: where production guards twice, one lost guard breaks nothing.
    """

    name: str
    laws: tuple[int, ...]
    changes: tuple[Change, ...]


def bug(name: str, laws: tuple[int, ...], function: AnyFunction, sane: str, sick: str) -> Planted:
    """Return a bug of one change."""
    return Planted(name, laws, (Change(function, sane, sick),))
