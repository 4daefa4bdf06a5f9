"""Small terms and propositions, with what is known already computed. Knows no Python."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from hms_kernel.statements.terms import Cast, Ite, Logic, Num, Op, Rel, Scalar, Term

TRUE, FALSE = Logic("True"), Logic("False")


def to_real(term: Term) -> Term:
    """An integer term among the reals; a real one as it is."""
    if term.sort is Scalar.REAL:  # type: ignore[union-attr]
        return term
    return Num(term.value, Scalar.REAL) if isinstance(term, Num) else Cast(term, Scalar.REAL)


def negation(prop: Term) -> Term:
    """``¬ prop``, with double negations and constants done. Relations stay: ``¬ x < y`` is not ``y ≤ x`` for NaN."""
    match prop:
        case Logic(op="True"):
            return FALSE
        case Logic(op="False"):
            return TRUE
        case Logic(op="¬", args=(inner,)):
            return inner
        case _:
            return Logic("¬", (prop,))


def conjunction(props: list[Term] | tuple[Term, ...]) -> Term:
    """All of them; repetitions and constants are left out."""
    left: list[Term] = []
    for prop in props:
        if prop == FALSE:
            return FALSE
        if prop != TRUE and prop not in left:
            left.append(prop)
    return _joined("∧", left) if left else TRUE


def disjunction(props: list[Term] | tuple[Term, ...]) -> Term:
    """At least one of them."""
    left: list[Term] = []
    for prop in props:
        if prop == TRUE:
            return TRUE
        if prop != FALSE and prop not in left:
            left.append(prop)
    return _joined("∨", left) if left else FALSE


def _joined(op: str, props: list[Term]) -> Term:
    """Balanced when there are many, so that no term gets deep."""
    if len(props) == 1:
        return props[0]
    middle = len(props) // 2 if len(props) > 8 else 1
    return Logic(op, (_joined(op, props[:middle]), _joined(op, props[middle:])))


def implication(guards: tuple[Term, ...], prop: Term) -> Term:
    """``guards → prop``."""
    guard = conjunction(guards)
    if prop == TRUE or guard == FALSE:
        return TRUE
    if guard == TRUE:
        return prop
    return negation(guard) if prop == FALSE else Logic("→", (guard, prop))


def settled(term: Term) -> Term:
    """A term with whole numbers computed: what depended on an index may depend on nothing any more.

    Reals are left alone; whether ``0.1 + 0.2`` may be computed depends on what a float is.
    """
    match term:
        case Cast(arg=arg, sort=sort):
            inner = settled(arg)
            return Num(inner.value, sort) if isinstance(inner, Num) else Cast(inner, sort)
        case Op(op="+" | "-" | "*" as op, args=(left, right), sort=Scalar.INT):
            a, b = settled(left), settled(right)
            if isinstance(a, Num) and isinstance(b, Num):
                x, y = a.value, b.value
                return Num(x + y if op == "+" else x - y if op == "-" else x * y, Scalar.INT)
            return Op(op, (a, b), Scalar.INT)
        case Op(op="neg", args=(arg,), sort=Scalar.INT):
            inner = settled(arg)
            return (
                Num(-inner.value, Scalar.INT)
                if isinstance(inner, Num)
                else Op("neg", (inner,), Scalar.INT)
            )
        case Op(op=op, args=args, sort=sort):
            return Op(op, tuple(map(settled, args)), sort)
        case Ite(cond=cond, yes=yes, no=no, sort=sort):
            condition = settled(cond)
            if condition in (TRUE, FALSE):
                return settled(yes if condition == TRUE else no)
            return Ite(condition, settled(yes), settled(no), sort)
        case Rel(op=op, left=left, right=right):
            a, b = settled(left), settled(right)
            if isinstance(a, Num) and isinstance(b, Num) and op in HOLDS:
                return TRUE if HOLDS[op](a.value, b.value) else FALSE
            return Rel(op, a, b)
        case Logic(op="¬", args=(arg,)):
            return negation(settled(arg))
        case Logic(op="∧" | "∨" as op, args=args):
            parts = tuple(map(settled, args))
            return conjunction(parts) if op == "∧" else disjunction(parts)
        case Logic(op="→", args=(guard, prop)):
            return implication((settled(guard),), settled(prop))
        case _:
            return term


HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "≤": operator.le, ">": operator.gt, "≥": operator.ge,
    "=": operator.eq, "≠": operator.ne,
}  # fmt: skip


def operation(op: str, *args: Term, sort: Scalar) -> Term:
    """An operation of the core."""
    return Op(op, args, sort)
