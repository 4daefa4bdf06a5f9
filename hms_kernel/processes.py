"""What the operating system offers a family of processes beyond the standard library. Starts none.

Linux has calls for "die with my parent", "adopt my orphans" and "wake me then";
elsewhere each function says that it did nothing, and the callers do without.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import stat
import struct
import sys
import time
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LINUX = sys.platform == "linux"
_AGE_S = 2.0  # the system counts from when it was booted, which it knows to a second


def die_with_parent() -> bool:
    """Have this process killed when the thread that forked it ends; False where that is unknown."""
    return _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> bool:
    """Become the parent of descendants whose own parent ends; False where that is unknown."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def how_it_ended(code: int) -> str:
    """An exit code, negative for a signal, in words: "killed by SIGKILL", "exit code 1"."""
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal_name(-code)}"


def signal_name(number: int) -> str:
    """What a signal is called: "SIGSTOP", or "signal 42" without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def open_pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; None where there are none.

    Raises:
        ProcessLookupError: there is no such process.
    """
    if not hasattr(os, "pidfd_open"):
        return None
    return os.pidfd_open(pid)


def is_running(pid: int) -> bool:
    """Whether a process of this id has not ended; it may be another one than it once was."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_the_same(pid: int, age_s: float, program: str) -> bool:
    """Whether a process of this id runs this program and was there so many seconds ago: a later one is younger."""
    try:
        process = psutil.Process(pid)
        old_enough = time.time() - process.create_time() >= age_s - _AGE_S
        return old_enough and program in process.cmdline()
    except psutil.Error:
        return False


def descriptors_left(count: int) -> bool:
    """Whether this process can open so many more files, sockets and pipes."""
    opened: list[int] = []
    try:
        for _ in range(0, count, 2):
            opened += os.pipe()
    except OSError:
        return False
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return True


def wait_gone(pid: int, timeout_s: float) -> bool:
    """Wait until a process that need not be a child has ended; False when it has not in time, or nobody can tell."""
    try:
        pidfd = open_pidfd(pid)
    except ProcessLookupError:
        return True
    except OSError:  # out of descriptors
        return False
    if pidfd is None:
        try:
            psutil.Process(pid).wait(timeout_s)
        except psutil.NoSuchProcess:
            return True
        except psutil.TimeoutExpired:
            return False
        return True
    try:
        poller = select.poll()
        poller.register(pidfd, select.POLLIN)
        return bool(poller.poll(max(0.0, timeout_s) * 1000))
    finally:
        os.close(pidfd)


_private: dict[int, str] = {}  # descriptor to the directory whose sockets go with it


def keep_from_children(descriptor: int, sockets: Path) -> None:
    """Close a lock, and the sockets of a directory, in children forked without exec.

    They would hold both beyond our own end: nobody could take the lock, and peers
    would not notice that we are gone.
    """
    _private[descriptor] = os.fspath(sockets)


def share_with_children(descriptor: int) -> None:
    """Undo ``keep_from_children``."""
    _private.pop(descriptor, None)


def _close_in_child() -> None:
    if not _private:
        return
    for descriptor in _private:
        os.close(descriptor)
    directories = {os.fsencode(directory) for directory in _private.values()}
    _private.clear()
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):
            descriptor = int(name)
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.socket(fileno=os.dup(descriptor)) as known:
                path = os.fsencode(known.getsockname() or b"")
            if known.family == socket.AF_UNIX and os.path.dirname(path) in directories:
                os.close(descriptor)


os.register_at_fork(after_in_child=_close_in_child)


class Alarm:
    """A descriptor that becomes readable at a set time (Linux); elsewhere ``fileno`` is None."""

    def __init__(self) -> None:
        self._fd: int | None = None
        if _LINUX:
            libc = ctypes.CDLL(None, use_errno=True)
            self._settime = libc.timerfd_settime
            clock_monotonic = 1
            fd = libc.timerfd_create(clock_monotonic, os.O_NONBLOCK | os.O_CLOEXEC)
            self._fd = fd if fd >= 0 else None

    def fileno(self) -> int | None:
        """What to poll for reading."""
        return self._fd

    def set(self, delay_s: float | None) -> None:
        """Become readable in ``delay_s`` seconds, or never with None; replaces what was set."""
        if self._fd is None:
            return
        # All zeros disarm; a delay of nothing at all is one nanosecond.
        nanoseconds = 0 if delay_s is None else max(1, int(delay_s * 1e9))
        value = struct.pack("@4l", 0, 0, nanoseconds // 10**9, nanoseconds % 10**9)
        self._settime(self._fd, 0, value, None)

    def close(self) -> None:
        """Free the descriptor. Idempotent."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _prctl(option: int, value: int) -> bool:
    if not _LINUX:
        return False
    zero = ctypes.c_ulong(0)
    done: int = ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), zero, zero, zero)
    return done == 0
