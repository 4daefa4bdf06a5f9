"""What was asked and rewritten before comes from memory: same question, same limit, same answer. Decides nothing.

For comparisons that put hundreds of stages to one goal in one process: most of them ask
what others have asked. Engines are repeatable and transforms are functions of a sequent
and of how their obligations end, so an attempt with a memory is the one without. An answer
in which the wall clock had a say is not kept.
"""

from __future__ import annotations

import hashlib
import pickle
from typing import TypeVar

from hms_kernel.backends import transforms
from hms_kernel.backends.questions import Constrain, Reply, pose, unconstrained
from hms_kernel.backends.search import Grid
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.strategy import Stage
from hms_kernel.backends.transforms import Oblige

MOST_REPLIES = 300_000
MOST_SEQUENTS = 6_000  # these are larger

Value = TypeVar("Value")
Obligations = list[tuple[Sequent, bool]]


class Plain:
    """No memory: every question is asked, every transform applied."""

    def pose(
        self,
        sequent: Sequent,
        stage: Stage,
        *,
        units: int,
        wall_s: float,
        constrain: Constrain = unconstrained,
    ) -> Reply:
        """As ``questions.pose``."""
        return pose(sequent, stage, units=units, wall_s=wall_s, constrain=constrain)

    def transform(self, name: str, sequent: Sequent, oblige: Oblige) -> list[Sequent]:
        """As the transform of that name."""
        return transforms.find(name)(sequent, oblige)


class Remembering(Plain):
    """A memory; the oldest entries leave first."""

    def __init__(self) -> None:
        self._replies: dict[bytes, Reply] = {}
        self._results: dict[bytes, tuple[Obligations, list[Sequent]]] = {}

    def pose(
        self,
        sequent: Sequent,
        stage: Stage,
        *,
        units: int,
        wall_s: float,
        constrain: Constrain = unconstrained,
    ) -> Reply:
        """As ``questions.pose``; what it raises is not remembered."""
        grid = constrain if isinstance(constrain, Grid) else None
        if grid is None and constrain is not unconstrained:
            return super().pose(sequent, stage, units=units, wall_s=wall_s, constrain=constrain)
        key = _digest((sequent, stage.engine, stage.parameters, units, grid))
        reply = self._replies.get(key)
        if reply is None:
            reply = super().pose(sequent, stage, units=units, wall_s=wall_s, constrain=constrain)
            if reply.answer.reason != "wall clock":
                _keep(self._replies, key, reply, MOST_REPLIES)
        return reply

    def transform(self, name: str, sequent: Sequent, oblige: Oblige) -> list[Sequent]:
        """As the transform; its obligations are put again, and as long as they end as before, so does it."""
        key = _digest((name, sequent))
        before = self._results.get(key)
        answers: list[bool] = []
        for lemma, held in before[0] if before else ():
            answers.append(oblige(lemma))
            if answers[-1] is not held:
                break
        else:
            if before is not None:
                return before[1]
        # A transform asks the same until an answer differs: what was put just now is not put twice.
        put = iter(answers)
        heard: Obligations = []

        def listened(lemma: Sequent) -> bool:
            held = next(put, None)
            heard.append((lemma, oblige(lemma) if held is None else held))
            return heard[-1][1]

        parts = super().transform(name, sequent, listened)
        if before is None:
            _keep(self._results, key, (heard, parts), MOST_SEQUENTS)
        return parts


def _digest(asked: object) -> bytes:
    # Not Python's hash, which takes -1 for -2; and a digest lets go of large sequents.
    return hashlib.blake2b(pickle.dumps(asked), digest_size=20).digest()


def _keep(known: dict[bytes, Value], key: bytes, value: Value, most: int) -> None:
    if len(known) >= most:
        del known[next(iter(known))]
    known[key] = value
