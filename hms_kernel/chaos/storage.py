"""A store in trouble, on purpose: no room, somebody else's lock, overwritten bytes. For SQLite files.

Each trouble is the real one: the system refuses to write, a connection holds the
lock, the file has other bytes. What is damaged is put back by ``end``, as somebody
who repairs the file would.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import time
from pathlib import Path

import psutil

BUSY_S = 10.0  # for the store's writer to let us in


class FullDisk:
    """This process cannot write another byte to any file.

    The system's bound on the size of files needs no rights and no disk of its own,
    and holds for root too. What it says to SQLite is what an exceeded quota says.
    """

    kind = "fill_disk"

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None

    def begin(self) -> None:
        """No more room. Idempotent."""
        if self._before is None:
            self._before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, self._before[1]))

    def end(self) -> None:
        """Room again, also for processes that were started meanwhile. Idempotent."""
        if self._before is None:
            return
        before, self._before = self._before, None
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        if hasattr(resource, "prlimit"):
            for child in psutil.Process().children(recursive=True):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    if resource.prlimit(child.pid, resource.RLIMIT_FSIZE)[0] == 0:
                        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, before)


class LockedStore:
    """Another connection holds the database for writing."""

    kind = "lock_store"

    def __init__(self, file: Path) -> None:
        self._file = file
        self._holder: sqlite3.Connection | None = None

    def begin(self) -> None:
        """Take the lock. Idempotent.

        Raises:
            sqlite3.OperationalError: the store's writer would not let go in time.
        """
        if self._holder is None:
            self._holder = _connect(self._file)
            self._holder.execute("BEGIN EXCLUSIVE")

    def end(self) -> None:
        """Let go. Idempotent."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None


class DamagedStore:
    """The first page of the table of facts is overwritten, so nothing can be read or written."""

    kind = "damage_store"

    def __init__(self, file: Path) -> None:
        self._file = file
        self._page = b""  # as it was
        self._at = 0
        self._descriptor: int | None = None

    def begin(self) -> None:
        """Overwrite the page. Idempotent.

        Raises:
            sqlite3.OperationalError: the store's writer would not let us in.
        """
        if self._page:
            return
        with contextlib.closing(_connect(self._file)) as connection:
            self._lock_without_log(connection)
            query = "SELECT rootpage FROM sqlite_master WHERE name = 'facts'"
            (root,) = connection.execute(query).fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            self._at = (root - 1) * size
            self._page = self._exchange(b"\xff" * size)
            _touch(connection)

    def end(self) -> None:
        """Put the page back, unless somebody has written it anew. Idempotent."""
        if not self._page:
            return
        page, self._page = self._page, b""
        with contextlib.closing(_connect(self._file)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if (found := self._exchange(page)) != b"\xff" * len(page):
                self._exchange(found)
            _touch(connection)

    def _lock_without_log(self, connection: sqlite3.Connection) -> None:
        """Keep writers out at a moment when everything is in the file itself.

        What is in the log would be read from there, and later be written over the damage.
        """
        log = Path(f"{self._file}-wal")
        until_s = time.monotonic() + BUSY_S
        while True:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("BEGIN IMMEDIATE")
            if not log.exists() or log.stat().st_size == 0:
                return
            connection.execute("ROLLBACK")
            if time.monotonic() > until_s:
                raise sqlite3.OperationalError("the log never was empty")

    def _exchange(self, content: bytes) -> bytes:
        """Overwrite the page behind SQLite's back; what was there."""
        if self._descriptor is None:
            # Never closed: to close any descriptor of a file gives up every lock that
            # the process has on it, SQLite's included (POSIX).
            self._descriptor = os.open(self._file, os.O_RDWR)
        before = os.pread(self._descriptor, len(content), self._at)
        os.pwrite(self._descriptor, content, self._at)
        os.fsync(self._descriptor)
        return before


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)


def _touch(connection: sqlite3.Connection) -> None:
    """Commit a change of nothing, so that every other connection reads the file again."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version + 1}")
    connection.execute("COMMIT")
