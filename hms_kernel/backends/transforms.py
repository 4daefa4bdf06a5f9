"""Transforms by name: a sequent becomes sequents that together imply it. Asks only through its obligation.

Soundness is the contract: if every resulting sequent holds, the original holds. A
transform may add a fact only after ``oblige`` has proved it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from hms_kernel.backends import sums, unroll
from hms_kernel.backends.sequent import Sequent, free_names, rebuild, split, walk
from hms_kernel.errors import UsageError
from hms_kernel.statements.terms import Ite, Logic, Term

Oblige = Callable[[Sequent], bool]
Transform = Callable[[Sequent, Oblige], list[Sequent]]

MAX_CASES = 16


def apply(names: Sequence[str], sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """The transforms in order, each on everything the one before left.

    Raises:
        UsageError: a name is not registered.
    """
    pending = [sequent]
    for name in names:
        transform = find(name)
        pending = [piece for old in pending for piece in transform(old, oblige)]
    return pending


def find(name: str) -> Transform:
    """The transform registered under ``name``.

    Raises:
        UsageError: there is none.
    """
    try:
        return TRANSFORMS[name]
    except KeyError:
        known = ", ".join(TRANSFORMS)
        raise UsageError(f"no transform {name!r}; transforms are {known}") from None


def _split(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per conjunct of the claim."""
    return split(sequent)


def _cases(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per alternative of the disjunctive facts."""
    pieces = [sequent]
    for fact in sequent.facts:
        if not isinstance(fact, Logic) or fact.op != "∨":
            continue
        if len(pieces) * len(fact.args) > MAX_CASES:
            break
        pieces = [
            dataclasses.replace(
                piece, facts=tuple(arg if old == fact else old for old in piece.facts)
            )
            for piece in pieces
            for arg in fact.args
        ]
    return pieces


def _ite_split(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per way the conditions of ``if`` outside quantifiers can fall."""
    pieces = [sequent]
    while True:
        grown: list[Sequent] = []
        for piece in pieces:
            cond = next(_open_conditions(piece), None)
            if cond is None:
                grown.append(piece)
                continue
            for holds in (True, False):
                facts = (*piece.facts, cond if holds else Logic("¬", (cond,)))
                grown.append(_decided(dataclasses.replace(piece, facts=facts), cond, holds))
        if len(grown) == len(pieces) or len(grown) > MAX_CASES:
            return pieces
        pieces = grown


def _open_conditions(sequent: Sequent) -> Iterator[Term]:
    """Conditions that mention nothing bound."""
    names = {var.name for var in sequent.variables}
    for prop in (*sequent.facts, sequent.claim):
        for part in walk(prop):
            if isinstance(part, Ite) and all(name in names for name in free_names(part.cond)):
                yield part.cond


def _decided(sequent: Sequent, cond: Term, holds: bool) -> Sequent:
    def change(part: Term) -> Term | None:
        if isinstance(part, Ite) and part.cond == cond:
            return rebuild(part.yes if holds else part.no, change)
        return None

    return dataclasses.replace(
        sequent,
        facts=tuple(rebuild(fact, change) for fact in sequent.facts),
        claim=rebuild(sequent.claim, change),
    )


TRANSFORMS: dict[str, Transform] = {
    "split": _split,
    "cases": _cases,
    "ite-split": _ite_split,
    "sum-lemma": sums.sum_lemma,
    "unroll": unroll.unroll,
}
