"""Wakes a thread that sleeps in ``poll``, from any other thread. Carries no data."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wake:
    """A descriptor to poll, readable after ``wake`` until ``clear``. Thread-safe."""

    def __init__(self) -> None:
        self._hear, self._press = socket.socketpair()
        self._hear.setblocking(False)
        self._press.setblocking(False)
        self._lock = threading.Lock()
        self._closed = False

    def fileno(self) -> int:
        """What to poll for reading."""
        return self._hear.fileno()

    def wake(self) -> None:
        """Make the descriptor readable; nothing happens once it is closed."""
        # A full buffer wakes as well.
        with self._lock, contextlib.suppress(BlockingIOError):
            if not self._closed:
                self._press.send(b"!")

    def clear(self) -> bool:
        """Take the pending wakes; False when there were none."""
        try:
            return bool(self._hear.recv(65536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Free the descriptors. Idempotent."""
        with self._lock:
            self._closed = True
            self._hear.close()
            self._press.close()
