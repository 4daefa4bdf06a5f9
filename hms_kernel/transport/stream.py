"""Frames over a stream socket between processes of one family: length, then bytes. Interprets no frame.

Used where both ends were forked from one program: an agent and its worker, a
launcher and its zygote. ``FrameStream`` never blocks; ``read_frame`` and
``write_frame`` always do, for the side that has nothing else to do.
"""

from __future__ import annotations

import socket
import struct

from hms_kernel.errors import TransportError

_LENGTH = struct.Struct("!I")
_CHUNK_BYTES = 1 << 18
# A result that just fits a message still travels with a little around it.
LIMIT_BYTES = (64 << 20) + (1 << 16)


class FrameStream:
    """One end of a stream socket, with a buffer each way. Owned by one thread.

    ``ended`` becomes true when the other end is gone; frames that arrived
    before are still returned.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self.ended = False

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    @property
    def backlog(self) -> int:
        """Bytes that wait to be sent; poll for writing and ``flush`` while there are any."""
        return len(self._outgoing)

    def send(self, frame: bytes) -> None:
        """Queue one frame and send what the socket takes now."""
        if not self.ended:
            self._outgoing += _LENGTH.pack(len(frame)) + frame
            self.flush()

    def flush(self) -> None:
        """Send what the socket takes now."""
        while self._outgoing and not self.ended:
            try:
                with memoryview(self._outgoing) as view:
                    sent = self._socket.send(view[:_CHUNK_BYTES])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._hang_up()
                return
            del self._outgoing[:sent]

    def receive(self) -> list[bytes]:
        """The frames that have arrived in full, oldest first.

        Raises:
            TransportError: the other end announces a frame beyond the limit.
        """
        while not self.ended:
            try:
                chunk = self._socket.recv(_CHUNK_BYTES)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                chunk = b""
            if not chunk:
                self._hang_up()
            self._incoming += chunk
        return self._split()

    def close(self) -> None:
        """Close the socket. Idempotent."""
        self.ended = True
        self._socket.close()

    def _hang_up(self) -> None:
        self.ended = True
        self._outgoing.clear()

    def _split(self) -> list[bytes]:
        frames = []
        while len(self._incoming) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._incoming)
            if length > LIMIT_BYTES:
                raise TransportError(f"a frame of {length} bytes; at most {LIMIT_BYTES} are read")
            end = _LENGTH.size + length
            if len(self._incoming) < end:
                break
            frames.append(bytes(self._incoming[_LENGTH.size : end]))
            del self._incoming[:end]
        return frames


def write_frame(sock: socket.socket, frame: bytes) -> None:
    """Send one frame, waiting as long as it takes.

    Raises:
        OSError: the other end is gone.
    """
    sock.sendall(_LENGTH.pack(len(frame)) + frame)


def read_frame(sock: socket.socket) -> bytes | None:
    """The next frame, waiting as long as it takes; None when the other end is gone."""
    head = _read_exactly(sock, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return _read_exactly(sock, length)


def _read_exactly(sock: socket.socket, length: int) -> bytes | None:
    data = bytearray()
    while len(data) < length:
        chunk = sock.recv(min(_CHUNK_BYTES, length - len(data)))
        if not chunk:
            return None
        data += chunk
    return bytes(data)
