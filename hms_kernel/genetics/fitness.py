"""What trials are worth: PAR-2, credit shared by those who settle the same goal, caps, the Pareto front. Runs nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from hms_kernel.backends.strategy import Stage
from hms_kernel.genetics.stages import genes
from hms_kernel.genetics.trials import Trial

Row = Mapping[str, Trial]  # goal to trial, of one stage


def par2(trials: Collection[Trial], budget_s: float) -> float:
    """Mean nominal seconds to an answer, an open goal counting twice the budget.

    Args:
        trials: at least one, with caps up to ``budget_s``.

    Source:
        Balint et al. (2015), Overview and Analysis of the SAT Challenge 2012 Solver Competition.
    """
    return sum(t.nominal_s if t.settled else 2 * budget_s for t in trials) / len(trials)


def solved(trials: Collection[Trial]) -> int:
    """How many goals were answered."""
    return sum(trial.settled for trial in trials)


def capped(trial: Trial, cap_s: float) -> Trial:
    """The trial as far as a cap lets it show."""
    return trial.within(min(cap_s, trial.cap_s))


def shared(rows: Sequence[Row], caps: Mapping[str, float], budget_s: float) -> list[float]:
    """Fitness of every stage among the others: what it saves on each goal, shared by all who settle it.

    A stage that alone settles one hard goal is worth more than the tenth that settles ten
    easy ones, so specialists survive.

    Args:
        rows: one per stage, each with every goal of ``caps``.
        caps: goal to nominal seconds within which settling it is of use.

    Returns:
        One number per row, dimensionless, from 0 to the number of goals; higher is better.

    Source:
        Goldberg & Richardson (1987), Genetic Algorithms with Sharing for Multimodal Function
        Optimization; the niche is the goal.
    """
    worth = [0.0] * len(rows)
    for goal, cap_s in caps.items():
        credit = {}
        for number, row in enumerate(rows):
            trial = capped(row[goal], cap_s)
            if trial.settled:
                credit[number] = 1.0 - trial.nominal_s / (2 * budget_s)
        for number, saved in credit.items():
            worth[number] += saved / len(credit)
    return worth


def caps(incumbent: Row, budget_s: float, slack: float) -> dict[str, float]:
    """How long a new stage may work on each goal: little longer than the incumbent needs for it.

    Args:
        incumbent: goal to what the schedule to beat comes to.
        slack: above 1, a little.

    Source:
        Hutter et al. (2009), ParamILS: An Automatic Algorithm Configuration Framework (adaptive capping).
    """
    return {
        goal: min(budget_s, slack * trial.nominal_s) if trial.settled else budget_s
        for goal, trial in incumbent.items()
    }


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A stage by what matters about it."""

    stage: str  # as printed
    solved: int  # goals, more is better
    par2_s: float  # nominal seconds, fewer is better
    genes: int  # decisions out of the ordinary, fewer is better

    def dominates(self, other: Point) -> bool:
        """At least as good in everything, and better in something."""
        mine, theirs = self._scores(), other._scores()
        return mine != theirs and all(a <= b for a, b in zip(mine, theirs, strict=True))

    def _scores(self) -> tuple[float, ...]:
        return (-self.solved, self.par2_s, self.genes)


def point(stage: Stage, row: Row, budget_s: float) -> Point:
    """Where a stage lies."""
    trials = list(row.values())
    return Point(
        stage=str(stage), solved=solved(trials), par2_s=par2(trials, budget_s), genes=genes(stage)
    )


def front(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points that no other dominates, most solved first; one of each kind."""
    best = [one for one in points if not any(other.dominates(one) for other in points)]
    first = {one._scores(): one for one in sorted(best, key=lambda p: p.stage, reverse=True)}
    return tuple(first[scores] for scores in sorted(first))
