"""Lean's operations and relations on exact numbers, total as Lean has them. Knows no terms."""

from __future__ import annotations

from fractions import Fraction

from hms_kernel.statements import surds
from hms_kernel.statements.doubt import Exhausted, Undecided
from hms_kernel.statements.surds import Mixed, Number
from hms_kernel.statements.terms import Fin, Scalar, Sort


def compare(left: Number, right: Number) -> int:
    """The sign of ``left - right``.

    Raises:
        Undecided: they have different roots.
    """
    try:
        return surds.sign(surds.add(left, surds.negate(right)))
    except Mixed:
        raise Undecided("different square roots in one comparison") from None


def decided(op: str, sign: int) -> bool:
    """Whether ``left op right`` given the sign of their difference."""
    match op:
        case "=":
            return sign == 0
        case "≠":
            return sign != 0
        case "<":
            return sign < 0
        case "≤":
            return sign <= 0
        case ">":
            return sign > 0
        case "≥":
            return sign >= 0
    raise Undecided(f"the relation {op}")


def arithmetic(op: str, values: list[Number], sort: Sort) -> Number:
    if op in ("min", "max"):
        smaller_first = compare(values[0], values[1]) <= 0
        return values[0] if smaller_first == (op == "min") else values[1]
    if op == "abs":
        return surds.negate(values[0]) if surds.sign(values[0]) < 0 else values[0]
    if op == "neg":
        return surds.negate(values[0])
    if op == "⁻¹":
        return surds.invert(values[0])
    left, right = values
    if isinstance(sort, Fin):
        raise Undecided("arithmetic in Fin")
    match op:
        case "+":
            return surds.add(left, right)
        case "*":
            return surds.multiply(left, right)
        case "-":
            difference = surds.add(left, surds.negate(right))
            return max(Fraction(0), difference) if sort is Scalar.NAT and isinstance(difference, Fraction) else difference  # fmt: skip
        case "/" if sort in (Scalar.RAT, Scalar.REAL):
            return surds.multiply(left, surds.invert(right))
        case "/" | "%" if isinstance(left, Fraction) and isinstance(right, Fraction):
            quotient, remainder = euclidean(left.numerator, right.numerator)
            return Fraction(quotient if op == "/" else remainder)
    raise Undecided(f"the operation {op}")


def euclidean(number: int, divisor: int) -> tuple[int, int]:
    """Lean's ``/`` and ``%`` on ℤ and ℕ: remainder in [0, |divisor|); by 0, quotient 0 and remainder ``number``."""
    if divisor == 0:
        return 0, number
    remainder = number % abs(divisor)
    return (number - remainder) // divisor, remainder


def is_prime(number: int) -> bool:
    """Primality, by Miller and Rabin's test with bases that leave no doubt in this range.

    Raises:
        Exhausted: beyond 3.3e24.

    Source:
        Sorenson & Webster (2015), Strong pseudoprimes to twelve prime bases.
    """
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if number < 2:
        return False
    for prime in bases:
        if number % prime == 0:
            return number == prime
    if number >= 3_317_044_064_679_887_385_961_981:
        raise Exhausted("a number too large to test for primality")
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in bases:
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True
