"""Questions asked before are answered from memory: same question, same limit, same answer. Asks through another.

For comparisons that put hundreds of stages to one goal in one process: most of them ask
what others have asked. An answer in which the wall clock had a say is not kept.
"""

from __future__ import annotations

import hashlib
import pickle

from hms_kernel.backends.questions import Constrain, Reply, pose, unconstrained
from hms_kernel.backends.search import Grid
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.strategy import Stage

MOST = 300_000  # answers; the oldest leave first


class Remembering:
    """``pose`` with a memory, which is as exact as the engines are repeatable."""

    def __init__(self) -> None:
        self._known: dict[bytes, Reply] = {}

    def __call__(
        self,
        sequent: Sequent,
        stage: Stage,
        *,
        units: int,
        wall_s: float,
        constrain: Constrain = unconstrained,
    ) -> Reply:
        """As ``pose``; what it raises is not remembered."""
        if constrain is not unconstrained and not isinstance(constrain, Grid):
            return pose(sequent, stage, units=units, wall_s=wall_s, constrain=constrain)
        grid = constrain if isinstance(constrain, Grid) else None
        # Not Python's hash, which takes -1 for -2; a digest also lets go of large sequents.
        asked = pickle.dumps((sequent, stage.engine, stage.parameters, units, grid))
        key = hashlib.blake2b(asked, digest_size=20).digest()
        reply = self._known.get(key)
        if reply is None:
            reply = pose(sequent, stage, units=units, wall_s=wall_s, constrain=constrain)
            if reply.answer.reason != "wall clock":
                if len(self._known) >= MOST:
                    del self._known[next(iter(self._known))]
                self._known[key] = reply
        return reply
