"""Exact linear programming over monomials: a point that satisfies rows, or multipliers that refute them.

z3's simplex decides over the rationals. Knows no degree and no certificate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

import z3

from hms_kernel.backends.certifying.purse import Purse, Spent
from hms_kernel.backends.certifying.rows import Row
from hms_kernel.certificates.polynomials import Atom, Compare, Formula, Monomial, Poly

WALL_S = 10.0  # a safety net for one question
MEMORY_MIB = 1024


class Point:
    """Values of monomials; of those without one, what their atoms' values make of them."""

    def __init__(self, values: dict[Monomial, Fraction]) -> None:
        self.exact = values
        self._floats: dict[Monomial, float] = {(): 1.0}
        for monomial, value in values.items():
            try:
                self._floats[monomial] = float(value)
            except OverflowError:
                self._floats[monomial] = 0.0

    def monomial(self, monomial: Monomial) -> float:
        """Its value, nearly."""
        known = self._floats.get(monomial)
        if known is None:
            known = 1.0
            for atom in monomial:
                known *= self._floats.get((atom,), 0.0)
            self._floats[monomial] = known
        return known

    def exactly(self, monomial: Monomial) -> Fraction:
        """Its value."""
        known = self.exact.get(monomial)
        if known is None:
            zero = Fraction(0)
            known = math.prod((self.exact.get((a,), zero) for a in monomial), start=Fraction(1))
        return known

    def knows(self, atom: Atom) -> bool:
        """Whether an atom occurs in the rows by itself."""
        return (atom,) in self.exact

    def violation(self, row: Row) -> float:
        """How far the point is from satisfying a row, relative to the size of its terms; 0 if it does."""
        value, size = 0.0, 1e-30
        for monomial, coefficient in row.floats:
            term = coefficient * self.monomial(monomial)
            value += term
            size += abs(term)
        share = value / size
        if row.op == "=":
            return abs(share) if abs(share) > 1e-9 else 0.0
        if share < -1e-9:
            return -share
        return 1e-9 if row.op == ">" and share <= 1e-9 else 0.0

    def satisfies(self, formula: Formula) -> bool:
        """Whether a formula without quantifiers surely holds at the point."""
        match formula:
            case Compare(op=op, poly=poly):
                value = self.value(poly)
                if value is None:
                    return False
                return {
                    "≥": value >= -1e-9, ">": value > 1e-9,
                    "=": abs(value) <= 1e-9, "≠": abs(value) > 1e-9,
                }[op]  # fmt: skip
        parts = getattr(formula, "parts", None)
        if parts is None:
            return False
        test = any if type(formula).__name__ == "Or" else all
        return test(self.satisfies(part) for part in parts)

    def value(self, poly: Poly) -> float | None:
        """Its value relative to its size; None where an atom has none."""
        value, size = 0.0, 1e-30
        for monomial, coefficient in poly.terms.items():
            if monomial not in self.exact and not all(map(self.knows, monomial)):
                return None
            try:
                term = float(coefficient) * self.monomial(monomial)
            except OverflowError:
                return None
            value += term
            size += abs(term)
        return value / max(size, 1.0)


class Program:
    """A growing set of rows."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse
        self._context = z3.Context()
        self._solver = z3.SimpleSolver(ctx=self._context)
        self._solver.set("timeout", int(WALL_S * 1000))
        self._solver.set("max_memory", MEMORY_MIB)
        self._numbers: dict[Monomial, z3.ArithRef] = {}
        self._rows: dict[str, Row] = {}
        self._labels: dict[str, z3.BoolRef] = {}
        self._marks: list[tuple[int, int]] = []
        self._named = 0
        self._spent = 0

    @property
    def monomials(self) -> Iterable[Monomial]:
        """All that occur, without the constant."""
        return self._numbers

    def add(self, row: Row) -> None:
        """One more row."""
        name = f"r{self._named}"
        self._named += 1
        self._rows[name] = row
        label = self._labels[name] = z3.Bool(name, self._context)
        self._solver.add(z3.Implies(label, self._constraint(row)))
        self._purse.spend(2 + len(row.poly.terms))

    def _constraint(self, row: Row) -> z3.BoolRef:
        terms = [z3.RealVal(0, self._context)]
        for monomial, coefficient in row.poly.terms.items():
            factor = z3.RealVal(str(coefficient), self._context)
            terms.append(factor * self._number(monomial) if monomial else factor)
        total = z3.Sum(terms)
        zero = z3.RealVal(0, self._context)
        return {"≥": total >= zero, ">": total > zero, "=": total == zero}[row.op]

    def _number(self, monomial: Monomial) -> z3.ArithRef:
        found = self._numbers.get(monomial)
        if found is None:
            found = z3.Real(f"m{len(self._numbers)}", self._context)
            self._numbers[monomial] = found
        return found

    def solve(self) -> Point | list[Row]:
        """A point, or rows that no point satisfies and each of which is needed.

        Raises:
            Spent: the purse is empty.
        """
        core = self._refuted(list(self._rows))
        if core is None:
            return self._point()
        # Whoever reads the proof is glad of every row less, of complicated ones first.
        for name in sorted(core, key=lambda name: -self._rows[name].cost):
            if name in core:
                rest = self._refuted([other for other in core if other != name])
                core = core if rest is None else rest
        return [self._rows[name] for name in sorted(core, key=lambda name: int(name[1:]))]

    def push(self) -> None:
        """Remember what is there."""
        self._solver.push()
        self._marks.append((len(self._rows), len(self._numbers)))

    def pop(self) -> None:
        """Forget what came since the last ``push``."""
        self._solver.pop()
        rows, numbers = self._marks.pop()
        for name in list(self._rows)[rows:]:
            del self._rows[name], self._labels[name]
        for monomial in list(self._numbers)[numbers:]:
            del self._numbers[monomial]

    def refutes(self, rows: Sequence[Row]) -> bool:
        """Whether no point satisfies these rows as well."""
        self.push()
        try:
            self._solver.add(*(self._constraint(row) for row in rows))
            return self._refuted(list(self._rows)) is not None
        finally:
            self.pop()

    def _refuted(self, names: list[str]) -> list[str] | None:
        self._solver.set("rlimit", self._purse.limit())
        result = self._solver.check(*(self._labels[name] for name in names))
        self._charge()
        if result == z3.unknown:  # linear arithmetic over the reals is decidable: a limit was hit
            raise Spent
        return [str(label) for label in self._solver.unsat_core()] if result == z3.unsat else None

    def _charge(self) -> None:
        statistics = self._solver.statistics()
        total = int(statistics.get_key_value("rlimit count"))
        spent, self._spent = total - self._spent, total
        self._purse.charge(max(0, spent))

    def _point(self) -> Point:
        model = self._solver.model()
        values = {}
        for monomial, number in self._numbers.items():
            values[monomial] = _value(model, number)
        self._purse.spend(len(values) // 4)
        return Point(values)


def multipliers(rows: Sequence[Row], purse: Purse) -> list[Fraction] | None:
    """Whole numbers by which the rows, multiplied and added, contradict each other; not negative but for equations.

    The sum has no monomials; it is negative, or 0 with a positive multiple of a strict row.
    """
    context = z3.Context()
    solver = z3.SimpleSolver(ctx=context)
    solver.set("timeout", int(WALL_S * 1000))
    solver.set("max_memory", MEMORY_MIB)
    solver.set("rlimit", purse.limit())
    zero = z3.RealVal(0, context)
    numbers = [z3.Real(f"l{k}", context) for k in range(len(rows))]
    columns: dict[Monomial, list[z3.ArithRef]] = {}
    strict = []
    for number, row in zip(numbers, rows, strict=True):
        if row.op != "=":
            solver.add(number >= zero)
        if row.op == ">":
            strict.append(number)
        for monomial, coefficient in row.poly.terms.items():
            factor = z3.RealVal(str(coefficient), context)
            columns.setdefault(monomial, []).append(factor * number)
    slack = z3.Real("slack", context)  # how far below 0 the sum is
    solver.add(slack >= zero, z3.Sum([slack, *strict]) == z3.RealVal(1, context))
    constant = columns.pop((), [])
    solver.add(z3.Sum([zero, slack, *constant]) == zero)
    for column in columns.values():
        solver.add(z3.Sum(column) == zero)
    result = solver.check()
    purse.charge(int(solver.statistics().get_key_value("rlimit count")))
    purse.spend(sum(len(row.poly.terms) for row in rows))
    if result != z3.sat:
        return None
    model = solver.model()
    found = [_value(model, number) for number in numbers]
    # Whole numbers without a common divisor are the same multipliers, and read better.
    denominator = math.lcm(*(value.denominator for value in found))
    divisor = math.gcd(*(int(value * denominator) for value in found))
    return [value * denominator / (divisor or 1) for value in found]


def _value(model: z3.ModelRef, number: z3.ArithRef) -> Fraction:
    value = model.eval(number, model_completion=True)
    return Fraction(z3.Z3_get_numeral_string(value.ctx_ref(), value.as_ast()))
