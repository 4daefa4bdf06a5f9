"""Sequents: variables, facts, one claim. Pure rewriting of core terms; asks no solver."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from hms_kernel.statements.terms import (
    Arrow,
    Big,
    Fin,
    Logic,
    Num,
    Op,
    Quant,
    Scalar,
    Sort,
    Statement,
    Term,
    Var,
)


@dataclass(frozen=True)
class Sequent:
    """``∀ variables, facts → claim``. What transforms map to lists of the same."""

    variables: tuple[Var, ...]
    facts: tuple[Term, ...]
    claim: Term

    @classmethod
    def of(cls, statement: Statement) -> Sequent:
        """The statement without its names and notes."""
        return cls(
            statement.variables,
            tuple(hypothesis.prop for hypothesis in statement.hypotheses),
            statement.conclusion,
        )

    def mapped(self, change: Callable[[Term], Term]) -> Sequent:
        """The sequent with every proposition changed."""
        facts = tuple(change(fact) for fact in self.facts)
        return dataclasses.replace(self, facts=facts, claim=change(self.claim))


def conjuncts(term: Term) -> Iterator[Term]:
    """The parts of a conjunction, flattened; an equivalence is its two implications."""
    match term:
        case Logic(op="∧", args=args):
            for arg in args:
                yield from conjuncts(arg)
        case Logic(op="↔", args=(left, right)):
            yield Logic("→", (left, right))
            yield Logic("→", (right, left))
        case _:
            yield term


def introduced(sequent: Sequent) -> Sequent:
    """Premises and outer quantifiers of the claim moved to where facts and variables stand.

    Functions stay where they are when a name would be introduced twice.
    """
    names = {var.name for var in sequent.variables}
    while True:
        match sequent.claim:
            case Logic(op="→", args=(*premises, last)):
                facts = (*sequent.facts, *premises)
                sequent = dataclasses.replace(sequent, facts=facts, claim=last)
            case Logic(op="¬", args=(inner,)):
                facts = (*sequent.facts, inner)
                sequent = dataclasses.replace(sequent, facts=facts, claim=Logic("False"))
            case Quant(op="∀", var=var, body=body) if var.name not in names:
                names.add(var.name)
                variables = (*sequent.variables, var)
                sequent = dataclasses.replace(sequent, variables=variables, claim=body)
            case _:
                return sequent


def split(sequent: Sequent) -> list[Sequent]:
    """One sequent per conjunct of the claim, premises introduced. All must hold."""
    parts = [dataclasses.replace(sequent, claim=part) for part in conjuncts(sequent.claim)]
    if len(parts) == 1:
        inner = introduced(parts[0])
        return [inner] if inner.claim == sequent.claim else split(inner)
    return [piece for part in parts for piece in split(part)]


# --- terms -------------------------------------------------------------------


# Names of the fields that may hold terms; asked of every node, so looked up once.
_SLOTS: dict[type, tuple[str, ...]] = {
    kind: tuple(f.name for f in dataclasses.fields(kind) if f.name not in ("span", "sort"))
    for kind in get_args(Term)
}


def walk(term: Term) -> Iterator[Term]:
    """The term and all its subterms, outermost first."""
    pending = [term]
    while pending:
        part = pending.pop()
        yield part
        below: list[Term] = []
        for name in _SLOTS[type(part)]:
            value = getattr(part, name)
            if isinstance(value, tuple):
                below += value
            elif isinstance(value, Term):
                below.append(value)
        pending += reversed(below)


def rebuild(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """``term`` with the outermost subterms for which ``change`` gives something replaced by it."""
    changed = change(term)
    if changed is not None:
        return changed
    updates: dict[str, Any] = {}
    binder = isinstance(term, Big | Quant)
    for name in _SLOTS[type(term)]:
        value = getattr(term, name)
        if isinstance(value, tuple):
            parts = tuple([rebuild(part, change) for part in value])
            if any(new is not old for new, old in zip(parts, value, strict=True)):
                updates[name] = parts
        elif isinstance(value, Term) and not (binder and name == "var"):
            new = rebuild(value, change)
            if new is not value:
                updates[name] = new
    return dataclasses.replace(term, **updates) if updates else term


def substitute(term: Term, values: Mapping[str, Term]) -> Term:
    """``term`` with free variables replaced.

    Binders of the same name hide theirs. The values' own variables must not be bound in
    ``term``: names are unique in a statement, and transforms bring in no binder.
    """

    def change(part: Term) -> Term | None:
        if isinstance(part, Var):
            return values.get(part.name)
        if isinstance(part, Big | Quant) and part.var.name in values:
            rest = {name: value for name, value in values.items() if name != part.var.name}
            return substitute(part, rest)
        return None

    return rebuild(term, change)


def free_names(term: Term) -> Iterator[str]:
    """Names of all variables in the term, bound ones included, in order of writing."""
    for part in walk(term):
        if isinstance(part, Var):
            yield part.name


def shape_variables(sequent: Sequent) -> list[Var]:
    """Variables of sort ℕ that decide how many terms there are.

    They stand in the size of a ``Fin``, an end of a finite sum, an exponent or under a
    factorial; the solver needs numerals there.
    """
    named: dict[str, None] = {}
    for var in sequent.variables:
        named.update(dict.fromkeys(_in_sort(var.sort)))
    for prop in (*sequent.facts, sequent.claim):
        for part in walk(prop):
            match part:
                case Big(var=var, low=low, high=high):
                    named.update(dict.fromkeys(_in_sort(var.sort)))
                    for end in (low, high):
                        if end is not None:
                            named.update(dict.fromkeys(free_names(end)))
                case Quant(var=var):
                    named.update(dict.fromkeys(_in_sort(var.sort)))
                case Op(op="^", args=(_, decides)) | Op(op="factorial", args=(decides,)):
                    named.update(dict.fromkeys(free_names(decides)))
    return [var for var in sequent.variables if var.name in named and var.sort is Scalar.NAT]


def fixed_sizes(sequent: Sequent) -> list[str]:
    """What is only said of one number of terms: "∑ over n = 3 terms", each once."""
    found: dict[str, None] = {}
    for prop in (*sequent.facts, sequent.claim):
        for part in walk(prop):
            match part:
                case Big(op=op, var=Var(sort=Fin(size=Num(value=size))), low=None):
                    found[f"{op} over n = {size} terms"] = None
                case Big(op=op, low=Num(value=low), high=Num(value=high)):
                    found[f"{op} over n = {max(0, high - low)} terms"] = None
    return list(found)


def ranges_over_rationals(sequent: Sequent) -> bool:
    """Whether a quantifier inside ranges over ℚ, or over functions into or out of it."""
    return any(
        isinstance(part, Quant) and has_rationals(part.var.sort)
        for prop in (*sequent.facts, sequent.claim)
        for part in walk(prop)
    )


def has_rationals(sort: Sort) -> bool:
    """Whether ℚ occurs in a sort."""
    if isinstance(sort, Arrow):
        return has_rationals(sort.domain) or has_rationals(sort.codomain)
    return sort is Scalar.RAT


def _in_sort(sort: Sort) -> Iterator[str]:
    while not isinstance(sort, Scalar):
        if isinstance(sort, Fin):
            yield from free_names(sort.size)
            return
        yield from _in_sort(sort.domain)
        sort = sort.codomain
