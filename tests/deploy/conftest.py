import re
from typing import Literal

import pytest

from diorama.gateway.metrics import Metrics
from diorama.protocol.end_codes import END_CODES, End, EndCode
from diorama.sessions.census import Census
from diorama.sessions.census_store import LaneCount


@pytest.fixture(scope="session")
def shown() -> dict[str, set[str]]:
    """Return the names of all series of a gateway that has seen something, with their labels."""
    metrics = Metrics()
    metrics.answered("GET", "/v1/sessions", 200, 0.1)
    kinds: tuple[Literal["read", "write"], ...] = ("read", "write")
    for kind in kinds:
        with metrics.store(kind):
            pass
    code, row = next(iter(END_CODES.items()))
    metrics.count_end(End(EndCode(code), row.reasons[0]))
    here = ("local", "default")
    lane = LaneCount(
        project="cove", region="local", pool="default", states={"idle": 1}, waiting=0, cap=None
    )
    census = Census(
        lanes=[lane], slots={(here, "free"): 1}, workers={(here, "ready"): 1}, wanted={here: 1}
    )
    text = metrics.page(census, {"viewer": 1}, "")[0].decode()
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, labels = line.partition(" ")[0].partition("{")
            found.setdefault(name, set()).update(re.findall(r"(\w+)=\"", labels))
    return found
