"""A bad line: messages that are lost, come twice, come late, or arrive cut off or as noise. Understands none of them.

It acts on bytes, between the socket and the codec, in both directions, so that what
is met is what a listener would meet.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Any

import zmq

from hms_kernel.transport import Peer
from hms_kernel.transport.zeromq import QUEUE_MESSAGES, ZmqListener

LATE_S = 2.0  # the longest that a message is held back
RATE = 0.2  # share of the messages that meet with a mishap

Copies = list[tuple[float, bytes]]  # what becomes of one frame: seconds until it arrives, and how
Mishap = Callable[[bytes, Random], Copies]


def _drop(frame: bytes, rng: Random) -> Copies:
    return []


def _double(frame: bytes, rng: Random) -> Copies:
    return [(0.0, frame), (rng.uniform(0.0, LATE_S), frame)]


def _delay(frame: bytes, rng: Random) -> Copies:
    # Those behind it are not held up, so it is overtaken as well.
    return [(rng.uniform(0.0, LATE_S), frame)]


def _truncate(frame: bytes, rng: Random) -> Copies:
    return [(0.0, frame[: rng.randrange(max(1, len(frame)))])]


def _garble(frame: bytes, rng: Random) -> Copies:
    return [(0.0, rng.randbytes(len(frame)))]


MISHAPS: dict[str, Mishap] = {
    "drop_messages": _drop,
    "double_messages": _double,
    "delay_messages": _delay,
    "truncate_messages": _truncate,
    "garble_messages": _garble,
}


class BadLine:
    """A fault: on its listeners, a share of the messages meets with one kind of mishap.

    Args:
        kind: a key of ``MISHAPS``.
        listeners: whose messages.
        rate: the share, from 0 to 1.
        rng: decides which messages, and how.
    """

    def __init__(
        self, kind: str, listeners: Sequence[FrailListener], rng: Random, rate: float = RATE
    ) -> None:
        self.kind = kind
        self.harmed = 0  # messages so far
        self._mishap = MISHAPS[kind]
        self._listeners = listeners
        self._rng, self._rate = rng, rate

    def begin(self) -> None:
        """From now on messages suffer. Idempotent."""
        self.end()
        for listener in self._listeners:
            listener.lines = (*listener.lines, self)

    def end(self) -> None:
        """No more of them suffer; those held back arrive within ``LATE_S``. Idempotent."""
        for listener in self._listeners:
            listener.lines = tuple(line for line in listener.lines if line is not self)

    def suffer(self, frame: bytes) -> Copies:
        """What becomes of one frame."""
        if self._rng.random() >= self._rate:
            return [(0.0, frame)]
        self.harmed += 1
        return self._mishap(frame, self._rng)


class FrailListener(ZmqListener):
    """A ``ZmqListener`` with a line that can be made bad; as good as any other until then.

    ``lines`` may be replaced from any thread; everything else is the owner's.
    """

    def __init__(
        self,
        address: str,
        context: zmq.Context[Any] | None = None,
        *,
        queue_messages: int = QUEUE_MESSAGES,
    ) -> None:
        super().__init__(address, context, queue_messages=queue_messages)
        self.lines: tuple[BadLine, ...] = ()
        # Heaps of when it is due, a number, and the parts of a message.
        self._arriving: list[tuple[float, int, list[bytes]]] = []
        self._leaving: list[tuple[float, int, list[bytes]]] = []
        self._numbers = count()

    # A supervisor looks in here at least once a second, so nothing needs to wake it.

    def _frames(self, most: int) -> list[bytes] | None:
        while self._leaving and self._leaving[0][0] <= time.monotonic():
            super()._send_frames(heapq.heappop(self._leaving)[2])
        while True:
            if self._arriving and self._arriving[0][0] <= time.monotonic():
                return heapq.heappop(self._arriving)[2]
            parts = super()._frames(most)
            if parts is None or not self.lines or len(parts) != 2:
                return parts
            self._put_off(self._arriving, parts[0], self._suffer(parts[1]))

    def _send_frames(self, frames: list[bytes]) -> bool:
        if not self.lines:
            return super()._send_frames(frames)
        peer, frame = frames
        copies = self._suffer(frame)
        # A message that was lost on the way had been handed over, too.
        send = super()._send_frames
        handed = [send([peer, copy]) for late_s, copy in copies if not late_s]
        self._put_off(self._leaving, peer, [copy for copy in copies if copy[0]])
        return all(handed)

    def _suffer(self, frame: bytes) -> Copies:
        copies: Copies = [(0.0, frame)]
        for line in self.lines:
            copies = [
                (late_s + more_s, harmed)
                for late_s, copy in copies
                for more_s, harmed in line.suffer(copy)
            ]
        return copies

    def _put_off(
        self, heap: list[tuple[float, int, list[bytes]]], peer: Peer, copies: Copies
    ) -> None:
        now_s = time.monotonic()
        for late_s, copy in copies:
            heapq.heappush(heap, (now_s + late_s, next(self._numbers), [peer, copy]))
