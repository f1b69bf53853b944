"""Simulated hours, as many as one likes: `make evidence HOURS=n SEED=s`.

Each world is an hour long, or what is left, and has a seed of its own, counted up from the first.
Beside them go the walks of `tests.sessions.test_walk`, whose steps know no rules at all. What was
done is written to build/evidence.json by the machine that did it. A broken law is printed with the
command that shows it again, and ends the run with 1.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.walks import STEPS, walk
from tests.simulation.world import Outcome, simulate

EVIDENCE: Final = Path("build/evidence.json")
WORLD_HOURS: Final = 1.0
WALKS_AN_HOUR: Final = 1


@dataclass
class Evidence:
    """What was simulated."""

    seed: int
    worlds: int = 0
    hours: float = 0.0
    sessions: int = 0
    runs: int = 0
    events: int = 0
    walks: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    checks: Counter[int] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    run_ends: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one world in."""
        self.worlds += 1
        self.hours += outcome.broken_after_s / 3_600
        self.sessions += outcome.sessions
        self.runs += outcome.runs
        self.events += outcome.events
        self.faults.update(outcome.faults)
        self.checks.update(outcome.checks)
        self.ends.update(outcome.ends)
        self.run_ends.update(outcome.run_ends)
        if outcome.law is not None:
            self.broken.append(outcome.told())

    def document(self, cpu_s: float) -> dict[str, object]:
        """Return it as it is written."""
        return {
            "commit": _commit(),
            "seeds": {"first": self.seed, "count": self.worlds},
            "simulated_hours": round(self.hours, 3),
            "cpu_s": round(cpu_s, 1),
            "sessions": self.sessions,
            "runs": self.runs,
            "events": self.events,
            "ends": dict(sorted(self.ends.items())),
            "ends_of_runs": dict(sorted(self.run_ends.items())),
            "faults": {
                name: count
                for name, count in sorted(self.faults.items())
                if not name.startswith(("end_", "refused_"))  # what viewers were told
            },
            "checks_by_law": {str(law): count for law, count in sorted(self.checks.items())},
            "walks": {"count": self.walks, "steps_each": STEPS},
            "planted_bugs": planted_names(),
            "broken": self.broken,
        }


def planted_names() -> list[str]:
    """Return the names of the bugs that the oracle is tested with."""
    from tests.simulation.planted import PLANTED

    return [bug.name for bug in PLANTED]


def lengths(hours: float) -> Iterator[float]:
    """Yield the hours of each world."""
    while hours > 1e-9:
        yield min(WORLD_HOURS, hours)
        hours -= WORLD_HOURS


def gather(seed: int, hours: float, jobs: int, console: Console) -> Evidence:
    """Run worlds, each in one of some processes, and count them in."""
    evidence = Evidence(seed)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with (
        ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool,
        Progress(*columns, console=console) as progress,
    ):
        bar = progress.add_task("", total=hours)
        due: set[Future[Outcome]] = set()
        ahead = enumerate(lengths(hours))
        while True:
            for number, length in ahead:
                due.add(pool.submit(simulate, seed + number, length))
                if len(due) > jobs:
                    break
            if not due:
                return evidence
            done, due = wait(due, return_when=FIRST_COMPLETED)
            for one in done:
                outcome = one.result()
                evidence.add(outcome)
                said = f"{evidence.worlds} worlds from seed {seed}, {evidence.hours:.1f} h"
                progress.update(bar, advance=outcome.hours, description=said)


def main() -> int:
    """Simulate, walk, write the evidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--walks", type=int, default=None, help="walks beside the worlds")
    asked = parser.parse_args()
    console = Console(stderr=True)
    started = time.process_time(), os.times().children_user
    evidence = gather(asked.seed, asked.hours, asked.jobs, console)
    walks = round(asked.hours * WALKS_AN_HOUR) if asked.walks is None else asked.walks
    for number in range(walks):
        evidence.walks += 1
        if said := walk(asked.seed + number):
            evidence.broken.append(said)
    cpu_s = time.process_time() - started[0] + os.times().children_user - started[1]
    EVIDENCE.parent.mkdir(exist_ok=True)
    EVIDENCE.write_text(json.dumps(evidence.document(cpu_s), indent=2) + "\n")
    for said in evidence.broken:
        console.print(said, markup=False)
    law = "a law was broken" if evidence.broken else "no law broken"
    console.print(
        f"{evidence.hours:.1f} simulated hours, {evidence.sessions} sessions,"
        f" {evidence.runs} runs,"
        f" {sum(evidence.faults.values())} faults, {cpu_s:.0f} s of CPU, {law}: {EVIDENCE}"
    )
    return 1 if evidence.broken else 0


def _commit() -> str:
    found = subprocess.run(
        ("git", "rev-parse", "HEAD"), capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
