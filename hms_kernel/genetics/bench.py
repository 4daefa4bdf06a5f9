"""What a search is worth on goals that it never saw: ``python -m hms_kernel.genetics.bench``. Draws no conclusion.

Every strategy is run as a whole on the benchmark's test split; predictions count for nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Stage, Strategy
from hms_kernel.errors import BackendError
from hms_kernel.genetics import fitness
from hms_kernel.genetics.adoption import Comparison, compare, held_apart
from hms_kernel.genetics.archive import Archive, default_file
from hms_kernel.genetics.engine import Settings, evolve
from hms_kernel.genetics.goals import Labelled, benchmark
from hms_kernel.genetics.trials import Evaluate, Prover, Trial, alone
from hms_kernel.model import Budget, Goal


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One strategy on the goals of one split. Seconds are nominal."""

    name: str
    solved: int
    goals: int
    par2_s: float
    cost_s: float  # of the search that found it
    clock_stops: int
    lost: tuple[str, ...]  # goals that the default settles and this one does not
    strategy: Strategy
    compared: Comparison | None = None  # with the default, on the third of training held apart

    def __str__(self) -> str:
        lost = f", loses {', '.join(self.lost)}" if self.lost else ""
        stops = f", {self.clock_stops} stopped by the clock" if self.clock_stops else ""
        judged = ""
        if self.compared is not None:
            judged = f"; {'adopted' if self.compared.accepted else 'not adopted'}: {self.compared}"
        return (
            f"{self.name}: {self.solved} of {self.goals}, PAR-2 {self.par2_s:.4f},"
            f" search cost {self.cost_s:.1f}{stops}{lost}{judged}"
        )


def measured(
    train: Sequence[Labelled],
    test: Sequence[Labelled],
    evaluate: Evaluate,
    settings: Sequence[Settings],
) -> Iterator[Measured]:
    """Plain z3, the default, the schedule built of its own stages, and what each search finds.

    A third of the training goals is held apart, and says whether a schedule would be adopted.

    Args:
        settings: one for each search, all of one budget.

    Raises:
        BackendError: a verdict contradicts its label.
    """
    budget_s = settings[0].budget_s
    founders = [part.stage for part in DEFAULT_STRATEGY.slices]
    labels = {one.name: one.expected for one in (*train, *test)}
    goals, judges = held_apart((one.family, one.goal) for one in train)

    def checked(strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
        trial = evaluate(strategy, goal, cap_s)
        if trial.settled and trial.outcome is not labels[goal.theorem_id]:
            raise BackendError(f"{goal.theorem_id} is not {trial.outcome}: {strategy}")
        return trial

    def run(name: str, strategy: Strategy, cost_s: float = 0.0, stops: int = 0) -> Measured:
        trials = {goal.name: checked(strategy, goal.goal, budget_s) for goal in test}
        return Measured(
            name=name,
            solved=fitness.solved(trials.values()),
            goals=len(test),
            par2_s=fitness.par2(trials.values(), budget_s),
            cost_s=cost_s,
            clock_stops=stops + sum(trial.clock for trial in trials.values()),
            lost=tuple(name for name in known if not trials[name].settled),
            strategy=strategy,
            compared=compare(judges, checked, DEFAULT_STRATEGY, strategy, budget_s)
            if cost_s
            else None,
        )

    known: tuple[str, ...] = ()
    for engine in ("smt", "nlsat"):
        yield run(f"z3's {engine} alone", alone(Stage(engine=engine)))
    yield run("default", DEFAULT_STRATEGY)
    known = tuple(
        goal.name for goal in test if checked(DEFAULT_STRATEGY, goal.goal, budget_s).settled
    )
    for number, each in enumerate(settings):
        found = evolve(goals, checked, each, founders=founders, fallback=DEFAULT_STRATEGY)
        cost_s, stops = 0.0, 0
        for generation in found:
            cost_s += generation.cost_s
            stops += generation.clock_stops
            if number == generation.number == 0:
                yield run("default's stages, built", generation.winner, cost_s, stops)
        yield run(f"search, seed {each.seed}", generation.winner, cost_s, stops)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hms_kernel.genetics.bench")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--train", type=int, default=60, help="training goals, a third of them held apart"
    )
    parser.add_argument("--budget", type=float, default=0.05, help="nominal seconds")
    parser.add_argument("--stages", type=int, default=12, help="tried in each generation")
    parser.add_argument("--generations", type=int, default=3)
    parser.add_argument("--archive", type=Path, default=None)
    given = parser.parse_args()
    goals = benchmark("train")
    wanted = min(given.train, len(goals))
    train = [goals[at * len(goals) // wanted] for at in range(wanted)]
    settings = [
        Settings(
            seed=seed,
            budget_s=given.budget,
            population=given.stages,
            children=given.stages,
            generations=given.generations,
        )
        for seed in range(given.seeds)
    ]
    prover = Prover(Budget(nominal_s=given.budget, wall_s=60.0))
    evaluate = Archive(given.archive or default_file()).through(prover, prover.build)
    for row in measured(train, benchmark("test"), evaluate, settings):
        print(row, f"  {row.strategy}", sep="\n", flush=True)


if __name__ == "__main__":
    main()
