"""A sequent as comparisons of polynomials with zero: finite sums written out, facts one by one. Asks nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from fractions import Fraction

from hms_kernel.backends.polynomials import Polynomial, TooLarge, plus, polynomial, scaled, term_of
from hms_kernel.backends.sequent import Sequent, conjuncts, introduced, rebuild, substitute
from hms_kernel.statements.terms import (
    Big,
    Fin,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    sort_of,
)

FIELDS = (Scalar.RAT, Scalar.REAL)
MAX_TERMS = 16  # of a sum or quantifier that is written out

_FLIPPED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}


@dataclasses.dataclass(frozen=True)
class Comparison:
    """``polynomial op 0`` in a field; op is one of ``= ≠ > ≥``."""

    op: str
    polynomial: Polynomial
    sort: Sort

    @property
    def term(self) -> Term:
        """As a proposition again."""
        return Rel(self.op, term_of(self.polynomial, self.sort), Num(Fraction(0), self.sort))


def comparison(prop: Term) -> Comparison | None:
    """What a proposition compares; None for another kind, another sort, or too many monomials."""
    if not isinstance(prop, Rel) or prop.op == "∣" or sort_of(prop.left) not in FIELDS:
        return None
    op, left, right = prop.op, prop.left, prop.right
    if op in ("<", "≤"):
        op, left, right = _FLIPPED[op], right, left
    try:
        apart = plus(polynomial(left), scaled(polynomial(right), Fraction(-1)))
    except TooLarge:
        return None
    return Comparison(op, apart, sort_of(left))


def degree(poly: Polynomial) -> int:
    """The highest number of atoms in a monomial."""
    return max(map(len, poly), default=0)


def written_out(sequent: Sequent) -> Sequent:
    """The sequent with premises introduced, small finite sums and quantifiers written out, facts one by one."""
    inner = introduced(sequent.mapped(_expanded))
    facts = tuple(part for fact in inner.facts for part in conjuncts(fact))
    return dataclasses.replace(inner, facts=facts)


def _expanded(term: Term) -> Term:
    def change(part: Term) -> Term | None:
        match part:
            case Big(op="∑", body=body, sort=sort):
                values = _values(part)
                if values is None:
                    return None
                return _summed((_at(body, part, value) for value in values), sort)
            case Quant(op="∀", var=var, body=body) if isinstance(var.sort, Fin):
                values = _values(part)
                if values is None:
                    return None
                return Logic("∧", tuple(_at(body, part, value) for value in values))
        return None

    return rebuild(term, change)


def _at(body: Term, binder: Big | Quant, value: int) -> Term:
    numeral = Num(Fraction(value), binder.var.sort)
    return _expanded(substitute(body, {binder.var.name: numeral}))


def _values(binder: Big | Quant) -> range | None:
    """What the variable ranges over; None where that is not known, nothing or too much."""
    values = range(0)
    match binder:
        case Big(low=Num(value=low), high=Num(value=high)):
            values = range(int(low), int(high))
        case Big(var=var, low=None) | Quant(var=var):
            if isinstance(var.sort, Fin) and isinstance(var.sort.size, Num):
                values = range(int(var.sort.size.value))
    return values if 0 < len(values) <= MAX_TERMS else None


def _summed(parts: Iterable[Term], sort: Sort) -> Term:
    rest: Iterator[Term] = iter(parts)
    total = next(rest)
    for part in rest:
        total = Op("+", (total, part), sort)
    return total
