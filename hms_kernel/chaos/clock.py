"""A clock that jumps: for the injected clocks of a supervisor. Sleeps nowhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

LEAP_S = 3600.0  # the longest jump


class JumpyClock:
    """Seconds like those of another clock, but for its jumps. Safe to jump from any thread."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self.ahead_s = 0.0  # of the other clock

    def __call__(self) -> float:
        """Now."""
        return self._steady() + self.ahead_s

    def jump(self, seconds: float) -> None:
        """Forward, or back when negative."""
        self.ahead_s += seconds


class SetClock:
    """A fault: somebody sets the wall clock forward or back, and right again."""

    kind = "set_wall_clock"

    def __init__(self, clock: JumpyClock, rng: Random) -> None:
        self._clock, self._rng = clock, rng
        self._leap_s = 0.0

    def begin(self) -> None:
        """Set it wrong. Idempotent."""
        if not self._leap_s:
            self._leap_s = self._rng.choice((-1, 1)) * self._rng.uniform(1.0, LEAP_S)
            self._clock.jump(self._leap_s)

    def end(self) -> None:
        """Set it right. Idempotent."""
        leap_s, self._leap_s = self._leap_s, 0.0
        self._clock.jump(-leap_s)


class LostTime:
    """A fault: the steady clock is suddenly later, as after a long stop. It never goes back."""

    kind = "jump_steady_clock"

    def __init__(self, clock: JumpyClock, rng: Random) -> None:
        self._clock, self._rng = clock, rng
        self._begun = False

    def begin(self) -> None:
        """Jump forward. Idempotent."""
        if not self._begun:
            self._begun = True
            self._clock.jump(self._rng.uniform(1.0, LEAP_S))

    def end(self) -> None:
        """Nothing to undo. Idempotent."""
        self._begun = False
