"""Which values each variable may take by what is said of it alone: where a search begins. Judges nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from hms_kernel.backends.floats import machine
from hms_kernel.backends.floats.points import READABLE, SPECIAL, Slot, blank, pool
from hms_kernel.backends.floats.reading import is_float
from hms_kernel.backends.sequent import conjuncts, walk
from hms_kernel.statements.terms import (
    Big,
    Fin,
    Quant,
    Scalar,
    Sort,
    Statement,
    Term,
    Var,
)

FEW_INDICES = 64  # of a variable in Fin
FEW = 12  # of a domain that has no plain numbers
# Of one variable: plain values, all that are worth trying, and those of ordinary size.
Domain: TypeAlias = tuple[list[Any], list[Any], list[Any]]
_WHOLE = (0, 1, 2, 3, 5, 10, 100, 2**53 + 1, -1, -2, -7)


def domains(statement: Statement, all_slots: Sequence[Slot]) -> dict[str, Domain]:
    """What each variable's own hypotheses allow."""
    wild = pool(statement)
    found: dict[str, Domain] = {}
    for var in statement.variables:
        mine = [slot for slot in all_slots if slot.name == var.name]
        if not mine:
            found[var.name] = ([0.0], [0.0], [0.0])
        elif is_float(mine[0].sort):
            allowed = _allowed(statement, var, mine)
            kept = [value for value in wild if allowed(value)] or wild
            plain = [value for value in (*READABLE, -0.0, *SPECIAL) if allowed(value)]
            tame = [value for value in kept if value == 0 or 1e-4 <= abs(value) <= 1e4]
            found[var.name] = (plain or kept[:FEW], kept, tame or kept)
        else:
            whole = _exact_values(mine[0].sort)
            found[var.name] = (whole, whole, whole)
    return found


def domain_size(sort: Sort) -> int | None:
    """How many values a ``Fin`` has; None for other sorts."""
    return machine.integer(sort.size)({}) if isinstance(sort, Fin) else None


def _exact_values(sort: Sort) -> list[Any]:
    if sort is Scalar.PROP:
        return [False, True]
    size = domain_size(sort)
    if size is not None:
        return list(range(min(size, FEW_INDICES))) or [0]
    return [value for value in _WHOLE if value >= 0 or sort is Scalar.INT]


def _allowed(statement: Statement, var: Var, mine: Sequence[Slot]) -> Callable[[float], bool]:
    """A test whether a value of ``var`` (all its values alike) satisfies what is said of it alone."""
    tests = [
        machine.truth(part)
        for hypothesis in statement.hypotheses
        for part in conjuncts(hypothesis.prop)
        if free_names(part) == {var.name} and not any(isinstance(p, Big) for p in walk(part))
    ]
    point = blank(statement)

    def allowed(value: float) -> bool:
        for slot in mine:
            slot.put(point, value)
        return all(test(point) for test in tests)

    return allowed


def ends(values: list[Any]) -> list[Any]:
    """The least and the largest value of a domain, without infinities; zero where there is none."""
    known = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    return [min(known), max(known)] if known else values[:1] * 2


def free_names(prop: Term) -> set[str]:
    parts = list(walk(prop))
    bound = {part.var.name for part in parts if isinstance(part, Big | Quant)}
    return {part.name for part in parts if isinstance(part, Var)} - bound
