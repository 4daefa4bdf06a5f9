"""What a bandit over operators and islands are worth: every variant of the engine at equal cost, by cross-folds.

    python benchmarks/operators.py [--seeds 14] [--goals 24] [--folds 2] [--purse 0.4] [--batch 4]

The training goals of the public benchmark, and these alone, are dealt out into folds. Each
variant searches on all folds but one and spends the same purse of nominal seconds beyond the
founders; what it finds is run as a whole on the fold left out. A seed's figure is the mean
over all goals, each judged once. Variants are compared seed by seed with the engine's fixed
mix on one island: exact sign test, one-sided. Trials are read from ``--archive`` where they
are known; equal arguments give equal figures.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from hms_kernel.backends.remembering import Remembering
from hms_kernel.genetics import contest, fitness, significance
from hms_kernel.genetics.archive import Archive, default_file
from hms_kernel.genetics.contest import Search, Terms
from hms_kernel.genetics.founders import FOUNDERS, HINTED
from hms_kernel.genetics.goals import benchmark
from hms_kernel.genetics.trials import Evaluate, Prover, Trial
from hms_kernel.model import Budget, Goal

FIXED = "fixed mix"
VARIANTS: dict[str, Search] = {
    "no search": contest.unsearched,
    FIXED: contest.evolved,
    "bandit": partial(contest.evolved, adaptive=True),
    "2 islands": partial(contest.evolved, islands=2),
    "bandit, 2 islands": partial(contest.evolved, adaptive=True, islands=2),
}


def folds(goals: tuple[Goal, ...], count: int) -> list[tuple[Goal, ...]]:
    """The goals dealt out, so that every family is in every fold."""
    return [goals[number::count] for number in range(count)]


def measured(search: Search, parts: list[tuple[Goal, ...]], evaluate: Evaluate, seed: int, options: argparse.Namespace) -> Counter[str]:  # fmt: skip
    """Sums over the folds: of what the search knows, and of what its strategy does to the fold left out."""
    said: Counter[str] = Counter()
    for apart in parts:
        known = tuple(goal for part in parts if part is not apart for goal in part)
        terms = Terms(
            goals=known,
            founders=FOUNDERS,
            fallback=HINTED,
            budget_s=options.budget,
            purse_s=options.purse,
            batch=options.batch,
        )
        found = search(terms, evaluate, seed)
        trials: list[Trial] = [evaluate(found.strategy, goal, options.budget) for goal in apart]
        said["solved"] += fitness.solved(trials)
        said["ms"] += 1000 * fitness.par2(trials, options.budget) * len(apart)
        said["train ms"] += 1000 * found.par2_s * len(known)
        said["train solved"] += found.solved
        said["tried"] += found.tried
        said["cost"] += found.cost_s
        said["stops"] += found.clock_stops
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=14)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--goals", type=int, default=24)
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--budget", type=float, default=0.03, help="nominal seconds, an attempt")
    parser.add_argument("--purse", type=float, default=0.4, help="nominal seconds, a search")
    parser.add_argument("--batch", type=int, default=4, help="stages of a generation")
    parser.add_argument("--archive", type=Path, default=default_file())
    parser.add_argument("--only", action="append", choices=VARIANTS, help="as often as you like")
    options = parser.parse_args()
    known = benchmark("train")
    chosen = tuple(known[at * len(known) // options.goals].goal for at in range(options.goals))
    parts = folds(chosen, options.folds)
    prover = Prover(Budget(nominal_s=options.budget, wall_s=60.0), Remembering())
    evaluate = Archive(options.archive).through(prover, prover.build)
    found: dict[str, list[Counter[str]]] = {}
    for seed in range(options.first, options.first + options.seeds):
        for name in options.only or VARIANTS:
            said = measured(VARIANTS[name], parts, evaluate, seed, options)
            found.setdefault(name, []).append(said)
            print(f"seed {seed}: {name}: {dict(said)}", file=sys.stderr, flush=True)
    show(found, options)


def show(found: dict[str, list[Counter[str]]], options: argparse.Namespace) -> None:
    """One line for each variant: medians over seeds."""
    goals, times = options.goals, options.folds - 1  # each goal is trained on so many times
    print("| variant | solved | PAR-2 ms | lowest, highest | better, worse than fixed | p | train PAR-2 ms | stages | nominal s |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    bars = [said["ms"] for said in found.get(FIXED, ())]
    for name, all_said in found.items():
        ms = [said["ms"] for said in all_said]
        better = sum(one < bar for one, bar in zip(ms, bars, strict=False))
        worse = sum(one > bar for one, bar in zip(ms, bars, strict=False))
        train = [said["train ms"] / goals / times for said in all_said]
        tried, cost, solved = (statistics.median(s[what] for s in all_said) / per for what, per in (("tried", options.folds), ("cost", options.folds), ("solved", 1)))  # fmt: skip
        p = significance.below([one - bar for one, bar in zip(ms, bars, strict=False)], 0.0)
        print(
            f"| {name} | {solved:g} | {statistics.median(ms) / goals:.2f} | {min(ms) / goals:.2f},"
            f" {max(ms) / goals:.2f} | {better}, {worse} | {p:.2f}"
            f" | {statistics.median(train):.2f} | {tried:.0f} | {cost:.1f} |"
        )
    stops = sum(int(said["stops"]) for all_said in found.values() for said in all_said)
    print(f"\n{options.goals} goals, {options.folds} folds; clock stops: {stops}")


if __name__ == "__main__":
    main()
