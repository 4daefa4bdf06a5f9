"""Scalars on their way to z3: exact fractions while known, z3 terms otherwise. Knows no core term.

Every operation folds when its operands are known, with Lean's total semantics, so a
literal divisor, exponent or index never reaches the solver as a puzzle.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

import z3

from hms_kernel.errors import UnsupportedStatement

Number: TypeAlias = "Fraction | z3.ArithRef"
Truth: TypeAlias = "bool | z3.BoolRef"

MAX_POWER = 64  # a symbolic base is multiplied out up to here; beyond it solvers drown
MAX_BITS = 100_000  # size of a numeral that folding may produce


class Arithmetic:
    """Lean's operations over ``Number`` in one z3 context. ``whole`` says the operands are integers."""

    def __init__(self, context: z3.Context) -> None:
        self.context = context

    def lift(self, value: Number, *, whole: bool) -> z3.ArithRef:
        """The z3 term of sort Int or Real."""
        if isinstance(value, Fraction):
            if whole:
                if value.denominator != 1:
                    raise UnsupportedStatement(
                        f"the non-integer numeral {value} at an integer sort"
                    )
                return z3.IntVal(value.numerator, self.context)
            return z3.RealVal(str(value), self.context)
        return value

    def truth(self, value: Truth) -> z3.BoolRef:
        """The z3 term of sort Bool."""
        return z3.BoolVal(value, self.context) if isinstance(value, bool) else value

    # --- logic ---------------------------------------------------------------

    def all(self, parts: list[Truth]) -> Truth:
        kept = [part for part in parts if part is not True]
        if any(part is False for part in kept):
            return False
        if not kept:
            return True
        return kept[0] if len(kept) == 1 else z3.And(*kept)

    def any(self, parts: list[Truth]) -> Truth:
        kept = [part for part in parts if part is not False]
        if any(part is True for part in kept):
            return True
        if not kept:
            return False
        return kept[0] if len(kept) == 1 else z3.Or(*kept)

    def negate(self, part: Truth) -> Truth:
        return not part if isinstance(part, bool) else z3.Not(part)

    def implies(self, left: Truth, right: Truth) -> Truth:
        if isinstance(left, bool):
            return right if left else True
        if isinstance(right, bool):
            return True if right else z3.Not(left)
        return z3.Implies(left, right)

    def iff(self, left: Truth, right: Truth) -> Truth:
        if isinstance(left, bool):
            return right if left else self.negate(right)
        if isinstance(right, bool):
            return left if right else z3.Not(left)
        return left == right

    def choose(self, cond: Truth, yes: Number, no: Number, *, whole: bool) -> Number:
        if isinstance(cond, bool):
            return yes if cond else no
        if isinstance(yes, Fraction) and isinstance(no, Fraction) and yes == no:
            return yes
        return z3.If(cond, self.lift(yes, whole=whole), self.lift(no, whole=whole))

    # --- comparison ----------------------------------------------------------

    def equal(self, left: Number, right: Number, *, whole: bool) -> Truth:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left == right
        return self.lift(left, whole=whole) == self.lift(right, whole=whole)

    def less(self, left: Number, right: Number, *, whole: bool) -> Truth:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left < right
        return self.lift(left, whole=whole) < self.lift(right, whole=whole)

    def at_most(self, left: Number, right: Number, *, whole: bool) -> Truth:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left <= right
        return self.lift(left, whole=whole) <= self.lift(right, whole=whole)

    # --- ring ----------------------------------------------------------------

    def add(self, parts: list[Number], *, whole: bool) -> Number:
        known = sum((part for part in parts if isinstance(part, Fraction)), Fraction(0))
        open_ = [part for part in parts if not isinstance(part, Fraction)]
        if not open_:
            return known
        if known:
            open_.append(self.lift(known, whole=whole))
        return open_[0] if len(open_) == 1 else z3.Sum(open_)

    def negative(self, value: Number) -> Number:
        return -value

    def multiply(self, parts: list[Number], *, whole: bool) -> Number:
        known = math.prod((part for part in parts if isinstance(part, Fraction)), start=Fraction(1))
        open_ = [part for part in parts if not isinstance(part, Fraction)]
        if not open_ or not known:
            return known
        if known != 1:
            open_.insert(0, self.lift(known, whole=whole))
        # z3's own Product helper does not exist for one factor.
        return reduce(lambda left, right: left * right, open_)

    def power(self, base: Number, exponent: int, *, whole: bool) -> Number:
        """``base ^ exponent`` for a natural exponent; 0 ^ 0 = 1."""
        if exponent == 0:
            return Fraction(1)
        if isinstance(base, Fraction):
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if bits > 1 and bits * exponent > MAX_BITS:
                raise UnsupportedStatement(f"a power with exponent {exponent}: too many digits")
            return Fraction(base**exponent)
        if exponent > MAX_POWER:
            raise UnsupportedStatement(
                f"a power with exponent {exponent} (multiplied out only up to {MAX_POWER})"
            )
        return self.multiply([base] * exponent, whole=whole)

    # --- division, total as in Lean ------------------------------------------

    def quotient(self, left: Number, right: Number) -> Number:
        """Field division; x / 0 = 0."""
        if isinstance(right, Fraction):
            if not right:
                return Fraction(0)
            if isinstance(left, Fraction):
                return left / right
            return left * self.lift(1 / right, whole=False)
        zero = z3.RealVal(0, self.context)
        return z3.If(right == zero, zero, self.lift(left, whole=False) / right)

    def div(self, left: Number, right: Number) -> Number:
        """Euclidean integer division; x / 0 = 0. SMT-LIB agrees for other divisors."""
        if isinstance(right, Fraction):
            if not right:
                return Fraction(0)
            if isinstance(left, Fraction):
                return Fraction(_euclid(left.numerator, right.numerator)[0])
            return left / self.lift(right, whole=True)
        zero = z3.IntVal(0, self.context)
        return z3.If(right == zero, zero, self.lift(left, whole=True) / right)

    def mod(self, left: Number, right: Number) -> Number:
        """Euclidean remainder; x % 0 = x."""
        if isinstance(right, Fraction):
            if not right:
                return left
            if isinstance(left, Fraction):
                return Fraction(_euclid(left.numerator, right.numerator)[1])
            return left % self.lift(right, whole=True)
        whole_left = self.lift(left, whole=True)
        return z3.If(right == z3.IntVal(0, self.context), whole_left, whole_left % right)

    def floor(self, value: Number) -> Number:
        return Fraction(math.floor(value)) if isinstance(value, Fraction) else z3.ToInt(value)

    def to_real(self, value: Number) -> Number:
        if isinstance(value, Fraction) or z3.is_real(value):
            return value
        return z3.ToReal(value)


def _euclid(left: int, right: int) -> tuple[int, int]:
    """Quotient and remainder with 0 ≤ remainder < |right|."""
    remainder = left % abs(right)
    return (left - remainder) // right, remainder
