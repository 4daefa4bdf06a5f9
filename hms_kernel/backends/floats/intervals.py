"""Intervals of doubles and what arithmetic makes of them: their ends round as doubles do. Knows no term.

Every operation is monotone in each argument between its poles, and so is rounding to nearest.
The result of two intervals therefore lies between the *rounded* results at their corners:
such bounds lose no precision to rounding. NaN is followed beside them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from hms_kernel.backends.floats.machine import quotient, root


@dataclass(frozen=True)
class Interval:
    """The possible values of a term: ``low`` to ``high``, infinities included, and perhaps NaN.

    Zeros are not told apart. ``low > high`` says that nothing but NaN is possible.
    """

    low: float
    high: float
    nan: bool

    def within(self, other: Interval) -> Interval:
        """What both allow."""
        return Interval(
            max(self.low, other.low), min(self.high, other.high), self.nan and other.nan
        )

    def joined(self, other: Interval) -> Interval:
        """What either allows."""
        return Interval(min(self.low, other.low), max(self.high, other.high), self.nan or other.nan)

    @property
    def infinite(self) -> bool:
        """Whether an infinity is among the values."""
        return math.isinf(self.low) or math.isinf(self.high)

    @property
    def zero(self) -> bool:
        """Whether a zero is among the values."""
        return self.low <= 0 <= self.high


ANY = Interval(-math.inf, math.inf, True)


def point(value: float) -> Interval:
    """The interval of one value."""
    return Interval(value, value, False)


def _corners(results: list[float], nan: bool) -> Interval:
    """From the values at the corners; without bounds when one of them is NaN itself."""
    if any(math.isnan(result) for result in results):
        return ANY
    return Interval(min(results), max(results), nan)


def add(left: Interval, right: Interval) -> Interval:
    """Sums."""
    results = [a + b for a, b in _pairs(left, right)]
    return _corners(results, left.nan or right.nan)


def subtract(left: Interval, right: Interval) -> Interval:
    """Differences."""
    return add(left, negate(right))


def multiply(left: Interval, right: Interval) -> Interval:
    """Products; without bounds where 0 may meet an infinity."""
    nan = left.nan or right.nan
    if (left.zero and right.infinite) or (right.zero and left.infinite):
        return ANY
    return _corners([a * b for a, b in _pairs(left, right)], nan)


def squared(arg: Interval) -> Interval:
    """Products of a value with itself: never negative, and NaN only for NaN."""
    sizes = absolute(arg)
    return Interval(sizes.low * sizes.low, sizes.high * sizes.high, arg.nan)


def divide(left: Interval, right: Interval) -> Interval:
    """Quotients; without bounds where the divisor may be 0."""
    if left.infinite and right.infinite:
        return ANY
    if right.zero:
        return Interval(-math.inf, math.inf, True)
    nan = left.nan or right.nan
    return _corners([quotient(a, b) for a, b in _pairs(left, right)], nan)


def _pairs(left: Interval, right: Interval) -> list[tuple[float, float]]:
    return list(product((left.low, left.high), (right.low, right.high)))


def negate(arg: Interval) -> Interval:
    """Negatives."""
    return Interval(-arg.high, -arg.low, arg.nan)


def absolute(arg: Interval) -> Interval:
    """Absolute values."""
    low = max(0.0, arg.low, -arg.high)
    return Interval(low, max(abs(arg.low), abs(arg.high)), arg.nan)


def rooted(arg: Interval) -> Interval:
    """Square roots; NaN below 0."""
    nan = arg.nan or arg.low < 0
    if arg.high < 0:
        return Interval(math.inf, -math.inf, True)
    return Interval(root(max(0.0, arg.low)), root(arg.high), nan)


def least(left: Interval, right: Interval) -> Interval:
    """``if a ≤ b then a else b``: a NaN on either side gives b."""
    found = Interval(min(left.low, right.low), min(left.high, right.high), right.nan)
    return found.joined(Interval(right.low, right.high, right.nan)) if left.nan else found


def greatest(left: Interval, right: Interval) -> Interval:
    """``if a ≤ b then b else a``: a NaN on either side gives a."""
    found = Interval(max(left.low, right.low), max(left.high, right.high), left.nan)
    return found.joined(Interval(left.low, left.high, left.nan)) if right.nan else found


BINARY = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "min": least, "max": greatest,
}  # fmt: skip
UNARY = {"neg": negate, "abs": absolute, "sqrt": rooted}
