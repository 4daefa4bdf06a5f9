"""The ``vertices`` transform: what is linear in a bounded variable is extreme at its ends. Asks nothing.

A comparison of polynomials that are linear in each of several variables holds on a box if it
holds at its corners. Variables that occur with a higher power stay, with what is known of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction

from hms_kernel.backends.casework import limits
from hms_kernel.backends.polynomials import Polynomial, TooLarge, plus, polynomial, scaled
from hms_kernel.backends.sequent import Sequent, conjuncts, free_names, introduced, substitute
from hms_kernel.statements.terms import Num, Rel, Scalar, Term, Var, sort_of

Oblige = Callable[[Sequent], bool]

MAX_CORNERS = 256
FIELDS = (Scalar.RAT, Scalar.REAL)


def vertices(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per corner; the sequent itself where no variable is bounded and linear."""
    inner = introduced(sequent)
    claim = inner.claim
    if not isinstance(claim, Rel) or claim.op not in ("≤", "<", "≥", ">"):
        return [sequent]
    if sort_of(claim.left) not in FIELDS:
        return [sequent]
    try:
        apart = plus(polynomial(claim.left), scaled(polynomial(claim.right), Fraction(-1)))
    except TooLarge:
        return [sequent]
    facts = [part for fact in inner.facts for part in conjuncts(fact)]
    pieces = [dataclasses.replace(inner, facts=tuple(facts))]
    for var in inner.variables:
        ends = _ends(var, facts)
        if ends is None or not _linear(apart, var) or 2 * len(pieces) > MAX_CORNERS:
            continue
        pieces = [_at(piece, var, end) for piece in pieces for end in dict.fromkeys(ends)]
    return [sequent] if len(pieces) == 1 else pieces


def _ends(var: Var, facts: list[Term]) -> tuple[Fraction, Fraction] | None:
    """The interval that comparisons with numerals leave a variable."""
    if var.sort not in FIELDS:
        return None
    found = [limit for fact in facts for limit in limits(fact, var)]
    lows = [value for lower, value in found if lower]
    highs = [value for lower, value in found if not lower]
    if not lows or not highs or max(lows) > min(highs):
        return None
    return max(lows), min(highs)


def _linear(poly: Polynomial, var: Var) -> bool:
    """Whether every monomial has the variable at most once, and not inside another atom."""
    for monomial in poly:
        if sum(atom == var for atom in monomial) > 1:
            return False
        if any(var.name in free_names(atom) for atom in monomial if atom != var):
            return False
    return True


def _at(sequent: Sequent, var: Var, value: Fraction) -> Sequent:
    """The sequent at one end; whatever else was known of the variable is forgotten."""
    return Sequent(
        tuple(other for other in sequent.variables if other.name != var.name),
        tuple(fact for fact in sequent.facts if var.name not in free_names(fact)),
        substitute(sequent.claim, {var.name: Num(value, var.sort)}),
    )
