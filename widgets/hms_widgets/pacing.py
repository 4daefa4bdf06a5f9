"""When the next frame may go to the page: latest wins, one in flight, the page's ack sets the pace.

Pure: reads no clock, holds no frame. A page that is busy, hidden or gone stops
acknowledging; frames then go out ever more rarely instead of piling up in the
server's buffers.
"""

from __future__ import annotations


class Pacer:
    """Decides when to send. Times are seconds on any one monotonic clock.

    Args:
        interval_s: least time between two frames, seconds.
        stall_s: how long the first missing ack is waited for, seconds.
        stall_max_s: the longest wait, reached by waiting a little longer each time: a cell that
            blocks the kernel holds acks back too, and its board should not stand still.
    """

    def __init__(
        self, interval_s: float = 0.25, stall_s: float = 0.6, stall_max_s: float = 2.0
    ) -> None:
        self._interval_s = interval_s
        self._stall_first_s = stall_s
        self._stall_max_s = stall_max_s
        self._stall_s = stall_s
        self._sent_at: float | None = None
        self._frame = 0
        self._acked = 0

    @property
    def frame(self) -> int:
        """Number of the last frame sent, from 1; 0 before the first."""
        return self._frame

    @property
    def watched(self) -> bool:
        """Whether a page has painted the last frame or the one before it."""
        return self._acked > 0 and self._acked >= self._frame - 1

    @property
    def all_acked(self) -> bool:
        """Whether a page has painted the very last frame."""
        return self._acked == self._frame

    def wait_s(self, now_s: float) -> float:
        """Seconds until a frame may be sent if no ack arrives before; 0 when it may be sent now."""
        if self._sent_at is None:
            return 0.0
        in_flight = self._acked < self._frame
        pause_s = max(self._interval_s, self._stall_s) if in_flight else self._interval_s
        return max(0.0, self._sent_at + pause_s - now_s)

    def sent(self, now_s: float) -> int:
        """Note that a frame goes out now; returns its number."""
        if self._acked < self._frame:
            self._stall_s = min(self._stall_s * 1.05, self._stall_max_s)
        self._sent_at = now_s
        self._frame += 1
        return self._frame

    def acked(self, frame: int) -> None:
        """Note that the page has painted ``frame``; late and repeated acks are harmless."""
        # A page that shows an older session's state may ack a frame never sent.
        if self._acked < frame <= self._frame:
            self._acked = frame
            self._stall_s = self._stall_first_s
