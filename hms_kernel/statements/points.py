"""Counterexamples as text, read back as values an evaluator takes. Judges nothing.

A function that a hypothesis defines outright (``∀ x, f x = …``) stands in a
counterexample as ``fun x => …``; its hypothesis then holds by definition.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hms_kernel.errors import UsageError
from hms_kernel.statements.evaluate import Replay, holds, replay, value_of
from hms_kernel.statements.printer import show
from hms_kernel.statements.terms import (
    Apply,
    Hypothesis,
    Logic,
    Quant,
    Rel,
    Scalar,
    Statement,
    Term,
    Var,
    children,
    sort_of,
)

_LAMBDA = re.compile(r"fun (.+?) => (.+)", re.DOTALL)
_NUMERAL = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")


@dataclass(frozen=True)
class Point:
    """Values for a statement's variables, and what is left to check once definitions are in place."""

    statement: Statement  # without the hypotheses that are definitions
    env: Mapping[str, Any]

    def replay(self) -> Replay:
        """What the values do to the statement, exactly.

        Raises:
            Undecided: some part of it cannot be told.
        """
        return replay(self.statement, self.env)

    def holds(self, prop: Term) -> bool:
        """Whether a proposition about the variables is true here.

        Raises:
            Undecided: it cannot be told.
        """
        return holds(prop, self.env)


def read(statement: Statement, values: Mapping[str, str | list[Any]]) -> Point:
    """The point that a counterexample's values describe.

    Args:
        statement: which the values are about.
        values: variable to Lean numeral; lists for functions on ``Fin n``; ``fun x => …`` for a
            function that a hypothesis defines in just these words.

    Raises:
        UsageError: a value is missing, is too many, or cannot be read.
    """
    known = {var.name for var in statement.variables}
    if surplus := [name for name in values if name not in known]:
        raise UsageError(f"a value for {surplus[0]!r}, which is no variable of the statement")
    env: dict[str, Any] = {}
    functions: dict[str, str] = {}
    for var in statement.variables:
        if var.name not in values:
            raise UsageError(f"no value for {var.name!r}")
        value = values[var.name]
        if isinstance(value, str) and _LAMBDA.fullmatch(value):
            functions[var.name] = value
        else:
            env[var.name] = _value(value)
    while functions:
        name, fact, function = _next_definition(statement, functions, env)
        env[name] = function
        del functions[name]
        statement = _without(statement, fact)
    return Point(statement, env)


def _value(text: Any) -> Any:
    if isinstance(text, list):
        return [_value(entry) for entry in text]
    if text in ("True", "False"):
        return text == "True"
    if not isinstance(text, str) or not _NUMERAL.fullmatch(text):
        raise UsageError(f"{text!r} is no exact value")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise UsageError(f"{text!r} is no exact value") from None


# --- functions that hypotheses define ----------------------------------------


def _next_definition(
    statement: Statement, functions: Mapping[str, str], env: Mapping[str, Any]
) -> tuple[str, Term, Callable[[Any], Any]]:
    """A function whose definition needs no other that is still missing, so none goes in circles."""
    for hypothesis in statement.hypotheses:
        for fact in _conjuncts(hypothesis.prop):
            found = _defines(fact, functions)
            if found is None:
                continue
            name, parameters, body = found
            free = {part.name for part in _walk(body) if isinstance(part, Var)}
            if name not in free and not free.intersection(functions):
                return name, fact, _curried(parameters, body, dict(env))
    name = next(iter(functions))
    raise UsageError(f"no hypothesis defines {name!r} as {functions[name]!r}")


def _defines(fact: Term, functions: Mapping[str, str]) -> tuple[str, list[Var], Term] | None:
    """``∀ x, f x = body`` for an ``f`` whose value is written ``fun x => body``."""
    parameters: list[Var] = []
    while isinstance(fact, Quant) and fact.op == "∀":
        parameters.append(fact.var)
        fact = fact.body
    if not parameters or not isinstance(fact, Rel) or fact.op != "=":
        return None
    for left, body in ((fact.left, fact.right), (fact.right, fact.left)):
        head = left
        arguments: list[Term] = []
        while isinstance(head, Apply):
            arguments.insert(0, head.arg)
            head = head.fn
        if isinstance(head, Var) and head.name in functions and arguments == parameters:
            written = f"fun {' '.join(var.name for var in parameters)} => {show(body)}"
            if functions[head.name] == written:
                return head.name, parameters, body
    return None


def _curried(parameters: Sequence[Var], body: Term, env: dict[str, Any]) -> Callable[[Any], Any]:
    first, *rest = parameters

    def apply(argument: Any) -> Any:
        inner = {**env, first.name: argument}
        if rest:
            return _curried(rest, body, inner)
        prop = sort_of(body) is Scalar.PROP
        return holds(body, inner) if prop else value_of(body, inner)

    return apply


def _without(statement: Statement, fact: Term) -> Statement:
    left = []
    for hypothesis in statement.hypotheses:
        parts = [part for part in _conjuncts(hypothesis.prop) if part != fact]
        if len(parts) == len(_conjuncts(hypothesis.prop)):
            left.append(hypothesis)
        else:
            left += [Hypothesis(hypothesis.name, part) for part in parts]
    return dataclasses.replace(statement, hypotheses=tuple(left))


def _conjuncts(term: Term) -> list[Term]:
    if isinstance(term, Logic) and term.op == "∧":
        return [part for arg in term.args for part in _conjuncts(arg)]
    return [term]


def _walk(term: Term) -> list[Term]:
    return [term, *(part for child in children(term) for part in _walk(child))]
