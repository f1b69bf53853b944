"""A store with room: an account without a narrow limit, projects, and workers that never beat.

The workers exist as rows only, with leases that hold for longer than any benchmark runs: what is
measured is the gateway and its store, and nothing that a worker would add.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diorama.accounts.plans import Account
from diorama.leases.slots import Slot, SlotState
from diorama.projects.rules import Project, QueueRules, Rules
from diorama.protocol.worker import VideoSpec, WorldSpec
from diorama.sessions.opening import Opening
from diorama.sessions.work import Work
from diorama.workers.capabilities import Worker

OWNER: Final = "acc_owner"
REGION: Final = "local"
LEASE_US: Final = 3_600_000_000
NO_LIMIT: Final = 1_000_000
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Lane:
    """One project in one region, of an account, with a worker of its own and its free slots."""

    number: int
    account_id: str
    slots: int

    @property
    def project(self) -> str:
        """The project's name."""
        return f"bench{self.number}"


def prepare(work: Work, lanes: Sequence[Lane]) -> None:
    """Write the lanes with their accounts, projects and workers."""
    for account_id in dict.fromkeys(lane.account_id for lane in lanes):
        account = Account(
            id=account_id, name=account_id, plan="bench", concurrent_streams=NO_LIMIT, held=0
        )
        work.stores.accounts.add(account)
    for lane in lanes:
        work.stores.projects.put(_project(lane))
        _put_worker(work, lane)


def _project(lane: Lane) -> Project:
    return Project(
        id=f"prj_bench{lane.number:02}",
        account_id=lane.account_id,
        name=lane.project,
        title="",
        description="",
        enabled=True,
        public=True,
        pool=f"pool{lane.number}",
        regions=(REGION,),
        world=WorldSpec(kind="python", entry="bench:World"),
        video=VideoSpec(),
        rules=Rules(queue=QueueRules(max_length=LONGEST)),
        prompts=(),
        version=1,
    )


def _put_worker(work: Work, lane: Lane) -> None:
    worker_id = f"wrk_bench{lane.number:02}"
    work.stores.workers.put(
        Worker(
            id=worker_id,
            name=f"bench{lane.number}",
            region=REGION,
            pool=f"pool{lane.number}",
            boot_id="0123456789abcdef",
            draining=False,
            kinds=("python",),
            encoders=(),
            version="bench",
            registered_us=work.now_us,
            heard_us=work.now_us,
            soft_until_us=work.now_us + LEASE_US,
            hard_until_us=work.now_us + LEASE_US,
        )
    )
    for number in range(lane.slots):
        work.stores.slots.add(
            Slot(
                id=f"{worker_id}.{number:06}",
                worker_id=worker_id,
                index=number,
                pool=f"pool{lane.number}",
                region=REGION,
                state=SlotState.FREE,
                term=0,
                session_id=None,
                fence_until_us=None,
                failures=0,
                version=1,
            )
        )


def opening(lane: Lane, number: int) -> Opening:
    """Return a request as the player makes one: a client of its own, an idempotency key."""
    return Opening(
        project=lane.project,
        region=None,
        client_id=f"client-{lane.number:04}-{number:08}",
        end_user=None,
        device="benchmark",
        account_id=None,
        idempotency_key=f"key-{number:08}",
        fingerprint=f"{number:064x}",
    )
