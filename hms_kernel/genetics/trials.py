"""A trial: what one strategy came to on one goal, seen through any smaller cap. Runs nothing but a solver."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from hms_kernel.backends.builds import build
from hms_kernel.backends.remembering import Plain
from hms_kernel.backends.settling import settle
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import UsageError
from hms_kernel.model import Budget, Goal, Outcome

# z3 may want a unit more to say what it says with room to spare. So the purse is a little
# larger than the cap, and what counts is the cost: under every cap a trial looks the same.
MARGIN = 1.002


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How a strategy fared on a goal within ``cap_s``.

    A trial is cut short by its cap, never shaped by it: the one with the largest cap
    contains all the others.
    """

    outcome: Outcome
    nominal_s: float  # nominal seconds spent, until settled or given up
    cap_s: float  # nominal seconds that it might have spent
    clock: bool = False  # the wall clock had a say; a fresh run may fare better

    @property
    def settled(self) -> bool:
        """Whether the goal was answered."""
        return self.outcome.decided

    def answers(self, cap_s: float) -> bool:
        """Whether this trial tells what one with another cap would come to."""
        ended = self.settled or self.nominal_s < self.cap_s  # not for want of budget
        return cap_s <= self.cap_s or (ended and not self.clock)

    def within(self, cap_s: float) -> Trial:
        """The trial with another cap; only where ``answers`` says so."""
        if self.nominal_s <= cap_s:
            return msgspec.structs.replace(self, cap_s=cap_s)
        return Trial(outcome=Outcome.UNKNOWN, nominal_s=cap_s, cap_s=cap_s, clock=self.clock)


# Strategy, goal and cap in nominal seconds to a trial. In this process, from an archive, by
# an agent: who evaluates is the caller's choice.
Evaluate: TypeAlias = Callable[[Strategy, Goal, float], Trial]


def alone(stage: Stage) -> Strategy:
    """The strategy that is this stage and nothing else."""
    return Strategy(slices=(Slice(stage, 1.0),))


class Prover:
    """Evaluates with the embedded prover, in this process.

    Args:
        budget: what shapes every attempt; a cap only cuts it short.
        memory: of questions and transforms, which pays off over many stages; None for none.
    """

    def __init__(self, budget: Budget, memory: Plain | None = None) -> None:
        self.budget = budget
        self._memory = memory

    @property
    def build(self) -> str:
        """Names everything but strategy and goal that a trial depends on."""
        return hashlib.sha256(f"{build()} {self.budget.nominal_s!r} {MARGIN}".encode()).hexdigest()

    def __call__(self, strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
        """Settle ``goal`` by ``strategy`` within ``cap_s``.

        Raises:
            UsageError: the cap is above the budget, or the strategy makes no sense.
        """
        # A cap of 0 is one too: there are goals that a transform settles without a question.
        if not 0 <= cap_s <= self.budget.nominal_s:
            raise UsageError(f"a cap is at least 0 and within the budget, not {cap_s}")
        found = settle(goal, strategy, self.budget, purse_s=MARGIN * cap_s, memory=self._memory)
        trial = Trial(
            outcome=found.outcome, nominal_s=found.nominal_s, cap_s=cap_s, clock=found.clock
        )
        return trial.within(cap_s)
