"""A process without file descriptors: what a leak in some cell ends with. Linux and macOS."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Sequence

from hms_kernel.transport.zeromq import SPARE, ZmqListener

ROOM = 64  # descriptors to use up at most, since a limit may allow a million
NOTICE_S = 2.0  # for listeners to see it coming


class NoDescriptors:
    """This process cannot open anything any more.

    They run out as they do in a process that leaks: not all of them in one instant.
    (In that instant libzmq would abort the process if a peer came; what follows then
    is what follows any death of a kernel.)

    Args:
        listeners: that are to notice.
    """

    kind = "exhaust_descriptors"

    def __init__(self, listeners: Sequence[ZmqListener]) -> None:
        self._listeners = listeners
        self._opened: list[int] = []
        self._before: tuple[int, int] | None = None

    def begin(self) -> None:
        """Open files until no more can be opened. Idempotent."""
        if self._before is not None:
            return
        self._before = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._opened.append(os.open(os.devnull, os.O_RDONLY))  # all below it are in use
        limit = min(self._before[0], self._opened[0] + ROOM)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, self._before[1]))
        self._fill()
        for _ in range(min(SPARE - 1, len(self._opened))):
            os.close(self._opened.pop())
        until_s = time.monotonic() + NOTICE_S
        while any(listener.open for listener in self._listeners) and time.monotonic() < until_s:
            time.sleep(0.01)
        self._fill()

    def end(self) -> None:
        """Close them again. Idempotent."""
        if self._before is None:
            return
        before, self._before = self._before, None
        while self._opened:
            os.close(self._opened.pop())
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    def _fill(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._opened.append(os.open(os.devnull, os.O_RDONLY))
