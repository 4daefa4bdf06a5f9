"""Which strategy is in force, and when a challenger takes its place: on goals it was not trained on. Searches nothing.

Predictions are out of place here: both strategies are run as a whole on goals held apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import UsageError
from hms_kernel.genetics import fitness
from hms_kernel.genetics.archive import made, opened
from hms_kernel.genetics.trials import Evaluate
from hms_kernel.model import Goal

GAIN = 0.05  # of PAR-2, below which a change is not worth its risk

_TABLES = """
CREATE TABLE IF NOT EXISTS adoptions (
    number INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    strategy TEXT,
    why TEXT NOT NULL
);
"""


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


class Adoptions:
    """What is in force in each scope, with every change there was. Changes are only added.

    Args:
        file: an SQLite file, made when it is not there; that of the archive will do.

    Raises:
        StoreError: by every method, when the file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self._file = made(file, _TABLES)

    def current(self, scope: str) -> Strategy | None:
        """The strategy in force; None for the backend's own."""
        in_force = self._in_force(scope)
        return in_force[-1] if in_force else None

    def adopt(self, scope: str, strategy: Strategy, comparison: Comparison) -> None:
        """Put a challenger in force.

        Args:
            scope: what it is for, such as a family of goals.
            comparison: with what is in force, on goals held apart.

        Raises:
            UsageError: the comparison does not accept the challenger; nothing was changed.
        """
        if not comparison.accepted:
            raise UsageError(f"not to be adopted for {scope}: {comparison}")
        self._add(scope, msgspec.json.encode(strategy).decode(), str(comparison))

    def rollback(self, scope: str, why: str = "") -> Strategy | None:
        """Go back to what was in force before; its return is what is now, None for the backend's own."""
        self._add(scope, None, why)
        return self.current(scope)

    def history(self, scope: str) -> list[tuple[Strategy | None, str]]:
        """Every adoption, and None for every rollback, oldest first, with the reasons given."""
        with opened(self._file) as connection:
            rows = connection.execute(
                "SELECT strategy, why FROM adoptions WHERE scope = ? ORDER BY number", (scope,)
            ).fetchall()
        return [
            (msgspec.json.decode(text, type=Strategy) if text else None, why) for text, why in rows
        ]

    def _in_force(self, scope: str) -> list[Strategy]:
        stack: list[Strategy] = []
        for strategy, _ in self.history(scope):
            if strategy is not None:
                stack.append(strategy)
            elif stack:
                stack.pop()
        return stack

    def _add(self, scope: str, strategy: str | None, why: str) -> None:
        with opened(self._file) as connection:
            connection.execute(
                "INSERT INTO adoptions (scope, strategy, why) VALUES (?, ?, ?)",
                (scope, strategy, why),
            )
