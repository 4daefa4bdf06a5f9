"""The ``products``, ``squares`` and ``linear`` transforms: what degree two and more rests on, for engines that only add.

Products of what is not negative are not negative, and neither are squares. With these facts
written out, many a polynomial inequality is a sum of them, and to find the sum is a linear
problem once every monomial is taken for an unknown of its own.

Source:
    Sherali & Adams (1990), A Hierarchy of Relaxations; Handelman (1988), Representing
    Polynomials by Positive Linear Functions on Compact Convex Polyhedra. Products of bounds
    are McCormick's envelopes.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction

from hms_kernel.backends.comparisons import Comparison, comparison, degree, written_out
from hms_kernel.backends.polynomials import (
    Monomial,
    Polynomial,
    TooLarge,
    plus,
    product,
    scaled,
    term_of,
    times,
)
from hms_kernel.backends.sequent import Sequent, walk
from hms_kernel.statements.terms import (
    Apply,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Sort,
    Term,
    Var,
)

Oblige = Callable[[Sequent], bool]

MAX_FACTS = 80  # that one transform adds
MAX_BASES = 40  # of squares


def products(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Products of the facts, up to the degree of the claim; the sequent itself where there are none."""
    work = written_out(sequent)
    claim = comparison(work.claim)
    if claim is None:
        return [sequent]
    known = [
        found
        for found in map(comparison, work.facts)
        if found is not None and found.sort is claim.sort and found.op != "≠" and found.polynomial
    ]
    signed = [one.polynomial for one in known if one.op != "="]
    zeros = [one.polynomial for one in known if one.op == "="]
    most = max(2, degree(claim.polynomial))
    atoms: list[Polynomial] = [{(atom,): Fraction(1)} for atom in _atoms(claim.polynomial)]
    nonnegative = list(itertools.islice(_closure(signed, most), MAX_FACTS))
    vanishing = list(itertools.islice(_pairs(zeros, [*atoms, *signed], most), MAX_FACTS))
    added = [
        *_proved(nonnegative, "≥", claim.sort, _product_of_signs(claim.sort), oblige),
        *_proved(vanishing, "=", claim.sort, _product_with_zero(claim.sort), oblige),
    ]
    return [_with(work, added)] if added else [sequent]


def squares(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Squares of sums and differences of what the claim multiplies; the sequent itself where it multiplies nothing."""
    work = written_out(sequent)
    claim = comparison(work.claim)
    if claim is None or degree(claim.polynomial) < 2:
        return [sequent]
    found = list(itertools.islice(_squares(claim.polynomial), MAX_FACTS))
    added = _proved(found, "≥", claim.sort, _square(claim.sort), oblige)
    return [_with(work, added)] if added else [sequent]


def linear(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Every monomial an unknown of its own, which can only be harder to prove; facts with quantifiers are dropped."""
    work = written_out(sequent)
    naming = _Naming({var.name for var in work.variables})
    facts = [
        naming.prop(fact)
        for fact in work.facts
        if not any(isinstance(part, Quant) for part in walk(fact))
    ]
    claim = naming.prop(work.claim)
    if not naming.named:
        return [sequent]
    return [Sequent((*work.variables, *naming.named.values()), tuple(facts), claim)]


# --- the lemmas --------------------------------------------------------------


def _product_of_signs(sort: Sort) -> Sequent:
    u, v, zero = Var("u", sort), Var("v", sort), Num(Fraction(0), sort)
    known = (Rel("≤", zero, u), Rel("≤", zero, v))
    return Sequent((u, v), known, Rel("≤", zero, Op("*", (u, v), sort)))


def _product_with_zero(sort: Sort) -> Sequent:
    u, v, zero = Var("u", sort), Var("v", sort), Num(Fraction(0), sort)
    return Sequent((u, v), (Rel("=", u, zero),), Rel("=", Op("*", (u, v), sort), zero))


def _square(sort: Sort) -> Sequent:
    u = Var("u", sort)
    return Sequent((u,), (), Rel("≤", Num(Fraction(0), sort), Op("*", (u, u), sort)))


def _proved(
    found: list[Polynomial], op: str, sort: Sort, lemma: Sequent, oblige: Oblige
) -> list[Term]:
    """The instances of a lemma as facts, once the lemma is proved."""
    if not found or not oblige(lemma):
        return []
    return [Comparison(op, poly, sort).term for poly in found]


def _with(sequent: Sequent, facts: list[Term]) -> Sequent:
    return dataclasses.replace(sequent, facts=(*sequent.facts, *facts))


# --- their instances ---------------------------------------------------------


def _closure(signed: list[Polynomial], most: int) -> Iterator[Polynomial]:
    """Products of two and more, by the number of factors."""
    seen: set[frozenset[tuple[Monomial, Fraction]]] = set()
    layer = signed
    while layer:
        following: list[Polynomial] = []
        for poly in _pairs(layer, signed, most):
            key = frozenset(poly.items())
            if key not in seen:
                seen.add(key)
                following.append(poly)
                yield poly
        layer = following


def _pairs(some: list[Polynomial], others: list[Polynomial], most: int) -> Iterator[Polynomial]:
    for one, other in itertools.product(some, others):
        if 0 < degree(one) + degree(other) <= most:
            try:
                found = times(one, other)
            except TooLarge:
                continue
            if degree(found) > 1:
                yield found


def _atoms(poly: Polynomial) -> list[Term]:
    return list(dict.fromkeys(atom for monomial in poly for atom in monomial))


def _squares(claim: Polynomial) -> Iterator[Polynomial]:
    """Squares whose mixed term is of use: it occurs in the claim, or a product with it may."""
    monomials = set(claim)
    bases: dict[Monomial, None] = {}
    for monomial in claim:
        if len(monomial) == 4:
            for places in itertools.combinations(range(4), 2):
                bases[tuple(monomial[place] for place in places)] = None
    bases |= {(atom,): None for atom in _atoms(claim)}
    chosen = list(bases)[:MAX_BASES]
    for one, other in itertools.combinations(chosen, 2):
        mixed = product(one, other)
        if len(one) != len(other) or not _divides(mixed, monomials):
            continue
        # Where the claim has the mixed term itself, only a square with its sign explains it.
        told = claim.get(mixed)
        for sign in (Fraction(-1), Fraction(1)):
            if told is None or told * sign > 0:
                root = plus({one: Fraction(1)}, scaled({other: Fraction(1)}, sign))
                yield times(root, root)
    for one in chosen:
        yield {product(one, one): Fraction(1)}


def _divides(monomial: Monomial, monomials: set[Monomial]) -> bool:
    return any(
        all(monomial.count(atom) <= whole.count(atom) for atom in monomial) for whole in monomials
    )


# --- monomials as unknowns ---------------------------------------------------


class _Naming:
    """Names for monomials, the same wherever one occurs."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self.named: dict[tuple[Sort, Monomial], Var] = {}

    def prop(self, prop: Term) -> Term:
        """The proposition with its comparisons linear; what is no comparison stays."""
        if isinstance(prop, Logic):
            return dataclasses.replace(prop, args=tuple(map(self.prop, prop.args)))
        found = comparison(prop)
        if found is None:
            return prop
        poly: Polynomial = {}
        for monomial, coefficient in found.polynomial.items():
            poly = plus(poly, {self._name(monomial, found.sort): coefficient})
        zero = Num(Fraction(0), found.sort)
        return Rel(found.op, term_of(poly, found.sort), zero)

    def _name(self, monomial: Monomial, sort: Sort) -> Monomial:
        if not monomial or (len(monomial) == 1 and isinstance(monomial[0], Var | Apply)):
            return monomial
        if (sort, monomial) not in self.named:
            number = len(self.named)
            while f"monomial!{number}" in self._taken:
                number += 1
            name = f"monomial!{number}"
            self._taken.add(name)
            self.named[sort, monomial] = Var(name, sort)
        return (self.named[sort, monomial],)
