"""A page of memory that an agent shares with its worker: life shown one way, the wish to stop the other.

Nothing is sent and nobody waits, so neither side can hold up the other, whatever
state it is in.
"""

from __future__ import annotations

import mmap
import threading
import time

BEAT_S = 0.25  # between two beats of a worker's interpreter

_BEATS, _TAKEN, _UNWANTED = range(3)


class Pulse:
    """Made by the agent before it forks its worker."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._cells = memoryview(self._page).cast("q")
        self._working = False
        self._awake = threading.Event()

    @property
    def beats(self) -> int:
        """How often the worker's interpreter has shown life."""
        return self._cells[_BEATS]

    @property
    def taken(self) -> int:
        """The number of the job that the worker has taken last; 0 for none."""
        return self._cells[_TAKEN]

    def take(self, job: int) -> None:
        """In the worker: the job of that number has begun."""
        self._cells[_TAKEN] = job
        self._working = True
        # Waking a thread costs as much as a small job, so it dozes off only after a while.
        if not self._awake.is_set():
            self._awake.set()

    def rest(self) -> None:
        """In the worker: no heart need beat until the next job."""
        self._working = False

    @property
    def unwanted(self) -> int:
        """The number of the job that the agent wants no more; 0 for none."""
        return self._cells[_UNWANTED]

    def unwant(self, job: int) -> None:
        """In the agent: the worker's job of that number shall end."""
        self._cells[_UNWANTED] = job

    def start(self) -> None:
        """In the worker: beat during jobs, as long as the interpreter lets a thread run."""
        threading.Thread(target=self._beat, name="hms-pulse", daemon=True).start()

    def close(self) -> None:
        """Free the page. Idempotent."""
        self._cells.release()
        self._page.close()

    def _beat(self) -> None:
        while True:
            if not self._working:
                self._awake.clear()
                # A job may have begun just now.
                if not self._working:
                    self._awake.wait()
            self._cells[_BEATS] += 1
            time.sleep(BEAT_S)
