"""Operations of Lean on polynomials: what comes out as one, and what becomes an atom. Reads no terms.

What is not understood raises ``Unread``: a hypothesis may then be left out, a claim may not.
"""

from __future__ import annotations

import math
from fractions import Fraction

from hms_kernel.certificates.polynomials import (
    FALSE,
    FIELD,
    INT,
    NAT,
    TRUE,
    ZERO,
    Atom,
    Formula,
    Poly,
    both,
    either,
    number,
    of,
)


class Unread(Exception):
    """The checker has no meaning for this construct."""


def cases(cond: Formula, yes: Formula, other: Formula, no: Formula) -> Formula:
    return either([both([cond, yes]), both([other, no])])


def choice(cond: Formula, other: Formula, yes: Poly, no: Poly) -> Poly:
    if cond == TRUE or yes == no:
        return yes
    if cond == FALSE:
        return no
    return of(Atom("ite", (cond, other, yes, no), joint(yes, no)))


def joint(*parts: Poly) -> str:
    """The kind of something that is always one of the parts."""
    if all(part.natural for part in parts):
        return NAT
    return INT if all(part.whole for part in parts) else FIELD


def inverse(poly: Poly) -> Poly:
    """One over a number, and 0 for 0."""
    known = poly.constant
    if known is not None:
        return number(1 / known) if known else ZERO
    if len(poly.terms) == 1:  # (c·x·y)⁻¹ = c⁻¹·x⁻¹·y⁻¹, zeros included
        ((monomial, coefficient),) = poly.terms.items()
        result = number(1 / coefficient)
        for atom in monomial:
            back = atom.args[0] if atom.head == "inverse" else None  # 1 / (1 / x) = x, for 0 too
            result = result * (of(Atom("inverse", (of(atom),))) if back is None else back)
        return result
    lead = poly.terms[min(poly.terms, key=lambda m: (-len(m), [a.label for a in m]))]
    return of(Atom("inverse", (poly.scaled(1 / lead),))).scaled(1 / lead)


def power(base: Poly, exponent: Poly, kind: str) -> Poly:
    known = exponent.constant
    if known is not None:
        if known.denominator != 1:
            raise Unread("a power that is no integer")
        return base.power(int(known)) if known >= 0 else inverse(base).power(int(-known))
    if not exponent.natural:
        return of(Atom("power", (base, exponent), kind))
    start = exponent.terms.get((), Fraction(0))  # b^(e + k) = b^k · b^e
    return base.power(int(start)) * of(Atom("power", (base, exponent - number(start)), kind))


def operation(op: str, args: list[Poly], kind: str) -> Poly:
    """An operation on numbers; ``kind`` is that of its result."""
    known = [arg.constant for arg in args]
    match op, args:
        case "+", [a, b]:
            return a + b
        case "*", [a, b]:
            return a * b
        case "neg", [a] if kind != NAT:
            return a.scaled(Fraction(-1))
        case "-", [a, b] if kind != NAT:
            return a - b
        case "-", [a, b]:
            if (a - b).natural:
                return a - b
            return of(Atom("minus", (a, b), NAT)) if not (b - a).natural else ZERO
        case "⁻¹", [a] if kind == FIELD:
            return inverse(a)
        case (("/" | "%"), [a, b]) if kind != FIELD:
            return division(op, a, b)
        case (("abs" | "natAbs"), [a]):
            if known[0] is not None:
                return number(abs(known[0]))
            return of(Atom("abs", (a,), NAT if a.whole else FIELD))
        case (("min" | "max"), [a, b]):
            apart = (a - b).constant
            if apart is not None:
                return a if (apart >= 0) == (op == "max") else b
            return of(Atom(op, (a, b), joint(a, b)))
        case "toNat", [a]:
            return operation("max", [a, ZERO], NAT)
        case (("floor" | "ceil" | "nat_floor" | "nat_ceil"), [a]):
            return rounded(op, a)
        case "sqrt", [a]:
            return of(Atom("sqrt", (a,), FIELD))
        case "nat_sqrt", [a]:
            return number(math.isqrt(int(known[0]))) if known[0] is not None else of(Atom(op, (a,), NAT))  # fmt: skip
        case "factorial", [a] if known[0] is not None and known[0] <= 500:
            return number(math.factorial(int(known[0])))
        case (("gcd" | "lcm"), [a, b]) if known[0] is not None and known[1] is not None:
            return number(getattr(math, op)(int(known[0]), int(known[1])))
        case (("gcd" | "lcm" | "factorial"), _):
            return of(Atom(op, tuple(args), kind))
    raise Unread(f"the operation {op}")


def division(op: str, a: Poly, b: Poly) -> Poly:
    """Euclidean: a = b · (a / b) + a % b with 0 ≤ a % b < |b|; a / 0 = 0 and a % 0 = a."""
    by = b.constant
    if by == 0:
        return ZERO if op == "/" else a
    if by is not None:
        # Whole multiples of the divisor come out of both.
        rest = Poly({m: c % abs(by) for m, c in a.terms.items()})
        out = (a - rest).scaled(1 / by)
        left = rest.constant
        if left is not None:
            return out if op == "/" else rest
        inner = of(Atom("quotient" if op == "/" else "remainder", (rest, b), joint(rest, b)))
        return out + inner if op == "/" else inner
    return of(Atom("quotient" if op == "/" else "remainder", (a, b), joint(a, b)))


def rounded(op: str, a: Poly) -> Poly:
    if op.startswith("nat_"):
        return operation("max", [rounded(op[4:], a), ZERO], NAT)
    if a.whole:
        return a
    if op == "ceil":
        return rounded("floor", a.scaled(Fraction(-1))).scaled(Fraction(-1))
    known = a.constant
    return number(math.floor(known)) if known is not None else of(Atom("floor", (a,), INT))
