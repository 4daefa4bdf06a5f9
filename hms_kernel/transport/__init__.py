"""How messages travel: one side listens to many peers, the other side talks to one. Interprets no message."""

from __future__ import annotations

from typing import Protocol

from hms_kernel.messages import Envelope

Peer = bytes  # the transport's name for whoever sent a frame; opaque, stable per connection


class Listener(Protocol):
    """The many-peers side. Owned by one thread; nothing here blocks."""

    address: str  # what a ``Dealer`` connects to

    def fileno(self) -> int:
        """A descriptor that is readable while frames are waiting (level-triggered)."""

    def receive(self, limit: int) -> list[tuple[Peer, Envelope]]:
        """Up to ``limit`` messages that have arrived, oldest first; malformed frames are counted and dropped."""

    def send(self, peer: Peer, envelope: Envelope) -> bool:
        """Hand a message over; False when the peer is gone or its queue is full. Never blocks.

        Raises:
            TransportError: the message is larger than a frame may be.
        """

    @property
    def rejected(self) -> int:
        """How many malformed frames have been dropped so far."""

    def close(self) -> None:
        """Stop listening and free the address. Idempotent."""


class Dealer(Protocol):
    """The one-peer side. Owned by one thread."""

    def fileno(self) -> int:
        """As for ``Listener``."""

    def send(self, envelope: Envelope) -> bool:
        """Hand a message over; False when the queue is full. Never blocks, survives a listener that is away.

        Raises:
            TransportError: the message is larger than a frame may be.
        """

    def receive(self, timeout_s: float | None = 0.0) -> Envelope | None:
        """The next message; waits up to ``timeout_s`` seconds (None: for ever), None when there is none."""

    def close(self) -> None:
        """Hang up; what was sent is still delivered for up to a second. Idempotent."""
