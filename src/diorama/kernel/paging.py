"""Pages of a list: what is shown, and where the next page begins. Pure.

A store is asked for one more than a page has room for; whether that one came says whether there is
a next page, so no list is counted.
"""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def page_of(found: list[T], limit: int, mark: Callable[[T], str]) -> tuple[list[T], str | None]:
    """Return a page of at most `limit`, and the cursor that goes on after it; None is the end.

    Args:
        found: up to `limit + 1`, in order.
        limit: 1 or more.
        mark: what a cursor says of the last one that was shown.
    """
    page = found[:limit]
    return page, mark(page[-1]) if len(found) > limit else None
