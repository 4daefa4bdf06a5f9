"""Which values of a bound variable need trying: all of them where guards bound it, else a few telling ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hms_kernel.statements.doubt import Exhausted, Undecided
from hms_kernel.statements.terms import Cast, Fin, Logic, Quant, Rel, Scalar, Term, Var, children

if TYPE_CHECKING:
    from hms_kernel.statements.evaluator import Env, Evaluator

MAX_RANGE = 20_000
_FLIP = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "="}
_FEW = (0, 1, -1, 2, -2, 3, -3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -4, -5, -6, -10, 100, -100, 1000)
_FRACTIONS = ("1/2", "-1/2", "1/3", "3/2", "1/10", "-1/10", "9/10", "1/100")


def candidates(evaluator: Evaluator, prop: Quant, env: Env) -> tuple[Iterable[Any], bool]:
    """Values to try for a quantifier's variable, and whether nothing else could matter."""
    sort = prop.var.sort
    if sort is Scalar.PROP:
        return (False, True), True
    if isinstance(sort, Fin):
        return _numbers(0, evaluator.integer(sort.size, env) - 1), True
    if not isinstance(sort, Scalar):
        return (), False
    low: Fraction | None = Fraction(0) if sort is Scalar.NAT else None
    high: Fraction | None = None
    for guard in _guards(prop):
        for op, bound in _bounds(evaluator, guard, prop.var, env):
            if op in (">", "≥", "="):
                low = bound if low is None else max(low, bound)
            if op in ("<", "≤", "="):
                high = bound if high is None else min(high, bound)
    if low is not None and low == high:
        return ((low,) if sort in (Scalar.RAT, Scalar.REAL) else _whole(low, high)), True
    if sort in (Scalar.NAT, Scalar.INT):
        if low is not None and high is not None and high - low <= MAX_RANGE:
            return _whole(low, high), True
        few = sorted(_FEW, key=abs)
        start = int(low) if low is not None and low > 0 else 0
        return [Fraction(n + start) for n in few if sort is Scalar.INT or n >= 0], False
    if low is not None and high is not None and low > high:
        return (), True
    ends = [end for end in (low, high) if end is not None]
    between = [(low + high) / 2] if low is not None and high is not None else []
    return [*ends, *between, *map(Fraction, _FEW), *map(Fraction, _FRACTIONS)], False


def _numbers(low: int, high: int) -> Iterator[Fraction]:
    return (Fraction(n) for n in range(low, high + 1))


def _whole(low: Fraction, high: Fraction) -> Iterator[Fraction]:
    return _numbers(-((-low) // 1), high // 1)


def _guards(prop: Quant) -> Iterator[Term]:
    """What must hold of a value for it to matter: premises of ``∀``, conjuncts of ``∃``."""
    body = prop.body
    if prop.op == "∃":
        yield from _conjuncts(body)
        return
    while isinstance(body, Logic) and body.op == "→":
        yield from _conjuncts(body.args[0])
        body = body.args[1]


def _conjuncts(term: Term) -> Iterator[Term]:
    while isinstance(term, Logic) and term.op == "∧":
        yield from _conjuncts(term.args[0])
        term = term.args[1]
    yield term


def _bounds(
    evaluator: Evaluator, guard: Term, var: Var, env: Env
) -> Iterator[tuple[str, Fraction]]:
    if not isinstance(guard, Rel):
        return
    left, right, op = guard.left, guard.right, guard.op
    if op == "∣" and _is(left, var) and not mentions(right, var.name):
        # A divisor of something other than 0 is no larger than it.
        number = _evaluated(evaluator, right, env)
        if number:
            yield "≤", abs(number)
            yield "≥", -abs(number)
        return
    if op not in _FLIP:
        return
    if _is(right, var) and not mentions(left, var.name):
        left, right, op = right, left, _FLIP[op]
    if _is(left, var) and not mentions(right, var.name):
        bound = _evaluated(evaluator, right, env)
        if bound is not None:
            yield op, bound


def _is(term: Term, var: Var) -> bool:
    # Through casts: ``(x : ℝ) ≤ 3`` bounds x as well.
    while isinstance(term, Cast):
        term = term.arg
    return isinstance(term, Var) and term.name == var.name


def mentions(term: Term, name: str) -> bool:
    """Whether a variable occurs in a term."""
    pending = [term]
    while pending:
        item = pending.pop()
        if isinstance(item, Var) and item.name == name:
            return True
        pending += children(item)
    return False


def _evaluated(evaluator: Evaluator, term: Term, env: Env) -> Fraction | None:
    try:
        return evaluator.rational(term, env)
    except Exhausted:
        raise
    except Undecided:
        return None
