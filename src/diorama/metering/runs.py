"""What runs of simulations are metered, as a function of their log. Pure.

A run's meter runs from its world's first picture to its last, each attempt: from `started` to the
first thing that stops it. Source: DESIGN section 7, law 5.
"""

from collections.abc import Iterable, Sequence

from diorama.protocol.usage_views import Difference, VerifiedView
from diorama.simulations.lifecycle import STOPS_METER, RunEvent
from diorama.simulations.store import KeptRun, LoggedRunEvent


def intervals(log: Iterable[LoggedRunEvent]) -> list[tuple[int, int | None]]:
    """Return from when to when one run's log says that it rendered; None is still.

    The events may come in any order and more than once.

    Raises:
        AssertionError: an event is missing: the log is not one run's.
    """
    known = sorted({event.version: event for event in log}.items())
    found: list[tuple[int, int | None]] = []
    since_us: int | None = None
    for at, (version, event) in enumerate(known, start=1):
        if version != at:
            raise AssertionError(f"a run's log has no version {at}")
        if since_us is not None and event.kind in STOPS_METER:
            found.append((since_us, event.at_us))
            since_us = None
        if event.kind is RunEvent.STARTED:
            since_us = event.at_us
    if since_us is not None:
        found.append((since_us, None))
    return found


def verified_runs(page: Sequence[KeptRun]) -> VerifiedView:
    """Return what comes of holding runs to their log."""
    differences: list[Difference] = []
    rendered_us = 0
    for run in page:
        said = intervals(run.log)
        log_us = sum(to_us - from_us for from_us, to_us in said if to_us is not None)
        since_us = next((from_us for from_us, to_us in said if to_us is None), None)
        rendered_us += log_us
        if run.metered_us != log_us:
            differences.append(_different("run", run, run.metered_us, log_us))
        if run.since_us != since_us:
            differences.append(_different("run_running", run, run.since_us, since_us))
    return VerifiedView(
        sessions=0,
        runs=len(page),
        events=sum(len(run.log) for run in page),
        stream_us=0,
        simulation_us=rendered_us,
        differences=tuple(differences),
    )


def _different(what: str, run: KeptRun, kept_us: int | None, log_us: int | None) -> Difference:
    return Difference(
        what=what, account=run.account_id, session=run.run_id, kept_us=kept_us, log_us=log_us
    )
