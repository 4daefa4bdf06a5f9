"""How much of a file of Lean 4 statements the embedded prover settles. Judges no verdict: read the list.

    python benchmarks/minif2f.py FILE.jsonl [--nominal 10] [--only PART]

Each line of the file is an object with ``theorem_id`` and ``lean_expr``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from pathlib import Path

from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.model import Budget, Goal, Outcome


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--nominal", type=float, default=10.0, help="nominal seconds per goal")
    arguments.add_argument("--wall", type=float, default=60.0, help="wall seconds per goal")
    arguments.add_argument("--only", default="", help="part of the theorem ids to run")
    options = arguments.parse_args()
    budget = Budget(nominal_s=options.nominal, wall_s=options.wall)
    backend = SmtBackend()
    counts: Counter[str] = Counter()
    durations: dict[str, list[float]] = {}
    for line in options.file.read_text().splitlines():
        entry = json.loads(line)
        if options.only not in entry["theorem_id"]:
            continue
        goal = Goal(theorem_id=entry["theorem_id"], statement=entry["lean_expr"])
        started = time.perf_counter()
        verdict = backend.attempt(goal, DEFAULT_STRATEGY, budget)
        wall_s = time.perf_counter() - started
        counts[verdict.outcome] += 1
        durations.setdefault(verdict.outcome, []).append(wall_s)
        detail = verdict.evidence.stage if verdict.outcome is Outcome.PROVED else verdict.reason
        print(
            f"{goal.theorem_id:45} {verdict.outcome:12} {wall_s:7.2f} s"
            f" {verdict.evidence.units:>10} units  {' '.join(detail.split())[:150]}",
            flush=True,
        )
        if verdict.counterexample:
            print(f"{'':45} {verdict.counterexample.values}")
    print()
    for outcome, count in counts.most_common():
        print(f"{outcome:12} {count:4}   median {statistics.median(durations[outcome]):.3f} s")
    print(f"{'all':12} {counts.total():4}")


if __name__ == "__main__":
    main()
