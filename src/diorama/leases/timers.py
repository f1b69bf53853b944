"""Every timer of liveness, with the orders that keep them safe. Pure.

Safety never depends on these numbers being right, only on their order: a slot must not be given
away without proof before its worker has fenced itself, whatever its clock's rate and its scheduler
do.
Source: DESIGN section 4.
"""

from dataclasses import dataclass
from typing import Final

from diorama.kernel.errors import Invalid

CLOCK_RATE_ERROR: Final = 0.01
SCHEDULING_DELAY_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """How long Diorama waits for whom, in seconds.

    Attributes:
        heartbeat_s: between two heartbeats of a viewer, or two beats of a worker.
        detached_after_s: a viewer unheard this long is detached.
        stale_after_s: a viewer unheard this long yields to limits.
        suspect_after_s: a worker unheard this long is given no new sessions.
        self_fence_s: a worker without a confirmed renewal this long, counted from the sending of
            the last one, kills what it runs.
        slot_reuse_s: a slot comes back this long after its worker's last renewal, without proof.
        claim_s: a viewer must attach within this time of a reservation.
        accept_assignment_s: a worker must accept an assignment.
        confirm_stop_s: a worker must confirm a stop.
        admission_s: a request must have been decided.
        place_kept_s: a waiter who dropped keeps the place.
        recovery_grace_s: after a start or a step of the clock, nobody is found missing.
        page_left_grace_s: a page that says it is being left may be reloading.
        forget_worker_s: a lost worker that nobody has heard this long, and that holds nothing, is
            listed no more.
    """

    heartbeat_s: float = 5.0
    detached_after_s: float = 10.0
    stale_after_s: float = 15.0
    suspect_after_s: float = 15.0
    self_fence_s: float = 60.0
    slot_reuse_s: float = 75.0
    claim_s: float = 60.0
    accept_assignment_s: float = 20.0
    confirm_stop_s: float = 10.0
    admission_s: float = 10.0
    place_kept_s: float = 30.0
    recovery_grace_s: float = 20.0
    page_left_grace_s: float = 0.75
    forget_worker_s: float = 7 * 86_400.0

    def __post_init__(self) -> None:
        """Refuse an order that is not safe.

        Raises:
            Invalid: with code `timers`, naming the two numbers.
        """
        fenced_s = self.self_fence_s * (1 + CLOCK_RATE_ERROR) + SCHEDULING_DELAY_S
        orders = (
            (
                "heartbeat_s",
                self.heartbeat_s,
                "half of detached_after_s",
                self.detached_after_s / 2,
            ),
            ("detached_after_s", self.detached_after_s, "stale_after_s", self.stale_after_s),
            ("twice heartbeat_s", self.heartbeat_s * 2, "suspect_after_s", self.suspect_after_s),
            ("suspect_after_s", self.suspect_after_s, "self_fence_s", self.self_fence_s),
            ("slot_reuse_s", self.slot_reuse_s, "forget_worker_s", self.forget_worker_s),
        )
        for low_name, low, high_name, high in orders:
            if low > high:
                raise Invalid(f"{low_name} ({low}) is above {high_name} ({high})", code="timers")
        if self.slot_reuse_s <= fenced_s:
            raise Invalid(
                f"slot_reuse_s ({self.slot_reuse_s}) must be above {fenced_s}: self_fence_s x "
                f"{1 + CLOCK_RATE_ERROR} + {SCHEDULING_DELAY_S} s of scheduling delay",
                code="timers",
            )


DEFAULTS: Final = Timers()
