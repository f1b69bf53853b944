"""What happens to a run if nothing else does, and when. Pure: every state that waits has an end.

Source: DESIGN section 2; law 7.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from diorama.kernel.units import seconds
from diorama.simulations.lifecycle import Run

MAX_PROCESSING_S: Final = 24 * 3_600.0
"""No run renders for longer, however well it gets on: an hour of the world's time is the most."""
LONGEST_RUN_US: Final = seconds(MAX_PROCESSING_S)
START_GRACE_S: Final = 10.0
"""The worker gives up on a world that does not start; this much later we do."""


class Due(StrEnum):
    """What is due to a run."""

    NOT_DISPATCHED = "not_dispatched"
    NOT_ACCEPTED = "not_accepted"
    NOT_STARTED = "not_started"
    STALLED = "stalled"
    NOT_UPLOADED = "not_uploaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How simulations yield, and how long they are waited for.

    Attributes:
        keep_free: slots of a kind that stay free for viewers.
        max_wait_s: a run may wait so long for a slot.
        stalled_s: a world may render nothing for so long.
        upload_within_s: what was rendered must be uploaded.
    """

    keep_free: int = 0
    max_wait_s: float = 86_400.0
    stalled_s: float = 120.0
    upload_within_s: float = 1_800.0


PATIENCE: Final = Patience()


def next_deadline(run: Run, patience: Patience, *, accept_s: float) -> tuple[int, Due] | None:
    """Return when what is due to a run that nobody moves; None is one that is over."""
    if run.is_over:
        return None
    if run.rendered_us is not None:
        return run.rendered_us + seconds(patience.upload_within_s), Due.NOT_UPLOADED
    if run.dispatched_us is None:
        return run.entered_us + seconds(patience.max_wait_s), Due.NOT_DISPATCHED
    if run.started_us is not None:
        stalled_us = (run.moved_us or run.started_us) + seconds(patience.stalled_s)
        return min(stalled_us, run.started_us + seconds(MAX_PROCESSING_S)), Due.STALLED
    if run.accepted_us is None:
        return run.dispatched_us + seconds(accept_s), Due.NOT_ACCEPTED
    return run.accepted_us + seconds(run.start_timeout_s + START_GRACE_S), Due.NOT_STARTED
