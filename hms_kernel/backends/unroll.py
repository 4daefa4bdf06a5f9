"""The ``unroll`` transform: functions at numerals become numbers, recurrences are followed down to them.

Instantiating a universal fact and dropping it afterwards only weakens what is known, so
a proof carries over. Functions of one integer argument; nested applications stay out.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from fractions import Fraction

from hms_kernel.backends.sequent import Sequent, conjuncts, rebuild, substitute, walk
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Cast,
    Logic,
    Num,
    Op,
    Pred,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
    sort_of,
)

Oblige = Callable[[Sequent], bool]

MAX_INSTANCES = 1200
MARGIN = 2  # instances beyond the numerals that occur, for facts that speak of neighbours

INTEGERS = (Scalar.NAT, Scalar.INT)
COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}


def unroll(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Universal facts about functions at the numerals that matter; the functions then leave.

    Returns the sequent itself when it has no function on the integers, or when it asks about
    one so far out that the way down takes too many instances.
    """
    functions = [
        var
        for var in sequent.variables
        if isinstance(var.sort, Arrow)
        and var.sort.domain in INTEGERS
        and not isinstance(var.sort.codomain, Arrow)
    ]
    if not functions:
        return [sequent]
    facts = [_folded(part) for fact in sequent.facts for part in conjuncts(fact)]
    claim = _folded(sequent.claim)
    general = [fact for fact in facts if isinstance(fact, Quant)]
    ground = [fact for fact in facts if not isinstance(fact, Quant)]
    names = [var.name for var in functions]
    instances = _instances(general, [*ground, claim], names)
    if len(instances) >= MAX_INSTANCES:
        return [sequent]
    return [_without_functions(sequent, [*ground, *instances], claim)]


def _instances(general: list[Quant], ground: list[Term], names: list[str]) -> list[Term]:
    """Instances of universal facts at numerals, following the functions' arguments downwards."""
    pending: dict[int, None] = {}
    for prop in ground:
        pending.update(dict.fromkeys(_numerals(prop, names)))
    # Largest first, so a recurrence is entered where it is asked about.
    queue = sorted(pending, reverse=True)
    if queue:
        queue += range(queue[-1] - 1, queue[-1] - 1 - MARGIN, -1)
    recurrences = [
        (fact, shift)
        for fact in general
        if fact.op == "∀" and (shift := _defined_shift(fact, names)) is not None
    ]
    seen: set[tuple[int, int]] = set()
    found: list[Term] = []
    while queue and len(found) < MAX_INSTANCES:
        point = queue.pop(0)
        for number, (fact, shift) in enumerate(recurrences):
            value = point - shift
            if (number, value) in seen or (fact.var.sort is Scalar.NAT and value < 0):
                continue
            seen.add((number, value))
            at = Num(Fraction(value), fact.var.sort)
            instance = _folded(substitute(fact.body, {fact.var.name: at}))
            if any(isinstance(part, Quant) for part in walk(instance)):
                continue
            if instance == Logic("True"):
                continue
            found.extend(conjuncts(instance))
            for lower in sorted(_numerals(instance, names), reverse=True):
                if lower not in pending:
                    pending[lower] = None
                    queue.append(lower)
    return found


def _defined_shift(fact: Quant, names: list[str]) -> int | None:
    """``c`` when the fact speaks of a function at ``var + c`` and nowhere above.

    The application with the largest argument is the one a recurrence defines.
    """
    if fact.var.sort not in INTEGERS:
        return None
    shifts = [
        shift
        for part in walk(fact.body)
        if isinstance(part, Apply)
        and isinstance(part.fn, Var)
        and part.fn.name in names
        and (shift := _shift(part.arg, fact.var)) is not None
    ]
    return max(shifts, default=None)


def _shift(term: Term, var: Var) -> int | None:
    """``c`` of ``var + c`` or ``var - c``."""
    match term:
        case Var(name=name) if name == var.name:
            return 0
        case Op(op="+", args=(Var(name=name), Num(value=value))) if name == var.name:
            return int(value)
        case Op(op="+", args=(Num(value=value), Var(name=name))) if name == var.name:
            return int(value)
        case Op(op="-", args=(Var(name=name), Num(value=value))) if name == var.name:
            return -int(value)
    return None


def _numerals(prop: Term, names: list[str]) -> Iterator[int]:
    """Numerals at which one of the functions is applied."""
    for part in walk(prop):
        match part:
            case Apply(fn=Var(name=name), arg=Num(value=value)) if name in names:
                yield int(value)


def _folded(term: Term) -> Term:
    """Integer arithmetic on numerals carried out, so that arguments become numerals."""

    def change(part: Term) -> Term | None:
        match part:
            case Op(op=op, args=args, sort=sort) if sort in INTEGERS:
                parts = tuple(rebuild(arg, change) for arg in args)
                values = [arg.value for arg in parts if isinstance(arg, Num)]
                if len(values) == len(parts):
                    value = _value(op, values, sort)
                    if value is not None:
                        return Num(value, sort)
                return Op(op, parts, sort)
            case Cast(arg=arg, sort=sort) if sort in INTEGERS:
                inner = rebuild(arg, change)
                return Num(inner.value, sort) if isinstance(inner, Num) else Cast(inner, sort)
            case Rel(op=op, left=left, right=right) if sort_of(left) in INTEGERS:
                sides = rebuild(left, change), rebuild(right, change)
                return _compared(op, *sides)
            case Pred(name="Even" | "Odd" as name, args=(arg,)):
                inner = rebuild(arg, change)
                if isinstance(inner, Num):
                    return _truth((inner.value % 2 == 0) == (name == "Even"))
            case Logic(op="→" | "∧" as op, args=args):
                return _joined(op, [rebuild(arg, change) for arg in args])
        return None

    return rebuild(term, change)


def _truth(value: bool) -> Term:
    return Logic("True" if value else "False")


def _compared(op: str, left: Term, right: Term) -> Term:
    if isinstance(left, Num) and isinstance(right, Num) and op in COMPARISONS:
        return _truth(COMPARISONS[op](left.value, right.value))
    return Rel(op, left, right)


def _joined(op: str, args: list[Term]) -> Term:
    """A conjunction or implication without the parts that are settled."""
    true, false = _truth(True), _truth(False)
    if op == "∧":
        kept = [arg for arg in args if arg != true]
        if false in kept or not kept:
            return false if kept else true
        return kept[0] if len(kept) == 1 else Logic("∧", tuple(kept))
    *premises, last = args
    if false in premises or last == true:
        return true
    premises = [premise for premise in premises if premise != true]
    return Logic("→", (*premises, last)) if premises else last


def _value(op: str, values: list[Fraction], sort: Sort) -> Fraction | None:
    match op, values:
        case "+", _:
            return sum(values, Fraction(0))
        case "*", _:
            return math.prod(values, start=Fraction(1))
        case "-", [left, right]:
            return max(Fraction(0), left - right) if sort is Scalar.NAT else left - right
        case "neg", [value]:
            return -value
    return None


def _without_functions(sequent: Sequent, facts: list[Term], claim: Term) -> Sequent:
    """Applications as variables; facts that still speak of functions are dropped."""
    numbers: dict[Term, Var] = {}

    def change(part: Term) -> Term | None:
        if isinstance(part, Apply) and isinstance(part.fn, Var) and isinstance(part.arg, Num):
            return numbers.setdefault(part, Var(f"at!{len(numbers)}", part.sort))
        return None

    kept = tuple(
        fact
        for fact in (rebuild(fact, change) for fact in facts)
        if not _mentions_function(fact) and fact != Logic("True")
    )
    claim = rebuild(claim, change)
    scalars = tuple(var for var in sequent.variables if not isinstance(var.sort, Arrow))
    functions = (
        tuple(var for var in sequent.variables if isinstance(var.sort, Arrow))
        if _mentions_function(claim)
        else ()
    )
    return Sequent((*scalars, *functions, *numbers.values()), kept, claim)


def _mentions_function(term: Term) -> bool:
    return any(isinstance(part, Var) and isinstance(part.sort, Arrow) for part in walk(term))
