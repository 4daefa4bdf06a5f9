"""Whether z3, cvc5 and the exact evaluator ever contradict each other on random small statements.

    python benchmarks/agreement.py [--statements N] [--seed S]

Every statement is asked about at one point, itself and its negation. What the three say
of the rest, or are silent about, is counted, so that agreement by silence shows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "backends"))

from test_against_the_evaluator import contradictions, points, propositions, truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    began = time.perf_counter()

    @hypothesis.seed(options.seed)
    @settings(
        max_examples=options.statements,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(propositions(), points)
    def ask(prop, point) -> None:
        found = contradictions(prop, point, "smt")
        for sentence in found:
            print(sentence, flush=True)
        counts["statements"] += 1
        counts["decided by the evaluator"] += truth(prop, point) is not None
        counts["contradictions"] += len(found)

    ask()
    for name, count in counts.items():
        print(f"{name:28}{count:8}")
    print(f"{'seconds':28}{time.perf_counter() - began:8.0f}")


if __name__ == "__main__":
    main()
