"""Terms as polynomials over opaque atoms, in a field or ring without truncation. Decides nothing."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import TypeAlias

from hms_kernel.statements.terms import Cast, Num, Op, Scalar, Sort, Term, sort_of

# Atoms in a fixed order, repeated for powers; the empty monomial is 1.
Monomial: TypeAlias = "tuple[Term, ...]"
Polynomial: TypeAlias = "dict[Monomial, Fraction]"

MAX_MONOMIALS = 200
MAX_EXPONENT = 8


class TooLarge(Exception):
    """Multiplying out would not pay."""


def polynomial(term: Term) -> Polynomial:
    """``term`` multiplied out over atoms: whatever is not + - * /, negation or a small power.

    Raises:
        TooLarge: more than ``MAX_MONOMIALS`` monomials.
    """
    sort = sort_of(term)
    match term:
        case Num(value=value):
            return {(): value} if value else {}
        case Cast(arg=Num(value=value)):
            return {(): value} if value else {}
        case Op(op="+", args=(left, right)):
            return plus(polynomial(left), polynomial(right))
        case Op(op="-", args=(left, right)) if sort is not Scalar.NAT:
            return plus(polynomial(left), scaled(polynomial(right), Fraction(-1)))
        case Op(op="neg", args=(inner,)):
            return scaled(polynomial(inner), Fraction(-1))
        case Op(op="*", args=(left, right)):
            return times(polynomial(left), polynomial(right))
        case Op(op="^", args=(base, Num(value=exponent))) if 0 <= exponent <= MAX_EXPONENT:
            result: Polynomial = {(): Fraction(1)}
            for _ in range(int(exponent)):
                result = times(result, polynomial(base))
            return result
        case Op(op="/", args=(left, right)) if sort in (Scalar.RAT, Scalar.REAL):
            divisor = polynomial(right)
            if not divisor:
                return {}  # x / 0 = 0
            if set(divisor) == {()}:
                return scaled(polynomial(left), 1 / divisor[()])
            inverse = Op("/", (Num(Fraction(1), sort), right), sort)
            return times(polynomial(left), {(inverse,): Fraction(1)})
        case _:
            return {(term,): Fraction(1)}


def plus(left: Polynomial, right: Polynomial) -> Polynomial:
    """The sum."""
    result = dict(left)
    for monomial, coefficient in right.items():
        total = result.get(monomial, Fraction(0)) + coefficient
        if total:
            result[monomial] = total
        else:
            del result[monomial]
    return result


def scaled(poly: Polynomial, factor: Fraction) -> Polynomial:
    """Every coefficient times ``factor``."""
    return {monomial: value * factor for monomial, value in poly.items()} if factor else {}


def times(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product, multiplied out.

    Raises:
        TooLarge: more than ``MAX_MONOMIALS`` monomials.
    """
    if len(left) * len(right) > MAX_MONOMIALS:
        raise TooLarge
    result: Polynomial = {}
    for one, a in left.items():
        for other, b in right.items():
            monomial = product(one, other)
            total = result.get(monomial, Fraction(0)) + a * b
            if total:
                result[monomial] = total
            else:
                del result[monomial]
    return result


def product(one: Monomial, other: Monomial) -> Monomial:
    """Two monomials multiplied: their atoms in the fixed order."""
    # The printed form orders atoms the same way in every process; hashes do not.
    return tuple(sorted((*one, *other), key=_printed))


_printed = functools.lru_cache(maxsize=4096)(repr)


def term_of(poly: Polynomial, sort: Sort) -> Term:
    """The polynomial as a term of ``sort`` again."""
    parts: list[Term] = []
    for monomial, coefficient in poly.items():
        factors: list[Term] = list(monomial)
        if coefficient != 1 or not factors:
            factors.insert(0, Num(coefficient, sort))
        part = factors[0]
        for factor in factors[1:]:
            part = Op("*", (part, factor), sort)
        parts.append(part)
    if not parts:
        return Num(Fraction(0), sort)
    total = parts[0]
    for part in parts[1:]:
        total = Op("+", (total, part), sort)
    return total
