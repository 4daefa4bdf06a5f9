"""How far a proposition over doubles is from holding: what a search climbs down. Decides nothing.

A gap is 0 exactly where the proposition holds, else a positive number that shrinks as the
sides approach each other. It guides and never judges: a counterexample is replayed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hms_kernel.backends.floats.machine import COMPARE, Env, Real, indices, number, truth
from hms_kernel.statements.terms import Fin, Logic, Quant, Rel, Scalar, Term, sort_of

Gap = Callable[[Env], float]


def gap(prop: Term, wanted: bool = True) -> Gap:
    """The distance of ``prop`` from being ``wanted``, as a function of its variables."""
    match prop:
        case Rel(op=op, left=left, right=right) if sort_of(left) is Scalar.FLOAT:
            return _sides(op, number(left), number(right), wanted)
        case Logic(op="¬", args=(arg,)):
            return gap(arg, not wanted)
        case Logic(op="→", args=(*premises, last)):
            parts = [*(gap(premise, not wanted) for premise in premises), gap(last, wanted)]
            return _nearest(parts) if wanted else _summed(parts)
        case Logic(op="∧" | "∨" as op, args=args) if args:
            parts = [gap(arg, wanted) for arg in args]
            return _summed(parts) if (op == "∧") == wanted else _nearest(parts)
        case Logic(op="↔", args=(left, right)):
            both = _summed([gap(left, True), gap(right, wanted)])
            neither = _summed([gap(left, False), gap(right, not wanted)])
            return _nearest([both, neither])
        case Quant(op="∀" | "∃" as op, var=var, body=body) if isinstance(var.sort, Fin):
            inner, span, name = gap(body, wanted), indices(prop), var.name
            total = sum if (op == "∀") == wanted else min

            def each(env: Env) -> float:
                values = [inner({**env, name: i}) for i in span(env)]
                if not values:
                    return 0.0 if (op == "∀") == wanted else math.inf
                return total(values)

            return each
    test = truth(prop)
    return lambda env: 0.0 if test(env) == wanted else math.inf


def _sides(op: str, left: Real, right: Real, wanted: bool) -> Gap:
    compare = COMPARE[op]

    def distance(env: Env) -> float:
        one, other = left(env), right(env)
        if compare(one, other) == wanted:
            return 0.0
        difference = abs(one - other)
        if math.isnan(difference):
            return math.inf
        # Sides that must differ and do not: no direction to go, and not far.
        return difference if difference else 5e-324

    return distance


def _summed(parts: list[Gap]) -> Gap:
    return lambda env: sum(part(env) for part in parts)


def _nearest(parts: list[Gap]) -> Gap:
    return lambda env: min(part(env) for part in parts)
