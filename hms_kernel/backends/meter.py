"""What an attempt may still spend and has spent: nominal seconds, units, the wall clock. Decides nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import z3

from hms_kernel.backends import units
from hms_kernel.backends.engines import Answer, ask
from hms_kernel.backends.questions import Constrain, Reply, unconstrained
from hms_kernel.backends.remembering import Plain
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.strategy import Stage
from hms_kernel.model import Budget

Clock = Callable[[], float]

# Where products abound, z3 can compute for minutes without counting a unit. Such a question is
# given up, so that the others get their turn: after so many times what its units stand for.
PATIENCE = 20.0
LEAST_PATIENCE_S = 3.0


class Allowance:
    """Nominal seconds set aside for one purpose; engines draw on them at their own rates."""

    def __init__(self, nominal_s: float) -> None:
        self.left_s = nominal_s

    def units(self, engine: str, at_most_s: float | None = None) -> int:
        """Units of ``engine`` that are left, of at most ``at_most_s`` nominal seconds; 0 when spent."""
        nominal_s = self.left_s if at_most_s is None else min(self.left_s, at_most_s)
        return units.to_units(nominal_s, engine) if nominal_s > 0 else 0

    def charge(self, spent: int, engine: str) -> None:
        """Take off what was used."""
        self.left_s -= units.to_nominal_s(spent, engine)


class PurseEmpty(Exception):
    """All questions of an attempt together have cost what they may."""


class Meter:
    """Every question of one attempt passes through here, so nothing goes uncounted.

    Args:
        budget: its wall clock ends the attempt; what its nominal seconds are for, allowances say.
        clock: monotonic seconds.
        purse_s: nominal seconds for all questions together. An attempt with a smaller purse
            asks what one with a larger asks, until ``ask`` raises ``PurseEmpty``.
        memory: puts questions to engines and applies transforms.
    """

    def __init__(
        self,
        budget: Budget,
        clock: Clock = time.monotonic,
        purse_s: float = math.inf,
        memory: Plain | None = None,
    ) -> None:
        self._clock = clock
        self.memory = memory or Plain()
        self._purse_s = purse_s
        self._deadline_s = clock() + budget.wall_s
        self.units = 0
        self.nominal_s = 0.0
        self.hit_wall = False
        self.gave_up = False  # on a question, by the wall clock: another run may hear its answer

    @property
    def left_s(self) -> float:
        """Seconds until the wall clock ends the attempt, at least 0."""
        return max(0.0, self._deadline_s - self._clock())

    def ask(
        self,
        sequent: Sequent,
        stage: Stage,
        allowance: Allowance,
        *,
        at_most_s: float | None = None,
        constrain: Constrain = unconstrained,
    ) -> Reply | None:
        """Pose a question within the allowance; None when nothing is left to spend.

        Raises:
            UnsupportedStatement: something cannot be translated.
            PurseEmpty: the question would have to cost more than is left of the purse.
        """
        allowed = limit = allowance.units(stage.engine, at_most_s)
        remaining_s = self.left_s
        if limit == 0:
            return None
        if self._purse_s < math.inf:
            left = units.to_units(max(0.0, self._purse_s - self.nominal_s), stage.engine)
            limit = min(limit, left)
        if remaining_s <= 0:
            self.hit_wall = True
            return None
        patience_s = max(LEAST_PATIENCE_S, PATIENCE * units.to_nominal_s(limit, stage.engine))
        reply = self.memory.pose(
            sequent,
            stage,
            units=limit,
            wall_s=min(remaining_s, patience_s),
            constrain=constrain,
        )
        self._count(reply.answer, stage.engine, allowance)
        if limit < allowed and reply.answer.reason == "budget exhausted":
            raise PurseEmpty
        return reply

    def answer(
        self,
        engine: str,
        context: z3.Context,
        assertions: Sequence[z3.BoolRef],
        allowance: Allowance,
    ) -> Answer:
        """Ask whether assertions that somebody else translated can hold together, within the allowance."""
        limit = allowance.units(engine)
        remaining_s = self._deadline_s - self._clock()
        answer = ask(context, assertions, engine=engine, units=limit, wall_s=remaining_s)
        self._count(answer, engine, allowance)
        return answer

    def _count(self, answer: Answer, engine: str, allowance: Allowance) -> None:
        allowance.charge(answer.units, engine)
        self.units += answer.units
        self.nominal_s += units.to_nominal_s(answer.units, engine)
        if answer.reason == "wall clock":
            self.gave_up = True
            self.hit_wall = self.hit_wall or self.left_s <= 0
