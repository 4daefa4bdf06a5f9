"""A proposition with numbers in the place of its variables, as a person would write it out. Judges nothing.

Short sums and quantifiers over ``Fin n`` are written out; what is long or no number stays as
it is. The result is for reading: its numbers are variables named like numerals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from functools import reduce
from typing import Any

from hms_kernel.statements.doubt import Exhausted, Undecided
from hms_kernel.statements.evaluate import value_of
from hms_kernel.statements.evaluator import Evaluator
from hms_kernel.statements.printer import decimal, show
from hms_kernel.statements.rebuild import plain_names
from hms_kernel.statements.terms import Apply, Big, Cast, Fin, Logic, Op, Quant, Scalar, Term, Var

WRITTEN_OUT = 4  # summands, or instances of a quantifier
DIGITS = 16  # characters of a number that can stand in a formula


def instance(prop: Term, env: Mapping[str, Any]) -> str:
    """The proposition with the values of ``env`` put in, as text.

    Args:
        prop: closed but for the variables in ``env``.
        env: values as ``statements.evaluate`` takes them.
    """
    return show(plain_names(_put(prop, dict(env))))


def _put(term: Term, env: dict[str, Any]) -> Term:
    match term:
        case Var() | Apply():
            return _number(term, env) or _within(term, env)
        case Cast(arg=arg):
            return _number(term, env) or replace(term, arg=_put(arg, env))
        case Big(op=op, var=var, body=body, sort=sort):
            span = _span(lambda: Evaluator().indices(term, env))
            if span is None or len(span) == 0:
                return _within(term, env)
            terms = [_put(body, {**env, var.name: Fraction(at)}) for at in span]
            join = "+" if op == "∑" else "*"
            return reduce(lambda left, right: Op(join, (left, right), sort), terms)
        case Quant(op=op, var=var, body=body) if isinstance(var.sort, Fin):
            size = var.sort.size
            span = _span(lambda: range(Evaluator().integer(size, env)))
            if span is None or len(span) == 0:
                return _within(term, env)
            parts = [_put(body, {**env, var.name: Fraction(at)}) for at in span]
            joint = "∧" if op == "∀" else "∨"
            flat = [piece for part in parts for piece in _pieces(part, joint)]
            return reduce(lambda rest, piece: Logic(joint, (piece, rest)), reversed(flat))
    return _within(term, env)


def _pieces(prop: Term, joint: str) -> list[Term]:
    if isinstance(prop, Logic) and prop.op == joint:
        return [piece for part in prop.args for piece in _pieces(part, joint)]
    return [prop]


def _span(find: Callable[[], range]) -> range | None:
    """What a sum or quantifier runs over, where that is known and short."""
    try:
        span = find()
    except (Undecided, Exhausted, RecursionError):
        return None
    return span if len(span) <= WRITTEN_OUT else None


def _within(term: Term, env: dict[str, Any]) -> Term:
    """The same operation on parts with numbers in them; a bound variable hides one outside."""
    if isinstance(term, Big | Quant):
        env = {name: value for name, value in env.items() if name != term.var.name}
    changed: dict[str, Any] = {}
    for field_ in fields(term):
        part = getattr(term, field_.name)
        if field_.name in ("var", "fn"):
            continue
        if isinstance(part, Term):
            changed[field_.name] = _put(part, env)
        elif isinstance(part, tuple):
            changed[field_.name] = tuple(_put(item, env) for item in part)
    result: Term = replace(term, **changed)
    return result


def _number(term: Term, env: dict[str, Any]) -> Var | None:
    """A term that is one number here, written as such; None where it is not, or is too long."""
    head = term
    while isinstance(head, Apply | Cast):
        head = head.fn if isinstance(head, Apply) else head.arg
    if not isinstance(head, Var) or head.name not in env or isinstance(env[head.name], bool):
        return None
    try:
        value = value_of(term, env)
    except (Undecided, TypeError):
        return None
    text = (decimal(abs(value)) if value.denominator > 1 else "") or str(abs(value))
    if len(text) > DIGITS:
        return None
    # Unlike a numeral, a variable needs no bracket that tells its type.
    bare = value >= 0 and "/" not in text
    written = text.replace("/", " / ")
    name = written if bare else f"({'-' if value < 0 else ''}{written})"
    return Var(name, getattr(term, "sort", Scalar.REAL))
