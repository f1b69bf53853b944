"""Whole worlds from seeds: no law breaks, and a seed is a history. See docs/evidence.md."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest

from tests.simulation.bugs import Planted
from tests.simulation.planted import OF_SESSIONS, SEEDS
from tests.simulation.planted_runs import OF_RUNS
from tests.simulation.world import Outcome, simulate

HOURS = 17
STORMS_WITH_SCRIPTS = 12
PLANTED_SEEDS = (1, 4, 3, 12, 2, 5, 6, 7, 8, 20, 25)
RUN_SEEDS = (2, 4, 1, 5, 8, 3, 6, 7)
STORM_HOURS = 0.25
SEED_HOURS = 0.1


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Yield processes, one for each core."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield pool
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def hunts(
    request: pytest.FixtureRequest, pool: ProcessPoolExecutor
) -> dict[str, Future[Outcome | None]]:
    """Return the hunt for each planted bug that a test asks for: all go on beside each other."""
    asked = {item.name.partition("[")[2].rstrip("]") for item in request.session.items}
    return {
        bug.name: pool.submit(_hunt, bug.name, has_scripts=bug in OF_RUNS)
        for bug in (*OF_SESSIONS, *OF_RUNS)
        if bug.name in asked
    }


def test_no_law_breaks_in_twenty_simulated_hours(pool: ProcessPoolExecutor) -> None:
    people = pool.map(partial(simulate, has_scripts=False), range(HOURS), [1.0] * HOURS)
    storms = range(STORMS_WITH_SCRIPTS)
    scripts = pool.map(partial(simulate, has_scripts=True), storms, [STORM_HOURS] * len(storms))
    outcomes = [*people, *scripts]

    assert [outcome.told() for outcome in outcomes if outcome.law is not None] == []
    laws = {law for outcome in outcomes for law in outcome.checks}
    assert laws == set(range(1, 9))
    assert {end for outcome in outcomes for end in outcome.run_ends} >= {"completed", "cancelled"}


def test_one_seed_is_one_history_in_every_process() -> None:
    digests = {_digest(hash_seed) for hash_seed in ("0", "1", "random")}

    assert len(digests) == 1


@pytest.mark.parametrize("bug", [*OF_SESSIONS, *OF_RUNS], ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Planted, hunts: dict[str, Future[Outcome | None]]) -> None:
    caught = hunts[bug.name].result()

    assert caught is not None, f"{bug.name} lives through every world"
    assert caught.law in bug.laws, caught.told()


@pytest.mark.parametrize(("bug", "seed"), SEEDS.items(), ids=SEEDS)
def test_a_seed_that_caught_a_bug_shows_it_again_and_nothing_without_it(
    bug: str, seed: int
) -> None:
    first, again = (simulate(seed, SEED_HOURS, bug, has_scripts=False) for _ in range(2))
    sound = simulate(seed, SEED_HOURS, has_scripts=False)

    assert first.law is not None
    assert (again.digest, again.broken_after_s, again.told()) == (
        first.digest,
        first.broken_after_s,
        first.told(),
    )
    assert sound.law is None, sound.told()


def _hunt(bug: str, *, has_scripts: bool) -> Outcome | None:
    """Return the first world that shows a bug; None where none does."""
    seeds = RUN_SEEDS if has_scripts else PLANTED_SEEDS
    outcomes = (simulate(n, STORM_HOURS, bug, has_scripts=has_scripts) for n in seeds)
    return next((outcome for outcome in outcomes if outcome.law is not None), None)


def _digest(hash_seed: str) -> str:
    ask = "from tests.simulation.world import simulate; print(simulate(4, 0.3).digest)"
    found = subprocess.run(
        (sys.executable, "-c", ask),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return found.stdout
