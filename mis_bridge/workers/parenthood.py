"""A process that must not outlive the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_EVERY_SECONDS = 0.5


def die_with(parent_pid: int) -> None:
    """End this process, by SIGKILL, as soon as `parent_pid` is no longer its parent.

    The kernel does it where it can. A watching thread does it as well, because the kernel goes by
    the *thread* that forked us, and has no such signal outside Linux. Sudden death is safe here:
    everything acknowledged is committed, everything begun is taken up again.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_watch, args=(parent_pid,), name="parent-watch", daemon=True).start()


def _watch(parent_pid: int) -> None:
    # The first look also catches a parent that died before the kernel was asked.
    while os.getppid() == parent_pid:
        time.sleep(_LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
