"""Terms over doubles run on Python's own floats, for replay and search. Shares no code with any prover.

A term is compiled to a closure over an environment once, because a search asks for its
value thousands of times. What has no doubles in it goes to the exact evaluator.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from hms_kernel.backends.floats.reading import is_float
from hms_kernel.backends.sequent import walk
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.evaluator import Evaluator
from hms_kernel.statements.terms import (
    Apply,
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Op,
    Pred,
    Quant,
    Rel,
    Scalar,
    Statement,
    Term,
    Var,
    sort_of,
)

# Floats; integers; truth values; lists for functions on Fin n.
Env: TypeAlias = Mapping[str, Any]
Real: TypeAlias = Callable[[Env], float]
Test: TypeAlias = Callable[[Env], bool]

MAX_TERMS = 5_000  # of one sum, product or quantifier


def rounded(value: Fraction) -> float:
    """The double nearest to an exact number, ties to even; infinite when it is too large."""
    try:
        # Division of integers is correctly rounded in Python.
        return value.numerator / value.denominator
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def identical(left: float, right: float) -> bool:
    """Lean's ``=``: one NaN, two zeros."""
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right and math.copysign(1.0, left) == math.copysign(1.0, right)


def quotient(left: float, right: float) -> float:
    """IEEE division, which Python refuses when the divisor is zero."""
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def root(value: float) -> float:
    """IEEE square root: correctly rounded, NaN below zero, and -0 for -0."""
    return math.nan if value < 0 else math.sqrt(value)


_BINARY: dict[str, Callable[[Real, Real], Real]] = {
    "+": lambda f, g: lambda env: f(env) + g(env),
    "-": lambda f, g: lambda env: f(env) - g(env),
    "*": lambda f, g: lambda env: f(env) * g(env),
    "/": lambda f, g: lambda env: quotient(f(env), g(env)),
    "min": lambda f, g: lambda env: _least(f(env), g(env)),
    "max": lambda f, g: lambda env: _greatest(f(env), g(env)),
}
_UNARY: dict[str, Callable[[Real], Real]] = {
    "neg": lambda f: lambda env: -f(env),
    "abs": lambda f: lambda env: abs(f(env)),
    "sqrt": lambda f: lambda env: root(f(env)),
}
# What relations say of two doubles.
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
    "==": operator.eq,
    "=": identical,
    "≠": lambda left, right: not identical(left, right),
}


def _least(left: float, right: float) -> float:
    return left if left <= right else right  # Lean's minOfLe


def _greatest(left: float, right: float) -> float:
    return right if left <= right else left  # Lean's maxOfLe


def number(term: Term) -> Real:
    """The value of a term of sort Float, as a function of its variables.

    Raises:
        UnsupportedStatement: when compiled, for what doubles do not have.
    """
    run = _number(term)
    if any(isinstance(part, Var | Apply) for part in walk(term)):
        return run
    constant = run({})
    return lambda env: constant


def _number(term: Term) -> Real:
    match term:
        case Num(value=value):
            constant = rounded(value)
            return lambda env: constant
        case Var(name=name):
            return lambda env: float(env[name])
        case Apply():
            return _entry(term)
        case Op(op=op, args=(left, right)) if op in _BINARY:
            return _BINARY[op](number(left), number(right))
        case Op(op=op, args=(arg,)) if op in _UNARY:
            return _UNARY[op](number(arg))
        case Cast(arg=arg):
            whole = integer(arg)
            return lambda env: rounded(Fraction(whole(env)))
        case Ite(cond=cond, yes=yes, no=no):
            test, one, other = truth(cond), number(yes), number(no)
            return lambda env: one(env) if test(env) else other(env)
        case Big(op=op, var=var, body=body):
            return _loop(op, var.name, indices(term), number(body))
    raise UnsupportedStatement(f"{_kind(term)} where a double should be")


def truth(prop: Term) -> Test:
    """Whether a proposition holds, as a function of its variables.

    Raises:
        UnsupportedStatement: when compiled, for what cannot be run.
    """
    if not mentions_floats(prop):
        return lambda env: Evaluator().truth(prop, env)
    match prop:
        case Rel(op=op, left=left, right=right) if sort_of(left) is Scalar.FLOAT and op in COMPARE:
            one, other, compare = number(left), number(right), COMPARE[op]
            return lambda env: compare(one(env), other(env))
        case Logic(op="¬", args=(arg,)):
            inner = truth(arg)
            return lambda env: not inner(env)
        case Logic(op="∧", args=args):
            parts = [truth(arg) for arg in args]
            return lambda env: all(part(env) for part in parts)
        case Logic(op="∨", args=args):
            parts = [truth(arg) for arg in args]
            return lambda env: any(part(env) for part in parts)
        case Logic(op="→", args=(*premises, last)):
            given, then = [truth(premise) for premise in premises], truth(last)
            return lambda env: then(env) or not all(premise(env) for premise in given)
        case Logic(op="↔", args=(left, right)):
            first, second = truth(left), truth(right)
            return lambda env: first(env) == second(env)
        case Ite(cond=cond, yes=yes, no=no):
            test, then, otherwise = truth(cond), truth(yes), truth(no)
            return lambda env: then(env) if test(env) else otherwise(env)
        case Quant(op=op, var=var, body=body) if isinstance(var.sort, Fin):
            inner, span, name = truth(body), indices(prop), var.name
            combine = all if op == "∀" else any
            return lambda env: combine(inner({**env, name: i}) for i in span(env))
        case Rel() | Pred():
            raise UnsupportedStatement("integers that depend on doubles")
    raise UnsupportedStatement(f"{_kind(prop)} in a claim about doubles")


def integer(term: Term) -> Callable[[Env], int]:
    """The value of an exact term."""
    match term:
        case Num(value=value):
            constant = int(value)
            return lambda env: constant
        case Var(name=name):
            return lambda env: int(env[name])
    if mentions_floats(term):
        raise UnsupportedStatement("integers that depend on doubles")
    return lambda env: Evaluator().integer(term, env)


def indices(term: Term) -> Callable[[Env], range]:
    """What a sum, product or quantifier runs over.

    Raises:
        UnsupportedStatement: when run, for more terms than a replay should add.
    """
    assert isinstance(term, Big | Quant)
    if isinstance(term, Big) and term.low is not None and term.high is not None:
        low, high = integer(term.low), integer(term.high)
    elif isinstance(term.var.sort, Fin):
        low, high = integer(Num(Fraction(0), Scalar.NAT)), integer(term.var.sort.size)
    else:
        raise UnsupportedStatement(f"'{term.op}' without ends in a claim about doubles")

    def span(env: Env) -> range:
        found = range(low(env), high(env))
        if len(found) > MAX_TERMS:
            raise UnsupportedStatement(f"'{term.op}' over more than {MAX_TERMS} doubles")
        return found

    return span


def mentions_floats(term: Term) -> bool:
    """Whether anything in a term is a double or a function into doubles."""
    return any(
        is_float(part.var.sort if isinstance(part, Quant) else sort_of(part)) for part in walk(term)
    )


def refutes(statement: Statement) -> Test:
    """Whether values satisfy every hypothesis of a statement and break its conclusion."""
    given = [truth(hypothesis.prop) for hypothesis in statement.hypotheses]
    then = truth(statement.conclusion)
    return lambda env: all(test(env) for test in given) and not then(env)


def _entry(term: Apply) -> Real:
    """``f i j`` by looking the values up."""
    places: list[Callable[[Env], int]] = []
    head: Term = term
    while isinstance(head, Apply):
        places.append(integer(head.arg))
        head = head.fn
    if not isinstance(head, Var):
        raise UnsupportedStatement("a function that is no variable")
    name = head.name
    places.reverse()
    if len(places) == 1:
        (place,) = places
        return lambda env: float(env[name][place(env)])

    def deep(env: Env) -> float:
        found = env[name]
        for place in places:
            found = found[place(env)]
        return float(found)

    return deep


def _loop(op: str, name: str, span: Callable[[Env], range], body: Real) -> Real:
    def total(env: Env) -> float:
        result = 0.0 if op == "∑" else 1.0
        for index in span(env):
            value = body({**env, name: index})
            result = result + value if op == "∑" else result * value
        return result

    return total


def _kind(term: Term) -> str:
    match term:
        case Op(op=op) | Quant(op=op) | Big(op=op) | Rel(op=op) | Logic(op=op):
            return f"'{op}'"
    return f"a {type(term).__name__.lower()}"
