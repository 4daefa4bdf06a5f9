"""From a solver's values to a counterexample: replay them exactly, then write them as Lean. Asks no solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hms_kernel.backends.questions import Reading
from hms_kernel.backends.sequent import Sequent
from hms_kernel.errors import StatementError
from hms_kernel.statements.evaluate import replay
from hms_kernel.statements.terms import Hypothesis, Statement


@dataclass(frozen=True)
class Refuted:
    """Values under which every hypothesis holds and the claim fails, checked exactly."""

    values: dict[str, str | list[Any]]
    shows: str


def replayed(statement: Statement, piece: Sequent, values: Mapping[str, Reading]) -> Refuted | str:
    """The refutation of ``statement`` that the values make by breaking one piece of it.

    Or why there is none, in words. The evaluator shares no code with the translation, so a mistake there shows here.
    """
    names = {hypothesis.prop: hypothesis.name for hypothesis in statement.hypotheses}
    claim = Statement(
        name=statement.name,
        variables=piece.variables,
        hypotheses=tuple(Hypothesis(names.get(fact, ""), fact) for fact in piece.facts),
        conclusion=piece.claim,
    )
    try:
        outcome = replay(claim, dict(values))
    except StatementError as error:
        # The evaluator cannot say, for instance under a quantifier over ℝ.
        return f"solver's model could not be replayed: {error.message}"
    if not outcome.refutes:
        return "solver's model did not survive replay"
    texts = {var.name: numeral(values[var.name]) for var in piece.variables}
    return Refuted(texts, outcome.shows)


def numeral(value: Reading) -> Any:
    """A value as Lean text; lists entry by entry."""
    if isinstance(value, list):
        return [numeral(entry) for entry in value]
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(Fraction(value))
