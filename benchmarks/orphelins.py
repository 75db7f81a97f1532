"""The CPU time of this process and of all that it started, LibreOffice included (Linux).

A LibreOffice that is no longer needed is killed together with the program that waited for it: nobody then
counts its time. A « subreaper » inherits such orphans (prctl(2), PR_SET_CHILD_SUBREAPER), and waits for them.
"""

from __future__ import annotations

import ctypes
import os
import resource
import time

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 0.5  # seconds left to what was killed to end


def adopter() -> None:
    """Inherit, from now on, the orphans of every process started from here."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def vu() -> float:
    """Seconds of CPU so far, of this process and of the children that it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def cpu() -> float:
    """The same with the orphans. Every process started from here is waited for: none may still be wanted."""
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)
        except ChildProcessError:
            break
    return vu()
