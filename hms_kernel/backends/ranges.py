"""Bounded quantifiers over the integers: which values a guard admits. Translates nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from hms_kernel.backends.sequent import conjuncts, free_names
from hms_kernel.backends.values import Number
from hms_kernel.statements.terms import Cast, Logic, Num, Op, Quant, Rel, Scalar, Term, Var

Evaluate = Callable[[Term], Number]


def admitted(term: Quant, evaluate: Evaluate) -> tuple[int, int] | None:
    """Least and greatest value that the guard at the head of the body lets through.

    Outside them a ``∀`` body holds and an ``∃`` body fails, so only these need to be
    looked at. None when a bound is missing; ``evaluate`` gives closed terms their value.
    """
    low: int | None = 0 if term.var.sort is Scalar.NAT else None
    high: int | None = None
    for guard in _guards(term):
        for lower, bound in _bounds(guard, term.var, evaluate):
            if lower:
                low = bound if low is None else max(low, bound)
            else:
                high = bound if high is None else min(high, bound)
    return None if low is None or high is None else (low, high)


def _guards(term: Quant) -> Iterator[Term]:
    """Conditions that a bounded quantifier puts on its variable, at the head of the body."""
    connective = "→" if term.op == "∀" else "∧"
    body = term.body
    while isinstance(body, Logic) and body.op == connective:
        *heads, body = body.args
        for head in heads:
            yield from conjuncts(head)
    if term.op == "∃":
        yield body


def _bounds(guard: Term, var: Var, evaluate: Evaluate) -> Iterator[tuple[bool, int]]:
    """(is it a lower bound, inclusive bound) for guards like ``2 ≤ x`` and ``x < 5``."""
    if not isinstance(guard, Rel) or guard.op not in ("<", "≤", ">", "≥", "="):
        return
    if guard.left == var:
        other, on_left = guard.right, True
    elif guard.right == var:
        other, on_left = guard.left, False
    else:
        return
    if not isinstance(other, Num | Cast | Op | Var) or var.name in free_names(other):
        return
    value = evaluate(other)
    if not isinstance(value, Fraction) or value.denominator != 1:
        return
    edge = int(value)
    if guard.op == "=":
        yield True, edge
        yield False, edge
        return
    below = (guard.op in ("<", "≤")) == on_left  # the variable is on the smaller side
    strict = 1 if guard.op in ("<", ">") else 0
    yield (False, edge - strict) if below else (True, edge + strict)
