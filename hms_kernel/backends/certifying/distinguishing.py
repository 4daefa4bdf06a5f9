"""Which number to tell cases of, where a point satisfies all that is known and still is none. Proves nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from hms_kernel.backends.certifying.linear import Point
from hms_kernel.backends.certifying.rows import Row
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.polynomials import FIELD, ZERO, Atom, Poly, compare, number, of


def distinctions(
    context: Context, rows: Iterable[Row], point: Point
) -> Iterator[tuple[Poly, bool]]:
    """Terms whose sign is open and excludes the point, best first; and whether they are of reals.

    Integers that are none come first, then factors of products that the point gets wrong.
    """
    for monomial, value in point.exact.items():
        if len(monomial) == 1 and monomial[0].kind != FIELD and value.denominator != 1:
            yield of(monomial[0]) - number(math.ceil(value)), False
    wrong: dict[Atom, int] = {}
    for monomial, value in point.exact.items():
        if len(monomial) > 1:
            honest = math.prod((point.exactly((a,)) for a in monomial), start=Fraction(1))
            if honest != value:
                for atom in monomial:
                    wrong[atom] = wrong.get(atom, 0) + 1
    for atom in sorted(wrong, key=lambda atom: (atom.kind == FIELD, -wrong[atom], atom.label)):
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
