"""Listener and dealer inside one process, for tests: the wire's rules without the wire.

Frames go through the same codec, queues are bounded, peers come and go. Addresses
are names within a ``Hub``. It is safe to use the two sides from different threads.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque

from hms_kernel.errors import TransportError
from hms_kernel.messages import Envelope
from hms_kernel.transport import Peer, codec
from hms_kernel.transport.doorbell import Doorbell

QUEUE_MESSAGES = 10_000


class Hub:
    """The place where listeners and dealers of one test find each other."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.listeners: dict[str, MemoryListener] = {}
        self.dealers: list[MemoryDealer] = []
        self.names = itertools.count(1)


class _Inbox:
    """A bounded queue of messages (lists of frames) with a descriptor."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: deque[tuple[Peer, list[bytes]]] = deque()
        self._doorbell: Doorbell | None = None

    def fileno(self) -> int:
        if self._doorbell is None:
            self._doorbell = Doorbell()
            self._ring_if_waiting()
        return self._doorbell.fileno()

    def put(self, peer: Peer, frames: list[bytes]) -> bool:
        if len(self._waiting) >= self._size:
            return False
        self._waiting.append((peer, frames))
        self._ring_if_waiting()
        return True

    def take(self) -> tuple[Peer, list[bytes]] | None:
        taken = self._waiting.popleft() if self._waiting else None
        self._ring_if_waiting()
        return taken

    def close(self) -> None:
        self._waiting.clear()
        if self._doorbell is not None:
            self._doorbell.close()
            self._doorbell = None

    def _ring_if_waiting(self) -> None:
        if self._doorbell is not None:
            if self._waiting:
                self._doorbell.ring()
            else:
                self._doorbell.hush()


class MemoryListener:
    """The many-peers side.

    Raises:
        TransportError: another listener holds the address.
    """

    def __init__(self, address: str, hub: Hub, *, queue_messages: int = QUEUE_MESSAGES) -> None:
        self.address = address
        self._hub = hub
        self._inbox = _Inbox(queue_messages)
        self._peers: dict[Peer, MemoryDealer] = {}
        self._rejected = 0
        with hub.changed:
            if address in hub.listeners:
                raise TransportError(f"another listener is listening on {address}")
            hub.listeners[address] = self
            self._collect()

    def fileno(self) -> int:
        """Readable while messages are waiting."""
        with self._hub.changed:
            return self._inbox.fileno()

    @property
    def rejected(self) -> int:
        """How many malformed frames have been dropped so far."""
        return self._rejected

    def receive(self, limit: int) -> list[tuple[Peer, Envelope]]:
        """Up to ``limit`` messages that have arrived, oldest first; malformed ones count towards it."""
        messages: list[tuple[Peer, Envelope]] = []
        with self._hub.changed:
            self._collect()
            for _ in range(limit):
                if (taken := self._inbox.take()) is None:
                    break
                peer, frames = taken
                envelope = _open(frames)
                if envelope is None:
                    self._rejected += 1
                else:
                    messages.append((peer, envelope))
            self._collect()
        return messages

    def send(self, peer: Peer, envelope: Envelope) -> bool:
        """Hand a message over; False when the peer is gone or its queue is full."""
        frame = codec.encode(envelope)
        with self._hub.changed:
            dealer = self._peers.get(peer)
            return dealer is not None and dealer._deliver(frame)

    def close(self) -> None:
        """Stop listening and free the address. Idempotent."""
        with self._hub.changed:
            if self._hub.listeners.get(self.address) is self:
                del self._hub.listeners[self.address]
            self._peers.clear()
            self._inbox.close()

    def _accept(self, dealer: MemoryDealer, frames: list[bytes]) -> bool:
        # A peer that comes back under its own name is the one to talk to.
        self._peers[dealer.identity] = dealer
        return self._inbox.put(dealer.identity, frames)

    def _collect(self) -> None:
        for dealer in self._hub.dealers:
            dealer._flush()

    def _forget(self, dealer: MemoryDealer) -> None:
        if self._peers.get(dealer.identity) is dealer:
            del self._peers[dealer.identity]


class MemoryDealer:
    """The one-peer side; arguments as for ``ZmqDealer``."""

    def __init__(
        self,
        address: str,
        hub: Hub,
        identity: bytes | None = None,
        *,
        queue_when_away: bool = True,
        queue_messages: int = QUEUE_MESSAGES,
    ) -> None:
        self.identity = identity if identity is not None else b"peer-%d" % next(hub.names)
        self._address = address
        self._hub = hub
        self._queue_when_away = queue_when_away
        self._queue_messages = queue_messages
        self._outbox: deque[list[bytes]] = deque()
        self._inbox = _Inbox(queue_messages)
        self._rejected = 0
        self._closed = False
        with hub.changed:
            hub.dealers.append(self)

    def fileno(self) -> int:
        """Readable while messages are waiting."""
        with self._hub.changed:
            return self._inbox.fileno()

    @property
    def rejected(self) -> int:
        """How many malformed frames have been dropped so far."""
        return self._rejected

    def send(self, envelope: Envelope) -> bool:
        """Hand a message over; False when the queue is full."""
        return self._send_frames([codec.encode(envelope)])

    def receive(self, timeout_s: float | None = 0.0) -> Envelope | None:
        """The next message; waits up to ``timeout_s`` seconds (None: for ever)."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._hub.changed:
            while True:
                self._flush()
                while (taken := self._inbox.take()) is not None:
                    if (envelope := _open(taken[1])) is not None:
                        return envelope
                    self._rejected += 1
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._hub.changed.wait(left)

    def close(self) -> None:
        """Hang up; what a listener has room for is still delivered. Idempotent."""
        with self._hub.changed:
            if self._closed:
                return
            self._flush()
            self._closed = True
            self._hub.dealers.remove(self)
            if (listener := self._hub.listeners.get(self._address)) is not None:
                listener._forget(self)
            self._inbox.close()

    def _send_frames(self, frames: list[bytes]) -> bool:
        with self._hub.changed:
            if not self._queue_when_away and self._address not in self._hub.listeners:
                return False
            self._flush()
            if len(self._outbox) >= self._queue_messages:
                return False
            self._outbox.append(frames)
            self._flush()
            return True

    def _flush(self) -> None:
        listener = self._hub.listeners.get(self._address)
        while listener is not None and self._outbox:
            if not listener._accept(self, self._outbox[0]):
                return
            self._outbox.popleft()

    def _deliver(self, frame: bytes) -> bool:
        if self._closed or not self._inbox.put(b"", [frame]):
            return False
        self._hub.changed.notify_all()
        return True


def _open(frames: list[bytes]) -> Envelope | None:
    if len(frames) != 1:
        return None
    try:
        return codec.decode(frames[0])
    except TransportError:
        return None
