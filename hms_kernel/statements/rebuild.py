"""Core terms rebuilt with parts replaced, and measured. Elaborates nothing."""

from __future__ import annotations

from dataclasses import fields, replace

from hms_kernel.statements.names import FOREIGN_NAMES, words
from hms_kernel.statements.terms import (
    Arrow,
    Big,
    Fin,
    Hypothesis,
    Quant,
    Scalar,
    Sort,
    Statement,
    Term,
    Var,
    children,
)
from hms_kernel.statements.tokens import Token

MAX_DEPTH = 150  # operators within operators; everybody downstream walks terms by recursion

# Names no variable is printed under: Lean's own, and what the printer writes.
RESERVED = FOREIGN_NAMES | words(
    "abs min max if then else let in fun match do by have show from with at end where True False Not And Or"
    " Iff Eq Ne Even Odd Prime Monotone Antitone StrictMono StrictAnti IsLeast IsGreatest id Nat Int Rat Real"
    " Prop Fin Type Sort Set Finset theorem lemma example def abbrev open import namespace section variable"
    " axiom structure inductive class instance noncomputable private protected universe ℕ ℤ ℚ ℝ ℂ λ Σ Π"
)


def check_size(statement: Statement, at: Token) -> None:
    """Refuse terms too deep for recursion downstream.

    Raises:
        UnsupportedStatement: deeper than ``MAX_DEPTH``.
    """
    for term in (*(h.prop for h in statement.hypotheses), statement.conclusion):
        level, depth = [term], 0
        while level:
            depth += 1
            if depth > MAX_DEPTH:
                at.unsupported(f"a term nested more than {MAX_DEPTH} deep")
            level = [child for parent in level for child in children(parent)]


def replaced(term: Term, name: str, value: Term) -> Term:
    """``term`` with the free variable ``name`` replaced; sorts inside included."""
    if isinstance(term, Var):
        if term.name == name:
            return replace(value, span=term.span)
        return Var(term.name, replaced_sort(term.sort, name, value), span=term.span)
    changed: dict[str, object] = {}
    for field_ in fields(term):
        part = getattr(term, field_.name)
        new: object = part
        if isinstance(part, Term):
            new = replaced(part, name, value)
        elif isinstance(part, tuple):
            new = tuple(replaced(item, name, value) for item in part)
        elif isinstance(part, Scalar | Fin | Arrow):
            new = replaced_sort(part, name, value)
        if new is not part:
            changed[field_.name] = new
    result: Term = replace(term, **changed)  # type: ignore[arg-type]
    return result


def replaced_sort(sort: Sort, name: str, value: Term) -> Sort:
    """The same for a sort; closed sizes become numerals."""
    match sort:
        case Fin(size):
            from hms_kernel.statements.inference import fold_size

            return Fin(fold_size(replaced(size, name, value)))
        case Arrow(domain, codomain):
            return Arrow(replaced_sort(domain, name, value), replaced_sort(codomain, name, value))
        case _:
            return sort


def substitute(statement: Statement, name: str, value: Term, note: str) -> Statement:
    """A statement with one of its variables replaced by a closed term."""
    return Statement(
        statement.name,
        tuple(
            Var(var.name, replaced_sort(var.sort, name, value), span=var.span)
            for var in statement.variables
            if var.name != name
        ),
        tuple(Hypothesis(h.name, replaced(h.prop, name, value)) for h in statement.hypotheses),
        replaced(statement.conclusion, name, value),
        (*statement.notes, note),
        statement.bundles,
    )


def plain_names(term: Term) -> Term:
    """A term whose bound variables drop the number that made them unique, where nothing clashes.

    Two sums side by side may both run over ``i``; one inside the other may not.
    """
    return _plain(term, frozenset(_free_names(term)))


def _plain(term: Term, taken: frozenset[str]) -> Term:
    if isinstance(term, Big | Quant):
        name = term.var.name
        base, _, number = name.rpartition("_")
        clashes = base in RESERVED or base in taken or base in _names(term)
        if base and number.isdigit() and not clashes:
            term = _renamed(term, name, base)
            name = base
        taken |= {name}
    changed: dict[str, object] = {}
    for field_ in fields(term):
        part = getattr(term, field_.name)
        if isinstance(part, Term) and field_.name != "var":
            changed[field_.name] = _plain(part, taken)
        elif isinstance(part, tuple):
            changed[field_.name] = tuple(_plain(item, taken) for item in part)
    result: Term = replace(term, **changed)  # type: ignore[arg-type]
    return result


def _free_names(term: Term) -> set[str]:
    """Names of the variables that no binder in the term binds; bound names are unique."""
    bound: set[str] = set()
    pending = [term]
    while pending:
        item = pending.pop()
        if isinstance(item, Big | Quant):
            bound.add(item.var.name)
        pending += children(item)
    return _names(term) - bound


def _names(term: Term) -> set[str]:
    found: set[str] = set()
    pending = [term]
    while pending:
        item = pending.pop()
        if isinstance(item, Var):
            found.add(item.name)
        pending += children(item)
    return found


def _renamed(term: Term, old: str, new: str) -> Term:
    if isinstance(term, Var):
        return replace(term, name=new) if term.name == old else term
    changed: dict[str, object] = {}
    for field_ in fields(term):
        part = getattr(term, field_.name)
        if isinstance(part, Term):
            changed[field_.name] = _renamed(part, old, new)
        elif isinstance(part, tuple):
            changed[field_.name] = tuple(_renamed(item, old, new) for item in part)
    result: Term = replace(term, **changed)  # type: ignore[arg-type]
    return result
