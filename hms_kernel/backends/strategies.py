"""Strategies by name, as unlike each other as can be: where one gets nowhere, another may. Tries none.

The default gives every kind of stage a short turn; these give a few kinds long ones.
"""

from __future__ import annotations

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Slice, Stage, Strategy, strategy
from hms_kernel.errors import UsageError


def _turns(*turns: tuple[float, Stage]) -> Strategy:
    return Strategy(slices=tuple(Slice(stage, share) for share, stage in turns))


# What falls apart into cases: conditions, alternatives, remainders, finitely many values.
CASEWORK = _turns(
    (0.15, Stage("smt", ("cases", "ite-split"))),
    (0.15, Stage("nlsat", ("cases", "ite-split"))),
    (0.2, Stage("smt", ("residues",))),
    (0.15, Stage("smt", ("enumerate",))),
    (0.15, Stage("smt", ("enumerate", "enumerate"))),
    (0.1, Stage("simple", ("enumerate", "residues"))),
    (0.1, Stage("nlsat", ("enumerate",))),
)

# Polynomials: the same complete procedure with other orders of elimination, and without it.
ALGEBRA = _turns(
    (0.2, Stage("nlsat")),
    (0.15, Stage("nlsat", parameters=(("variable_ordering_strategy", 2),))),
    (0.15, Stage("nlsat", parameters=(("variable_ordering_strategy", 4),))),
    (0.1, Stage("nlsat", parameters=(("factor", False), ("lazy", 1)))),
    (0.1, Stage("nlsat", ("vertices",), (("variable_ordering_strategy", 1),))),
    (0.15, Stage("smt", parameters=(("arith.nl.nra", False),))),
    (0.15, Stage("smt", parameters=(("arith.solver", 2),))),
)

# Sums, sequences and functions: induction, unrolling, lemmas term by term.
RECURSION = _turns(
    (0.2, Stage("nlsat", ("sum-lemma",))),
    (0.15, Stage("smt", ("induction",))),
    (0.15, Stage("nlsat", ("induction",))),
    (0.15, Stage("smt", ("unroll",))),
    (0.1, Stage("nlsat", ("unroll",))),
    (0.1, Stage("nlsat", ("points",))),
    (0.1, Stage("smt", ("cycles",))),
    (0.05, Stage("simple", ("induction",))),
)

NAMED = {
    "default": DEFAULT_STRATEGY,
    "casework": CASEWORK,
    "algebra": ALGEBRA,
    "recursion": RECURSION,
}


def named(name: str) -> Strategy:
    """The strategy of that name, or the one that prints so.

    Raises:
        UsageError: there is none.
    """
    if "×" in name:
        return strategy(name)
    try:
        return NAMED[name]
    except KeyError:
        raise UsageError(f"no strategy {name!r}; there are {', '.join(NAMED)}") from None
