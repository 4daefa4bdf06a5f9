"""A sequent as a question to an engine: negate, translate, ask; read a model back exactly. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import z3

from hms_kernel.backends.engines import Answer, ask
from hms_kernel.backends.sequent import Sequent, ranges_over_rationals
from hms_kernel.backends.strategy import Stage
from hms_kernel.backends.symbols import Function, Meaning, Table
from hms_kernel.backends.translate import Translator
from hms_kernel.statements.terms import Logic

# A scalar, a proposition's truth, or the entries of a function on Fin n.
Reading: TypeAlias = "Fraction | bool | list[Reading]"
Constrain = Callable[[Translator], Sequence[z3.BoolRef]]


def unconstrained(translator: Translator) -> Sequence[z3.BoolRef]:
    """Nothing more than the question itself."""
    return ()


PRECISION = 12  # decimal digits to which an irrational value is approximated


@dataclass(frozen=True)
class Reply:
    """An engine's answer with its model read back.

    ``values`` has every scalar and tabular variable of the sequent; ``rounded`` names
    those whose value is irrational and given only approximately; ``missing`` those
    that cannot be read at all (functions on infinite types).
    """

    answer: Answer
    values: dict[str, Reading]
    rounded: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def pose(
    sequent: Sequent,
    stage: Stage,
    *,
    units: int,
    wall_s: float,
    constrain: Constrain = unconstrained,
) -> Reply:
    """Ask whether the facts can hold while the claim fails; "unsat" proves the sequent.

    Args:
        sequent: what is asked about; the claim ``False`` asks about the facts alone.
        stage: engine and parameters; its transforms are the caller's business.
        units: resource units, engine's own count.
        wall_s: safety net, seconds.
        constrain: further assertions, made in the question's own context.

    Raises:
        UnsupportedStatement: something cannot be translated.
    """
    translator = Translator(z3.Context())
    try:
        return _reply(translator, _posed(translator, sequent, constrain), stage, units, wall_s)
    finally:
        translator.release()


def _reply(
    translator: Translator,
    assertions: list[z3.BoolRef],
    stage: Stage,
    units: int,
    wall_s: float,
) -> Reply:
    answer = ask(
        translator.context,
        assertions,
        engine=stage.engine,
        units=units,
        wall_s=wall_s,
        parameters=stage.parameters,
    )
    if answer.model is None:
        return Reply(answer, {})
    reader = _Reader(answer.model)
    values = {
        name: reading
        for name, meaning in translator.constants.items()
        if (reading := reader.read(name, meaning)) is not None
    }
    # z3 objects must not outlive their context's use: only plain values leave.
    plain = Answer(answer.result, answer.units, answer.reason)
    return Reply(plain, values, tuple(reader.rounded), tuple(reader.missing))


def smtlib(sequent: Sequent) -> str:
    """The question as SMT-LIB 2 text, ending in ``(check-sat)``; "unsat" proves the sequent.

    Raises:
        UnsupportedStatement: something cannot be translated.
    """
    translator = Translator(z3.Context())
    try:
        printer = z3.SimpleSolver(ctx=translator.context)  # only prints
        printer.add(*_posed(translator, sequent, unconstrained))
        return str(printer.to_smt2())
    finally:
        translator.release()


def _posed(translator: Translator, sequent: Sequent, constrain: Constrain) -> list[z3.BoolRef]:
    """The facts, the negated claim, what must be known about their symbols, and the constraints."""
    if ranges_over_rationals(sequent):
        translator.expect_rational_quantifiers()
    for var in sequent.variables:
        translator.declare(var)
    assertions = [translator.assertion(fact) for fact in sequent.facts]
    if sequent.claim != Logic("False"):
        assertions.append(translator.assertion(sequent.claim, negated=True))
    return [*translator.facts(), *assertions, *constrain(translator)]


class _Reader:
    def __init__(self, model: z3.ModelRef) -> None:
        self._model = model
        self.rounded: dict[str, None] = {}
        self.missing: dict[str, None] = {}

    def read(self, name: str, meaning: Meaning) -> Reading | None:
        """The value of a declared variable; unconstrained ones are 0."""
        if isinstance(meaning, Table):
            entries = [self.read(name, entry) for entry in meaning.entries]
            return [entry for entry in entries if entry is not None]
        if isinstance(meaning, Function):
            self.missing[name] = None
            return None
        if isinstance(meaning, Fraction | bool):
            return meaning
        value = self._model.eval(meaning, model_completion=True)
        if z3.is_true(value) or z3.is_false(value):
            return bool(z3.is_true(value))
        if z3.is_int_value(value):
            return Fraction(value.as_long())
        if z3.is_rational_value(value):
            return Fraction(value.numerator_as_long(), value.denominator_as_long())
        if z3.is_algebraic_value(value):
            self.rounded[name] = None
            near = value.approx(PRECISION)
            return Fraction(near.numerator_as_long(), near.denominator_as_long())
        self.missing[name] = None
        return None
