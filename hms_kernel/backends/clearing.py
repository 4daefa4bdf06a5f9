"""The ``clear`` transform: denominators that are proved positive are multiplied away. Proves no claim."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction

from hms_kernel.backends.comparisons import Comparison, comparison, written_out
from hms_kernel.backends.polynomials import Polynomial, TooLarge, plus, polynomial, times
from hms_kernel.backends.sequent import Sequent
from hms_kernel.statements.terms import Num, Op, Rel, Term

Oblige = Callable[[Sequent], bool]

MAX_DENOMINATORS = 12


def clear(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """The sequent without the denominators that its facts make positive; itself where there are none.

    Sound: what is compared with zero is multiplied by something positive.
    """
    work = written_out(sequent)
    props = [*work.facts, work.claim]
    found = [comparison(prop) for prop in props]
    positive: dict[Term, bool] = {}
    changed = False
    for place, one in enumerate(found):
        for _ in range(MAX_DENOMINATORS):
            if one is None:
                break
            atom = next((a for a in _inverses(one.polynomial) if _positive(a, work, positive, oblige)), None)  # fmt: skip
            if atom is None:
                break
            try:
                one = _multiplied(one, atom)
            except TooLarge:
                break
            props[place] = one.term
            changed = True
    if not changed:
        return [sequent]
    return [dataclasses.replace(work, facts=tuple(props[:-1]), claim=props[-1])]


def _inverses(poly: Polynomial) -> list[Op]:
    """The atoms ``1 / t``, in order."""
    found = (atom for monomial in poly for atom in monomial)
    return list(dict.fromkeys(a for a in found if isinstance(a, Op) and a.op == "/"))


def _positive(atom: Op, work: Sequent, known: dict[Term, bool], oblige: Oblige) -> bool:
    if atom not in known:
        below = atom.args[1]
        zero = Num(Fraction(0), atom.sort)
        known[atom] = len(known) < MAX_DENOMINATORS and oblige(
            dataclasses.replace(work, claim=Rel("<", zero, below))
        )
    return known[atom]


def _multiplied(one: Comparison, atom: Op) -> Comparison:
    """Times the denominator, as often as one monomial divides by it."""
    below = polynomial(atom.args[1])
    most = max(monomial.count(atom) for monomial in one.polynomial)
    total: Polynomial = {}
    for monomial, coefficient in one.polynomial.items():
        part: Polynomial = {tuple(a for a in monomial if a != atom): coefficient}
        for _ in range(most - monomial.count(atom)):
            part = times(part, below)
        total = plus(total, part)
    return dataclasses.replace(one, polynomial=total)
