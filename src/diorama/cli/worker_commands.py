"""`diorama workers`: which machines offer slots, what those hold, and taking one out of service."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.cli.asking import Asking, asks
from diorama.cli.lengths import length_s
from diorama.kernel.errors import NotFound

if TYPE_CHECKING:
    from diorama.client import Diorama
    from diorama.protocol.views import PoolView, WorkerView

workers: Final = typer.Typer(help="The machines that offer slots.", no_args_is_help=True)
Named = Annotated[str, typer.Argument(metavar="WORKER", help="Its id or its name.")]


@workers.command("ls")
@asks
def ls(asking: Asking) -> None:
    """List the workers and how full they are; for accounts that do not operate, pools alone."""
    found = asking.diorama.workers()
    pools = [] if found else asking.diorama.pools()
    if pools:
        asking.show_all(pools, ("REGION", "POOL", "WORKERS", "FREE", "HELD", "OURS"), pool_row)
        return
    titles = ("ID", "NAME", "REGION", "POOL", "STATE", "HEALTH", "SLOTS", "ENCODERS", "VERSION")
    asking.show_all(found, titles, row, spare=("ENCODERS", "VERSION", "POOL", "REGION"))
    if not found:
        asking.say("no worker is connected; `diorama worker` runs one")


@workers.command("drain")
@asks
def drain(
    asking: Asking,
    worker: Named,
    within: Annotated[
        str, typer.Option(help="After how long what still runs is ended: 0s, 10min, 2h.")
    ] = "10min",
) -> None:
    """Take a worker out of service: no new sessions, and a countdown for those it has."""
    found = id_of(asking.diorama, worker)
    asking.show(asking.diorama.drain_worker(found, within_s=length_s(within)), facts)


@workers.command("resume")
@asks
def resume(asking: Asking, worker: Named) -> None:
    """Put a worker back in service."""
    asking.show(asking.diorama.resume_worker(id_of(asking.diorama, worker)), facts)


def id_of(diorama: "Diorama", named: str) -> str:
    """Return the id of a worker, named by it or by its name.

    Raises:
        NotFound: there is none.
    """
    for one in diorama.workers():
        if named in {one.id, one.name}:
            return one.id
    raise NotFound(f"there is no worker {named}", code="worker_unknown")


def row(worker: "WorkerView") -> tuple[object, ...]:
    """Return a worker's line of the table."""
    return (
        worker.id,
        worker.name,
        worker.region,
        worker.pool,
        worker.state,
        worker.health,
        slots(worker),
        worker.encoders,
        worker.version,
    )


def pool_row(pool: "PoolView") -> tuple[object, ...]:
    """Return a pool's line of the table."""
    return pool.region, pool.pool, pool.workers, pool.free, pool.held, pool.own


def facts(worker: "WorkerView") -> tuple[tuple[str, object], ...]:
    """Return what matters of a worker that was put out of service or back."""
    return (
        ("id", worker.id),
        ("name", worker.name),
        ("state", worker.state),
        ("slots", slots(worker)),
        ("drains at", worker.drains_at),
    )


def slots(worker: "WorkerView") -> str:
    """Return how many slots are in which state, such as `1 free, 3 held`."""
    counted = Counter(slot.state for slot in worker.slots)
    return ", ".join(f"{count} {state}" for state, count in sorted(counted.items()))
