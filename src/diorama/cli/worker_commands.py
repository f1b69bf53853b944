"""`diorama workers`: which machines offer slots, and what those hold."""

from collections import Counter
from typing import TYPE_CHECKING, Final

import typer

from diorama.cli.asking import Asking, asks

if TYPE_CHECKING:
    from diorama.protocol.views import WorkerView

workers: Final = typer.Typer(help="The machines that offer slots.", no_args_is_help=True)


@workers.command("ls")
@asks
def ls(asking: Asking) -> None:
    """List the workers and how full they are."""
    titles = ("ID", "NAME", "REGION", "POOL", "STATE", "SLOTS", "ENCODERS", "VERSION")
    found = asking.diorama.workers()
    asking.show_all(found, titles, row)
    if not found:
        asking.say("no worker is connected; `diorama worker` runs one")


def row(worker: "WorkerView") -> tuple[object, ...]:
    """Return a worker's line of the table."""
    return (
        worker.id,
        worker.name,
        worker.region,
        worker.pool,
        worker.state,
        slots(worker),
        worker.encoders,
        worker.version,
    )


def slots(worker: "WorkerView") -> str:
    """Return how many slots are in which state, such as `1 free, 3 held`."""
    counted = Counter(slot.state for slot in worker.slots)
    return ", ".join(f"{count} {state}" for state, count in sorted(counted.items()))
