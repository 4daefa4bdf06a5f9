"""Claims with one number changed: a cheap test that the prover reads what is written.

    python benchmarks/mutants.py FILE.jsonl [--nominal 5] [--wall 10] [--only PART]

Each line of the file is an object with ``theorem_id`` and ``lean_expr``. Of every claim that
ends in ``… = numeral`` and is proved, the same claim with the next numeral is tried. Both
hold only where the hypotheses contradict each other, so a mutant that is proved is a wrong
verdict (of it or of the original), and nearly all of them should be refuted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from pathlib import Path

from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.errors import StatementError
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.statements import parse, show
from hms_kernel.statements.terms import Num, Rel, Statement


def mutant(statement: Statement) -> Statement | None:
    """The statement with the next numeral on the right of its equation; None if it is none."""
    match statement.conclusion:
        case Rel(op="=", left=left, right=Num(value=value, sort=sort)) if not isinstance(left, Num):
            changed = Rel("=", left, Num(value + 1, sort))
            return dataclasses.replace(statement, conclusion=changed)
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--nominal", type=float, default=5.0, help="nominal seconds per goal")
    parser.add_argument("--wall", type=float, default=10.0, help="wall seconds per goal")
    parser.add_argument("--only", default="", help="part of the theorem ids to run")
    options = parser.parse_args()
    backend = SmtBackend()
    budget = Budget(nominal_s=options.nominal, wall_s=options.wall)
    counts: Counter[str] = Counter()
    for line in options.file.read_text().splitlines():
        entry = json.loads(line)
        if options.only not in entry["theorem_id"]:
            continue
        goal = Goal(theorem_id=entry["theorem_id"], statement=entry["lean_expr"])
        try:
            changed = mutant(parse(goal.statement, name=goal.theorem_id))
        except StatementError:
            continue
        if changed is None:
            continue
        original = backend.attempt(goal, DEFAULT_STRATEGY, budget)
        if original.outcome is not Outcome.PROVED:
            continue
        verdict = backend.attempt(
            Goal(theorem_id=goal.theorem_id, statement=show(changed)), DEFAULT_STRATEGY, budget
        )
        counts[verdict.outcome] += 1
        if verdict.outcome is not Outcome.REFUTED:
            print(f"{goal.theorem_id:45} {verdict.outcome:12} {verdict.reason[:100]}", flush=True)
    for outcome, count in counts.most_common():
        print(f"{outcome:12} {count:4}")
    print(f"{'all':12} {counts.total():4}")


if __name__ == "__main__":
    main()
