"""When a challenger takes the place of the strategy in force: on goals it was not trained on. Searches nothing.

Predictions are out of place here: both strategies are run as a whole on goals held apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hms_kernel.backends.strategy import Strategy
from hms_kernel.genetics import fitness
from hms_kernel.genetics.trials import Evaluate
from hms_kernel.model import Goal

GAIN = 0.05  # of PAR-2, below which a change is not worth its risk


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two strategies on the same goals, both run as a whole. Seconds are nominal."""

    goals: int
    solved: tuple[int, int]  # by the incumbent, by the challenger
    par2_s: tuple[float, float]  # likewise
    lost: tuple[str, ...]  # goals that only the incumbent settles
    clock_stops: int  # trials in which the wall clock had a say

    @property
    def accepted(self) -> bool:
        """Whether the challenger takes over: it settles all that was settled, and clearly sooner."""
        before_s, after_s = self.par2_s
        return not self.lost and after_s <= (1 - GAIN) * before_s

    def __str__(self) -> str:
        return (
            f"{self.solved[0]} → {self.solved[1]} of {self.goals} goals,"
            f" PAR-2 {self.par2_s[0]:.4f} → {self.par2_s[1]:.4f} nominal s"
            + (f", lost: {', '.join(self.lost)}" if self.lost else "")
        )


def compare(
    goals: Sequence[Goal],
    evaluate: Evaluate,
    incumbent: Strategy,
    challenger: Strategy,
    budget_s: float,
) -> Comparison:
    """Run both on goals held apart, at least one, with ``budget_s`` nominal seconds each."""
    before = [evaluate(incumbent, goal, budget_s) for goal in goals]
    after = [evaluate(challenger, goal, budget_s) for goal in goals]
    pairs = zip(goals, before, after, strict=True)
    return Comparison(
        goals=len(goals),
        solved=(fitness.solved(before), fitness.solved(after)),
        par2_s=(fitness.par2(before, budget_s), fitness.par2(after, budget_s)),
        lost=tuple(g.theorem_id for g, old, new in pairs if old.settled and not new.settled),
        clock_stops=sum(trial.clock for trial in (*before, *after)),
    )


def held_apart(goals: Iterable[tuple[str, Goal]]) -> tuple[list[Goal], list[Goal]]:
    """Two thirds to train on and one third to judge by, of every family alike.

    Args:
        goals: family and goal.
    """
    families: dict[str, list[Goal]] = {}
    for family, goal in goals:
        families.setdefault(family, []).append(goal)
    train: list[Goal] = []
    judge: list[Goal] = []
    for number, members in enumerate(families.values()):
        for at, goal in enumerate(members):
            # The offset lets families of one or two take turns in giving one away.
            (judge if (at + number) % 3 == 2 else train).append(goal)
    return train, judge
