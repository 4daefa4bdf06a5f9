"""Restart arithmetic: how long to wait before a dead agent is launched again. Starts nothing."""

from __future__ import annotations

from random import Random

FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 60.0
CLEAN_RUN_S = 60.0  # ready for so long, an agent's earlier deaths are forgiven


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
