"""Which number to tell cases of, where a point satisfies all that is known and still is none. Proves nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from hms_kernel.backends.certifying.linear import Point
from hms_kernel.backends.certifying.rows import Row
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.polynomials import (
    FIELD,
    ZERO,
    Atom,
    Monomial,
    Poly,
    compare,
    number,
    of,
)

MAX_EQUATIONS = 60
NARROW = 24  # values of an integer that are told apart one by one


def distinctions(
    context: Context, rows: Iterable[Row], point: Point
) -> Iterator[tuple[Poly, bool]]:
    """Terms whose sign is open and excludes the point, best first; and whether they are of reals.

    Integers with few values come first, where the point gets a product of them wrong; then
    combinations of integers that an equation makes no integer, integers that are none, and
    all other factors of products that the point gets wrong.
    """
    rows = list(rows)
    wrong = _wrong(point)
    width = {atom: _width(atom, rows) for atom in wrong}
    order = sorted(wrong, key=lambda a: (a.kind == FIELD, width[a], -wrong[a], a.label))
    narrow = [atom for atom in order if width[atom] <= NARROW]
    yield from _cuts(context, rows, point, narrow)
    for term in _congruences(rows):
        value = sum((c * point.exactly(m) for m, c in term.terms.items()), Fraction(0))
        if value.denominator != 1:
            yield term - number(math.ceil(value)), False
    for monomial, value in point.exact.items():
        if len(monomial) == 1 and monomial[0].kind != FIELD and value.denominator != 1:
            yield of(monomial[0]) - number(math.ceil(value)), False
    yield from _cuts(context, rows, point, order)


def _wrong(point: Point) -> dict[Atom, int]:
    """Factors of products that the point gets wrong, and how many."""
    wrong: dict[Atom, int] = {}
    for monomial, value in point.exact.items():
        if len(monomial) > 1:
            honest = math.prod((point.exactly((a,)) for a in monomial), start=Fraction(1))
            if honest != value:
                for atom in monomial:
                    wrong[atom] = wrong.get(atom, 0) + 1
    return wrong


def _cuts(
    context: Context, rows: list[Row], point: Point, atoms: Iterable[Atom]
) -> Iterator[tuple[Poly, bool]]:
    """Numbers by their size: integers at their value, reals at 0, at roots and near their value."""
    for atom in atoms:
        value = point.exactly((atom,))
        whole = Fraction(math.floor(value))
        if atom.kind == FIELD:
            cuts = [Fraction(0), *_roots(atom, rows), Fraction(round(value))]
        else:
            cuts = [whole, whole + 1]
        for cut in cuts:
            term = of(atom) - number(cut)
            known = str(compare("≥", term)), str(compare(">", ZERO - term))
            if not any(name in context.facts for name in known):
                yield term, atom.kind == FIELD


def _width(atom: Atom, rows: Iterable[Row]) -> float:
    """How far apart the known bounds of an integer are; what has few values is soon told apart."""
    low, high = -math.inf, math.inf
    for row in rows:
        factor = row.poly.terms.get((atom,))
        if factor and row.op != "=" and len(row.poly.terms) <= 2 and atom.kind != FIELD:
            rest = row.poly - of(atom).scaled(factor)
            if rest.constant is not None:
                bound = float(-rest.constant / factor)
                low, high = (max(low, bound), high) if factor > 0 else (low, min(high, bound))
    return high - low


def _congruences(rows: Iterable[Row]) -> Iterator[Poly]:
    """Integers t with d·t + rest = 0 for an equation between integers, freed of what others determine."""
    determined: list[tuple[Monomial, Poly]] = []
    others: list[Poly] = []
    for row in [row for row in rows if row.op == "=" and row.poly.whole][:MAX_EQUATIONS]:
        poly = row.poly
        for monomial, equation in determined:
            poly = _eliminated(poly, monomial, equation)
        unit = next((m for m, c in poly.terms.items() if m and abs(c) == 1), None)
        if unit is None:
            others.append(poly)
        else:
            determined = [(m, _eliminated(p, unit, poly)) for m, p in determined]
            determined.append((unit, poly))
    for poly in others:
        for monomial, equation in determined:
            poly = _eliminated(poly, monomial, equation)
        yield from _quotients(poly)
    for _, poly in determined:
        yield from _quotients(poly)


def _eliminated(poly: Poly, monomial: Monomial, other: Poly) -> Poly:
    """Without a monomial that ``other = 0`` determines, with coefficient 1 or -1."""
    factor = poly.terms.get(monomial)
    return poly if not factor else poly - other.scaled(factor / other.terms[monomial])


def _quotients(poly: Poly) -> Iterator[Poly]:
    for divisor in sorted({abs(c) for m, c in poly.terms.items() if m and abs(c) > 1}):
        terms = {m: c / divisor for m, c in poly.terms.items() if m and c % divisor == 0}
        if len(terms) > 1 or max(map(len, terms)) == 1:
            yield Poly(terms)


def _roots(atom: Atom, rows: Iterable[Row]) -> list[Fraction]:
    """Rational roots of rows about this number alone."""
    found: set[Fraction] = set()
    for row in rows:
        if len(row.poly.terms) > 1 and all(a == atom for a in row.poly.atoms()):
            found.update(rational_roots(row.poly))
    return sorted(found)


def rational_roots(poly: Poly) -> Iterator[Fraction]:
    """Rational roots of a polynomial in one atom, as far as small divisors go."""
    coefficients: dict[int, Fraction] = {len(m): c for m, c in poly.terms.items()}
    degree, lowest = max(coefficients), min(coefficients)
    if lowest > 0:
        yield Fraction(0)
    scale = math.lcm(*(c.denominator for c in coefficients.values()))
    first, last = (abs(int(coefficients[k] * scale)) for k in (lowest, degree))
    if max(first, last) > 10**6:
        return
    seen = set()
    for p in _divisors(first):
        for q in _divisors(last):
            for root in (Fraction(p, q), Fraction(-p, q)):
                if root not in seen and sum(c * root**k for k, c in coefficients.items()) == 0:
                    seen.add(root)
                    yield root


def _divisors(value: int) -> list[int]:
    small = [k for k in range(1, math.isqrt(value) + 1) if value % k == 0]
    return sorted({*small, *(value // k for k in small)})
