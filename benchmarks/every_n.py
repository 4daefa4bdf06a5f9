"""The WAR bounds by the number of sectors: one lemma for every n, against plain z3 on the same claim.

    python benchmarks/every_n.py [--wall SECONDS]

Machines are shared and noisy, so believe the ratios: each row is also given as a multiple
of n = 10. Plain z3 gets the default solver, no transform and the wall clock as its only limit.
"""

from __future__ import annotations

import argparse
import time

import z3

from hms_kernel.backends.questions import smtlib
from hms_kernel.backends.sequent import Sequent, split
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.model import Budget, Goal
from hms_kernel.statements import parse

CLAIM = (
    "∀ {n_first}(w a d : Fin {n} → ℝ), (∀ i, 0 < w i) → ∑ i, w i = 1 →"
    " (∀ i, -100 ≤ a i ∧ a i ≤ 100) → (∀ i, 0 ≤ d i ∧ d i ≤ 1) →"
    " -100 ≤ ∑ i, w i * a i * d i ∧ ∑ i, w i * a i * d i ≤ 100"
)


def claim(n: str) -> str:
    """The bounds for a numeral, or for every ``n``."""
    return CLAIM.format(n=n, n_first="" if n.isdigit() else "(n : ℕ) ")


def ours(n: str) -> tuple[float, str]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    verdict = SmtBackend().attempt(
        Goal(theorem_id="war", statement=claim(n)), DEFAULT_STRATEGY, Budget()
    )
    return time.perf_counter() - began, f"{verdict.outcome} ({verdict.trust})"


def plain(n: str, wall_s: float) -> tuple[float, str]:
    """The same for z3 as it comes, both halves of the claim."""
    began, said = time.perf_counter(), []
    for half in split(Sequent.of(parse(claim(n)))):
        solver = z3.Solver()
        solver.set("timeout", int(wall_s * 1000))
        solver.from_string(smtlib(half))
        said.append(str(solver.check()))
    return time.perf_counter() - began, " and ".join(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--wall", type=float, default=60.0, help="seconds for each half in plain z3"
    )
    wall_s = parser.parse_args().wall
    ours("3")  # warm
    unit_s, _ = ours("10")
    print(f"{'':14}{'seconds':>9}{'n = 10 is 1':>13}")
    for n in ("10", "100", "1000", "n"):
        seconds, said = ours(n)
        print(
            f"{f'n = {n}' if n != 'n' else 'every n':14}{seconds:9.2f}{seconds / unit_s:13.2f}  {said}"
        )
    for n in ("3", "5", "8"):
        seconds, said = plain(n, wall_s)
        print(f"{f'plain z3, {n}':14}{seconds:9.2f}{seconds / unit_s:13.2f}  {said}")


if __name__ == "__main__":
    main()
