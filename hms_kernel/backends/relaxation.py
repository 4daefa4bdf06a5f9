"""Integers as reals: a sequent that implies the one about integers. Drops the facts that need integers; asks nothing."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from hms_kernel.backends.sequent import Sequent, conjuncts
from hms_kernel.statements.terms import Cast, Logic, Num, Op, Rel, Scalar, Term, Var, sort_of

WHOLE = (Scalar.NAT, Scalar.INT)
NUMBERS = (*WHOLE, Scalar.RAT, Scalar.REAL)


class _Integral(Exception):
    """This means something else over the reals."""


def relaxed(sequent: Sequent) -> Sequent | None:
    """The sequent with every number real; None when its claim cannot be said that way.

    It claims more of more numbers with fewer facts, so the original follows from it.
    """
    facts: list[Term] = []
    for fact in (part for whole in sequent.facts for part in conjuncts(whole)):
        try:
            facts.append(_real(fact))
        except _Integral:
            continue
    try:
        claim = _real(sequent.claim)
    except _Integral:
        return None
    variables = tuple(
        dataclasses.replace(var, sort=Scalar.REAL)
        for var in sequent.variables
        if var.sort in NUMBERS
    )
    zero = Num(Fraction(0), Scalar.REAL)
    signs = [
        Rel("≤", zero, dataclasses.replace(var, sort=Scalar.REAL))
        for var in sequent.variables
        if var.sort is Scalar.NAT
    ]
    return Sequent(variables, (*signs, *facts), claim)


def _real(term: Term) -> Term:
    match term:
        case Num(value=value, sort=sort) if sort in NUMBERS:
            return Num(value, Scalar.REAL)
        case Var(name=name, sort=sort) if sort in NUMBERS:
            return Var(name, Scalar.REAL)
        case Cast(arg=arg) if sort_of(arg) in NUMBERS:
            return _real(arg)
        case Op(op="+" | "*" | "neg" as op, args=args):
            return Op(op, tuple(map(_real, args)), Scalar.REAL)
        case Op(op="-", args=args, sort=sort) if sort is not Scalar.NAT:
            return Op("-", tuple(map(_real, args)), Scalar.REAL)
        case Op(op="/", args=args, sort=sort) if sort not in WHOLE:
            return Op("/", tuple(map(_real, args)), Scalar.REAL)
        case Op(op="^", args=(base, Num() as exponent)):
            return Op("^", (_real(base), exponent), Scalar.REAL)
        case Rel(op="<" | ">" as op, left=left, right=right) if sort_of(left) in WHOLE:
            # Strictly less is at least one less; that much of being an integer can be kept.
            small, large = (left, right) if op == "<" else (right, left)
            one = Num(Fraction(1), Scalar.REAL)
            return Rel("≤", Op("+", (_real(small), one), Scalar.REAL), _real(large))
        case Rel(op=op, left=left, right=right) if op != "∣" and sort_of(left) in NUMBERS:
            return Rel(op, _real(left), _real(right))
        case Logic(op=op, args=args):
            return Logic(op, tuple(map(_real, args)))
    raise _Integral
