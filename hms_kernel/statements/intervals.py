"""Rational bounds around irrational values, for the strict comparisons that exact surds cannot make. Never shows equality."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from hms_kernel.statements import surds
from hms_kernel.statements.doubt import Exhausted, Undecided
from hms_kernel.statements.terms import Big, Cast, Ite, Op, Scalar, Term

if TYPE_CHECKING:
    from hms_kernel.statements.evaluator import Env, Evaluator

Interval = tuple[Fraction, Fraction]
PRECISIONS = (64, 256)  # bits tried in turn


def order(evaluator: Evaluator, left: Term, right: Term, env: Env) -> int:
    """-1 or 1, the sign of ``left - right``.

    Raises:
        Undecided: the two are too close, or equal.
    """
    for bits in PRECISIONS:
        low, high = enclose(evaluator, left, env, bits)
        least, most = enclose(evaluator, right, env, bits)
        if low > most:
            return 1
        if high < least:
            return -1
    raise Undecided("two irrational numbers too close to tell apart")


def enclose(evaluator: Evaluator, term: Term, env: Env, bits: int) -> Interval:
    """Bounds on a real term.

    Raises:
        Undecided: it has a part that cannot be bounded.
    """
    try:
        return _rounded(surds.bounds(evaluator.number(term, env), bits), bits)
    except Exhausted:
        raise
    except Undecided as reason:
        doubt = reason
    match term:
        case Cast(arg=arg):
            return enclose(evaluator, arg, env, bits)
        case Ite(cond=cond, yes=yes, no=no):
            return enclose(evaluator, yes if evaluator.truth(cond, env) else no, env, bits)
        case Big(op=op, var=var, body=body):
            total = (Fraction(0), Fraction(0)) if op == "∑" else (Fraction(1), Fraction(1))
            for index in evaluator.indices(term, env):
                part = enclose(evaluator, body, {**env, var.name: Fraction(index)}, bits)
                total = _rounded((_sum if op == "∑" else _product)(total, part), bits)
            return total
        case Op(op="^", args=(base, exponent)):
            return _power(
                enclose(evaluator, base, env, bits), evaluator.integer(exponent, env), bits
            )
        case Op(op=op, args=args, sort=Scalar.REAL):
            return _rounded(
                _apply(op, [enclose(evaluator, a, env, bits) for a in args], bits), bits
            )
    raise doubt


def _apply(op: str, args: list[Interval], bits: int) -> Interval:
    x = args[0]
    y = args[-1]
    match op:
        case "+":
            return _sum(x, y)
        case "-":
            return _sum(x, _negated(y))
        case "*":
            return _product(x, y)
        case "neg":
            return _negated(x)
        case "/":
            return _product(x, _inverse(y))
        case "⁻¹":
            return _inverse(x)
        case "min":
            return min(x[0], y[0]), min(x[1], y[1])
        case "max":
            return max(x[0], y[0]), max(x[1], y[1])
        case "abs":
            if x[0] >= 0:
                return x
            return (-x[1], -x[0]) if x[1] <= 0 else (Fraction(0), max(-x[0], x[1]))
        case "sqrt":
            return _root(x[0], bits)[0], _root(x[1], bits)[1]
    raise Undecided(f"{op} of an irrational number")


def _sum(x: Interval, y: Interval) -> Interval:
    return x[0] + y[0], x[1] + y[1]


def _negated(x: Interval) -> Interval:
    return -x[1], -x[0]


def _product(x: Interval, y: Interval) -> Interval:
    corners = [a * b for a in x for b in y]
    return min(corners), max(corners)


def _inverse(x: Interval) -> Interval:
    if x[0] <= 0 <= x[1]:
        raise Undecided("a division by something close to 0")
    return 1 / x[1], 1 / x[0]


def _power(x: Interval, exponent: int, bits: int) -> Interval:
    if exponent < 0:
        return _power(_inverse(x), -exponent, bits)
    if exponent > 1000:
        raise Undecided("a high power of an irrational number")
    result = (Fraction(1), Fraction(1))
    for _ in range(exponent):
        result = _rounded(_product(result, x), bits)
    if exponent % 2 == 0:
        result = (max(Fraction(0), result[0]), result[1])
    return result


def _root(x: Fraction, bits: int) -> Interval:
    if x <= 0:
        return Fraction(0), Fraction(0)
    scaled = math.isqrt((x.numerator << (2 * bits)) // x.denominator)
    return Fraction(scaled, 1 << bits), Fraction(scaled + 1, 1 << bits)


def _rounded(x: Interval, bits: int) -> Interval:
    """Outward to ``2 * bits`` binary places, so that long sums keep small denominators."""
    scale = 1 << (2 * bits)
    if x[0].denominator <= scale and x[1].denominator <= scale:
        return x
    return Fraction(math.floor(x[0] * scale), scale), Fraction(math.ceil(x[1] * scale), scale)
