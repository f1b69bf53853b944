"""A child that ends with the program that started it, however that one ends.

Linux alone: the kernel sends the signal. The child asks for it itself, once it runs, and then looks
whether its parent went in between: there is no moment in which it could be left behind.
"""

import ctypes
import os
import signal
from typing import Final

PARENT_VARIABLE: Final = "DIORAMA_SUPERVISOR_PID"
_PR_SET_PDEATHSIG: Final = 1


def end_with_parent() -> None:
    """Be sent SIGTERM when the supervisor named in the environment ends; at once if it has."""
    named = os.environ.pop(PARENT_VARIABLE, "")
    if not named.isdigit():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(named):
        raise SystemExit(1)
