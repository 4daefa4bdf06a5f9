"""Quantifiers and sums over known indices, one index at a time. Proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hms_kernel.backends.sequent import conjuncts, substitute
from hms_kernel.errors import StatementError
from hms_kernel.statements import evaluate
from hms_kernel.statements.terms import Big, Fin, Num, Quant, Scalar, Term

MAX_TERMS = 2_000  # of one sum, product or quantifier


def instances(fact: Term) -> Iterator[Term]:
    """The conjuncts of a fact; those under ``∀`` over a known Fin, index by index."""
    for part in conjuncts(fact):
        span = known_span(part) if isinstance(part, Quant) and part.op == "∀" else None
        if span is None or not isinstance(part, Quant):
            yield part
            continue
        for index in span:
            at = {part.var.name: Num(Fraction(index), part.var.sort)}
            yield from instances(substitute(part.body, at))


def known_span(term: Term) -> range | None:
    """The numbers that a sum or a quantifier runs over, when they are known and few."""
    ends: tuple[Term, Term]
    match term:
        case Big(low=low, high=high) if low is not None and high is not None:
            ends = low, high
        case Big(var=var) | Quant(var=var) if isinstance(var.sort, Fin):
            ends = Num(Fraction(0), Scalar.NAT), var.sort.size
        case _:
            return None
    try:
        first, last = (int(evaluate.value_of(end, {})) for end in ends)
    except StatementError:
        return None
    return range(first, last) if last - first <= MAX_TERMS else None
