"""One pollable descriptor for a source that signals by edges. Reads no message.

libzmq's descriptor fires once when its mailbox fills, and any call on the socket,
a send too, may swallow that edge. A poller that trusts it alone sleeps on waiting
messages. A doorbell joins it with a descriptor of our own that stays readable for
as long as we say so.
"""

from __future__ import annotations

import contextlib
import selectors
import socket


class Doorbell:
    """A level-triggered descriptor: readable while rung, or while a joined descriptor is."""

    def __init__(self, *joined: int) -> None:
        self._hear, self._press = socket.socketpair()
        self._hear.setblocking(False)
        self._press.setblocking(False)
        self._rung = False
        # Both epoll and kqueue descriptors can themselves be polled.
        self._selector = selectors.DefaultSelector()
        for descriptor in (self._hear.fileno(), *joined):
            self._selector.register(descriptor, selectors.EVENT_READ)

    def fileno(self) -> int:
        """What to poll for reading."""
        descriptor: int = self._selector.fileno()
        return descriptor

    def ring(self) -> None:
        """Stay readable until ``hush``."""
        if not self._rung:
            self._rung = True
            self._press.send(b"!")

    def hush(self) -> None:
        """Leave it to the joined descriptors."""
        if self._rung:
            self._rung = False
            with contextlib.suppress(BlockingIOError):
                self._hear.recv(16)

    def close(self) -> None:
        """Free the descriptors. Idempotent."""
        self._selector.close()
        self._hear.close()
        self._press.close()
