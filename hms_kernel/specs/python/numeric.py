"""Python's arithmetic in terms of Lean's: true division, floors, powers, rounding. Looks at no syntax.

ints are ℤ and floats are ℝ. Where the two languages differ the term says what Python
does: ``//`` and ``%`` floor (Lean's ℤ is Euclidean), ``/`` and ``sqrt`` raise where Lean
is total, ``round`` goes to even.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hms_kernel.errors import UnsupportedStatement
from hms_kernel.specs.python.props import FALSE, HOLDS, TRUE, conjunction, operation, to_real
from hms_kernel.specs.python.source import Text
from hms_kernel.specs.python.trace import Trace
from hms_kernel.specs.python.values import (
    Family,
    Items,
    Known,
    Number,
    Truth,
    Value,
    as_number,
    integer,
    kind,
)
from hms_kernel.statements.terms import Cast, Ite, Num, Op, Rel, Scalar, Term

MOST_POWER = 64  # of a symbolic base
MOST_BITS = 4096  # of a number computed ahead
MOST_EXACT = 1 << 53  # larger ints are no doubles
_RING: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_Z, _R, _N = Scalar.INT, Scalar.REAL, Scalar.NAT


class Numeric:
    """Arithmetic that records what must hold for it not to raise."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    # --- operators -------------------------------------------------------------

    def binary(self, op: str, left: Number, right: Number, node: ast.AST, text: Text) -> Number:
        """``left op right`` for ``+ - * / // % **``."""
        match op:
            case "+" | "-" | "*":
                return self._ring(op, left, right, node, text)
            case "/":
                self._nonzero(right, node, text)
                return Number(self._divided(self._float(left.term), self._float(right.term)))
            case "//" | "%":
                return self._floored(op, left, right, node, text)
            case _:
                return self.power(left, right, node, text)

    def _ring(self, op: str, left: Number, right: Number, node: ast.AST, text: Text) -> Number:
        a, b, whole = self._alike(left, right)
        if isinstance(a, Num) and isinstance(b, Num) and (whole or self.trace.computes):
            value = self._computed(_RING[op], a.value, b.value, whole)
            return Number(Num(self._bounded(value, node, text), _Z if whole else _R))
        if self.trace.exact:
            if op in "+-" and isinstance(b, Num) and b.value == 0:
                return Number(a)
            if op == "+" and isinstance(a, Num) and a.value == 0:
                return Number(b)
        return Number(operation(op, a, b, sort=_Z if whole else _R))

    def _divided(self, a: Term, b: Term) -> Term:
        if self.trace.computes and isinstance(a, Num) and isinstance(b, Num) and b.value:
            return Num(self._computed(operator.truediv, a.value, b.value, False), _R)
        return operation("/", a, b, sort=_R)

    def _floored(self, op: str, left: Number, right: Number, node: ast.AST, text: Text) -> Number:
        self._nonzero(right, node, text)
        a, b, whole = self._alike(left, right)
        if isinstance(a, Num) and isinstance(b, Num) and b.value and (whole or self.trace.exact):
            quotient = Fraction(a.value // b.value)
            value = quotient if op == "//" else a.value - b.value * quotient
            return Number(Num(value, _Z if whole else _R))
        if not whole:
            self._only_exact(f"{op} of floats", node, text)
            quotient_ = Cast(Op("floor", (self._divided(a, b),), _Z), _R)
            if op == "//":
                return Number(quotient_)
            return Number(operation("-", a, operation("*", b, quotient_, sort=_R), sort=_R))
        # Lean's / and % on ℤ floor for a positive divisor; for a negative one both signs turn.
        lean = "/" if op == "//" else "%"
        plain: Term = operation(lean, a, b, sort=_Z)
        turned: Term = operation(lean, _minus(a), _minus(b), sort=_Z)
        if op == "%":
            turned = _minus(turned)
        if isinstance(b, Num):
            return Number(plain if b.value > 0 else turned)
        return Number(Ite(Rel("<", Num(Fraction(0), _Z), b), plain, turned, _Z))

    def power(self, base: Number, exponent: Number, node: ast.AST, text: Text) -> Number:
        """``base ** exponent`` for an exponent known now."""
        e = exponent.constant
        if e is None:
            text.unsupported(
                node, "a power whose exponent depends on the arguments; use a whole number"
            )
        if not (base.whole and exponent.whole) and not isinstance(base.term, Num):
            self._only_exact("** of floats", node, text)
        if e == Fraction(1, 2):
            # Python answers a negative base with a complex number.
            self.trace.demand(self.relation("≤", integer(0), base), "TypeError", node, text)
            return self._root(base)
        if e.denominator != 1:
            text.unsupported(node, f"the power {e}; whole exponents and 1/2 are understood")
        if abs(e) > MOST_POWER and not isinstance(base.term, Num):
            text.unsupported(node, f"a power above {MOST_POWER}")
        whole = base.whole and exponent.whole and e >= 0
        term = base.term if whole else to_real(base.term)
        if e < 0:
            self._nonzero(base, node, text)
        if isinstance(term, Num) and (whole or self.trace.exact) and (e >= 0 or term.value):
            bits = max(term.value.numerator.bit_length(), term.value.denominator.bit_length())
            if bits * abs(e) > MOST_BITS:
                text.unsupported(node, "a number of this size")
            return Number(Num(term.value ** int(e), _Z if whole else _R))
        size = Num(abs(e), _N)
        raised: Term = Op("^", (term, size), _Z if whole else _R)
        return Number(raised if e >= 0 else self._divided(Num(Fraction(1), _R), raised))

    def negative(self, value: Number) -> Number:
        """``-value``."""
        return Number(_minus(value.term))

    # --- functions ---------------------------------------------------------------

    def absolute(self, value: Number) -> Number:
        """``abs(value)``."""
        if value.constant is not None:
            return Number(Num(abs(value.constant), value.term.sort))  # type: ignore[union-attr]
        return Number(operation("abs", value.term, sort=_Z if value.whole else _R))

    def extremum(self, name: str, left: Number, right: Number) -> Number:
        """``min`` or ``max`` of two."""
        a, b, whole = self._alike(left, right)
        if isinstance(a, Num) and isinstance(b, Num):
            chosen = min(a.value, b.value) if name == "min" else max(a.value, b.value)
            return Number(Num(chosen, _Z if whole else _R))
        if not self.trace.exact:
            # Python keeps the first of two that are neither less nor greater.
            first = Rel("<", b, a) if name == "min" else Rel(">", b, a)
            return Number(Ite(first, b, a, _R))
        return Number(operation(name, a, b, sort=_Z if whole else _R))

    def square_root(self, value: Number, node: ast.AST, text: Text) -> Number:
        """``math.sqrt(value)``."""
        self.trace.demand(self.relation("≤", integer(0), value), "ValueError", node, text)
        return self._root(value)

    def _root(self, value: Number) -> Number:
        return Number(operation("sqrt", to_real(value.term), sort=_R))

    def floor(self, value: Number, node: ast.AST, text: Text) -> Number:
        """``math.floor(value)``, an int."""
        return self._rounded_by("floor", value, node, text)

    def ceiling(self, value: Number, node: ast.AST, text: Text) -> Number:
        """``math.ceil(value)``, an int."""
        return self._rounded_by("ceil", value, node, text)

    def truncated(self, value: Number, node: ast.AST, text: Text) -> Number:
        """``int(value)``: towards zero."""
        if value.whole:
            return value
        below, above = self.floor(value, node, text), self.ceiling(value, node, text)
        positive = self.relation("≤", integer(0), value)
        if positive in (TRUE, FALSE):
            return below if positive == TRUE else above
        return Number(Ite(positive, below.term, above.term, _Z))

    def rounded(self, value: Number, digits: int | None, node: ast.AST, text: Text) -> Number:
        """``round(value, digits)``: to the nearest, halves to even; an int without ``digits``."""
        if value.whole and (digits is None or digits >= 0):
            return value
        self._only_exact("round of floats", node, text)
        if digits is None:
            return self._nearest(value, node, text)
        scale = Number(Num(Fraction(10) ** digits, _R))
        scaled = self.binary("*", value, scale, node, text)
        whole = self._nearest(scaled, node, text)
        result = self.binary("/", whole, scale, node, text)
        return self.truncated(result, node, text) if value.whole else result

    def _nearest(self, value: Number, node: ast.AST, text: Text) -> Number:
        if value.constant is not None:
            return integer(round(value.constant))
        half = Number(Num(Fraction(1, 2), _R))
        raised = self.binary("+", value, half, node, text)
        up = self.floor(raised, node, text)
        odd = Rel("=", Op("%", (up.term, Num(Fraction(2), _Z)), _Z), Num(Fraction(1), _Z))
        tie = Rel("=", raised.term, to_real(up.term))
        down = operation("-", up.term, Num(Fraction(1), _Z), sort=_Z)
        return Number(Ite(conjunction((tie, odd)), down, up.term, _Z))

    def _rounded_by(self, op: str, value: Number, node: ast.AST, text: Text) -> Number:
        if value.whole:
            return value
        self._only_exact(f"{op} of floats", node, text)
        if value.constant is not None:
            below = value.constant.__floor__() if op == "floor" else value.constant.__ceil__()
            return integer(below)
        return Number(Op(op, (value.term,), _Z))

    # --- relations -----------------------------------------------------------------

    def relation(self, op: str, left: Number, right: Number) -> Term:
        """``left op right`` as a proposition; op is ``< ≤ > ≥ = ≠``."""
        a, b, whole = self._alike(left, right)
        if isinstance(a, Num) and isinstance(b, Num):
            if not whole and not self.trace.exact:
                if not self.trace.computes:
                    return Rel(op, a, b)
                a, b = Num(Fraction(float(a.value)), _R), Num(Fraction(float(b.value)), _R)
            return TRUE if HOLDS[op](a.value, b.value) else FALSE
        return Rel(op, a, b)

    def truth(self, value: Value, node: ast.AST, text: Text) -> Term:
        """Python's truth of a value as a proposition: a number that is not 0, a list that is not empty."""
        match value:
            case Truth(prop=prop):
                return prop
            case Number():
                return self.relation("≠", value, integer(0))
            case Items(items=items):
                return TRUE if items else FALSE
            case Family(size=size):
                zero = Num(Fraction(0), _N)
                if isinstance(size, Num):
                    return TRUE if size.value else FALSE
                return Rel("≠", size, zero)
            case Known(value=found) if found is None or isinstance(found, str):
                return TRUE if found else FALSE
            case _:
                text.unsupported(node, f"{kind(value)} as a condition")

    # --- helpers -------------------------------------------------------------------

    def _alike(self, left: Number, right: Number) -> tuple[Term, Term, bool]:
        if left.whole and right.whole:
            return left.term, right.term, True
        return self._float(left.term), self._float(right.term), False

    def _float(self, term: Term) -> Term:
        """A term as a float. A large int is no double, and Python's rules for that are many."""
        exact = self.trace.exact or term.sort is not _Z  # type: ignore[union-attr]
        if not exact and not (isinstance(term, Num) and abs(term.value) <= MOST_EXACT):
            raise UnsupportedStatement(
                "an int among doubles (semantics='float64'); annotate the parameter float"
            )
        return to_real(term)

    def _computed(
        self, apply: Callable[[Any, Any], Any], a: Fraction, b: Fraction, whole: bool
    ) -> Fraction:
        """An operation on constants; on doubles it rounds."""
        if whole or self.trace.exact:
            return Fraction(apply(a, b))
        result = apply(float(a), float(b))
        if result - result != 0:
            raise UnsupportedStatement("a double that is infinite or no number")
        return Fraction(result)

    def _nonzero(self, value: Number, node: ast.AST, text: Text) -> None:
        if value.constant is None or value.constant == 0:
            prop = self.relation("≠", value, integer(0))
            self.trace.demand(prop, "ZeroDivisionError", node, text)

    def _only_exact(self, what: str, node: ast.AST, text: Text) -> None:
        if not self.trace.exact:
            text.unsupported(node, f"{what} with semantics='float64'")

    def _bounded(self, value: Fraction, node: ast.AST, text: Text) -> Fraction:
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
            text.unsupported(node, "a number of this size")
        return value


def number(value: Value, node: ast.AST, text: Text, what: str = "this") -> Number:
    """A value in arithmetic.

    Raises:
        UnsupportedStatement: it is no number.
    """
    if isinstance(value, Number | Truth):
        return as_number(value)
    text.unsupported(node, f"{what} is {kind(value)}, and a number is needed here")


def _minus(term: Term) -> Term:
    sort = term.sort  # type: ignore[union-attr]
    return Num(-term.value, sort) if isinstance(term, Num) else Op("neg", (term,), sort)
