"""The ``witness`` transform: to show that something exists, name it. Tries terms, small ones first; refutes nothing.

The terms are numerals and simple combinations of the variables in sight, of the sort that
is asked for. One that provably has the property settles the claim.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, islice

from hms_kernel.backends.sequent import Sequent, introduced, substitute, walk
from hms_kernel.statements.terms import (
    Cast,
    Num,
    Op,
    Quant,
    Scalar,
    Sort,
    Term,
    Var,
)

Oblige = Callable[[Sequent], bool]

MAX_TRIES = 48
MAX_NUMERALS = 6
NUMERIC = (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL)
FIELDS = (Scalar.RAT, Scalar.REAL)


def witness(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Nothing left to show when a witness is found; else the sequent itself."""
    inner = introduced(sequent)
    claim = inner.claim
    if not isinstance(claim, Quant) or claim.op != "∃" or claim.var.sort not in NUMERIC:
        return [sequent]
    bound, body = [claim.var], claim.body
    while isinstance(body, Quant) and body.op == "∃" and body.var.sort in NUMERIC:
        bound.append(body.var)
        body = body.body
    if len(bound) > 2:
        return [sequent]
    for values in islice(_choices(inner, bound), MAX_TRIES):
        named = substitute(body, dict(zip((var.name for var in bound), values, strict=True)))
        if oblige(dataclasses.replace(inner, claim=named)):
            return []
    return [sequent]


def _choices(sequent: Sequent, bound: list[Var]) -> Iterator[tuple[Term, ...]]:
    """Terms for the bound variables; of two by growing effort, diagonal by diagonal."""
    pools = [list(dict.fromkeys(_terms(sequent, var.sort))) for var in bound]
    if len(pools) == 1:
        yield from ((term,) for term in pools[0])
        return
    for total in range(sum(map(len, pools)) - 1):
        for first in range(total + 1):
            if first < len(pools[0]) and total - first < len(pools[1]):
                yield pools[0][first], pools[1][total - first]


def _terms(sequent: Sequent, sort: Sort) -> Iterator[Term]:
    variables = [_as(var, sort) for var in sequent.variables if _fits(var.sort, sort)]
    one, two = Num(Fraction(1), sort), Num(Fraction(2), sort)
    yield Num(Fraction(0), sort)
    yield one
    yield from variables
    yield from (Op("+", (var, one), sort) for var in variables)
    for left, right in combinations(variables, 2):
        if sort in FIELDS:
            yield Op("/", (Op("+", (left, right), sort), two), sort)
        yield Op("+", (left, right), sort)
        yield Op("max", (left, right), sort)
        yield Op("-", (left, right), sort)
        yield Op("*", (left, right), sort)
    for var in variables:
        if sort is not Scalar.NAT:
            yield Op("neg", (var,), sort)
            yield Op("-", (var, one), sort)
        yield Op("*", (two, var), sort)
        yield Op("+", (Op("*", (two, var), sort), one), sort)
        yield Op("+", (Op("*", (two, var), sort), two), sort)
        if sort in FIELDS:
            yield Op("/", (var, two), sort)
            yield Op("/", (one, var), sort)
        if sort is Scalar.REAL:
            yield Op("sqrt", (var,), sort)
        yield Op("*", (var, var), sort)
    numerals = dict.fromkeys(
        part.value
        for prop in (sequent.claim, *sequent.facts)
        for part in walk(prop)
        if isinstance(part, Num)
    )
    for value in islice(numerals, MAX_NUMERALS):
        if sort in FIELDS or value.denominator == 1:
            yield Num(value, sort)
    yield two


def _fits(sort: Sort, wanted: Sort) -> bool:
    """Whether a variable of one sort can be cast to another."""
    return sort in NUMERIC and NUMERIC.index(sort) <= NUMERIC.index(wanted)


def _as(var: Var, sort: Sort) -> Term:
    return var if var.sort == sort else Cast(var, sort)
