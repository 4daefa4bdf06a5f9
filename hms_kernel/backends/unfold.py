"""What hypotheses define outright, replaced by its definition. Exact in both directions.

``∀ x, f x = body`` (or ``∀ x, S x ↔ body``) with no ``f`` in ``body`` leaves ``f`` no freedom and takes none from
anything else, so the hypothesis and ``f`` itself can go. An integer that equals a numeral
is that numeral everywhere else, which matters where the solver needs one: in exponents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.backends.sequent import Sequent, conjuncts, free_names, rebuild, substitute
from hms_kernel.statements import show
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
)


@dataclass(frozen=True)
class Definition:
    """``function parameters = body``."""

    function: Var
    parameters: tuple[Var, ...]
    body: Term

    def __str__(self) -> str:
        return f"fun {' '.join(var.name for var in self.parameters)} => {show(self.body)}"


def unfold(sequent: Sequent) -> tuple[Sequent, tuple[Definition, ...]]:
    """The sequent without the functions that its facts define, and those definitions."""
    definitions: list[Definition] = []
    while True:
        found = _next(sequent)
        if found is None:
            return sequent, tuple(definitions)
        definition, sequent = found
        definitions.append(definition)


def as_written(sequent: Sequent, definitions: Sequence[Definition]) -> dict[str, str]:
    """The definitions in the words of the sequent they were taken from, by the function's name.

    Unfolding rewrites later definitions by earlier ones; a reader looks for the hypothesis itself.
    """
    texts = {definition.function.name: str(definition) for definition in definitions}
    parts = [part for fact in sequent.facts for part in conjuncts(fact)]
    for found in reversed([d for part in parts if (d := _definition(part, sequent))]):
        if found.function.name in texts:
            texts[found.function.name] = str(found)
    return texts


def pin(sequent: Sequent) -> Sequent:
    """The sequent with integers that equal a numeral replaced by it; the equations stay."""
    for fact in tuple(part for whole in sequent.facts for part in conjuncts(whole)):
        found = _pinned(fact)
        if found is None or found[0] not in sequent.variables:
            continue
        var, value = found
        numeral: dict[str, Term] = {var.name: Num(value, var.sort)}

        def change(prop: Term, fact: Term = fact, numeral: dict[str, Term] = numeral) -> Term:
            # The equation itself is needed to give the variable its value.
            kept = [part if part == fact else substitute(part, numeral) for part in conjuncts(prop)]
            return substitute(prop, numeral) if fact not in kept else _all(kept)

        facts = tuple(change(prop) for prop in sequent.facts)
        sequent = Sequent(sequent.variables, facts, substitute(sequent.claim, numeral))
    return sequent


def numerals(sequent: Sequent) -> dict[str, Fraction]:
    """Integer variables that the facts equate with a numeral, by name."""
    parts = (part for fact in sequent.facts for part in conjuncts(fact))
    return {var.name: value for var, value in filter(None, map(_pinned, parts))}


def _pinned(fact: Term) -> tuple[Var, Fraction] | None:
    if not isinstance(fact, Rel) or fact.op != "=":
        return None
    for var, other in ((fact.left, fact.right), (fact.right, fact.left)):
        if isinstance(var, Var) and var.sort in (Scalar.NAT, Scalar.INT):
            match other:
                case Num(value=value):
                    return var, value
                case Op(op="neg", args=(Num(value=value),)):
                    return var, -value
    return None


def _all(parts: list[Term]) -> Term:
    return parts[0] if len(parts) == 1 else Logic("∧", tuple(parts))


def _next(sequent: Sequent) -> tuple[Definition, Sequent] | None:
    facts = [part for fact in sequent.facts for part in conjuncts(fact)]
    for number, fact in enumerate(facts):
        definition = _definition(fact, sequent)
        if definition is None:
            continue
        others = [*facts[:number], *facts[number + 1 :]]
        try:
            return definition, Sequent(
                tuple(var for var in sequent.variables if var.name != definition.function.name),
                tuple(_without(other, definition) for other in others),
                _without(sequent.claim, definition),
            )
        except _Unapplied:
            continue
    return None


def _definition(fact: Term, sequent: Sequent) -> Definition | None:
    """The definition that a fact states, if it is one."""
    parameters: list[Var] = []
    while isinstance(fact, Quant) and fact.op == "∀":
        parameters.append(fact.var)
        fact = fact.body
    match fact:
        case Rel(op="=", left=one, right=other) | Logic(op="↔", args=(one, other)) if parameters:
            pass
        case _:
            return None
    for left, body in ((one, other), (other, one)):
        head, arguments = _spine(left)
        if (
            head in sequent.variables
            and isinstance(head, Var)
            and arguments == parameters
            and _domains(head.sort, len(parameters)) == [var.sort for var in parameters]
            and head.name not in free_names(body)
        ):
            return Definition(head, tuple(parameters), body)
    return None


class _Unapplied(Exception):
    """The function is used other than by full application."""


def _without(term: Term, definition: Definition) -> Term:
    name = definition.function.name

    def change(part: Term) -> Term | None:
        if isinstance(part, Apply):
            head, arguments = _spine(part)
            if isinstance(head, Var) and head.name == name:
                if len(arguments) != len(definition.parameters):
                    raise _Unapplied
                inner = [rebuild(argument, change) for argument in arguments]
                names = [var.name for var in definition.parameters]
                return substitute(definition.body, dict(zip(names, inner, strict=True)))
        elif isinstance(part, Var) and part.name == name:
            raise _Unapplied
        return None

    return rebuild(term, change)


def _spine(term: Term) -> tuple[Term, list[Term]]:
    arguments: list[Term] = []
    while isinstance(term, Apply):
        arguments.insert(0, term.arg)
        term = term.fn
    return term, arguments


def _domains(sort: Sort, count: int) -> list[Sort]:
    found: list[Sort] = []
    while isinstance(sort, Arrow) and len(found) < count:
        found.append(sort.domain)
        sort = sort.codomain
    return found
