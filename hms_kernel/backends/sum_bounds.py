"""Bounds on the terms of sums that are worth trying, the most plausible first. Proves none of them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hms_kernel.backends.polynomials import (
    Monomial,
    Polynomial,
    TooLarge,
    plus,
    polynomial,
    product,
    scaled,
    times,
)
from hms_kernel.backends.sequent import free_names
from hms_kernel.statements.terms import Cast, Fin, Num, Scalar, Sort, Term, Var, sort_of


@dataclass
class Domain:
    """All sums over one index range: their monomials and what each adds up to."""

    number: int  # tells it apart from other domains
    index: Var  # a generic index of the range
    low: Term | None
    high: Term | None
    totals: dict[tuple[Monomial, Sort], Var] = field(default_factory=dict)
    bodies: list[tuple[Polynomial, Sort]] = field(default_factory=list)

    def count(self, sort: Sort) -> Term | None:
        """The number of terms as a term of ``sort``; None when the range may be empty backwards."""
        if isinstance(self.index.sort, Fin):
            return cast(self.index.sort.size, sort)
        if isinstance(self.low, Num) and isinstance(self.high, Num):
            return Num(max(Fraction(0), self.high.value - self.low.value), sort)
        if isinstance(self.low, Num) and self.low.value == 0 and self.high is not None:
            return cast(self.high, sort) if sort_of(self.high) is Scalar.NAT else None
        return None

    def total(self, monomial: Monomial, sort: Sort) -> Polynomial:
        """∑ of one monomial: factors without the index come out."""
        name = self.index.name
        inner = tuple(atom for atom in monomial if name in free_names(atom))
        outer = tuple(atom for atom in monomial if name not in free_names(atom))
        if not inner:
            count = self.count(sort)
            if count is not None:
                return times({outer: Fraction(1)}, polynomial(count))
        total = self.totals.setdefault(
            (inner, sort), Var(f"total!{self.number}!{len(self.totals)}", sort)
        )
        return {product(outer, (total,)): Fraction(1)}


@dataclass(frozen=True)
class Candidate:
    """``0 ≤ poly i`` (or ``<``) for every index i of the domain."""

    domain: int
    poly: tuple[tuple[Monomial, Fraction], ...]
    sort: Sort
    strict: bool

    @property
    def negated(self) -> Candidate:
        """The other direction; a strict bound in one makes it pointless."""
        poly = tuple((monomial, -coefficient) for monomial, coefficient in self.poly)
        return dataclasses.replace(self, poly=poly)


def candidate(domain: int, poly: Polynomial, sort: Sort, *, strict: bool = False) -> Candidate:
    """A candidate about the domain of that number."""
    return Candidate(domain, tuple(poly.items()), sort, strict)


def _between(
    domain: int, coefficient: Polynomial, monomial: Monomial, factor: Monomial, sort: Sort
) -> Iterator[Candidate]:
    """``monomial`` against ``coefficient · factor``, both ways, where the sorts allow it."""
    for atoms, value in coefficient.items():
        if any(sort_of(atom) != sort for atom in atoms) or (sort is Scalar.NAT and value < 0):
            return
        if sort not in (Scalar.RAT, Scalar.REAL) and value.denominator != 1:
            return
    upper = plus(times(coefficient, {factor: Fraction(1)}), {monomial: Fraction(-1)})
    yield candidate(domain, upper, sort)
    yield candidate(domain, scaled(upper, Fraction(-1)), sort)


def rounds(
    domains: Sequence[Domain], coefficients: Sequence[Polynomial]
) -> Iterator[list[Candidate]]:
    """Candidates by plausibility: signs; multiples of a factor; one sum against another; squares; constants.

    Args:
        domains: all sums of a sequent, by range.
        coefficients: by which a factor may be multiplied, those that occur first.
    """
    yield list(_signs(domains))
    for coefficient in coefficients:
        yield list(_factors(domains, coefficient))
    yield list(_pairs(domains))
    yield list(_squares(domains))
    for coefficient in coefficients:
        yield list(_constants(domains, coefficient))


def _signs(domains: Sequence[Domain]) -> Iterator[Candidate]:
    for position, domain in enumerate(domains):
        polys = [({m: Fraction(1)}, sort) for m, sort in domain.totals if m]
        polys += [(body, sort) for body, sort in domain.bodies if len(body) > 1]
        for poly, sort in polys:
            for sign in (Fraction(1), Fraction(-1)):
                if sort is not Scalar.NAT:
                    yield candidate(position, scaled(poly, sign), sort, strict=True)


def _factors(domains: Sequence[Domain], coefficient: Polynomial) -> Iterator[Candidate]:
    for position, domain in enumerate(domains):
        for monomial, sort in domain.totals:
            for factor, other in domain.totals:
                part = Counter(factor)
                if factor and factor != monomial and other == sort and part <= Counter(monomial):
                    yield from _between(position, coefficient, monomial, factor, sort)


def _pairs(domains: Sequence[Domain]) -> Iterator[Candidate]:
    for position, domain in enumerate(domains):
        keys = list(domain.totals)
        for one, sort in keys:
            for other, other_sort in keys:
                if one and other and one != other and sort == other_sort:
                    for sign in (-1, 1) if sort is not Scalar.NAT else (-1,):
                        poly = plus({one: Fraction(1)}, {other: Fraction(sign)})
                        yield candidate(position, poly, sort)


def _squares(domains: Sequence[Domain]) -> Iterator[Candidate]:
    """(u · ∑v² − v · ∑uv)² ≥ 0: what the Cauchy–Schwarz inequality comes from; v may be 1.

    Where ∑v² is 0 that says nothing, and (u · ∑uv − v · (∑u² + 1))² ≥ 0 says the rest.
    """
    one: Polynomial = {(): Fraction(1)}
    for position, domain in enumerate(domains):
        for u, v, sort in list(_products(domain)):
            uu, uv, vv = (domain.total(product(*pair), sort) for pair in ((u, u), (u, v), (v, v)))
            sides = ((vv, uv), (uv, plus(uu, one)))
            for factor, other in sides:
                root = plus(
                    times({u: Fraction(1)}, factor),
                    scaled(times({v: Fraction(1)}, other), Fraction(-1)),
                )
                with contextlib.suppress(TooLarge):
                    yield candidate(position, times(root, root), sort)


def _products(domain: Domain) -> Iterator[tuple[Monomial, Monomial, Sort]]:
    """Pairs of factors whose product is summed, and squares against 1."""
    for monomial, sort in domain.totals:
        if len(monomial) != 2 or sort not in (Scalar.RAT, Scalar.REAL):
            continue
        u, v = (monomial[0],), (monomial[1],)
        if u != v:
            yield u, v, sort
        elif domain.count(sort) is not None:
            yield u, (), sort


def _constants(domains: Sequence[Domain], coefficient: Polynomial) -> Iterator[Candidate]:
    for position, domain in enumerate(domains):
        for monomial, sort in domain.totals:
            if monomial and domain.count(sort) is not None:
                yield from _between(position, coefficient, monomial, (), sort)


def cast(term: Term, sort: Sort) -> Term:
    """A term of another sort; a numeral becomes one of that sort."""
    if isinstance(term, Num):
        return dataclasses.replace(term, sort=sort)
    return term if sort_of(term) == sort else Cast(term, sort)
