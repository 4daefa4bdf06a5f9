"""The operations and predicates of the core, as Lean defines them, over ``values``. Knows no binder.

Operations that a solver lacks are named by a fresh symbol and a constraint that
determines it: √, integer roots, greatest common divisors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import z3

from hms_kernel.backends.values import Arithmetic, Number, Truth
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.terms import Fin, Scalar, Sort

Define = Callable[[str, bool, Callable[[z3.ArithRef], z3.BoolRef]], z3.ArithRef]

MAX_FACTORIAL = 2000
MAX_PRIME = 10**12  # literals are tested by trial division up to here


class Operations(Arithmetic):
    """``Arithmetic`` plus everything that depends on the sort or needs a definition.

    ``define(base, whole, definition)`` returns a fresh symbol constrained by
    ``definition``, which must have exactly one solution whatever its parameters.
    """

    def __init__(self, context: z3.Context, define: Define) -> None:
        super().__init__(context)
        self._define = define

    def apply(self, op: str, args: list[Number], sort: Scalar, source: Sort) -> Number:
        """``op`` at result sort ``sort``; ``source`` is the sort of the first operand.

        Raises:
            UnsupportedStatement: the operation is not known here.
        """
        whole = sort in (Scalar.NAT, Scalar.INT)
        zero = Fraction(0)
        match op, args:
            case "+", _:
                return self.add(args, whole=whole)
            case "*", _:
                return self.multiply(args, whole=whole)
            case "-", [left, right]:
                difference = self.add([left, self.negative(right)], whole=whole)
                # Subtraction on ℕ stops at 0.
                return (
                    self.larger(difference, zero, whole=True) if sort is Scalar.NAT else difference
                )
            case "neg", [value]:
                return self.negative(value)
            case "/", [left, right]:
                return self.div(left, right) if whole else self.quotient(left, right)
            case "⁻¹", [value] if not whole:
                return self.quotient(Fraction(1), value)
            case "%", [left, right]:
                if whole:
                    return self.mod(left, right)
            case "abs" | "natAbs", [value]:
                return self.choose(
                    self.less(value, zero, whole=whole), self.negative(value), value, whole=whole
                )
            case "min", [left, right]:
                return self.choose(self.at_most(left, right, whole=whole), left, right, whole=whole)
            case "max", [left, right]:
                return self.larger(left, right, whole=whole)
            case "toNat", [value]:
                return self.larger(value, zero, whole=True)
            case "floor", [value]:
                return self.floor(value)
            case "ceil", [value]:
                return self.negative(self.floor(self.negative(value)))
            case "nat_floor", [value]:
                return self.larger(self.floor(value), zero, whole=True)
            case "nat_ceil", [value]:
                ceiling = self.negative(self.floor(self.negative(value)))
                return self.larger(ceiling, zero, whole=True)
            case "sqrt", [value]:
                return self._sqrt(value)
            case "nat_sqrt", [value]:
                return self._nat_sqrt(value)
            case "gcd", [left, right]:
                return self._gcd(left, right)
            case "lcm", [left, right]:
                return self._lcm(left, right)
            case "factorial", [value]:
                if isinstance(value, Fraction) and value <= MAX_FACTORIAL:
                    return Fraction(math.factorial(int(value)))
                raise UnsupportedStatement("the factorial of anything but a small numeral")
        raise UnsupportedStatement(f"the operation {op} at sort {getattr(source, 'value', 'Fin')}")

    def larger(self, left: Number, right: Number, *, whole: bool) -> Number:
        return self.choose(self.at_most(left, right, whole=whole), right, left, whole=whole)

    def power_of(self, base: Number, exponent: int, sort: Scalar) -> Number:
        """``base ^ exponent``; a negative exponent inverts, with 0⁻¹ = 0."""
        whole = sort in (Scalar.NAT, Scalar.INT)
        if exponent >= 0:
            return self.power(base, exponent, whole=whole)
        if whole:
            raise UnsupportedStatement("a negative exponent over the integers")
        return self.quotient(Fraction(1), self.power(base, -exponent, whole=False))

    def modular(self, op: str, args: list[Number], size: int) -> Number:
        """Arithmetic on ``Fin size``: results wrap around.

        Raises:
            UnsupportedStatement: other operations than + - * max min.
        """
        modulus = Fraction(size)
        match op, args:
            case "+", [left, right]:
                return self.mod(self.add([left, right], whole=True), modulus)
            case "*", [left, right]:
                return self.mod(self.multiply([left, right], whole=True), modulus)
            case "-", [left, right]:
                # Fin subtracts by adding the complement.
                shifted = self.add([left, modulus, self.negative(right)], whole=True)
                return self.mod(shifted, modulus)
            case "max", [left, right]:
                return self.larger(left, right, whole=True)
            case "min", [left, right]:
                return self.choose(self.at_most(left, right, whole=True), left, right, whole=True)
        raise UnsupportedStatement(f"the operation {op} on Fin")

    def divides(self, left: Number, right: Number, *, whole: bool) -> Truth:
        """``left ∣ right``. In a field everything but 0 divides everything."""
        zero = Fraction(0)
        zero_right = self.equal(right, zero, whole=whole)
        zero_left = self.equal(left, zero, whole=whole)
        if not whole:
            return self.implies(zero_left, zero_right)
        if isinstance(left, Fraction):
            if not left:
                return zero_right
            return self.equal(self.mod(right, left), zero, whole=True)
        rest = self.lift(right, whole=True) % left
        return z3.If(zero_left, self.truth(zero_right), rest == z3.IntVal(0, self.context))

    def predicate(self, name: str, args: list[tuple[Number, Sort]]) -> Truth:
        """A named predicate on numbers.

        Raises:
            UnsupportedStatement: it is not known here.
        """
        values = [value for value, _ in args]
        whole = all(isinstance(s, Fin) or s in (Scalar.NAT, Scalar.INT) for _, s in args)
        two = Fraction(2)
        match name.removeprefix("_root_."), values:
            case "Even", [value] if whole:
                return self.equal(self.mod(value, two), Fraction(0), whole=True)
            case "Odd", [value] if whole:
                return self.equal(self.mod(value, two), Fraction(1), whole=True)
            case "Even" | "Odd", [_]:
                return True  # in a field of characteristic 0 everything is twice something
            case "Nat.Prime" | "Prime", [Fraction() as value] if whole and abs(value) <= MAX_PRIME:
                absolute = abs(int(value)) if name == "Prime" else int(value)
                return _is_prime(absolute)
            case "Nat.Prime", [value]:
                return self._prime(value)
            case "Nat.Coprime" | "Nat.coprime" | "IsCoprime" | "Int.IsCoprime", [left, right] if (
                whole
            ):
                return self.equal(self._gcd(left, right), Fraction(1), whole=True)
        raise UnsupportedStatement(f"the predicate {name}")

    # --- named by a constraint -----------------------------------------------

    def _sqrt(self, value: Number) -> Number:
        if isinstance(value, Fraction):
            if value <= 0:
                return Fraction(0)
            roots = math.isqrt(value.numerator), math.isqrt(value.denominator)
            if (roots[0] ** 2, roots[1] ** 2) == (value.numerator, value.denominator):
                return Fraction(*roots)
        radicand = self.lift(value, whole=False)
        clipped = self.lift(self.larger(radicand, Fraction(0), whole=False), whole=False)
        return self._define("sqrt", False, lambda root: z3.And(root >= 0, root * root == clipped))

    def _nat_sqrt(self, value: Number) -> Number:
        if isinstance(value, Fraction):
            return Fraction(math.isqrt(int(value)))
        return self._define(
            "isqrt",
            True,
            lambda root: z3.And(root >= 0, root * root <= value, value < (root + 1) * (root + 1)),
        )

    def _gcd(self, left: Number, right: Number) -> Number:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return Fraction(math.gcd(int(left), int(right)))
        a, b = self.lift(left, whole=True), self.lift(right, whole=True)
        # Bézout: the one g ≥ 0 that divides both and is a combination of them.
        names = [z3.FreshInt(name, self.context) for name in ("u", "v", "s", "t")]
        u, v, s, t = names
        return self._define(
            "gcd",
            True,
            lambda g: z3.And(
                g >= 0, z3.Exists(names, z3.And(a == g * s, b == g * t, g == u * a + v * b))
            ),
        )

    def _lcm(self, left: Number, right: Number) -> Number:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return Fraction(math.lcm(int(left), int(right)))
        # gcd · lcm = |left · right|, and x / 0 = 0 covers lcm 0 0 = 0.
        return self.div(
            self.apply("abs", [self.multiply([left, right], whole=True)], Scalar.INT, Scalar.INT),
            self._gcd(left, right),
        )

    def _prime(self, value: Number) -> Truth:
        number = self.lift(value, whole=True)
        divisor = z3.FreshInt("divisor", self.context)
        proper = z3.And(divisor >= 2, divisor < number)
        return z3.And(number >= 2, z3.ForAll([divisor], z3.Implies(proper, number % divisor != 0)))


def _is_prime(number: int) -> bool:
    if number < 2:
        return False
    return all(number % divisor for divisor in range(2, math.isqrt(number) + 1))
