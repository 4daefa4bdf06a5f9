"""For how many of the statements that the embedded prover proves a certificate is found. Judges no verdict.

    python benchmarks/certificates.py FILE.jsonl [--nominal 10] [--certifying 1] [--only PART]

Each line of the file is an object with ``theorem_id`` and ``lean_expr``. *Core* statements
use nothing but quantifiers over numbers, logic, comparisons, + - * / and powers, min, max,
absolute values, ``if`` and finite sums.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hms_kernel.backends.certifying import NOMINAL_S, find
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.certificates import to_json
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.statements import parse
from hms_kernel.statements.terms import (
    Arrow,
    Big,
    Fin,
    Op,
    Pred,
    Quant,
    Rel,
    Scalar,
    Statement,
    Term,
    children,
    sort_of,
)

CORE_OPERATIONS = frozenset(["+", "-", "*", "/", "neg", "^", "⁻¹", "abs", "natAbs", "min", "max"])


def subterms(term: Term) -> Iterator[Term]:
    yield term
    for child in children(term):
        yield from subterms(child)


def in_core(statement: Statement) -> bool:
    """Whether a statement stays within the language named above."""
    props = [*(h.prop for h in statement.hypotheses), statement.conclusion]
    for part in (part for prop in props for part in subterms(prop)):
        match part:
            case Op(op=op) if op not in CORE_OPERATIONS:
                return False
            case Op(op="/", sort=Scalar.NAT | Scalar.INT):
                return False
            case Op(op="^", args=(_, exponent)) if any(
                type(p).__name__ == "Var" for p in subterms(exponent)
            ):
                return False
            case Rel(op="∣") | Pred() | Big(op="∏"):
                return False
            case Quant(var=var) if not isinstance(var.sort, Scalar | Fin):
                return False
    for var in statement.variables:
        sort = var.sort
        if isinstance(sort, Arrow) and not isinstance(sort.domain, Fin):
            return False
    return all(sort_of(prop) is Scalar.PROP for prop in props)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--nominal", type=float, default=10.0, help="nominal seconds per goal")
    arguments.add_argument("--wall", type=float, default=60.0, help="wall seconds per goal")
    arguments.add_argument(
        "--certifying", type=float, default=NOMINAL_S, help="nominal seconds per certificate"
    )
    arguments.add_argument("--only", default="", help="part of the theorem ids to run")
    options = arguments.parse_args()
    budget = Budget(nominal_s=options.nominal, wall_s=options.wall)
    backend = SmtBackend()
    found: dict[str, list[bool]] = {"core": [], "beyond": []}
    searched: list[float] = []
    sizes: list[int] = []
    for line in options.file.read_text().splitlines():
        entry = json.loads(line)
        if options.only not in entry["theorem_id"]:
            continue
        goal = Goal(theorem_id=entry["theorem_id"], statement=entry["lean_expr"])
        if backend.attempt(goal, DEFAULT_STRATEGY, budget).outcome is not Outcome.PROVED:
            continue
        statement = parse(entry["lean_expr"])
        started = time.process_time()
        certificate = find(statement, options.certifying)
        cpu_s = time.process_time() - started
        searched.append(cpu_s)
        kind = "core" if in_core(statement) else "beyond"
        found[kind].append(certificate is not None)
        size = len(msgspec.json.encode(to_json(certificate))) if certificate else 0
        if certificate:
            sizes.append(size)
        outcome = f"{size:8} bytes" if certificate else "   none"
        print(f"{goal.theorem_id:45} {kind:7} {cpu_s:6.2f} s {outcome}", flush=True)
    print()
    for kind, outcomes in found.items():
        certified, proved = sum(outcomes), len(outcomes)
        share = f"{certified / proved:.1%}" if proved else "-"
        print(f"{kind:7} proved {proved:4}, certified {certified:4}  {share}")
    if sizes:
        print(f"search  median {statistics.median(searched):.3f} s of processor time")
        print(f"size    median {statistics.median(sizes):.0f} bytes, largest {max(sizes)}")


if __name__ == "__main__":
    main()
