"""Which products of facts may be tried: the pool a linear program draws on. Solves nothing.

Nothing is added to a program that its last point satisfies. That forgets nothing: a point
that satisfies all of the pool, monomials read as products of their atoms, shows that no
combination of the pool is a contradiction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, islice, product

from hms_kernel.backends.certifying.linear import Point
from hms_kernel.backends.certifying.purse import Purse
from hms_kernel.backends.certifying.rows import Factors, Row, Times, natural, square
from hms_kernel.backends.certifying.rows import product as multiplied
from hms_kernel.certificates.polynomials import Atom, Monomial, Poly, Rejected, number, of

MAX_PAIRED = 32  # facts of which all pairs are tried
MAX_TRIPLED = 12
MAX_VERTICES = 96  # products for one monomial
MAX_BASIS = 12  # monomials whose moments are looked at


class Pool:
    """Products for one purse, each made once."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse
        self._products: dict[tuple[str, ...], Row | None] = {}
        self._multiples: dict[tuple[str, Monomial], Row | None] = {}

    def product(self, rows: Sequence[Row]) -> Row | None:
        """A product of facts; None where it is too large."""
        key = tuple(sorted(name for row in rows for name in row.source.facts))  # type: ignore[union-attr]
        if key not in self._products:
            try:
                self._products[key] = multiplied(tuple(rows), self._multiply)
            except Rejected:
                self._products[key] = None
        return self._products[key]

    def _multiply(self, one: Poly, two: Poly) -> Poly:
        self._purse.spend(1 + len(one.terms) * len(two.terms) // 4)
        return one * two

    def products(self, signs: Sequence[Row], size: int, bound: int) -> Iterator[Row]:
        """Products of as many facts, up to a degree."""
        degrees = {id(row): max(map(len, row.poly.terms)) for row in signs}
        most = MAX_PAIRED if size == 2 else MAX_TRIPLED
        for rows in combinations_with_replacement(signs[:most], size):
            if sum(degrees[id(row)] for row in rows) <= bound:
                row = self.product(rows)
                if row is not None:
                    yield row

    def vertices(self, monomials: Iterable[Monomial], signs: Sequence[Row]) -> Iterator[Row]:
        """For monomials: products of bounds of their atoms, at most one for each.

        For what is linear in every variable of a box these are all that is needed.
        """
        bounds: dict[Atom, list[Row]] = {}
        for row in signs:
            atoms = [m for m in row.poly.terms if m]
            if len(atoms) == 1 and len(atoms[0]) == 1:
                bounds.setdefault(atoms[0][0], []).append(row)
        seen: set[tuple[str, ...]] = set()
        for monomial in monomials:
            if not 3 <= len(monomial) <= 5:
                continue
            choices = [[None, *bounds.get(atom, [])] for atom in monomial]
            for chosen in islice(product(*choices), MAX_VERTICES):
                rows = tuple(row for row in chosen if row is not None)
                if len(rows) > 2:
                    key = tuple(sorted(str(row.source) for row in rows))
                    if key not in seen:
                        seen.add(key)
                        found = self.product(rows)
                        if found is not None:
                            yield found

    def multiples(
        self, equations: Sequence[Row], monomials: Iterable[Monomial], bound: int
    ) -> Iterator[Row]:
        """Equations times monomials that give a monomial which is there already, up to a degree."""
        present = list(monomials)
        for row in equations:
            assert isinstance(row.source, Times)
            largest = max(map(len, row.poly.terms))
            tried: set[Monomial] = set()
            for mine in row.poly.terms:
                for monomial in present:
                    if not 0 < len(monomial) - len(mine) <= bound - largest:
                        continue
                    by = _quotient(monomial, mine)
                    if by is not None and by not in tried:
                        tried.add(by)
                        found = self._multiple(row, by)
                        if found is not None:
                            yield found

    def _multiple(self, row: Row, by: Monomial) -> Row | None:
        assert isinstance(row.source, Times)
        key = (row.source.fact, by)
        if key not in self._multiples:
            try:
                factor = Poly({by: Fraction(1)})
                poly = self._multiply(row.poly, factor)
                self._multiples[key] = Row(poly, "=", Times(row.source.fact, factor))
            except Rejected:
                self._multiples[key] = None
        return self._multiples[key]

    # --- squares -------------------------------------------------------------

    def squares(
        self, monomials: Iterable[Monomial], point: Point, signs: Sequence[Row], bound: int
    ) -> Iterator[Row]:
        """Squares, and facts times squares, that the point violates, up to a degree."""
        basis = _basis([m for m in monomials if len(m) > 1])
        for facts in ((), *((row,) for row in signs if len(row.poly.terms) <= 3)):
            left = bound - max([0, *(len(m) for row in facts for m in row.poly.terms)])
            fitting = [m for m in basis if 2 * len(m) <= left]
            try:
                vector = self._negative(fitting, point, facts) if len(fitting) > 1 else None
                if vector is not None:
                    self._purse.spend(4)
                    yield square(vector, *facts)
            except Rejected:
                continue

    def _negative(self, basis: list[Monomial], point: Point, facts: tuple[Row, ...]) -> Poly | None:
        """A combination of the basis whose square, times the facts, is negative at the point."""
        size = len(basis)
        self._purse.spend(1 + size * size)

        def moment(one: Monomial, two: Monomial) -> Fraction:
            total = Fraction(0)
            weights = facts[0].poly.terms if facts else {(): Fraction(1)}
            for monomial, coefficient in weights.items():
                together = tuple(sorted((*one, *two, *monomial), key=str))
                total += coefficient * point.exactly(together)
            return total

        matrix = [[moment(one, two) for two in basis] for one in basis]
        direction = negative_direction(matrix)
        if direction is None:
            return None
        self._purse.spend(4 * size)
        vector = rounded(steepest(direction, matrix), matrix) or rounded(direction, matrix)
        if vector is None:
            return None
        poly = number(0)
        for value, monomial in zip(vector, basis, strict=True):
            poly = poly + Poly({monomial: value})
        return poly


def _quotient(monomial: Monomial, part: Monomial) -> Monomial | None:
    rest = list(monomial)
    for atom in part:
        if atom not in rest:
            return None
        rest.remove(atom)
    return tuple(rest)


def _basis(monomials: Sequence[Monomial]) -> list[Monomial]:
    """Monomials whose products occur: 1, atoms, and halves of higher ones."""
    found: dict[Monomial, None] = {(): None}
    for monomial in monomials:
        if len(monomial) <= 3:
            found.update(dict.fromkeys((atom,) for atom in monomial))
        elif len(monomial) <= 6:
            half = len(monomial) // 2
            powers = Counter(monomial)
            if all(count % 2 == 0 for count in powers.values()):
                root = tuple(a for a, count in powers.items() for _ in range(count // 2))
                found[root] = None
            found.setdefault(monomial[:half])
            found.setdefault(monomial[half:])
            found.update(dict.fromkeys((atom,) for atom in monomial))
    return sorted(found, key=lambda m: (len(m), str(m)))[:MAX_BASIS] if len(found) > 1 else []


def negative_direction(matrix: list[list[Fraction]]) -> list[Fraction] | None:
    """Some v with v·Mv < 0; None if the symmetric matrix has none. By exact elimination."""
    size = len(matrix)
    work = [row[:] for row in matrix]
    # Row k of ``basis`` is the vector that row k of ``work`` belongs to.
    basis = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    for k in range(size):
        pivot = work[k][k]
        if pivot < 0:
            return basis[k]
        if pivot == 0:
            for j in range(k + 1, size):
                if work[k][j]:
                    shift = (work[j][j] + 1) / (2 * work[k][j])
                    return [b - shift * a for a, b in zip(basis[k], basis[j], strict=True)]
            continue
        for j in range(k + 1, size):
            factor = work[k][j] / pivot
            if factor:
                basis[j] = [b - factor * a for a, b in zip(basis[k], basis[j], strict=True)]
        updated = [
            [work[i][j] - work[k][i] * work[k][j] / pivot for j in range(size)] for i in range(size)
        ]
        for i in range(k + 1, size):
            for j in range(k + 1, size):
                work[i][j] = updated[i][j]
    return None


def steepest(start: list[Fraction], matrix: list[list[Fraction]]) -> list[Fraction]:
    """Nearly the unit v with the least v·Mv, by power iteration from a direction where it is negative.

    In floating point: what comes out is only a suggestion.
    """
    try:
        rows = [[float(value) for value in row] for row in matrix]
        vector = [float(value) for value in start]
        shift = max(sum(map(abs, row)) for row in rows)
        for _ in range(40):
            moved = [
                shift * v - sum(m * w for m, w in zip(row, vector, strict=True))
                for v, row in zip(vector, rows, strict=True)
            ]
            size = max(map(abs, moved))
            vector = [value / size for value in moved]
        return [Fraction(value) for value in vector]
    except (OverflowError, ZeroDivisionError, ValueError):
        return start


def rounded(vector: list[Fraction], matrix: list[list[Fraction]]) -> list[Fraction] | None:
    """A simpler vector that is as good; None where only unreadable numbers are."""
    largest = max(abs(value) for value in vector) or Fraction(1)
    unit = [value / largest for value in vector]
    for denominator in (1, 2, 3, 4, 6, 12):
        candidate = [Fraction(round(value * denominator), denominator) for value in unit]
        if form(candidate, matrix) < 0:
            return candidate
    return None


def form(vector: list[Fraction], matrix: list[list[Fraction]]) -> Fraction:
    """v·Mv."""
    return sum(
        (
            a * b * m
            for a, row in zip(vector, matrix, strict=True)
            for b, m in zip(vector, row, strict=True)
            if a and b
        ),
        Fraction(0),
    )


def plain_squares(monomials: Iterable[Monomial]) -> Iterator[Row]:
    """Squares of atoms, of their sums and differences, and of differences to 1."""
    atoms = list(dict.fromkeys(atom for m in monomials if len(m) > 1 for atom in m))[:8]
    for k, one in enumerate(atoms):
        yield square(of(one))
        for two in atoms[k + 1 :]:
            yield square(of(one) - of(two))
            yield square(of(one) + of(two))
        yield square(of(one) - number(1))
        yield square(of(one) + number(1))


def signs_of(rows: Iterable[Row], monomials: Iterable[Monomial]) -> list[Row]:
    """What products are made of: inequalities as they stand, and natural numbers in sight."""
    found = [
        row
        for row in rows
        if isinstance(row.source, Factors) and len(row.source.facts) == 1 and not row.source.squares
    ]
    atoms = dict.fromkeys(atom for m in monomials for atom in m)
    naturals = (natural(atom) for atom in atoms)
    known = {row.source for row in found}
    return found + [row for row in naturals if row is not None and row.source not in known]
