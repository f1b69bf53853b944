"""Whether the time of an answer tells a foreign object from one that there is not.

Every operation that names an object is asked for a foreign account's and for a missing one, by a
key of another account, in an order that chance mixes, so that whatever else the machine does falls
on both. Source: reliability notes, section 6, item 6: under 5 ms over 10,000 samples.
"""

import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvloop
from report import ROOT, Figures, median, publish, quantile, scaled, versions, wait_for_quiet

if TYPE_CHECKING:
    from tests.security.operations import Row
    from tests.security.town import Town

EACH: Final = 500
WORDS: Final = ("foreign", "missing")
_MS: Final = 1_000


async def answer_s(town: "Town", operation: str, row: "Row", whose: str) -> float:
    """Return how long an answer takes."""
    from tests.security.operations import request_of

    actor = town.actors["own key"]
    method, target, body = request_of(operation, row, town.things.of(row.of, whose))
    began = time.perf_counter()
    reply = await town.ask(actor, method, target, body)
    took = time.perf_counter() - began
    assert reply.status < 300 if row.quiet else reply.status == 404, (operation, whose, reply)
    return took


async def measured(folder: Path) -> list[Figures]:
    """Return a row for each operation."""
    from tests.security.operations import OPERATIONS, Door
    from tests.security.town import town_at

    found: list[Figures] = []
    chance = random.Random(4)
    async with town_at(folder) as town:
        for operation, row in OPERATIONS.items():
            if not row.of or row.operator or row.everywhere or row.door is Door.PUBLIC:
                continue  # of the operator's account alone: others do not get as far as the object
            order = [*WORDS] * scaled(EACH, least=20)
            chance.shuffle(order)
            took = defaultdict[str, list[float]](list)
            for whose in order:
                took[whose].append(await answer_s(town, operation, row, whose))
            found.append(_row(operation, took["foreign"], took["missing"]))
    return found


def _row(operation: str, foreign: list[float], missing: list[float]) -> Figures:
    def of(times: list[float], share: float) -> float:
        return round(quantile(times, share) * _MS, 3)

    return {
        "operation": operation,
        "foreign_ms": of(foreign, 0.5),
        "missing_ms": of(missing, 0.5),
        "apart_ms": round((median(foreign) - median(missing)) * _MS, 3),
        "foreign_p90_ms": of(foreign, 0.9),
        "missing_p90_ms": of(missing, 0.9),
        "samples": len(foreign) + len(missing),
    }


def _together(rows: list[Figures]) -> Figures:
    apart = [abs(float(row["apart_ms"] or 0)) for row in rows]
    return {
        "operations": len(rows),
        "samples": sum(int(row["samples"] or 0) for row in rows),
        "median_apart_ms": round(median(apart), 3),
        "most_apart_ms": max(apart),
    }


def main() -> None:
    """Measure, print and write the results."""
    sys.path.append(str(ROOT))  # for the tests' accounts with one of everything each
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        rows = uvloop.run(measured(Path(name)))
    sections = {"Each operation": rows, "All": [_together(rows)]}
    publish("foreign", load, versions("uvloop", "aiohttp", "fastapi"), sections)


if __name__ == "__main__":
    main()
