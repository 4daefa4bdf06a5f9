"""Blows to processes: finds a session's own, and kills or freezes one of them. Decides nothing about when.

A process id may be another process by now, so a process is known by a variable in its
environment, where there is one, and signalled only while it is still the same.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from hms_kernel import processes
from hms_kernel.launchers.wire import ZYGOTE

MARK = "HMS_CHAOS"  # in the environment of every process of a chaos run
ROUNDS = 10  # of killing, at most
GONE_S = 5.0  # for what was told to end to be gone
SIGNALS = {
    "kill_agent": signal.SIGKILL,
    "freeze_agent": signal.SIGSTOP,
    "kill_worker": signal.SIGKILL,
    "freeze_worker": signal.SIGSTOP,
}


def hit(pid: int, number: signal.Signals, token: str = "") -> float | None:
    """Signal a process; the time just before, since the Unix epoch, or None when it is not there.

    With a token, a process that does not have it in its environment is another one.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if token and process.environ().get(MARK) != token:
            return None
        struck_s = time.time()
        process.send_signal(number)  # looks whether it is the same process still
    except psutil.NoSuchProcess:
        return None
    return struck_s


def worker_of(agent: int) -> int | None:
    """The process in which an agent computes; None when it has none at the moment."""
    with contextlib.suppress(psutil.NoSuchProcess):
        if children := psutil.Process(agent).children():
            return children[0].pid
    return None


def zygote_of(agents: Iterable[int]) -> int | None:
    """The process that has forked these agents; None when it is gone."""
    for agent in agents:
        with contextlib.suppress(psutil.Error):
            parent = psutil.Process(agent).parent()
            # An agent whose zygote is gone has another parent.
            if parent is not None and ZYGOTE in parent.cmdline():
                return parent.pid
    return None


def family(token: str) -> list[psutil.Process]:
    """Every living process that has the token in its environment, other than this one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.environ().get(MARK) == token:
                found.append(process)
    return found


def left_over(token: str, directories: Iterable[Path], patience_s: float = GONE_S) -> list[str]:
    """What a session that has ended has left behind: processes, and sockets in its directories.

    Args:
        token: of the run.
        directories: where its sockets were.
        patience_s: for processes that are ending to be gone.
    """
    until_s = time.monotonic() + patience_s
    while (alive := family(token)) and time.monotonic() < until_s:
        processes.wait_gone(alive[0].pid, max(0.0, until_s - time.monotonic()))
    told = []
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            told.append(f"process {process.pid}: {' '.join(process.cmdline()[:4])}")
    sockets = [path for place in directories if place.is_dir() for path in place.iterdir()]
    return told + [f"socket {path}" for path in sorted(sockets) if path.is_socket()]


def end_all(token: str) -> None:
    """Kill whatever is left of a run; again, as the dying may have been about to fork."""
    for _ in range(ROUNDS):
        if not (alive := family(token)):
            return
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, GONE_S)
