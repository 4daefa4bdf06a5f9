"""Rows: what must hold of polynomials if a context does, and why. Solves nothing.

A row is an inequality or equation between monomials, read as numbers of their own, and
the part of a certificate that vouches for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.language import Multiple, Polynomial, Product, Proof
from hms_kernel.certificates.polynomials import (
    NAT,
    ONE,
    Atom,
    Compare,
    Domain,
    Monomial,
    Poly,
    of,
)

Wrap = Callable[[Proof], Proof]  # a step put before a proof


@dataclass(frozen=True)
class Factors:
    """A product of facts that are not negative, and of squares."""

    facts: tuple[str, ...]
    squares: tuple[Poly, ...] = ()


@dataclass(frozen=True)
class Times:
    """An equation times a polynomial."""

    fact: str
    by: Poly


@dataclass
class Generic:
    """A domain at a generic index: its facts, and products of them."""

    domain: Domain
    index: str
    variable: Poly
    context: Context
    steps: list[Wrap] = field(default_factory=list)  # that bring in what is known at the index
    rows: list[Row] = field(default_factory=list)  # summed


@dataclass(frozen=True, eq=False)
class Summed:
    """``term`` has the row's sign at every index of a domain, because of ``why`` there; so has its sum."""

    generic: Generic
    term: Poly
    why: Row


Source = Factors | Times | Summed


@dataclass(frozen=True, eq=False)
class Row:
    """``poly op 0`` with op one of ``≥ > =``."""

    poly: Poly
    op: str
    source: Source

    @cached_property
    def floats(self) -> tuple[tuple[Monomial, float], ...]:
        """The coefficients, near enough to see what a row is good for."""
        return tuple((m, _float(c)) for m, c in self.poly.terms.items())

    @cached_property
    def cost(self) -> int:
        """How much a reader has to take in."""
        match self.source:
            case Factors(facts=facts, squares=squares):
                return 2 * len(facts) + 3 * len(squares) + len(self.poly.terms)
            case Times(by=by):
                return 2 * max(map(len, by.terms), default=0) + len(self.poly.terms)
            case Summed(why=why):
                return 4 + why.cost


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return 0.0


def row_of(name: str, fact: object) -> Row | None:
    """A fact as it stands."""
    match fact:
        case Compare(op="≥" | ">" as op, poly=poly):
            return Row(poly, op, Factors((name,)))
        case Compare(op="=", poly=poly):
            return Row(poly, "=", Times(name, ONE))
    return None


def natural(atom: Atom) -> Row | None:
    """That a natural number is not negative."""
    if atom.kind != NAT:
        return None
    return Row(of(atom), "≥", Factors((f"{atom.label} ≥ 0",)))


def rows_of(context: Context) -> list[Row]:
    """All facts that are rows."""
    found = (row_of(name, fact) for name, fact in context.facts.items())
    return [row for row in found if row is not None]


def square(base: Poly, *facts: Row) -> Row:
    """A square times facts."""
    names: tuple[str, ...] = ()
    poly = base * base
    for fact in facts:
        assert isinstance(fact.source, Factors)
        names += fact.source.facts
        poly = poly * fact.poly
    return Row(poly, "≥", Factors(names, (base,)))


def product(rows: tuple[Row, ...], multiply: Callable[[Poly, Poly], Poly]) -> Row:
    """The product of facts that are not negative."""
    names: tuple[str, ...] = ()
    poly = ONE
    for row in rows:
        assert isinstance(row.source, Factors)
        names += row.source.facts
        poly = multiply(poly, row.poly)
    strict = all(row.op == ">" for row in rows)
    return Row(poly, ">" if strict else "≥", Factors(tuple(sorted(names))))


# --- as parts of a certificate ---------------------------------------------------


def written(poly: Poly) -> Polynomial:
    """A polynomial as certificates write it."""
    return tuple(
        (str(c), tuple(atom.label for atom in m))
        for m, c in sorted(poly.terms.items(), key=lambda item: (-len(item[0]), str(item[0])))
    )


def summand(row: Row, times: Fraction) -> Product | Multiple:
    """``times`` · row, for a row whose source is no sum."""
    match row.source:
        case Factors(facts=facts, squares=squares):
            return Product(str(times), facts, tuple(written(base) for base in squares))
        case Times(fact=fact, by=by):
            return Multiple(fact, written(by.scaled(times)))
    raise AssertionError("a sum is a fact only after its own step")
