"""Exact numbers a + b√c with rational a, b, c: enough to decide what square roots of rationals do.

Two different roots in one number are outside; ``Mixed`` says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction


class Mixed(Exception):
    """Two roots that do not combine."""


@dataclass(frozen=True)
class Surd:
    """``a + b√c`` with b ≠ 0, c a positive integer that is no square."""

    a: Fraction
    b: Fraction
    c: int

    def __str__(self) -> str:
        return f"≈ {approximate(self)}"


Number = Fraction | Surd


def make(a: Fraction, b: Fraction, c: int) -> Number:
    """``a + b√c`` in its simplest form."""
    return Surd(a, b, c) if b else a


def _parts(x: Number, c: int) -> tuple[Fraction, Fraction]:
    return (x.a, x.b) if isinstance(x, Surd) else (x, Fraction(0))


def _common(x: Number, y: Number) -> int:
    roots = {n.c for n in (x, y) if isinstance(n, Surd)}
    if len(roots) > 1:
        raise Mixed
    return roots.pop() if roots else 1


def add(x: Number, y: Number) -> Number:
    """``x + y``."""
    c = _common(x, y)
    (a, b), (d, e) = _parts(x, c), _parts(y, c)
    return make(a + d, b + e, c)


def negate(x: Number) -> Number:
    """``-x``."""
    return Surd(-x.a, -x.b, x.c) if isinstance(x, Surd) else -x


def multiply(x: Number, y: Number) -> Number:
    """``x * y``."""
    c = _common(x, y)
    (a, b), (d, e) = _parts(x, c), _parts(y, c)
    return make(a * d + b * e * c, a * e + b * d, c)


def invert(x: Number) -> Number:
    """``x⁻¹``, 0 at 0."""
    if isinstance(x, Surd):
        norm = x.a * x.a - x.b * x.b * x.c  # not 0: c is no square
        return Surd(x.a / norm, -x.b / norm, x.c)
    return 1 / x if x else x


def sign(x: Number) -> int:
    """-1, 0 or 1."""
    if isinstance(x, Fraction):
        return (x > 0) - (x < 0)
    one, other = (x.a > 0) - (x.a < 0), 1 if x.b > 0 else -1
    if one in (0, other):
        return other
    # a and b√c pull apart: the larger square wins.
    return one if x.a * x.a > x.b * x.b * x.c else other


def root(x: Fraction) -> Number:
    """``√x``; 0 for a negative x."""
    if x <= 0:
        return Fraction(0)
    # √(p/q) = √(p q) / q
    radicand, outside = x.numerator * x.denominator, Fraction(1, x.denominator)
    whole = math.isqrt(radicand)
    if whole * whole == radicand:
        return outside * whole
    # Take out small squares, so that √8 and √2 combine.
    for prime in _SMALL:
        square = prime * prime
        while radicand % square == 0:
            radicand //= square
            outside *= prime
    return Surd(Fraction(0), outside, radicand)


_SMALL = [n for n in range(2, 200) if all(n % d for d in range(2, math.isqrt(n) + 1))]


def bounds(x: Number, bits: int) -> tuple[Fraction, Fraction]:
    """Rationals around ``x``; for a surd closer than about ``|b| / 2**bits``."""
    if isinstance(x, Fraction):
        return x, x
    scaled = math.isqrt(x.c << (2 * bits))
    ends = [x.a + x.b * Fraction(scaled + step, 1 << bits) for step in (0, 1)]
    return min(ends), max(ends)


def floor(x: Number) -> int:
    """``⌊x⌋``."""
    if isinstance(x, Fraction):
        return math.floor(x)
    bits = 32
    while True:  # ends, because x is irrational
        low, high = bounds(x, bits)
        if math.floor(low) == math.floor(high):
            return math.floor(low)
        bits *= 2


def approximate(x: Number) -> str:
    """A few significant digits."""
    middle = bounds(x, 80)[0]
    try:
        return f"{float(middle):.6g}"
    except OverflowError:
        return "a number beyond 10^308"
