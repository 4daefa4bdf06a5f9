"""What polynomials and formulas of the checker are worth at given numbers; written apart from the checker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from hms_kernel.certificates.polynomials import And, Atom, Compare, Formula, Or, Poly


class Unknown(Exception):
    """No value can be given."""


Values = Mapping[str, Fraction]


def number(poly: Poly, values: Values) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in poly.terms.items():
        for atom in monomial:
            coefficient *= atom_value(atom, values)
        total += coefficient
    return total


def truth(formula: Formula, values: Values) -> bool:
    match formula:
        case Compare(op=op, poly=poly):
            value = number(poly, values)
            return {"≥": value >= 0, ">": value > 0, "=": value == 0, "≠": value != 0}[op]
        case And(parts=parts):
            return all(truth(part, values) for part in parts)
        case Or(parts=parts):
            return any(truth(part, values) for part in parts)
    raise Unknown("a quantifier")


def atom_value(atom: Atom, values: Values) -> Fraction:
    match atom.head, atom.args:
        case "variable" | "index", (name,):
            return values[name]
        case "ite", (cond, other, yes, no):
            holds = truth(cond, values)
            assert truth(other, values) != holds, "the two conditions of a choice agree"
            return number(yes if holds else no, values)
        case "sum", (domain, body, index):
            low, high = number(domain.low, values), number(domain.high, values)
            terms = (
                number(body, {**values, index.args[0]: Fraction(k)})
                for k in range(int(low), int(high))
            )
            return sum(terms, Fraction(0))
        case "is Nat.Prime", (a,):
            value = int(number(a, values))
            prime = value > 1 and all(value % k for k in range(2, math.isqrt(value) + 1))
            return Fraction(int(prime))
    args = [number(arg, values) for arg in atom.args]
    match atom.head, args:
        case "abs", [a]:
            return abs(a)
        case "min", [a, b]:
            return min(a, b)
        case "max", [a, b]:
            return max(a, b)
        case "minus", [a, b]:
            return max(Fraction(0), a - b)
        case "inverse", [a]:
            return 1 / a if a else a
        case "power", [a, b]:
            return a ** int(b)
        case "quotient", [a, b]:
            return euclid(a, b)[0]
        case "remainder", [a, b]:
            return euclid(a, b)[1]
        case "floor", [a]:
            return Fraction(math.floor(a))
        case "sqrt", [a]:
            if a <= 0:
                return Fraction(0)
            root = Fraction(math.isqrt(a.numerator), math.isqrt(a.denominator))
            if root * root != a:
                raise Unknown("an irrational number")
            return root
        case "nat_sqrt", [a]:
            return Fraction(math.isqrt(int(a)))
        case "gcd", [a, b]:
            return Fraction(math.gcd(int(a), int(b)))
        case "lcm", [a, b]:
            return Fraction(math.lcm(int(a), int(b)))
        case "factorial", [a]:
            return Fraction(math.factorial(int(a)))
    raise Unknown(str(atom))


def euclid(a: Fraction, b: Fraction) -> tuple[Fraction, Fraction]:
    if b == 0:
        return Fraction(0), a
    rest = a % abs(b)
    return (a - rest) / b, rest
