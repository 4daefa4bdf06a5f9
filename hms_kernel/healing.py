"""Judgements about processes: who is frozen, who dies too often, how long to wait. Pure; kills and starts nothing.

There are three detectors, and each names its cause. The end of a process is seen
by whoever watches it, in milliseconds. That a process still there shows no life is
judged here, from heartbeats (agents) and from the pulse of the interpreter
(workers). That a task makes no progress is its own limit, ``Limits.progress_s``.
"""

from __future__ import annotations

from random import Random

from hms_kernel.model import Intensity

FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 60.0
CLEAN_RUN_S = 60.0  # ready for so long, an agent's earlier deaths are forgiven
LONGEST_COOL_S = 600.0

FROZEN_BEATS = 2.5  # heartbeats missed until an agent counts as frozen, ...
FROZEN_S = 2.0  # ... but never before so many seconds without a sign of life
STALL_S = 0.1  # a supervisor hears its agents all the time, but for gaps longer than this
COMPUTING = 0.02  # of a processor; threads that only wait for the interpreter use less


def backoff_s(failures: int, rng: Random) -> float:
    """Seconds to wait after the ``failures``-th death in a row, counting from 1.

    Doubles from 0.1 s up to 60 s, jittered by up to half so that agents that
    died together do not come back together.

    Source:
        Brooker (2015), Exponential Backoff And Jitter ("equal jitter").
    """
    # The exponent is capped so that a large count cannot overflow the float.
    ceiling = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(failures - 1, 16))
    return ceiling / 2 + rng.random() * ceiling / 2


def recent_deaths(
    deaths: tuple[float, ...], now_s: float, intensity: Intensity
) -> tuple[float, ...]:
    """The times of death that still count at ``now_s``, one at ``now_s`` included."""
    return (*(at_s for at_s in deaths if now_s - at_s < intensity.within_s), now_s)


def cool_s(probations: int, intensity: Intensity) -> float:
    """Seconds in quarantine after so many probations that failed; doubles up to ten minutes."""
    return min(LONGEST_COOL_S, intensity.cool_s * 2.0 ** min(probations, 16))


def frozen_after_s(heartbeat_s: float) -> float:
    """Seconds without a sign of life after which an agent with such a heartbeat is frozen."""
    return max(FROZEN_S, FROZEN_BEATS * heartbeat_s)


class Hearing:
    """How long a supervisor could not listen: stopped, starved, or with more to hear than it took in.

    What it could not hear, nobody failed to say.

    Args:
        now_s: seconds of any steady clock, as in every call.
    """

    def __init__(self, now_s: float) -> None:
        self._heard_s = now_s  # everything said until then
        self._rest_s = 0.0  # since then, by intention
        self._deaf_s = 0.0

    def rested(self, rest_s: float) -> None:
        """It waited for so long, and would have heard if anybody had spoken."""
        self._rest_s += rest_s

    def heard_all(self, now_s: float) -> None:
        """Everything that had arrived has been taken in."""
        gap_s = now_s - self._heard_s - self._rest_s
        if gap_s > STALL_S:
            self._deaf_s += gap_s
        self._heard_s, self._rest_s = now_s, 0.0

    def deaf_s(self, now_s: float) -> float:
        """Seconds it was deaf since it was asked last."""
        self.heard_all(now_s)
        deaf_s, self._deaf_s = self._deaf_s, 0.0
        return deaf_s


class WorkerWatch:
    """How long a worker has shown no life and made no progress, from looks at it every now and then.

    A look that comes late, because the looker was itself stopped or starved, counts
    as one that came in time: our own absence is nobody's silence.

    Args:
        now_s: seconds of any steady clock, as in every call.
        look_s: seconds from one look to the next.
    """

    def __init__(self, now_s: float, look_s: float) -> None:
        self._look_s = look_s
        self._looked_s = now_s
        self._pulse: int | None = None
        self._cpu_s = 0.0
        self._stopped_s = 0.0  # stopped by a signal
        self._still_s = 0.0  # without a beat, and without computing
        self.silent_s = 0.0  # without a beat of the interpreter
        self.idle_s = 0.0  # without progress

    def progressed(self) -> None:
        """Its skill has reported a step."""
        self.idle_s = 0.0

    def look(self, now_s: float, pulse: int, cpu_s: float, stopped_by: str) -> str:
        """Take in the signs of life; the cause when the worker is frozen, else nothing.

        A C call that holds the interpreter lock silences the interpreter too, and is
        healthy while it computes: provers do little else. One that does not even
        compute waits for what will never come.

        Args:
            pulse: beats of the interpreter so far.
            cpu_s: processor seconds used so far.
            stopped_by: the signal that stopped the process, or nothing.
        """
        passed_s = min(now_s - self._looked_s, 2 * self._look_s)
        self._looked_s = now_s
        beat = pulse != self._pulse
        computed = cpu_s - self._cpu_s > COMPUTING * passed_s
        self.idle_s += passed_s
        self.silent_s = 0.0 if beat else self.silent_s + passed_s
        self._still_s = 0.0 if beat or computed else self._still_s + passed_s
        self._stopped_s = self._stopped_s + passed_s if stopped_by else 0.0
        self._pulse, self._cpu_s = pulse, cpu_s
        if self._stopped_s >= FROZEN_S:
            return f"frozen: stopped by {stopped_by}"
        if self._still_s >= FROZEN_S:
            return "frozen: a C call holds the interpreter and computes nothing"
        return ""

    def stuck(self, progress_s: float | None) -> str:
        """The cause when there has been no progress for longer than allowed, else nothing."""
        if progress_s is None or self.idle_s < progress_s:
            return ""
        held = " (a C call holds the interpreter)" if self.silent_s >= FROZEN_S else ""
        return f"stuck: no progress for {progress_s:g} s{held}"
