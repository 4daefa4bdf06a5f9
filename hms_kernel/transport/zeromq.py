"""Listener and dealer over ZeroMQ: ROUTER on one side, DEALER on the other. Interprets no message.

Addresses are ``ipc://PATH`` with the path in a private directory, or
``inproc://NAME`` within one context. ``tcp`` is refused: it needs keys and an
allow-list, which this module does not have.

A ROUTER needs a descriptor per peer, and libzmq aborts the whole process when an
ipc listener runs out of them. So a listener first raises the soft limit of the
process (``raise_descriptor_limit``) as far as it may, and lets nobody in while only a
few are left; who wants in tries again by itself.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
import time
from typing import Any

import zmq

from hms_kernel import processes
from hms_kernel.errors import TransportError
from hms_kernel.messages import Envelope
from hms_kernel.transport import Peer, codec
from hms_kernel.transport.doorbell import Doorbell

QUEUE_MESSAGES = 10_000  # per peer and direction, until ``send`` says False
HANDSHAKE_MS = 10_000  # until a connection that does not speak ZMTP is dropped
LINGER_MS = 1_000  # how long ``close`` may wait for what is still queued
RECONNECT_MS = (100, 1_000)  # first and longest pause between attempts to connect
SPARE = 8  # descriptors that must be left for somebody to be let in
DOOR_S = 0.1  # between two looks at how many are left
AWAY = "~"  # after the name of a socket while nobody is let in
IPC_PATH_BYTES = 107 if sys.platform == "linux" else 103  # sockaddr_un minus its final NUL


def raise_descriptor_limit() -> int:
    """Lift this process's soft limit of open descriptors to the hard one; the new soft limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        # macOS calls its hard limit infinite and then refuses it: keep what we have.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class _Socket:
    """What both sides share: options, the descriptor, frame by frame receiving."""

    def __init__(self, kind: int, context: zmq.Context[Any] | None) -> None:
        self._own_context = context is None
        self._context: zmq.Context[Any] = zmq.Context() if context is None else context
        self._socket: zmq.Socket[bytes] = self._context.socket(kind)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        self._socket.setsockopt(zmq.SNDTIMEO, 0)
        self._socket.setsockopt(zmq.MAXMSGSIZE, codec.MAX_FRAME_BYTES)
        self._socket.setsockopt(zmq.HANDSHAKE_IVL, HANDSHAKE_MS)
        self._doorbell: Doorbell | None = None
        self._rejected = 0

    def fileno(self) -> int:
        """Readable while messages are waiting: level-triggered, unlike libzmq's own descriptor."""
        return self._bell.fileno()

    @property
    def rejected(self) -> int:
        """How many malformed frames have been dropped so far."""
        return self._rejected

    def close(self) -> None:
        """Close the socket, waiting up to a second for what is queued. Idempotent."""
        if self._socket.closed:
            return
        if self._doorbell is not None:
            self._doorbell.close()
        self._socket.close()
        if self._own_context:
            self._context.term()

    @property
    def _bell(self) -> Doorbell:
        if self._doorbell is None:
            self._doorbell = Doorbell(int(self._socket.getsockopt(zmq.FD)))
            self._ring_if_waiting()
        return self._doorbell

    def _ring_if_waiting(self) -> None:
        # Sending and receiving swallow libzmq's edge; only asking EVENTS tells the truth.
        if self._doorbell is not None:
            if int(self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
                self._doorbell.ring()
            else:
                self._doorbell.hush()

    def _frames(self, most: int) -> list[bytes] | None:
        """The parts of the next message, at most ``most + 1`` of them; None when none waits."""
        try:
            parts = [self._socket.recv(zmq.NOBLOCK)]
        except zmq.Again:
            return None
        # The parts of one message arrive together, so this cannot wait; a peer
        # may send thousands of them, and those beyond the limit are not kept.
        while self._socket.getsockopt(zmq.RCVMORE):
            part = self._socket.recv(zmq.NOBLOCK)
            if len(parts) <= most:
                parts.append(part)
        return parts

    def _send_frames(self, frames: list[bytes]) -> bool:
        """Hand the parts of one message over; False when its peer is gone or the queue is full."""
        try:
            self._socket.send_multipart(frames, zmq.NOBLOCK)
        except zmq.ZMQError as error:
            if error.errno in (zmq.EHOSTUNREACH, zmq.EAGAIN):
                return False
            raise TransportError(f"cannot send: {error}") from error
        finally:
            self._ring_if_waiting()
        return True

    def _open(self, frame: bytes) -> Envelope | None:
        try:
            return codec.decode(frame)
        except TransportError:
            self._rejected += 1
            return None


class ZmqListener(_Socket):
    """The many-peers side.

    Raises:
        TransportError: the address is not usable, or a live listener holds it.
    """

    def __init__(
        self,
        address: str,
        context: zmq.Context[Any] | None = None,
        *,
        queue_messages: int = QUEUE_MESSAGES,
    ) -> None:
        path = _ipc_path(address)
        raise_descriptor_limit()
        super().__init__(zmq.ROUTER, context)
        self.address = address
        self._path = path
        self.open = True  # whether new peers are let in
        self._looked_s = time.monotonic()
        # Without this a message for an unknown peer is dropped in silence.
        self._socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
        # A peer that reconnects under its own name is the one to talk to.
        self._socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self._socket.setsockopt(zmq.SNDHWM, queue_messages)
        self._socket.setsockopt(zmq.RCVHWM, queue_messages)
        try:
            if path is not None:
                _refuse_to_steal(path)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path + AWAY)
            with _private_files():
                self._socket.bind(address)
        except (zmq.ZMQError, OSError) as error:
            self.close()
            raise TransportError(f"cannot listen on {address}: {error}") from error
        except TransportError:
            self.close()
            raise

    def close(self) -> None:
        """Close the socket, waiting up to a second for what is queued. Idempotent."""
        if not self.open:
            self._turn_the_door()
        super().close()

    def receive(self, limit: int) -> list[tuple[Peer, Envelope]]:
        """Up to ``limit`` messages that have arrived, oldest first; malformed ones count towards it."""
        self._mind_the_door()
        messages: list[tuple[Peer, Envelope]] = []
        for _ in range(limit):
            parts = self._frames(most=2)
            if parts is None:
                break
            if len(parts) != 2:
                self._rejected += 1
                continue
            peer, frame = parts
            if (envelope := self._open(frame)) is not None:
                messages.append((peer, envelope))
        self._ring_if_waiting()
        return messages

    def send(self, peer: Peer, envelope: Envelope) -> bool:
        """Hand a message over; False when the peer is gone or its queue is full."""
        return self._send_frames([peer, codec.encode(envelope)])

    def _mind_the_door(self) -> None:
        now_s = time.monotonic()
        if now_s < self._looked_s + DOOR_S:
            return
        self._looked_s = now_s
        if processes.descriptors_left(SPARE) is self.open:
            return
        self._turn_the_door()

    def _turn_the_door(self) -> None:
        # Whoever looks for the socket under its name finds none, and tries again. Those who
        # are in stay in, which they would not if the listener were unbound.
        if self._path is not None:
            names = (self._path, self._path + AWAY)
            with contextlib.suppress(OSError):  # its directory may be gone, and then the session is
                os.rename(*(names if self.open else reversed(names)))
            self.open = not self.open


class ZmqDealer(_Socket):
    """The one-peer side.

    Args:
        address: of a listener, which need not be there yet.
        identity: the name the listener sees, up to 255 bytes; kept across reconnections.
        queue_when_away: keep messages for a listener that is not connected (the
            default), or have ``send`` return False meanwhile.
    """

    def __init__(
        self,
        address: str,
        identity: bytes | None = None,
        context: zmq.Context[Any] | None = None,
        *,
        queue_when_away: bool = True,
        queue_messages: int = QUEUE_MESSAGES,
    ) -> None:
        _ipc_path(address)
        super().__init__(zmq.DEALER, context)
        self._socket.setsockopt(zmq.SNDHWM, queue_messages)
        self._socket.setsockopt(zmq.RCVHWM, queue_messages)
        self._socket.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MS[0])
        self._socket.setsockopt(zmq.RECONNECT_IVL_MAX, RECONNECT_MS[1])
        self._socket.setsockopt(zmq.IMMEDIATE, 0 if queue_when_away else 1)
        try:
            if identity is not None:
                self._socket.setsockopt(zmq.ROUTING_ID, identity)
            self._socket.connect(address)
        except zmq.ZMQError as error:
            self.close()
            raise TransportError(f"cannot connect to {address}: {error}") from error

    def send(self, envelope: Envelope) -> bool:
        """Hand a message over; False when the queue is full."""
        return self._send_frames([codec.encode(envelope)])

    def receive(self, timeout_s: float | None = 0.0) -> Envelope | None:
        """The next message; waits up to ``timeout_s`` seconds (None: for ever)."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            while True:
                parts = self._frames(most=1)
                if parts is None:
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        return None
                    self._socket.poll(None if left is None else max(1, round(left * 1000)))
                    continue
                if len(parts) != 1:
                    self._rejected += 1
                    continue
                if (envelope := self._open(parts[0])) is not None:
                    return envelope
        finally:
            self._ring_if_waiting()


def _ipc_path(address: str) -> str | None:
    """The path of an ipc address, None for inproc; refuses what would not work or not be safe."""
    scheme, separator, path = address.partition("://")
    if not separator or not path or scheme not in ("ipc", "inproc", "tcp"):
        raise TransportError(f"no address: {address!r}; write ipc:///directory/name")
    if scheme == "tcp":
        raise TransportError(f"{address} would be open to the network; use ipc:// on one machine")
    if scheme == "inproc":
        return None
    if path.startswith("@"):
        raise TransportError(
            f"{address} has no directory to protect it; write ipc:///directory/name"
        )
    if len(os.fsencode(path)) > IPC_PATH_BYTES:
        raise TransportError(
            f"the socket path has {len(os.fsencode(path))} bytes and the system allows "
            f"{IPC_PATH_BYTES}: {path}; choose a shorter session directory"
        )
    return path


def _refuse_to_steal(path: str) -> None:
    # A second bind on an ipc path succeeds and takes the path away from the first.
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return  # nothing there, or what a dead process left behind
    raise TransportError(f"another process is listening on {path}")


@contextlib.contextmanager
def _private_files() -> Any:
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)
