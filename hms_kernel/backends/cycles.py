"""The ``cycles`` transform: powers of a numeral repeat modulo m, so an exponent matters only by its remainder.

From some exponent on, ``b ^ n % m`` has a period. There is one case for each exponent before
it and one for each remainder after; in those the power is an opaque number of known remainder.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from hms_kernel.backends.sequent import Sequent, rebuild, substitute, walk
from hms_kernel.statements.terms import Cast, Num, Op, Rel, Scalar, Sort, Term, Var, sort_of

Oblige = Callable[[Sequent], bool]

MAX_MODULUS = 10_000
MAX_CASES = 120

WHOLE = (Scalar.NAT, Scalar.INT)


def cycles(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per way the powers of numerals with one symbolic exponent can fall.

    Returns the sequent itself where there are no such powers under ``%`` or ``∣``, or too many cases.
    """
    powers = _powers(sequent)
    modulus = math.lcm(*_moduli(sequent))
    exponents = {exponent.name: exponent for _, exponent in powers}
    if not powers or len(exponents) != 1 or not 1 < modulus <= MAX_MODULUS:
        return [sequent]
    (exponent,) = exponents.values()
    orbits = [_orbit(base, modulus) for base, _ in powers]
    start = max(first for first, _ in orbits)
    period = math.lcm(*(length for _, length in orbits))
    if start + period > MAX_CASES:
        return [sequent]
    early = [_at(sequent, exponent, value) for value in range(start)]
    late = [
        _from(sequent, exponent, list(powers), modulus, start + rest, period)
        for rest in range(period)
    ]
    return [*early, *late]


def _at(sequent: Sequent, exponent: Var, value: int) -> Sequent:
    number = {exponent.name: _num(value, Scalar.NAT)}
    others = tuple(var for var in sequent.variables if var.name != exponent.name)
    return dataclasses.replace(sequent, variables=others).mapped(
        lambda prop: substitute(prop, number)
    )


def _from(
    sequent: Sequent,
    exponent: Var,
    powers: list[tuple[int, Var]],
    modulus: int,
    first: int,
    period: int,
) -> Sequent:
    """The case of the exponents ``first``, ``first + period``, and so on."""
    opaque = {base: Var(f"power!{base}", Scalar.NAT) for base, _ in powers}

    def change(part: Term) -> Term | None:
        found = _power(part)
        if found is None or found[1] != exponent:
            return None
        number = opaque[found[0]]
        sort = sort_of(part)
        return number if sort is Scalar.NAT else Cast(number, sort)

    facts: list[Term] = [
        Rel("≤", _num(first, Scalar.NAT), exponent),
        Rel("=", _remainder(exponent, period), _num(first % period, Scalar.NAT)),
    ]
    for base, number in opaque.items():
        facts.append(
            Rel("=", _remainder(number, modulus), _num(pow(base, first, modulus), Scalar.NAT))
        )
        facts.append(Rel("≤", _num(base**first, Scalar.NAT), number))
    changed = sequent.mapped(lambda prop: rebuild(prop, change))
    return Sequent((*sequent.variables, *opaque.values()), (*facts, *changed.facts), changed.claim)


def _orbit(base: int, modulus: int) -> tuple[int, int]:
    """From which exponent on the powers of ``base`` repeat modulo ``modulus``, and how often."""
    seen: dict[int, int] = {}
    value, exponent = 1 % modulus, 0
    while value not in seen:
        seen[value] = exponent
        value, exponent = value * base % modulus, exponent + 1
    return seen[value], exponent - seen[value]


def _powers(sequent: Sequent) -> dict[tuple[int, Var], None]:
    found: dict[tuple[int, Var], None] = {}
    for part in _parts(sequent):
        power = _power(part)
        if power is not None and power[1] in sequent.variables:
            found[power] = None
    return found


def _power(part: Term) -> tuple[int, Var] | None:
    """(b, n) of ``b ^ n`` for a natural numeral b ≥ 2 and a variable n."""
    match part:
        case Op(op="^", args=(Num(value=base), Var(sort=Scalar.NAT) as exponent), sort=sort):
            return (int(base), exponent) if sort in WHOLE and base >= 2 else None
        case Op(op="^", args=(Cast(arg=Num(value=base)), Var(sort=Scalar.NAT) as exponent)):
            whole = sort_of(part) in WHOLE
            return (int(base), exponent) if whole and base >= 2 else None
    return None


def _moduli(sequent: Sequent) -> Iterator[int]:
    """Numerals that something with a power in it is divided by."""
    for part in _parts(sequent):
        match part:
            case (
                Op(op="%", args=(inner, Num(value=value)))
                | Rel(op="∣", left=Num(value=value), right=inner)
            ) if sort_of(inner) in WHOLE and value > 1:
                if any(_power(below) for below in walk(inner)):
                    yield int(value)


def _parts(sequent: Sequent) -> Iterator[Term]:
    for prop in (*sequent.facts, sequent.claim):
        yield from walk(prop)


def _remainder(number: Term, modulus: int) -> Term:
    return Op("%", (number, _num(modulus, Scalar.NAT)), Scalar.NAT)


def _num(value: int, sort: Sort) -> Num:
    return Num(Fraction(value), sort)
