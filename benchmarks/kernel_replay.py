"""How many certificates the Lean kernel accepts, and what stands in the way of the others.

    python benchmarks/kernel_replay.py [FILE.jsonl ...] [--certifying 1] [--wall 60] [--only PART]

The proved claims of the built-in Moneyball specification, and the theorems of files whose lines
are objects with ``theorem_id`` and ``lean_expr``. A certificate is searched for each statement
that can be read; those without one are counted and not asked about.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hms_kernel import specs
from hms_kernel.backends.certifying import NOMINAL_S, find
from hms_kernel.backends.lean.rendering import NotRendered, replay
from hms_kernel.backends.lean.runtime import Runtime, pip_kernel
from hms_kernel.errors import StatementError
from hms_kernel.statements import parse
from hms_kernel.statements.terms import Statement


def moneyball() -> Iterator[tuple[str, Statement]]:
    for claim in specs.load("moneyball").claims:
        if claim.settled is None:
            goal = claim.goal()
            yield (
                claim.id,
                parse(
                    goal.statement,
                    definitions=goal.definitions,
                    axioms=goal.axioms,
                    decimals=goal.decimals,
                ),
            )


def theorems(file: Path) -> Iterator[tuple[str, Statement]]:
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        try:
            yield entry["theorem_id"], parse(entry["lean_expr"])
        except StatementError:
            continue


def outcome(statement: Statement, runtime: Runtime, certifying_s: float, wall_s: float) -> str:
    certificate = find(statement, certifying_s)
    if certificate is None:
        return "no certificate"
    try:
        checked = replay(statement, certificate, runtime, wall_s)
    except NotRendered as reason:
        return f"not rendered: {reason}"
    if not checked.accepted:
        return f"refused: {checked.reason.splitlines()[0]}"
    return f"accepted, axioms: {', '.join(checked.axioms) or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument(
        "--certifying", type=float, default=NOMINAL_S, help="nominal seconds per certificate"
    )
    parser.add_argument("--wall", type=float, default=60.0, help="wall seconds per proof")
    parser.add_argument("--only", default="", help="part of the names to run")
    options = parser.parse_args()
    runtime = pip_kernel()
    print(runtime.version(), flush=True)
    for title, statements in [
        ("moneyball", moneyball()),
        *((str(file), theorems(file)) for file in options.files),
    ]:
        counts: Counter[str] = Counter()
        seconds = []
        for name, statement in statements:
            if options.only in name:
                began = time.perf_counter()
                found = outcome(statement, runtime, options.certifying, options.wall)
                counts[found] += 1
                if found.startswith("accepted"):
                    seconds.append(time.perf_counter() - began)
                if found != "no certificate":
                    print(f"{name:60} {time.perf_counter() - began:6.1f} s  {found}", flush=True)
        certified = counts.total() - counts["no certificate"]
        accepted = sum(n for found, n in counts.items() if found.startswith("accepted"))
        print(f"\n{title}: {accepted} of {certified} certificates accepted")
        for found, number in counts.most_common():
            print(f"{number:6}  {found}")
        if seconds:
            print(f"median {statistics.median(seconds):.1f} s with the search, wall\n")
    runtime.close()


if __name__ == "__main__":
    main()
