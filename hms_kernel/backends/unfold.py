"""Functions that a hypothesis defines outright, replaced by their definitions. Exact in both directions.

``∀ x, f x = body`` with no ``f`` in ``body`` leaves ``f`` no freedom and takes none from
anything else, so the hypothesis and ``f`` itself can go.
"""

from __future__ import annotations

from dataclasses import dataclass

from hms_kernel.backends.sequent import Sequent, conjuncts, free_names, rebuild, substitute
from hms_kernel.statements import show
from hms_kernel.statements.terms import Apply, Arrow, Quant, Rel, Sort, Term, Var


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
    if not parameters or not isinstance(fact, Rel) or fact.op != "=":
        return None
    for left, body in ((fact.left, fact.right), (fact.right, fact.left)):
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
