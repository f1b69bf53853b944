"""What a process that a worker started does about itself: dies with it, gives way to others."""

import contextlib
import ctypes
import os
import signal
import time
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
NICE: Final = 15  # of 19: it gets a thirtieth of a core that live streams want all of
_TRIES: Final = 17
_TRY_EVERY_S: Final = 0.12


def give_way() -> None:
    """Lower the priority of every thread of this process, and so of what it starts.

    A kernel that groups processes by session weighs the groups first: that is lowered too, where
    the session is this process's own, and not of whoever started it.
    """
    for task in os.listdir("/proc/self/task"):  # noqa: PTH208 - names are wanted, not paths
        with contextlib.suppress(OSError):  # it ended, or somebody made it nicer yet
            os.setpriority(os.PRIO_PROCESS, int(task), NICE)
    if os.getsid(0) != os.getpid():
        return
    with contextlib.suppress(OSError):  # a kernel without autogroups
        _lower_own_group()


def _lower_own_group() -> None:
    """Lower the priority of this session's group, which takes two seconds at worst.

    The kernel takes one such wish in a tenth of a second, of all users but root together: who comes
    at the same time as others asks again.
    """
    group = os.open("/proc/self/autogroup", os.O_WRONLY | os.O_CLOEXEC)
    try:
        for _ in range(_TRIES):
            try:
                os.write(group, str(NICE).encode())
            except BlockingIOError:
                time.sleep(_TRY_EVERY_S)
            else:
                return
    finally:
        os.close(group)


def die_with(parent: int) -> bool:
    """Have the kernel kill this process when `parent` dies; False where that is not its parent."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() == parent
