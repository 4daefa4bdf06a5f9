"""A genetic search told in facts, recorded from the real engine; ``python tests/recorded_search.py`` records it anew.

Two islands: two searches of their own seeds on the same goals, which exchange nothing.
The engine is deterministic, so recording again changes no number. Each operator's credit is
left out: this search chooses its operators by fixed rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from hms_kernel.facts import (
    Fact,
    FactKind,
    GenerationDone,
    SearchBegun,
    SearchEnded,
    SessionOpened,
    StrategyAdopted,
)
from hms_kernel.model import Budget, Goal

FILE = Path(__file__).with_name("recorded_search.json")
FAMILY = "inequalities"
SEARCH = "search-1"
ISLANDS = 2
GENERATIONS = 10
TRAINED, JUDGED = 18, 9  # goals
BUDGET_S = 0.05  # nominal


def facts() -> list[Fact]:
    """The recorded facts, oldest first."""
    return msgspec.json.decode(FILE.read_bytes(), type=list[Fact])


def record() -> Iterator[FactKind]:
    """Run the search; takes some minutes of one processor."""
    from hms_kernel.backends.smt import DEFAULT_STRATEGY
    from hms_kernel.backends.strategy import Stage, Strategy
    from hms_kernel.genetics import schedule
    from hms_kernel.genetics.adoption import compare
    from hms_kernel.genetics.engine import Settings, evolve
    from hms_kernel.genetics.goals import benchmark
    from hms_kernel.genetics.trials import Prover, Trial

    known = benchmark("train")
    picked = [known[n * len(known) // (TRAINED + JUDGED)].goal for n in range(TRAINED + JUDGED)]
    judges = picked[2::3]
    goals = [goal for goal in picked if goal not in judges]
    names = tuple(goal.theorem_id for goal in goals)
    prover = Prover(Budget(nominal_s=BUDGET_S, wall_s=60.0))
    tables: list[dict[Stage, dict[str, Trial]]] = [{} for _ in range(ISLANDS)]

    def noting(island: int):
        def evaluate(strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
            trial = prover(strategy, goal, cap_s)
            tables[island].setdefault(strategy.slices[0].stage, {})[goal.theorem_id] = trial
            return trial

        return evaluate

    yield SearchBegun(
        search=SEARCH,
        family=FAMILY,
        goals=names,
        seed=7,
        generations=GENERATIONS,
        islands=ISLANDS,
        why="asked for",
    )
    searches = [
        evolve(
            goals,
            noting(island),
            Settings(
                seed=7 + island,
                budget_s=BUDGET_S,
                population=8,
                children=8,
                generations=GENERATIONS,
            ),
            # The default's own stages are left out of one island, so that it has a way to go.
            founders=[part.stage for part in DEFAULT_STRATEGY.slices[: 4 * island]],
        )
        for island in range(ISLANDS)
    ]
    settled: list[set[str]] = [set() for _ in range(ISLANDS)]
    best = None
    for rows in zip(*searches, strict=True):
        for island, row in enumerate(rows):
            table = tables[island]
            now = {n for n in names if schedule.predicted(row.winner, table, n, BUDGET_S).settled}
            gained = tuple(name for name in names if name in now - settled[island])
            settled[island] |= now
            if best is None or (row.solved, -row.par2_s) > (best.solved, -best.par2_s):
                best = row
            yield GenerationDone(
                search=SEARCH,
                generation=row.number,
                island=island,
                evaluated=row.evaluated,
                solved=row.solved,
                best_fitness=row.best_fitness,
                median_fitness=row.median_fitness,
                spread=row.spread,
                par2_s=row.par2_s,
                cost_s=row.cost_s,
                best=row.best,
                winner=row.text,
                gained=gained,
            )
    assert best is not None
    judged = compare(judges, prover, DEFAULT_STRATEGY, best.winner, BUDGET_S)
    yield SearchEnded(
        search=SEARCH,
        cause="finished",
        winner=best.text,
        adopted=judged.accepted,
        judged=str(judged),
    )
    if judged.accepted:
        plain = msgspec.to_builtins(best.winner)
        yield StrategyAdopted(
            family=FAMILY, strategy=plain, text=best.text, search=SEARCH, why=str(judged)
        )


def main() -> None:
    told: list[FactKind] = [SessionOpened(pid=1, version="0"), *record()]
    # Whole seconds: when something was recorded is no part of what a search found.
    story = [
        Fact(session="s", epoch=1, seq=seq, time_s=1e9 + seq, kind=kind)
        for seq, kind in enumerate(told, start=1)
    ]
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(story), indent=1) + b"\n")


if __name__ == "__main__":
    main()
